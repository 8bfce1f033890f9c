//! Tags (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html>).

mod holder;
mod operations;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};

/// An object's tags, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tags(BTreeMap<String, String>);

/// How many tags an object may have, beside AWS's own
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions>).
const LIMIT: usize = 50;

impl Tags {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn insert(&mut self, key: &str, value: &str) {
        self.0.insert(key.to_owned(), value.to_owned());
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// As describes show them.
    pub(crate) fn shown(&self) -> Value {
        self.0.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
    }

    /// Tags from a list of keys and values, as EC2 takes them.
    pub(crate) fn read(list: &[Value]) -> Result<Self, ApiError> {
        let mut tags = Self::default();
        for tag in list {
            let text = |member| tag.get(member).and_then(Value::as_str).unwrap_or_default();
            let (key, value) = (text("Key"), text("Value"));
            check_key(key)?;
            // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html
            if value.chars().count() > 256 {
                let message = format!("Tag value exceeds the maximum length of 256 characters: {value}");
                return Err(ApiError::new("InvalidParameterValue", message));
            }
            if tags.get(key).is_some() {
                let message = format!("Duplicate tag key '{key}' specified.");
                return Err(ApiError::new("InvalidParameterValue", message));
            }
            tags.insert(key, value);
        }
        if tags.len() > LIMIT {
            return Err(too_many());
        }
        Ok(tags)
    }

    /// The tags that a call's `TagSpecifications` give to objects of that kind, which is the only one that it makes.
    pub(crate) fn specified(call: &Call<'_>, kind: &str) -> Result<Self, ApiError> {
        check_specifications(call, &[kind])?;
        Self::in_specifications(call.list("TagSpecifications"), kind)
    }

    /// The tags that a list of specifications gives to objects of that kind.
    pub(crate) fn in_specifications(specifications: &[Value], kind: &str) -> Result<Self, ApiError> {
        let of_kind = |specification: &&Value| specification.get("ResourceType").and_then(Value::as_str) == Some(kind);
        let lists = specifications.iter().filter(of_kind).filter_map(|specification| specification.get("Tags"));
        let tags: Vec<Value> = lists.filter_map(Value::as_array).flatten().cloned().collect();
        Self::read(&tags)
    }
}

/// Refuses a call's `TagSpecifications` if they are for other kinds than those that it makes
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TagSpecification.html>).
pub(crate) fn check_specifications(call: &Call<'_>, kinds: &[&str]) -> Result<(), ApiError> {
    let invalid = |message: String| Err(ApiError::new("InvalidParameterValue", message));
    let mut seen = Vec::new();
    for specification in call.list("TagSpecifications") {
        let Some(kind) = specification.get("ResourceType").and_then(Value::as_str) else {
            return invalid("Tag specification resource type must have a value".to_owned());
        };
        if !kinds.contains(&kind) {
            return invalid(format!("'{kind}' is not a valid taggable resource type for this operation."));
        }
        if seen.contains(&kind) {
            return invalid(
                "The same resource type may not be specified more than once in tag specifications".to_owned(),
            );
        }
        seen.push(kind);
        if specification.get("Tags").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            return invalid("Tag specification must have at least one tag".to_owned());
        }
    }
    Ok(())
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html>
fn check_key(key: &str) -> Result<(), ApiError> {
    if key.to_ascii_lowercase().starts_with("aws:") {
        let message = format!("Tag keys starting with 'aws:' are reserved for internal use: {key}");
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    if key.is_empty() {
        return Err(ApiError::new("InvalidParameterValue", "Tag key cannot be null or empty."));
    }
    if key.chars().count() > 127 {
        let message = format!("Tag key exceeds the maximum length of 127 characters: {key}");
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    Ok(())
}

fn too_many() -> ApiError {
    ApiError::new("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
}

pub(super) const OPERATIONS: Operations =
    &[("CreateTags", operations::create), ("DeleteTags", operations::delete), ("DescribeTags", operations::describe)];
