//! Comparing wanted fields with live ones.

use serde_json::Value;

use super::FieldChange;
use crate::resource::{Address, REFERENCE};

/// The fields of `desired` that `live` has otherwise, sorted by name.
///
/// References in `desired` are resolved by `resolve`; one that cannot be resolved yet always differs. Lists compare
/// as sets, because no cloud keeps the order of what we own; a kind where order matters says so by an index in the
/// elements. Fields that `desired` doesn't have are not ours and are not looked at.
pub fn differences(desired: &Value, live: &Value, resolve: &dyn Fn(&Address) -> Option<String>) -> Vec<FieldChange> {
    let Value::Object(fields) = desired else { return Vec::new() };
    let mut changes: Vec<FieldChange> = fields
        .iter()
        .filter_map(|(field, wanted)| {
            let to = normalise(&substitute(wanted, resolve));
            let from = normalise(live.get(field).unwrap_or(&Value::Null));
            (to != from || unresolved(&to)).then(|| FieldChange { field: field.clone(), from, to })
        })
        .collect();
    changes.sort_by(|a, b| a.field.cmp(&b.field));
    changes
}

/// Replaces each reference by the id it resolves to; one that doesn't resolve stays.
fn substitute(value: &Value, resolve: &dyn Fn(&Address) -> Option<String>) -> Value {
    match value {
        Value::Object(map) => match map.get(REFERENCE).and_then(Value::as_str).and_then(|text| text.parse().ok()) {
            Some(address) => resolve(&address).map_or_else(|| value.clone(), Value::String),
            None => Value::Object(map.iter().map(|(key, value)| (key.clone(), substitute(value, resolve))).collect()),
        },
        Value::Array(list) => Value::Array(list.iter().map(|value| substitute(value, resolve)).collect()),
        other => other.clone(),
    }
}

fn unresolved(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.contains_key(REFERENCE) || map.values().any(unresolved),
        Value::Array(list) => list.iter().any(unresolved),
        _ => false,
    }
}

/// Sorts lists and keys, so that equal sets are equal values.
pub(crate) fn normalise(value: &Value) -> Value {
    match value {
        Value::Array(list) => {
            let mut list: Vec<Value> = list.iter().map(normalise).collect();
            list.sort_by_cached_key(Value::to_string);
            Value::Array(list)
        }
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> =
                map.iter().map(|(key, value)| (key.clone(), normalise(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use serde_json::json;

    use super::*;

    fn check(desired: Value, live: Value) -> Vec<String> {
        let resolve = |address: &Address| (address.to_string() == "network/main").then(|| "n-1".to_owned());
        differences(&desired, &live, &resolve).into_iter().map(|change| change.field).collect()
    }

    #[test]
    fn equal_fields_do_not_differ_whatever_their_order() {
        assert!(check(json!({"a": 1, "b": ["x", "y"]}), json!({"b": ["y", "x"], "a": 1})).is_empty());
        assert!(check(json!({"a": {"k": 1, "l": 2}}), json!({"a": {"l": 2, "k": 1}})).is_empty());
    }

    #[test]
    fn a_field_that_is_not_wanted_is_not_ours() {
        assert!(check(json!({"a": 1}), json!({"a": 1, "z": 9})).is_empty());
    }

    #[test]
    fn each_changed_field_is_named() {
        assert_eq!(check(json!({"a": 1, "b": 2, "c": 3}), json!({"a": 1, "b": 9})), ["b", "c"]);
        assert_eq!(check(json!({"a": ["x"]}), json!({"a": ["x", "y"]})), ["a"]);
    }

    #[test]
    fn references_compare_by_the_id_they_resolve_to() {
        let wanted = json!({"network": {"$ref": "network/main"}});
        assert!(check(wanted.clone(), json!({"network": "n-1"})).is_empty());
        assert_eq!(check(wanted, json!({"network": "n-2"})), ["network"]);
    }

    #[test]
    fn what_cannot_be_resolved_yet_differs() {
        let wanted = json!({"net": {"$ref": "subnet/a"}});
        assert_eq!(check(wanted.clone(), json!({"net": "subnet-1"})), ["net"]);
        assert_eq!(check(wanted.clone(), wanted), ["net"]);
    }
}
