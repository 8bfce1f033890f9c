//! What the contract calls sensitive, kept out of the log.

use serde_json::Value;

use super::contract::{Contract, Operation, Reference, ShapeKind};

/// What stands in a secret's place.
const HIDDEN: &str = "(hidden)";

/// An operation's input without what its contract calls sensitive, and without user data, where people put secrets
/// too.
pub(crate) fn without_secrets(contract: &Contract, operation: &Operation, input: &Value) -> Value {
    operation.input.as_ref().map_or(Value::Null, |reference| shown(contract, reference, input))
}

fn shown(contract: &Contract, reference: &Reference, value: &Value) -> Value {
    let shape = contract.shape(reference);
    if shape.sensitive && !value.is_null() {
        return HIDDEN.into();
    }
    match (shape.kind, value) {
        (ShapeKind::Structure, Value::Object(members)) => {
            let member = |(name, value): (&String, &Value)| {
                let reference = shape.members.get(name)?;
                let shown = if name == "UserData" { HIDDEN.into() } else { shown(contract, reference, value) };
                Some((name.clone(), shown))
            };
            Value::Object(members.iter().filter_map(member).collect())
        }
        (ShapeKind::List, Value::Array(items)) => match &shape.member {
            Some(item) => items.iter().map(|value| shown(contract, item, value)).collect(),
            None => Value::Null,
        },
        (ShapeKind::Map, Value::Object(entries)) => match &shape.value {
            Some(item) => {
                let entry = |(key, value): (&String, &Value)| (key.clone(), shown(contract, item, value));
                Value::Object(entries.iter().map(entry).collect())
            }
            None => Value::Null,
        },
        _ => value.clone(),
    }
}
