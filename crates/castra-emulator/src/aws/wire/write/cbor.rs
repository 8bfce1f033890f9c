//! Smithy RPC v2 with CBOR.
//!
//! The form of answers and errors: <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ciborium::Value as Cbor;
use serde_json::Value;

use super::refusal::Refusal;
use super::view::View;
use super::violation::Violation;
use crate::aws::contract::{Contract, Operation, Reference};

/// The tag of a time as seconds since the epoch: <https://www.rfc-editor.org/rfc/rfc8949.html#section-3.4.2>.
const EPOCH: u64 = 1;

/// The body of an answer. An operation without an output answers nothing.
pub(super) fn output(contract: &Contract, operation: &Operation, output: &Value) -> Result<Bytes, Violation> {
    match &operation.output {
        Some(reference) => bytes(&value(contract, reference, output)?),
        None => Ok(Bytes::new()),
    }
}

/// The body of a refusal: the name of the error's shape, the message, and what else the shape has.
pub(super) fn refusal(refusal: &Refusal<'_>) -> Bytes {
    let mut entries = vec![(Cbor::from("__type"), Cbor::from(refusal.shape_name))];
    if !refusal.message.is_empty() {
        entries.push((refusal.message_member().into(), refusal.message.into()));
    }
    entries.extend(refusal.members.iter().map(|(name, held)| (name.as_str().into(), untyped(held))));
    bytes(&Cbor::Map(entries)).unwrap_or_default()
}

fn bytes(value: &Cbor) -> Result<Bytes, Violation> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|error| Violation::new(error.to_string()))?;
    Ok(bytes.into())
}

fn value(contract: &Contract, reference: &Reference, held: &Value) -> Result<Cbor, Violation> {
    Ok(match View::of(contract, contract.shape(reference), held)? {
        View::Structure(members) => {
            let mut entries = Vec::with_capacity(members.len());
            for member in members {
                let written = value(contract, member.reference, member.value);
                entries.push((member.name.into(), written.map_err(|violation| violation.within(member.name))?));
            }
            Cbor::Map(entries)
        }
        View::List(element, values) => {
            let one = |(index, held): (usize, &Value)| {
                value(contract, element, held).map_err(|violation| violation.within(index.to_string()))
            };
            Cbor::Array(values.iter().enumerate().map(one).collect::<Result<_, _>>()?)
        }
        View::Map(_, inner, entries) => {
            let one = |(name, held): (&String, &Value)| match value(contract, inner, held) {
                Ok(written) => Ok((name.as_str().into(), written)),
                Err(violation) => Err(violation.within(name)),
            };
            Cbor::Map(entries.iter().map(one).collect::<Result<_, _>>()?)
        }
        View::Text(text) => text.into(),
        View::Integer(number) => number.into(),
        View::Float(number) => number.into(),
        View::Boolean(truth) => truth.into(),
        View::Blob(base64) => {
            Cbor::Bytes(STANDARD.decode(base64).map_err(|error| Violation::new(format!("not base64: {error}")))?)
        }
        View::Timestamp(milliseconds) => Cbor::Tag(EPOCH, Box::new((milliseconds as f64 / 1000.0).into())),
    })
}

/// A refusal's further members, which the contract need not know.
fn untyped(value: &Value) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => integer.into(),
            None => number.as_f64().unwrap_or_default().into(),
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(values) => Cbor::Array(values.iter().map(untyped).collect()),
        Value::Object(entries) => {
            Cbor::Map(entries.iter().map(|(name, held)| (name.as_str().into(), untyped(held))).collect())
        }
    }
}
