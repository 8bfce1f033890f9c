//! AWS JSON 1.0 and 1.1.
//!
//! The form of answers and errors: <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::time::{epoch_seconds, http_date, iso8601_milliseconds};
use super::view::View;
use super::violation::Violation;
use crate::aws::contract::{Contract, Operation, Reference, TimestampFormat};

/// The body of an answer. An operation without an output answers nothing.
pub(super) fn output(contract: &Contract, operation: &Operation, output: &Value) -> Result<Bytes, Violation> {
    match &operation.output {
        Some(reference) => Ok(value(contract, reference, output)?.to_string().into()),
        None => Ok(Bytes::new()),
    }
}

/// The body of a refusal: the name of the error's shape, the message, and what else the shape has.
pub(super) fn refusal(refusal: &Refusal<'_>) -> Bytes {
    let mut body = Map::new();
    body.insert("__type".to_owned(), refusal.shape_name.into());
    if !refusal.message.is_empty() {
        body.insert(refusal.message_member().to_owned(), refusal.message.into());
    }
    body.extend(refusal.members.clone());
    Value::Object(body).to_string().into()
}

fn value(contract: &Contract, reference: &Reference, held: &Value) -> Result<Value, Violation> {
    let shape = contract.shape(reference);
    Ok(match View::of(contract, shape, held)? {
        View::Structure(members) => {
            let mut object = Map::new();
            for member in members {
                let written = value(contract, member.reference, member.value);
                let written = written.map_err(|violation| violation.within(member.name))?;
                object.insert(member.wire_name().to_owned(), written);
            }
            Value::Object(object)
        }
        View::List(element, values) => {
            let one = |(index, held): (usize, &Value)| {
                value(contract, element, held).map_err(|violation| violation.within(index.to_string()))
            };
            Value::Array(values.iter().enumerate().map(one).collect::<Result<_, _>>()?)
        }
        View::Map(_, inner, entries) => {
            let one = |(name, held): (&String, &Value)| match value(contract, inner, held) {
                Ok(written) => Ok((name.clone(), written)),
                Err(violation) => Err(violation.within(name)),
            };
            Value::Object(entries.iter().map(one).collect::<Result<_, _>>()?)
        }
        View::Text(text) | View::Blob(text) => text.into(),
        View::Integer(number) => number.into(),
        View::Float(number) => number.into(),
        View::Boolean(truth) => truth.into(),
        View::Timestamp(milliseconds) => match reference.timestamp_format.or(shape.timestamp_format) {
            Some(TimestampFormat::Iso8601) => iso8601_milliseconds(milliseconds)?.into(),
            Some(TimestampFormat::Rfc822) => http_date(milliseconds)?.into(),
            None | Some(TimestampFormat::Unix) => Value::Number(epoch_seconds(milliseconds)),
        },
    })
}
