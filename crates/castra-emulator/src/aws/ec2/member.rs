//! Members of structures within an input, which the contract has been held against.

use serde_json::Value;

/// A text.
pub(super) fn text<'a>(of: &'a Value, member: &str) -> Option<&'a str> {
    of.get(member)?.as_str()
}

/// A whole number.
pub(super) fn number(of: &Value, member: &str) -> Option<i64> {
    of.get(member)?.as_i64()
}

/// Yes or no.
pub(super) fn flag(of: &Value, member: &str) -> Option<bool> {
    of.get(member)?.as_bool()
}

/// A list; empty if it is missing.
pub(super) fn list<'a>(of: &'a Value, member: &str) -> &'a [Value] {
    of.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A list of texts; empty if it is missing.
pub(super) fn texts<'a>(of: &'a Value, member: &str) -> Vec<&'a str> {
    list(of, member).iter().filter_map(Value::as_str).collect()
}
