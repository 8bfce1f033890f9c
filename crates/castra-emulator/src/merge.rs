//! JSON merge patches.

use serde_json::{Value, json};

/// Applies a JSON merge patch (<https://www.rfc-editor.org/rfc/rfc7396>).
pub(crate) fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Value::Object(target) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(&name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_patch_changes_what_it_names() {
        let mut target = json!({ "a": { "b": 1, "c": 2 }, "d": [1] });
        merge(&mut target, json!({ "a": { "b": 3, "c": null }, "d": [2], "e": { "f": 4 } }));
        assert_eq!(target, json!({ "a": { "b": 3 }, "d": [2], "e": { "f": 4 } }));
    }
}
