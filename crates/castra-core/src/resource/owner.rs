//! Whose a resource is, and the tokens that follow from it.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::Address;
use crate::plan::digest;
use crate::spec::ClusterName;

/// The owner of a resource: a cluster's name and uid, with the tags the operator wants on everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The cluster's name.
    pub cluster: ClusterName,
    /// The cluster's uid, chosen when it is first planned and kept by its anchor.
    pub uid: Uuid,
    /// The operator's own tags.
    pub tags: BTreeMap<String, String>,
}

impl Owner {
    /// The tag that carries the cluster's name.
    pub const CLUSTER: &'static str = "castra:cluster";
    /// The tag that carries the cluster's uid.
    pub const UID: &'static str = "castra:uid";
    /// The tag that carries the resource's address.
    pub const RESOURCE: &'static str = "castra:resource";

    /// Every tag of a resource: the operator's, a `Name`, and the three that say whose it is.
    pub fn tags(&self, address: &Address) -> BTreeMap<String, String> {
        let mut tags = self.tags.clone();
        if !self.names() {
            tags.insert("Name".into(), format!("{}-{}", self.cluster, address.name()));
        }
        tags.insert(Self::CLUSTER.into(), self.cluster.to_string());
        tags.insert(Self::UID.into(), self.uid.to_string());
        tags.insert(Self::RESOURCE.into(), address.to_string());
        tags
    }

    /// Whether the operator's own tags give a name. Some services take keys that differ only in case for one.
    pub fn names(&self) -> bool {
        self.tags.keys().any(|key| key.eq_ignore_ascii_case("name"))
    }

    /// The client token of the `attempt`-th object made for a resource with these parameters: the same for the
    /// same question, in any process and without a journal. 32 hexadecimal digits, which every cloud accepts.
    pub fn token(&self, address: &Address, parameters: &Value, attempt: u32) -> String {
        digest(&format!("{} {address} {parameters} {attempt}", self.uid))
    }
}
