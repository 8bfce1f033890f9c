//! A parameter and its versions
//! (<https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html>).

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::aws::call::{Call, epoch};
use crate::aws::ec2::Tags;

/// A parameter.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    /// By number; never empty.
    pub(super) versions: BTreeMap<i64, Version>,
    pub(super) tags: Tags,
}

/// One version.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) number: i64,
    /// `String`, `StringList` or `SecureString`.
    pub(super) kind: String,
    pub(super) value: String,
    /// Of a secure string: what encrypts it.
    pub(super) key: Option<String>,
    pub(super) description: Option<String>,
    pub(super) allowed_pattern: Option<String>,
    /// `Standard` or `Advanced`.
    pub(super) tier: &'static str,
    pub(super) data_type: String,
    pub(super) labels: BTreeSet<String>,
    pub(super) modified: Timestamp,
    /// The ARN of who wrote it.
    pub(super) modified_by: String,
}

/// The ARN of a parameter: names at the root have no slash in front, those in a hierarchy bring it.
pub(super) fn arn(call: &Call<'_>, name: &str) -> String {
    let region = call.region;
    // AWS's own parameters belong to no account.
    let account = if name.starts_with("/aws/service/") { "" } else { call.account.id.as_str() };
    format!("arn:aws:ssm:{region}:{account}:parameter/{}", name.trim_start_matches('/'))
}

impl Parameter {
    /// The newest version.
    pub(super) fn latest(&self) -> Option<&Version> {
        self.versions.values().next_back()
    }

    /// The version of a number or with a label.
    pub(super) fn selected(&self, selector: &str) -> Option<&Version> {
        match selector.parse::<i64>() {
            Ok(number) => self.versions.get(&number),
            Err(_) => self.versions.values().find(|version| version.labels.contains(selector)),
        }
    }
}

impl Version {
    /// The value as a reader gets it: of secure strings the ciphertext, unless it is decrypted
    /// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html>).
    pub(super) fn readable(&self, decrypted: bool) -> String {
        if self.kind != "SecureString" || decrypted {
            return self.value.clone();
        }
        // Something that looks like a ciphertext of KMS's, is the same each time, and gives nothing away.
        let hash = Sha256::digest(format!("{}:{}", self.modified, self.value));
        format!("AQICAHh{}", BASE64_STANDARD.encode([&hash[..], &hash[..], &hash[..]].concat()))
    }

    /// As reads show it.
    pub(super) fn shown(&self, call: &Call<'_>, name: &str, selector: Option<&str>, decrypted: bool) -> Value {
        let mut shown = json!({
            "Name": name,
            "Type": self.kind,
            "Value": self.readable(decrypted),
            "Version": self.number,
            "LastModifiedDate": epoch(self.modified),
            "ARN": arn(call, name),
            "DataType": self.data_type,
        });
        if let (Some(selector), Some(shown)) = (selector, shown.as_object_mut()) {
            shown.insert("Selector".to_owned(), selector.into());
        }
        shown
    }

    /// What describes and histories show beside the value.
    pub(super) fn metadata(&self, name: &str) -> serde_json::Map<String, Value> {
        let mut shown = serde_json::Map::new();
        shown.insert("Name".to_owned(), name.into());
        shown.insert("Type".to_owned(), self.kind.as_str().into());
        if let Some(key) = &self.key {
            shown.insert("KeyId".to_owned(), key.as_str().into());
        }
        shown.insert("LastModifiedDate".to_owned(), epoch(self.modified));
        shown.insert("LastModifiedUser".to_owned(), self.modified_by.as_str().into());
        if let Some(description) = &self.description {
            shown.insert("Description".to_owned(), description.as_str().into());
        }
        if let Some(pattern) = &self.allowed_pattern {
            shown.insert("AllowedPattern".to_owned(), pattern.as_str().into());
        }
        shown.insert("Version".to_owned(), self.number.into());
        shown.insert("Tier".to_owned(), self.tier.into());
        shown.insert("Policies".to_owned(), Value::Array(Vec::new()));
        shown.insert("DataType".to_owned(), self.data_type.as_str().into());
        shown
    }
}
