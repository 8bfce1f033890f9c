//! Elastic IP addresses (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html>).

mod associate;
mod describe;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde_json::json;

use super::resource::{find, resource};
use super::{State, Tags, id};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
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

pub(super) const OPERATIONS: Operations = &[
    ("AllocateAddress", allocate),
    ("AssociateAddress", associate::associate),
    ("DescribeAddresses", describe::describe),
    ("DescribeAddressesAttribute", describe::attribute),
    ("DisassociateAddress", associate::disassociate),
    ("ReleaseAddress", release),
];

/// A public address that nothing in the region has. Here the pool is the range that is reserved for benchmarks
/// (<https://www.rfc-editor.org/rfc/rfc2544>), so that nobody's real addresses are given out.
pub(crate) fn from_pool(ec2: &State, chance: &mut Chance) -> Ipv4Addr {
    let taken = |address: Ipv4Addr| {
        ec2.addresses.values().any(|other| other.public_ip == address)
            || ec2.interfaces.values().any(|interface| interface.public_ip == Some(address))
    };
    let first = u32::from(Ipv4Addr::new(198, 18, 0, 1));
    let start = chance.below(POOL);
    let address = |step: u64| Ipv4Addr::from(first + u32::try_from((start + step) % POOL).unwrap_or(0));
    // The limits of addresses and interfaces are far below the pool's size, unless somebody sets them otherwise.
    (0..POOL).map(address).find(|address| !taken(*address)).unwrap_or_else(|| address(0))
}

/// How many addresses the pool has.
const POOL: u64 = (1 << 17) - 2;

/// Associates an address with an interface of a service or instance; the association's id. The interface's own public
/// address goes (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html>).
pub(super) fn bind(ec2: &mut State, address: &str, interface: &str, private_ip: Ipv4Addr, id: String) -> String {
    for other in ec2.addresses.values_mut() {
        other.association.take_if(|at| at.interface == interface && at.private_ip == private_ip);
    }
    if let Some(found) = ec2.interfaces.get_mut(interface)
        && found.address() == private_ip
    {
        found.public_ip = None;
    }
    if let Some(address) = ec2.addresses.get_mut(address) {
        address.association = Some(Association { id: id.clone(), interface: interface.to_owned(), private_ip });
    }
    id
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html>
fn allocate(call: &mut Call<'_>) -> Answer {
    let tags = Tags::specified(call, "elastic-ip")?;
    let invalid = |message: String| Err(ApiError::new("InvalidParameterValue", message));
    if call.text("Domain") == Some("standard") {
        return invalid("Value (standard) for parameter domain is invalid.".to_owned());
    }
    if let Some(group) = call.text("NetworkBorderGroup").filter(|group| *group != call.region) {
        return invalid(format!("Value ({group}) for parameter networkBorderGroup is invalid."));
    }
    if let Some(pool) = call.text("PublicIpv4Pool").filter(|pool| *pool != "amazon") {
        let message = format!("The pool ID '{pool}' does not exist.");
        return Err(ApiError::new("InvalidPublicIpv4PoolID.NotFound", message));
    }
    if let Some(address) = call.text("Address") {
        // What was released is in other hands at once.
        return Err(ApiError::new("InvalidAddress.NotFound", format!("Address '{address}' not found.")));
    }
    if call.look().ec2.addresses.len() >= call.account.settings.network_limits.addresses {
        return Err(ApiError::new("AddressLimitExceeded", "The maximum number of addresses has been reached."));
    }
    let created = call.now();
    let mut chance = call.account.chance.clone();
    let address = Address {
        id: id::new("eipalloc", &mut chance),
        created,
        public_ip: from_pool(&call.look().ec2, &mut chance),
        association: None,
        tags,
    };
    call.account.chance = chance;
    let answer = json!({
        "AllocationId": address.id,
        "PublicIp": address.public_ip.to_string(),
        "PublicIpv4Pool": "amazon",
        "NetworkBorderGroup": call.region,
        "Domain": "vpc",
    });
    call.ec2().addresses.insert(address.id.clone(), address);
    Ok(answer)
}

/// The address that a call names by `AllocationId`, or by `PublicIp`.
fn named<'a>(call: &'a Call<'_>) -> Result<&'a Address, ApiError> {
    match (call.text("AllocationId"), call.text("PublicIp")) {
        (Some(id), None) => find(call, id),
        (None, Some(ip)) => by_ip(call, ip),
        (Some(_), Some(_)) => {
            let message = "You may specify public IP or allocation id, but not both in the same call";
            Err(ApiError::new("InvalidParameterCombination", message))
        }
        (None, None) => {
            let message = "Either public IP or allocation id must be specified";
            Err(ApiError::new("MissingParameter", message))
        }
    }
}

/// The account's address of that number.
fn by_ip<'a>(call: &'a Call<'_>, ip: &str) -> Result<&'a Address, ApiError> {
    let Ok(wanted) = ip.parse::<Ipv4Addr>() else {
        let message = format!("Invalid IPv4 address: '{ip}'");
        return Err(ApiError::new("InvalidAddress.Malformed", message));
    };
    let is = |address: &&Address| address.public_ip == wanted && call.account.shows(&address.id, address.created);
    let not_found = || ApiError::new("InvalidAddress.NotFound", format!("Address '{ip}' not found."));
    call.look().ec2.addresses.values().find(is).ok_or_else(not_found)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html>: in a nondefault VPC "you must
/// disassociate the Elastic IP address before you can release it".
fn release(call: &mut Call<'_>) -> Answer {
    let address = named(call)?;
    if let Some(group) = call.text("NetworkBorderGroup").filter(|group| *group != call.region) {
        let message = format!("Value ({group}) for parameter networkBorderGroup is invalid.");
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    if let Some(association) = &address.association {
        associate::check_own(&call.look().ec2, association)?;
        let ec2 = &call.look().ec2;
        let vpc = ec2.interfaces.get(&association.interface).and_then(|interface| ec2.vpcs.get(&interface.vpc));
        if !vpc.is_some_and(|vpc| vpc.is_default) {
            let message = format!("Address {} is in use.", address.public_ip);
            return Err(ApiError::new("InvalidIPAddress.InUse", message));
        }
    }
    let address = address.id.clone();
    call.ec2().addresses.remove(&address);
    Ok(json!({}))
}
