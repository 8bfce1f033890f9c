//! Ranges of addresses in networks.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::Value;

use crate::gcp::error::ApiError;
use crate::gcp::resource::{Document, list, text};

/// A range in a field of a body: an IPv4 one, from its first address on.
pub(crate) fn parse(field: &str, range: &str) -> Result<Ipv4Net, ApiError> {
    let wrong = |why: &str| ApiError::field(field, &Value::from(range), why);
    let net: Ipv4Net = range.parse().map_err(|_| wrong("Must be a valid CIDR address range."))?;
    if net.trunc() != net {
        let first = net.trunc();
        return Err(wrong(&format!("Must be a CIDR address range whose first address is the network's: {first}.")));
    }
    Ok(net)
}

/// The ranges that a subnetwork's document takes up: its own and its secondary ones.
pub(crate) fn of_subnetwork(document: &Document) -> Vec<Ipv4Net> {
    let secondary = list(document, "secondaryIpRanges").iter().filter_map(|range| range.get("ipCidrRange")?.as_str());
    let all = std::iter::once(text(document, "ipCidrRange")).chain(secondary);
    all.filter_map(|range| range.parse().ok()).collect()
}

/// Whether two ranges have an address in common.
pub(crate) fn overlap(one: &Ipv4Net, other: &Ipv4Net) -> bool {
    one.contains(other) || other.contains(one)
}

/// The gateway: the second address (<https://cloud.google.com/vpc/docs/subnets#unusable-ip-addresses-in-every-subnet>).
pub(crate) fn gateway(net: &Ipv4Net) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(net.network()).wrapping_add(1))
}

/// The first address that can be used and isn't taken: the first two and the last two are Google's, as there.
pub(crate) fn free(net: &Ipv4Net, taken: &dyn Fn(Ipv4Addr) -> bool) -> Option<Ipv4Addr> {
    let (first, last) = (u32::from(net.network()).checked_add(2)?, u32::from(net.broadcast()).checked_sub(2)?);
    (first..=last).map(Ipv4Addr::from).find(|address| !taken(*address))
}

/// Whether an address can be used in a range, taken or not.
pub(crate) fn usable(net: &Ipv4Net, address: Ipv4Addr) -> bool {
    let (first, last, address) = (u32::from(net.network()), u32::from(net.broadcast()), u32::from(address));
    address >= first.saturating_add(2) && address <= last.saturating_sub(2)
}
