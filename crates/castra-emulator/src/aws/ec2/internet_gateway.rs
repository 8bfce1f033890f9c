//! Internet gateways.

use jiff::Timestamp;

use super::Tags;
use super::resource::resource;
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

resource!(
    InternetGateway,
    internet_gateways,
    "igw",
    "InvalidInternetGatewayId.Malformed",
    "InvalidInternetGatewayID.NotFound",
    "The internetGateway ID '{}' does not exist"
);

pub(super) const OPERATIONS: Operations = &[];
