//! NAT gateways (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>).

mod create;
mod describe;
mod life;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::Tags;
use super::resource::resource;
use crate::aws::call::Operations;

pub(super) use life::happen;

/// A NAT gateway.
#[derive(Debug, Clone)]
pub(crate) struct NatGateway {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) deleted: Option<Timestamp>,
    pub(crate) subnet: String,
    pub(crate) vpc: String,
    /// The zone of its subnet.
    pub(crate) zone: String,
    /// `pending`, `available`, `failed`, `deleting`, `deleted`.
    pub(crate) state: &'static str,
    /// Code and message of why it fails; it doesn't show before it has failed.
    pub(crate) failure: Option<(&'static str, String)>,
    /// None if there was no address for it.
    pub(crate) interface: Option<String>,
    /// Its private and public addresses, of which describes tell also when they are gone.
    pub(crate) private_ip: Option<String>,
    pub(crate) public_ip: Option<String>,
    pub(crate) allocation: Option<String>,
    pub(crate) association: Option<String>,
    pub(crate) public: bool,
    pub(crate) tags: Tags,
}

resource!(
    NatGateway,
    nat_gateways,
    "nat",
    "NatGatewayMalformed",
    "NatGatewayNotFound",
    "The Nat Gateway {} was not found"
);

impl NatGateway {
    /// Whether routes may lead to it.
    pub(crate) fn is_alive(&self) -> bool {
        matches!(self.state, "pending" | "available")
    }
}

/// What is due to happen to a NAT gateway.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// It becomes available, or fails.
    Settle(String),
    /// It is deleted.
    Delete(String),
    /// Describes tell of it no more.
    Forget(String),
}

pub(super) const OPERATIONS: Operations = &[
    ("CreateNatGateway", create::create),
    ("DeleteNatGateway", life::delete),
    ("DescribeNatGateways", describe::describe),
];
