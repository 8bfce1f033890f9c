//! VPC endpoints (<https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html>).

mod create;
mod describe;
mod life;
mod modify;
mod service;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::Tags;
use super::resource::resource;
use crate::aws::call::Operations;

pub(super) use life::happen;

/// A VPC endpoint.
#[derive(Debug, Clone)]
pub(crate) struct VpcEndpoint {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) vpc: String,
    pub(crate) service: String,
    /// `Gateway` or `Interface`.
    pub(crate) kind: &'static str,
    /// `pending`, `available`, `deleting`.
    pub(crate) state: &'static str,
    pub(crate) route_tables: Vec<String>,
    pub(crate) subnets: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) interfaces: Vec<String>,
    /// None = everything is allowed.
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

pub(super) const OPERATIONS: Operations = &[
    ("CreateVpcEndpoint", create::create),
    ("DeleteVpcEndpoints", life::delete),
    ("DescribeVpcEndpointServices", service::describe),
    ("DescribeVpcEndpoints", describe::describe),
    ("ModifyVpcEndpoint", modify::modify),
];
