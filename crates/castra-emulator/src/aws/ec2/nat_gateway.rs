//! NAT gateways.

use jiff::Timestamp;

use super::Tags;
use super::resource::resource;
use crate::aws::account::Account;
use crate::aws::call::Operations;

/// A NAT gateway.
#[derive(Debug, Clone)]
pub(crate) struct NatGateway {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) deleted: Option<Timestamp>,
    pub(crate) subnet: String,
    pub(crate) vpc: String,
    /// `pending`, `available`, `failed`, `deleting`, `deleted`.
    pub(crate) state: &'static str,
    pub(crate) failure: Option<(String, String)>,
    pub(crate) interface: String,
    pub(crate) allocation: Option<String>,
    pub(crate) public: bool,
    pub(crate) token: Option<String>,
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

/// What is due to happen to a NAT gateway.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// It becomes available, or fails.
    Settle(String),
    /// It is deleted.
    Delete(String),
}

/// Lets it happen.
pub(super) fn happen(_account: &mut Account, _region: &str, _due: Due) {}

pub(super) const OPERATIONS: Operations = &[];
