//! Tags (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html>).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};

/// An object's tags, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tags(BTreeMap<String, String>);

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
            if key.to_ascii_lowercase().starts_with("aws:") {
                let message = format!("Tag keys starting with 'aws:' are reserved for internal use: {key}");
                return Err(ApiError::new("InvalidParameterValue", message));
            }
            if key.is_empty() || key.chars().count() > 127 || value.chars().count() > 255 {
                let message = "Tag key cannot be empty or exceed 127 characters, nor a value 255";
                return Err(ApiError::new("InvalidParameterValue", message));
            }
            if tags.get(key).is_some() {
                let message = format!("Duplicate tag key '{key}' specified.");
                return Err(ApiError::new("InvalidParameterValue", message));
            }
            tags.insert(key, value);
        }
        if tags.len() > 50 {
            return Err(ApiError::new("TagLimitExceeded", "The maximum number of Tags for a resource is 50"));
        }
        Ok(tags)
    }

    /// The tags that a call's `TagSpecifications` give to objects of that kind.
    pub(crate) fn specified(call: &Call<'_>, kind: &str) -> Result<Self, ApiError> {
        Self::in_specifications(call.list("TagSpecifications"), kind)
    }

    /// As [`Tags::specified`], of a list.
    pub(crate) fn in_specifications(specifications: &[Value], kind: &str) -> Result<Self, ApiError> {
        let of_kind = |specification: &&Value| specification.get("ResourceType").and_then(Value::as_str) == Some(kind);
        let lists = specifications.iter().filter(of_kind).filter_map(|specification| specification.get("Tags"));
        let tags: Vec<Value> = lists.filter_map(Value::as_array).flatten().cloned().collect();
        Self::read(&tags)
    }
}

pub(super) const OPERATIONS: Operations = &[];
