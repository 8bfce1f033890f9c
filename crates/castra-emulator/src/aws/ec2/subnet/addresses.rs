//! Which addresses of a subnet are to be had.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::Ipv4Net;

use super::Subnet;
use crate::aws::ApiError;
use crate::aws::ec2::State;
use crate::chance::Chance;

impl Subnet {
    /// First and last address that can be given out: the first four and the last are AWS's
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
    fn usable(&self) -> (u32, u32) {
        (u32::from(self.cidr.network()).saturating_add(4), u32::from(self.cidr.broadcast()).saturating_sub(1))
    }

    /// Whether a reservation keeps AWS from giving out the address by itself
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html>).
    fn reserved(&self, address: Ipv4Addr) -> bool {
        self.reservations.iter().any(|reservation| reservation.cidr.contains(&address))
    }
}

/// The addresses that the interfaces in a subnet have.
fn used(ec2: &State, subnet: &str) -> BTreeSet<Ipv4Addr> {
    let inside = ec2.interfaces.values().filter(|interface| interface.subnet == subnet);
    inside.flat_map(|interface| interface.addresses.iter().copied()).collect()
}

/// How many addresses AWS has left to give out.
pub(crate) fn available(ec2: &State, subnet: &Subnet) -> usize {
    let (first, last) = subnet.usable();
    let used = used(ec2, &subnet.id);
    let within = |cidr: Ipv4Net| {
        let from = u32::from(cidr.network()).max(first);
        let to = u32::from(cidr.broadcast()).min(last);
        (to.saturating_add(1)).saturating_sub(from) as usize
    };
    let reserved: usize = subnet.reservations.iter().map(|reservation| within(reservation.cidr)).sum();
    let unreserved = used.iter().filter(|address| !subnet.reserved(**address)).count();
    within(subnet.cidr).saturating_sub(reserved).saturating_sub(unreserved)
}

/// Refuses an address that can't be had: outside, AWS's own, or in use.
pub(crate) fn check(ec2: &State, subnet: &Subnet, address: Ipv4Addr) -> Result<(), ApiError> {
    let invalid = |message: String| Err(ApiError::new("InvalidParameterValue", message));
    if !subnet.cidr.contains(&address) {
        return invalid(format!("Address {address} does not fall within the subnet's address range"));
    }
    let (first, last) = subnet.usable();
    if !(first..=last).contains(&u32::from(address)) {
        return invalid(format!("Address {address} is in subnet's reserved address range"));
    }
    if used(ec2, &subnet.id).contains(&address) {
        return Err(ApiError::new("InvalidIPAddress.InUse", format!("Address {address} is in use.")));
    }
    Ok(())
}

/// That many free addresses, beside those that are `taken` already; any, as AWS says nothing of an order.
pub(crate) fn pick(
    ec2: &State,
    subnet: &Subnet,
    taken: &[Ipv4Addr],
    count: usize,
    chance: &mut Chance,
) -> Result<Vec<Ipv4Addr>, ApiError> {
    let (first, last) = subnet.usable();
    let used = used(ec2, &subnet.id);
    let total = u64::from(last.saturating_add(1).saturating_sub(first));
    let start = chance.below(total);
    let addresses = (0..total).filter_map(|step| {
        let offset = u32::try_from((start + step) % total).ok()?;
        Some(Ipv4Addr::from(first.saturating_add(offset)))
    });
    let free = addresses
        .filter(|address| !used.contains(address) && !taken.contains(address) && !subnet.reserved(*address))
        .take(count)
        .collect::<Vec<_>>();
    if free.len() < count {
        let message = "The specified subnet does not have enough free addresses to satisfy the request.";
        return Err(ApiError::new("InsufficientFreeAddressesInSubnet", message));
    }
    Ok(free)
}

/// The IPv6 addresses for an interface that names these and wants that many more
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html#subnet-sizing-ipv6>: the first four and the
/// last are AWS's).
pub(crate) fn pick_ipv6(
    ec2: &State,
    subnet: &Subnet,
    named: &[Ipv6Addr],
    count: usize,
    chance: &mut Chance,
) -> Result<Vec<Ipv6Addr>, ApiError> {
    let invalid = |message: String| ApiError::new("InvalidParameterValue", message);
    if named.is_empty() && count == 0 {
        return Ok(Vec::new());
    }
    let Some(block) = &subnet.ipv6 else {
        return Err(invalid(format!("The subnet '{}' has no IPv6 CIDR block associated with it", subnet.id)));
    };
    let inside = ec2.interfaces.values().filter(|interface| interface.subnet == subnet.id);
    let mut taken: BTreeSet<Ipv6Addr> = inside.flat_map(|interface| interface.ipv6.iter().copied()).collect();
    let (first, last) = (u128::from(block.cidr.network()) + 4, u128::from(block.cidr.broadcast()) - 1);
    let mut addresses = Vec::new();
    for address in named {
        if !(first..=last).contains(&u128::from(*address)) {
            return Err(invalid(format!("Address {address} does not fall within the subnet's address range")));
        }
        if !taken.insert(*address) {
            return Err(ApiError::new("InvalidIPAddress.InUse", format!("Address {address} is in use.")));
        }
        addresses.push(*address);
    }
    while addresses.len() < named.len() + count {
        let address = Ipv6Addr::from(first + u128::from(chance.next()) % (last - first));
        if taken.insert(address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}
