//! Snapshots.

use jiff::Timestamp;

use super::Tags;
use crate::aws::call::Operations;

/// A snapshot of a volume.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) volume: String,
    pub(crate) size: i64,
    pub(crate) description: String,
    pub(crate) encrypted: bool,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[];
