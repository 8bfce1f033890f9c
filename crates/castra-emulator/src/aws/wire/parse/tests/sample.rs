//! Inputs made from the contract alone.

use serde_json::{Map, Value, json};

use crate::aws::contract::{Contract, Location, Operation, Reference, ShapeKind};

/// An input with every member that the contract has, lists with two elements and maps with one entry, down to where
/// shapes repeat.
pub(super) fn full(contract: &Contract, operation: &Operation) -> Value {
    let input = operation.input.as_ref().and_then(|input| sample(contract, input, &mut Vec::new()));
    input.unwrap_or_else(|| json!({}))
}

fn sample(contract: &Contract, reference: &Reference, within: &mut Vec<String>) -> Option<Value> {
    if within.contains(&reference.shape) {
        return None;
    }
    let shape = contract.shape(reference);
    within.push(reference.shape.clone());
    let value = match shape.kind {
        // Forms can't say that one is there.
        ShapeKind::Structure if shape.members.iter().next().is_none() => None,
        ShapeKind::Structure => {
            let members = shape.members.iter().filter_map(|(name, member)| {
                // What clients work out by themselves.
                let computed = matches!(member.location_name.as_deref(), Some("Content-Length" | "Content-MD5"));
                if computed { None } else { Some((name.to_owned(), sample(contract, member, within)?)) }
            });
            Some(members.collect::<Map<_, _>>().into())
        }
        ShapeKind::List => {
            let one = shape.member.as_deref().and_then(|member| sample(contract, member, within));
            Some(one.map_or_else(|| json!([]), |one| json!([one, one])))
        }
        ShapeKind::Map => {
            let entry = shape.key.as_deref().zip(shape.value.as_deref()).and_then(|(key, held)| {
                let key = sample(contract, key, within)?.as_str()?.to_owned();
                // A name of a header can't have all that a key can.
                let key = if reference.location == Some(Location::Headers) { "name".to_owned() } else { key };
                Some(json!({ key: sample(contract, held, within)? }))
            });
            Some(entry.unwrap_or_else(|| json!({})))
        }
        ShapeKind::String | ShapeKind::Character => {
            Some(shape.one_of.first().map_or("a <b> & \"c\" d+%20=ü", |value| value.as_str()).into())
        }
        ShapeKind::Integer => Some((-7).into()),
        ShapeKind::Long => Some(5_000_000_000_i64.into()),
        ShapeKind::Float | ShapeKind::Double => Some(0.25.into()),
        ShapeKind::Boolean => Some(true.into()),
        ShapeKind::Blob => Some("AAEC/w==".into()),
        ShapeKind::Timestamp => Some(1_700_000_000.0.into()),
    };
    within.pop();
    let in_header = matches!(reference.location, Some(Location::Header | Location::Headers));
    if in_header { value.map(plain) } else { value }
}

/// Without what a header can't carry.
fn plain(value: Value) -> Value {
    match value {
        Value::String(text) => text.replace('ü', "u").into(),
        Value::Array(values) => values.into_iter().map(plain).collect(),
        Value::Object(entries) => entries.into_iter().map(|(name, held)| (name, plain(held))).collect(),
        other => other,
    }
}
