//! Network ACLs, as far as each VPC has one.

use jiff::Timestamp;

use super::Tags;
use crate::aws::call::Operations;

/// A network ACL.
#[derive(Debug, Clone)]
pub(crate) struct NetworkAcl {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) vpc: String,
    pub(crate) is_default: bool,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[];
