//! CBOR bodies (<https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>).
//!
//! Members that an operation doesn't have are ignored; a value of another type is a `SerializationException`.

use ciborium::value::{Integer, Value as Cbor};
use serde_json::{Map, Value};

use super::json::refused;
use super::scalar;
use crate::aws::contract::{Contract, Shape, ShapeKind};
use crate::aws::error::ApiError;

/// More levels than any operation has.
const LEVELS: usize = 64;

/// The input that a body stands for; an empty body is an empty map.
pub(crate) fn input(contract: &Contract, shape: &Shape, body: &[u8]) -> Result<Value, ApiError> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let mut rest = body;
    let value: Cbor = ciborium::de::from_reader_with_recursion_limit(&mut rest, LEVELS)
        .map_err(|_| refused("Unable to parse the request's CBOR"))?;
    if !rest.is_empty() {
        return Err(refused("Unexpected bytes after the request's CBOR"));
    }
    convert(contract, shape, value)
}

fn convert(contract: &Contract, shape: &Shape, value: Cbor) -> Result<Value, ApiError> {
    match (shape.kind, value) {
        (ShapeKind::Structure, Cbor::Map(entries)) => structure(contract, shape, entries),
        (ShapeKind::List, Cbor::Array(elements)) => {
            let Some(element) = shape.member.as_deref().map(|reference| contract.shape(reference)) else {
                return Ok(Value::Array(Vec::new()));
            };
            elements.into_iter().map(|value| convert(contract, element, value)).collect()
        }
        (ShapeKind::Map, Cbor::Map(entries)) => {
            let Some(of) = shape.value.as_deref().map(|reference| contract.shape(reference)) else {
                return Ok(Value::Object(Map::new()));
            };
            let mut object = Map::new();
            for (key, value) in entries {
                let Cbor::Text(key) = key else { return Err(refused("A map's key is not a text string")) };
                if !value.is_null() {
                    object.insert(key, convert(contract, of, value)?);
                }
            }
            Ok(Value::Object(object))
        }
        (_, value) => scalar(shape.kind, &value)
            .ok_or_else(|| refused(&format!("{} can not be converted to {:?}", token(&value), shape.kind))),
    }
}

fn structure(contract: &Contract, shape: &Shape, entries: Vec<(Cbor, Cbor)>) -> Result<Value, ApiError> {
    let mut known = Map::new();
    for (key, value) in entries {
        let Cbor::Text(key) = key else { return Err(refused("A structure's key is not a text string")) };
        match shape.members.get(&key) {
            Some(reference) if !value.is_null() => {
                known.insert(key, convert(contract, contract.shape(reference), value)?);
            }
            _ => {}
        }
    }
    Ok(Value::Object(known))
}

fn scalar(kind: ShapeKind, value: &Cbor) -> Option<Value> {
    match (kind, value) {
        (ShapeKind::String | ShapeKind::Character, Cbor::Text(text)) => Some(Value::from(text.as_str())),
        (ShapeKind::Boolean, Cbor::Bool(value)) => Some(Value::Bool(*value)),
        (ShapeKind::Integer, Cbor::Integer(value)) => i32::try_from(*value).ok().map(Value::from),
        (ShapeKind::Long, Cbor::Integer(value)) => i64::try_from(*value).ok().map(Value::from),
        (ShapeKind::Float | ShapeKind::Double | ShapeKind::Timestamp, Cbor::Float(value)) => scalar::number(*value),
        (ShapeKind::Float | ShapeKind::Double | ShapeKind::Timestamp, Cbor::Integer(value)) => {
            scalar::number(float(*value))
        }
        // Tag 1: seconds since the epoch.
        (ShapeKind::Timestamp, Cbor::Tag(1, value)) if !value.is_tag() => scalar(kind, value),
        (ShapeKind::Blob, Cbor::Bytes(bytes)) => Some(scalar::encode(bytes)),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a double is what was asked for")]
fn float(value: Integer) -> f64 {
    i128::from(value) as f64
}

fn token(value: &Cbor) -> &'static str {
    match value {
        Cbor::Integer(_) => "An integer",
        Cbor::Bytes(_) => "A byte string",
        Cbor::Float(_) => "A float",
        Cbor::Text(_) => "A text string",
        Cbor::Bool(_) => "A boolean",
        Cbor::Null => "Null",
        Cbor::Tag(..) => "A tag",
        Cbor::Array(_) => "A list",
        Cbor::Map(_) => "A map",
        _ => "A value",
    }
}
