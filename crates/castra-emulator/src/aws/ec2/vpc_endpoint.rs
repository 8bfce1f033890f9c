//! VPC endpoints.

use jiff::Timestamp;

use super::Tags;
use crate::aws::call::Operations;

/// A VPC endpoint.
#[derive(Debug, Clone)]
pub(crate) struct VpcEndpoint {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) vpc: String,
    pub(crate) service: String,
    /// `Gateway` or `Interface`.
    pub(crate) kind: String,
    pub(crate) state: &'static str,
    pub(crate) route_tables: Vec<String>,
    pub(crate) subnets: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) interfaces: Vec<String>,
    pub(crate) policy: Option<String>,
    pub(crate) private_dns: bool,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[];
