//! JSON bodies (<https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>).
//!
//! Members that an operation doesn't have are ignored; a value of another type is a `SerializationException`.

use serde_json::{Map, Value};

use super::scalar;
use crate::aws::contract::{Contract, Shape, ShapeKind};
use crate::aws::error::ApiError;

/// The input that a body stands for; an empty body is an empty object.
pub(crate) fn input(contract: &Contract, shape: &Shape, body: &[u8]) -> Result<Value, ApiError> {
    if body.trim_ascii().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    // serde_json refuses more than 128 levels, so that the walk below is bounded as well.
    let body: Value = serde_json::from_slice(body).map_err(|_| refused("Unexpected token received from parser"))?;
    convert(contract, shape, body)
}

fn convert(contract: &Contract, shape: &Shape, value: Value) -> Result<Value, ApiError> {
    match (shape.kind, value) {
        (ShapeKind::Structure, Value::Object(object)) => structure(contract, shape, object),
        (ShapeKind::List, Value::Array(elements)) => {
            let Some(element) = shape.member.as_deref().map(|reference| contract.shape(reference)) else {
                return Ok(Value::Array(Vec::new()));
            };
            elements.into_iter().map(|value| convert(contract, element, value)).collect()
        }
        (ShapeKind::Map, Value::Object(entries)) => {
            let Some(of) = shape.value.as_deref().map(|reference| contract.shape(reference)) else {
                return Ok(Value::Object(Map::new()));
            };
            let entries = entries.into_iter().filter(|(_, value)| !value.is_null());
            let entries: Result<Map<_, _>, ApiError> =
                entries.map(|(key, value)| Ok((key, convert(contract, of, value)?))).collect();
            entries.map(Value::Object)
        }
        (_, value) => scalar(shape, value),
    }
}

fn structure(contract: &Contract, shape: &Shape, mut object: Map<String, Value>) -> Result<Value, ApiError> {
    let mut known = Map::new();
    for (member, reference) in shape.members.iter() {
        let name = reference.location_name.as_deref().unwrap_or(member);
        match object.remove(name) {
            None | Some(Value::Null) => {}
            Some(value) => {
                known.insert(member.to_owned(), convert(contract, contract.shape(reference), value)?);
            }
        }
    }
    Ok(Value::Object(known))
}

fn scalar(shape: &Shape, value: Value) -> Result<Value, ApiError> {
    let found = match (shape.kind, &value) {
        (ShapeKind::String | ShapeKind::Character, Value::String(_)) => Some(value.clone()),
        (ShapeKind::Boolean, Value::Bool(_)) => Some(value.clone()),
        (ShapeKind::Integer, Value::Number(number)) => {
            whole(number).filter(|n| i32::try_from(*n).is_ok()).map(Value::from)
        }
        (ShapeKind::Long, Value::Number(number)) => whole(number).map(Value::from),
        (ShapeKind::Float | ShapeKind::Double | ShapeKind::Timestamp, Value::Number(number)) => {
            number.as_f64().and_then(scalar::number)
        }
        (ShapeKind::Timestamp, Value::String(text)) => scalar::timestamp(text),
        (ShapeKind::Blob, Value::String(text)) => scalar::blob(text),
        _ => None,
    };
    found.ok_or_else(|| refused(&mismatch(shape.kind, &value)))
}

/// A whole number, also when it is written with a fraction of zero.
fn whole(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let value = number.as_f64()?;
        // Only what a double holds exactly.
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
        (value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0).then_some(value as i64)
    })
}

/// The sentences that these services answer with.
fn mismatch(kind: ShapeKind, value: &Value) -> String {
    let wanted = match kind {
        ShapeKind::Structure | ShapeKind::Map if value.is_array() => {
            return "Start of list found where not expected".into();
        }
        ShapeKind::Structure | ShapeKind::Map => {
            return "Unexpected value where a structure or map was expected.".into();
        }
        ShapeKind::List if value.is_object() => return "Start of structure or map found where not expected.".into(),
        ShapeKind::List => return "Expected list or null".into(),
        ShapeKind::String | ShapeKind::Character => "a String",
        ShapeKind::Integer => "an Integer",
        ShapeKind::Long => "a Long",
        ShapeKind::Float => "a Float",
        ShapeKind::Double => "a Double",
        ShapeKind::Boolean => "a Boolean",
        ShapeKind::Blob => "a Blob",
        ShapeKind::Timestamp => "a Timestamp",
    };
    let token = match value {
        Value::Object(_) => return "Start of structure or map found where not expected.".into(),
        Value::Array(_) => return "Start of list found where not expected".into(),
        Value::String(_) => "STRING_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Null => "NULL_VALUE",
    };
    format!("{token} can not be converted to {wanted}")
}

pub(super) fn refused(message: &str) -> ApiError {
    ApiError::new("SerializationException", message).status(400)
}
