//! Partial answers: `fields=items(name,id),nextPageToken`
//! (<https://cloud.google.com/compute/docs/api/how-tos/performance#partial-response>).

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::ApiError;

/// What is wanted of an answer: by name, what of it; nothing below means all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Mask(BTreeMap<String, Mask>);

/// How deep selections may be nested.
const DEPTH: usize = 32;

/// An answer reduced to the fields that are asked for.
pub(crate) fn partial(answer: Value, fields: &str) -> Result<Value, ApiError> {
    let mut rest = fields;
    let mask = Mask::parse(&mut rest, 0).filter(|_| rest.is_empty());
    let refusal = || {
        let message = format!("Invalid field selection {fields}");
        ApiError::new(400, "invalidParameter", message)
    };
    Ok(mask.ok_or_else(refusal)?.take(answer))
}

impl Mask {
    fn parse(rest: &mut &str, depth: usize) -> Option<Self> {
        let mut mask = Self::default();
        if depth > DEPTH {
            return None;
        }
        loop {
            let mut at = &mut mask;
            // A path, `a/b`, and what of its end, `(c,d)`.
            loop {
                let end = rest.find(['/', ',', '(', ')']).unwrap_or(rest.len());
                let name = rest.get(..end).map(str::trim).filter(|name| !name.is_empty())?;
                at = at.0.entry(name.to_owned()).or_default();
                *rest = &rest[end..];
                match rest.strip_prefix('/') {
                    Some(after) => *rest = after,
                    None => break,
                }
            }
            if let Some(after) = rest.strip_prefix('(') {
                *rest = after;
                let below = Self::parse(rest, depth + 1)?;
                at.0.extend(below.0);
                *rest = rest.strip_prefix(')')?;
            }
            match rest.strip_prefix(',') {
                Some(after) => *rest = after,
                None => return Some(mask),
            }
        }
    }

    fn take(&self, value: Value) -> Value {
        if self.0.is_empty() {
            return value;
        }
        match value {
            Value::Array(items) => items.into_iter().map(|item| self.take(item)).collect(),
            Value::Object(map) => map
                .into_iter()
                .filter_map(|(name, value)| {
                    let below = self.0.get(&name).or_else(|| self.0.get("*"))?;
                    Some((name, below.take(value)))
                })
                .collect(),
            value => value,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn answers_are_reduced_to_what_is_asked_for() {
        let answer =
            json!({ "kind": "k", "items": [{ "a": 1, "b": { "c": 2, "d": 3 } }], "m": { "x": { "y": 1, "z": 2 } } });
        for (fields, expected) in [
            ("kind", json!({ "kind": "k" })),
            ("items(a,b/c)", json!({ "items": [{ "a": 1, "b": { "c": 2 } }] })),
            ("items/a,kind", json!({ "kind": "k", "items": [{ "a": 1 }] })),
            ("m/*/y", json!({ "m": { "x": { "y": 1 } } })),
            ("items/b(c,d)", json!({ "items": [{ "b": { "c": 2, "d": 3 } }] })),
            ("nothing", json!({})),
            ("*", answer.clone()),
        ] {
            assert_eq!(partial(answer.clone(), fields).unwrap(), expected, "{fields}");
        }
        for fields in ["", "a(", "a)", "a,,b", "a(b", "/a"] {
            assert_eq!(partial(answer.clone(), fields).unwrap_err().status, 400, "{fields}");
        }
        assert!(partial(answer, &"a(".repeat(10_000)).is_err());
    }
}
