//! Placement groups.

use jiff::Timestamp;

use super::Tags;
use crate::aws::call::Operations;

/// A placement group.
#[derive(Debug, Clone)]
pub(crate) struct PlacementGroup {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) name: String,
    pub(crate) strategy: String,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[];
