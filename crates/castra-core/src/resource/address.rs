//! The name of a resource within its cluster.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Kind;

/// The name of a resource within its cluster: its kind and a name, written `subnet/private-a`.
///
/// ```
/// use castra_core::Address;
///
/// let address: Address = "subnet/private-a".parse().unwrap();
/// assert_eq!(address.kind(), "subnet");
/// assert_eq!(address.name(), "private-a");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    kind: String,
    name: String,
}

impl Address {
    /// An address from its parts.
    pub fn new(kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), name: name.into() }
    }

    /// The address of the resource of kind `K` with this name.
    pub fn of<K: Kind>(name: &str) -> Self {
        Self::new(K::KIND, name)
    }

    /// The kind, for example `subnet`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The name among resources of its kind, for example `private-a`.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// The text is not `kind/name`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a resource address; write it as kind/name, for example subnet/private-a")]
pub struct NotAnAddress(String);

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            Some((kind, name)) if !kind.is_empty() && !name.is_empty() => Ok(Self::new(kind, name)),
            _ => Err(NotAnAddress(text.to_owned())),
        }
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
