//! AWS's managed policies, those that people give to machines and operators
//! (<https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>).
//!
//! The data has the documents as AWS publishes them, by their default version. Of the documents that are too long for
//! a managed policy of a customer (`"abridged"`) it has what they say about the services that are served.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::Version;
use crate::aws::iam::document;
use crate::aws::iam::holder::Written;
use crate::chance::Chance;

/// A policy that AWS publishes.
#[derive(Debug)]
pub(crate) struct Published {
    entry: Entry,
    id: String,
    pub(crate) arn: String,
    pub(crate) written: Written,
}

#[derive(Debug, Deserialize)]
struct Entry {
    name: String,
    path: String,
    version: u64,
    created: Timestamp,
    updated: Timestamp,
    #[serde(default)]
    description: Option<String>,
    #[serde(default, rename = "abridged")]
    _abridged: bool,
    document: Value,
}

impl Published {
    fn new(entry: Entry) -> Option<Self> {
        let text = entry.document.to_string();
        let document = document::managed(&text).ok()?;
        let arn = format!("arn:aws:iam::aws:policy{}{}", entry.path, entry.name);
        let id = format!("ANPA{}", Chance::of(0, &arn).letters(17));
        Some(Self { entry, id, arn, written: Written::new(&text, document) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.entry.name
    }

    pub(crate) fn path(&self) -> &str {
        &self.entry.path
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The number of the default version.
    pub(super) fn version(&self) -> u64 {
        self.entry.version
    }

    pub(super) fn created(&self) -> Timestamp {
        self.entry.created
    }

    pub(super) fn updated(&self) -> Timestamp {
        self.entry.updated
    }

    pub(super) fn description(&self) -> Option<&str> {
        self.entry.description.as_deref()
    }

    /// The default version.
    pub(super) fn default(&self) -> Version {
        Version { written: self.written.clone(), created: self.entry.updated }
    }
}

#[expect(clippy::expect_used, reason = "our own data, which a test reads")]
static ALL: LazyLock<HashMap<String, Published>> = LazyLock::new(|| {
    let entries: Vec<Entry> = serde_json::from_str(include_str!("catalogue.json")).expect("the catalogue's format");
    entries.into_iter().filter_map(Published::new).map(|policy| (policy.arn.clone(), policy)).collect()
});

/// All of them, in no order.
pub(super) fn all() -> impl Iterator<Item = &'static Published> {
    ALL.values()
}

/// The policy of that ARN.
pub(super) fn by_arn(arn: &str) -> Option<&'static Published> {
    ALL.get(arn)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn every_document_is_understood() {
        let entries: Vec<Entry> = serde_json::from_str(include_str!("catalogue.json")).unwrap();
        for entry in &entries {
            assert!(document::managed(&entry.document.to_string()).is_ok(), "{}", entry.name);
        }
        assert_eq!(all().count(), entries.len());
        assert!(by_arn("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore").is_some());
        assert!(by_arn("arn:aws:iam::aws:policy/service-role/AmazonEC2RoleforSSM").is_some());
    }
}
