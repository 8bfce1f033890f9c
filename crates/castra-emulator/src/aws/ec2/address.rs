//! Elastic IP addresses.

use std::net::Ipv4Addr;

use jiff::Timestamp;

use super::resource::resource;
use super::{State, Tags};
use crate::aws::call::Operations;
use crate::chance::Chance;

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

resource!(
    Address,
    addresses,
    "eipalloc",
    "InvalidAllocationID.NotFound",
    "InvalidAllocationID.NotFound",
    "The allocation ID '{}' does not exist"
);

/// A public address that nothing in the region has. Here the pool is the range that is reserved for benchmarks
/// (<https://www.rfc-editor.org/rfc/rfc2544>), so that nobody's real addresses are given out.
pub(crate) fn from_pool(ec2: &State, chance: &mut Chance) -> Ipv4Addr {
    let taken = |address: Ipv4Addr| {
        ec2.addresses.values().any(|other| other.public_ip == address)
            || ec2.interfaces.values().any(|interface| interface.public_ip == Some(address))
    };
    let first = u32::from(Ipv4Addr::new(198, 18, 0, 1));
    loop {
        let address = Ipv4Addr::from(first + u32::try_from(chance.below((1 << 17) - 2)).unwrap_or(0));
        if !taken(address) {
            return address;
        }
    }
}

pub(super) const OPERATIONS: Operations = &[];
