//! Internet gateways.

use jiff::Timestamp;

use super::Tags;
use crate::aws::call::Operations;

/// An internet gateway.
#[derive(Debug, Clone)]
pub(crate) struct InternetGateway {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    /// The VPC that it is attached to.
    pub(crate) vpc: Option<String>,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[];
