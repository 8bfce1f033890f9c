//! The emulator's own answers: what breaks the contract is a defect that tests must not miss.

use serde_json::Value;

use super::scalar;
use crate::gcp::contract::{Contract, Kind, Method, Schema};

/// What in an answer breaks the contract; empty if nothing does.
pub(crate) fn answer(contract: &Contract, method: &Method, value: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    if let Some(schema) = method.response.as_ref().and_then(|name| contract.schemas.get(name)) {
        check(contract, schema, value, "", &mut broken);
    }
    broken
}

/// What in a body that was accepted breaks the contract; as of answers, and nothing ever should.
#[cfg(any(test, fuzzing))]
pub(crate) fn request(contract: &Contract, method: &Method, body: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    if let Some(schema) = method.request.as_ref().and_then(|name| contract.schemas.get(name)) {
        check(contract, schema, body, "", &mut broken);
    }
    broken
}

fn check(contract: &Contract, schema: &Schema, value: &Value, at: &str, broken: &mut Vec<String>) {
    let schema = contract.resolve(schema);
    match (schema.of.kind, value) {
        (Some(Kind::Object), Value::Object(members)) => {
            for (name, value) in members {
                match schema.properties.get(name).or(schema.additional_properties.as_deref()) {
                    Some(part) => check(contract, part, value, &format!("{at}.{name}"), broken),
                    None if schema.properties.is_empty() => {}
                    None => broken.push(format!("{at}.{name} isn't in the contract")),
                }
            }
        }
        (Some(Kind::Array), Value::Array(items)) => {
            if let Some(of) = &schema.items {
                items.iter().for_each(|item| check(contract, of, item, &format!("{at}[]"), broken));
            }
        }
        (Some(Kind::Object | Kind::Array), other) => broken.push(format!("{at} has another type: {other}")),
        _ => match scalar::read(&schema.of, value) {
            // 64-bit numbers leave as texts, and nothing else does.
            Ok(read) if &read == value => {}
            Ok(_) => broken.push(format!("{at} has another type: {value}")),
            Err(wrong) => broken.push(format!("{at}: {wrong:?}: {value}")),
        },
    }
}
