//! Key pairs.

use jiff::Timestamp;

use super::Tags;
use crate::aws::call::Operations;

/// A key pair.
#[derive(Debug, Clone)]
pub(crate) struct KeyPair {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) name: String,
    pub(crate) fingerprint: String,
    pub(crate) kind: String,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[];
