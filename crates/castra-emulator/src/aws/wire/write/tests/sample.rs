//! Outputs made from the contract alone.

use serde_json::{Map, Value, json};

use crate::aws::contract::{Contract, Location, Operation, Reference, ShapeKind};

/// Of these exactly one member may be there; the contract's data doesn't say so of a structure.
const UNIONS: [&str; 2] = ["EvaluationCriteria", "EvaluationWindow"];

/// An output with every member that the contract has, lists with two elements and maps with one entry, down to where
/// shapes repeat; null if there is no output.
pub(super) fn full(contract: &Contract, operation: &Operation) -> Value {
    operation.output.as_ref().and_then(|output| sample(contract, output, &mut Vec::new())).unwrap_or_default()
}

/// An output of nothing but empty lists and maps.
pub(super) fn hollow(contract: &Contract, operation: &Operation) -> Value {
    let Some(output) = &operation.output else { return Value::Null };
    let empty = |(name, reference): (&str, &Reference)| match contract.shape(reference).kind {
        ShapeKind::List => Some((name.to_owned(), json!([]))),
        ShapeKind::Map => Some((name.to_owned(), json!({}))),
        _ => None,
    };
    contract.shape(output).members.iter().filter_map(empty).collect::<Map<_, _>>().into()
}

fn sample(contract: &Contract, reference: &Reference, within: &mut Vec<String>) -> Option<Value> {
    if within.contains(&reference.shape) {
        return None;
    }
    let shape = contract.shape(reference);
    within.push(reference.shape.clone());
    let value = match shape.kind {
        ShapeKind::Structure => {
            let members = shape
                .members
                .iter()
                .filter(|(_, member)| member.location_name.as_deref() != Some("Content-Length"))
                .filter_map(|(name, member)| Some((name.to_owned(), sample(contract, member, within)?)));
            let most = if UNIONS.contains(&reference.shape.as_str()) { 1 } else { usize::MAX };
            Some(members.take(most).collect::<Map<_, _>>().into())
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
            Some(shape.one_of.first().map_or("a <b> & \"c\" ü", |value| value.as_str()).into())
        }
        ShapeKind::Integer if reference.location == Some(Location::StatusCode) => Some(200.into()),
        ShapeKind::Integer => Some((-7).into()),
        ShapeKind::Long => Some(5_000_000_000_i64.into()),
        ShapeKind::Float | ShapeKind::Double => Some(0.25.into()),
        ShapeKind::Boolean => Some(true.into()),
        ShapeKind::Blob => Some("AAEC/w==".into()),
        ShapeKind::Timestamp => Some(1_700_000_000.into()),
    };
    within.pop();
    if reference.location.is_some() { value.map(plain) } else { value }
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
