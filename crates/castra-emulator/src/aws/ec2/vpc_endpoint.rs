//! VPC endpoints.

use jiff::Timestamp;

use super::Tags;
use super::resource::resource;
use crate::aws::account::Account;
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

resource!(
    VpcEndpoint,
    endpoints,
    "vpce",
    "InvalidVpcEndpointId.Malformed",
    "InvalidVpcEndpointId.NotFound",
    "The Vpc Endpoint Id '{}' does not exist"
);

/// What is due to happen to an endpoint.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// It becomes available.
    Settle(String),
    /// It is gone.
    Delete(String),
}

/// Lets it happen.
pub(super) fn happen(_account: &mut Account, _region: &str, _due: Due) {}

pub(super) const OPERATIONS: Operations = &[];
