//! Elastic IP addresses.

use std::net::Ipv4Addr;

use jiff::Timestamp;

use super::Tags;
use crate::aws::call::Operations;

/// An Elastic IP address.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    /// Its allocation id.
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) public_ip: Ipv4Addr,
    /// The interface that it is associated with, the private address there, and the association's id.
    pub(crate) association: Option<Association>,
    pub(crate) tags: Tags,
}

/// What an address is associated with.
#[derive(Debug, Clone)]
pub(crate) struct Association {
    pub(crate) id: String,
    pub(crate) interface: String,
    pub(crate) private_ip: Ipv4Addr,
}

pub(super) const OPERATIONS: Operations = &[];
