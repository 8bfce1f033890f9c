//! How a network's range is shared out among subnets, and the primaries' addresses.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde::Serialize;
use thiserror::Error;

use crate::spec::Problem;

/// The most zones a cluster spreads over: one for each primary.
pub const ZONES: usize = 3;

/// Where in its subnet a primary's address stands.
///
/// It is in the second block of 16, clear of what clouds keep for themselves at a subnet's start (the first two to four
/// addresses) and end.
pub const PRIMARY_OFFSET: u32 = 20;

/// The prefix of a reservation: 16 addresses, the smallest block that leaves a primary's neighbours in peace.
const RESERVATION: u8 = 28;

/// The smallest subnet with room for a primary: the block at its start and the reserved one.
const SMALLEST_PRIVATE: u8 = 27;

/// The subnets of a network of the cluster's own.
///
/// The range is cut in quarters: one private subnet for each of three zones, and the last quarter cut again the same
/// way for the public subnets. A zone's subnets are the same however many zones there are, so that adding a zone
/// never moves one. The last sixteenth stays free.
///
/// ```
/// let plan = castra_core::topology::subnets("10.20.0.0/16".parse()?, 3)?;
/// assert_eq!(plan.private[1], "10.20.64.0/18".parse()?);
/// assert_eq!(plan.public[1], "10.20.208.0/20".parse()?);
/// assert_eq!(plan.primaries[1].address, std::net::Ipv4Addr::new(10, 20, 64, 20));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SubnetPlan {
    /// For each zone, the subnet of load balancers and NAT gateways, and of nothing else.
    pub public: Vec<Ipv4Net>,
    /// For each zone, the subnet of nodes.
    pub private: Vec<Ipv4Net>,
    /// For each of the three primaries, its address; primary `i` is in the private subnet of zone `i` modulo zones.
    pub primaries: Vec<PlannedAddress>,
    /// The part of the network that no subnet takes.
    pub free: Ipv4Net,
}

/// A primary's planned address, with the block to reserve around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedAddress {
    /// The primary's index.
    pub primary: usize,
    /// The zone of the subnet that the address is in.
    pub zone: usize,
    /// The address.
    pub address: Ipv4Addr,
    /// The aligned /28 around it, for the subnet's reservation, so that nothing else takes the address.
    pub reservation: Ipv4Net,
}

/// Why a network can't be shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SubnetError {
    /// No zone, or more than three.
    #[error("{0} zones; a cluster spreads over 1 to 3")]
    Zones(usize),
    /// A range without room for the subnets.
    #[error("{0} is too small for subnets with a node in each")]
    TooSmall(Ipv4Net),
}

impl From<SubnetError> for Problem {
    fn from(error: SubnetError) -> Self {
        Self::new("network.cidr", error.to_string(), "use a range from /16 to /22 and 1 to 3 zones")
    }
}

/// Shares a network out among the subnets of so many zones.
///
/// # Errors
///
/// When `zones` isn't 1 to 3, or the network is too small for subnets with a primary in each.
pub fn subnets(network: Ipv4Net, zones: usize) -> Result<SubnetPlan, SubnetError> {
    if !(1..=ZONES).contains(&zones) {
        return Err(SubnetError::Zones(zones));
    }
    let [first, second, third, rest] = quarters(network)?;
    let private: Vec<_> = [first, second, third].into_iter().take(zones).collect();
    let [first, second, third, free] = quarters(rest)?;
    let public = [first, second, third].into_iter().take(zones).collect();
    let primaries = (0..ZONES)
        .map(|primary| {
            let zone = primary % zones;
            // Where primaries share a zone they stand side by side in one reservation.
            let place = u32::try_from(primary / zones).unwrap_or(0);
            planned(private[zone], place).map(|(address, reservation)| PlannedAddress {
                primary,
                zone,
                address,
                reservation,
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(SubnetPlan { public, private, primaries, free })
}

/// The address of the primary whose private subnet this is, and the /28 to reserve around it.
///
/// # Errors
///
/// When the subnet is smaller than a /27.
pub fn primary_address(private_subnet: Ipv4Net) -> Result<(Ipv4Addr, Ipv4Net), SubnetError> {
    planned(private_subnet, 0)
}

/// How many nodes a subnet has room for, when the cloud keeps `reserved` of its addresses (4 or 5).
///
/// ```
/// assert_eq!(castra_core::topology::hosts("10.0.0.0/24".parse()?, 5), 251);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn hosts(subnet: Ipv4Net, reserved: u32) -> u32 {
    let all = 1u64 << (subnet.max_prefix_len() - subnet.prefix_len());
    u32::try_from(all.saturating_sub(u64::from(reserved))).unwrap_or(u32::MAX)
}

fn planned(subnet: Ipv4Net, place: u32) -> Result<(Ipv4Addr, Ipv4Net), SubnetError> {
    if subnet.prefix_len() > SMALLEST_PRIVATE {
        return Err(SubnetError::TooSmall(subnet));
    }
    let address = Ipv4Addr::from(u32::from(subnet.network()) + PRIMARY_OFFSET + place);
    let block = Ipv4Net::new(address, RESERVATION).map_err(|_| SubnetError::TooSmall(subnet))?;
    Ok((address, block.trunc()))
}

fn quarters(network: Ipv4Net) -> Result<[Ipv4Net; 4], SubnetError> {
    let small = || SubnetError::TooSmall(network);
    let quarters = network.subnets(network.prefix_len().saturating_add(2)).map_err(|_| small())?;
    quarters.collect::<Vec<_>>().try_into().map_err(|_| small())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    fn net(text: &str) -> Ipv4Net {
        text.parse().unwrap()
    }

    fn overlap(a: Ipv4Net, b: Ipv4Net) -> bool {
        a.contains(&b) || b.contains(&a)
    }

    #[test]
    fn a_sixteen_in_full() {
        let plan = subnets(net("10.20.0.0/16"), 3).unwrap();
        assert_eq!(plan.private, ["10.20.0.0/18", "10.20.64.0/18", "10.20.128.0/18"].map(net));
        assert_eq!(plan.public, ["10.20.192.0/20", "10.20.208.0/20", "10.20.224.0/20"].map(net));
        assert_eq!(plan.free, net("10.20.240.0/20"));
        let addresses: Vec<String> = plan.primaries.iter().map(|p| p.address.to_string()).collect();
        assert_eq!(addresses, ["10.20.0.20", "10.20.64.20", "10.20.128.20"]);
        assert_eq!(plan.primaries[2].reservation, net("10.20.128.16/28"));
    }

    #[test]
    fn primaries_that_share_a_zone_have_addresses_of_their_own() {
        for (zones, expected) in
            [(1, ["10.0.0.20", "10.0.0.21", "10.0.0.22"]), (2, ["10.0.0.20", "10.0.64.20", "10.0.0.21"])]
        {
            let plan = subnets(net("10.0.0.0/16"), zones).unwrap();
            let addresses: Vec<String> = plan.primaries.iter().map(|p| p.address.to_string()).collect();
            assert_eq!(addresses, expected);
        }
    }

    #[test]
    fn room() {
        for (cidr, reserved, room) in
            [("10.0.0.0/18", 5, 16379), ("10.0.0.0/28", 5, 11), ("10.0.0.0/32", 5, 0), ("0.0.0.0/0", 0, u32::MAX)]
        {
            assert_eq!(hosts(net(cidr), reserved), room, "{cidr}");
        }
    }

    #[test]
    fn what_cannot_be_shared_out() {
        assert_eq!(subnets(net("10.0.0.0/16"), 0), Err(SubnetError::Zones(0)));
        assert_eq!(subnets(net("10.0.0.0/16"), 4), Err(SubnetError::Zones(4)));
        for small in ["10.0.0.0/26", "10.0.0.0/31", "10.0.0.0/32"] {
            assert!(matches!(subnets(net(small), 3), Err(SubnetError::TooSmall(_))), "{small}");
        }
        assert!(primary_address(net("10.0.0.0/28")).is_err());
    }

    proptest! {
        #[test]
        fn subnets_are_inside_and_apart(base: u32, prefix in 8u8..=22, zones in 1usize..=3) {
            let network = Ipv4Net::new(Ipv4Addr::from(base), prefix).unwrap().trunc();
            let plan = subnets(network, zones).unwrap();
            prop_assert_eq!((plan.private.len(), plan.public.len()), (zones, zones));
            let mut all = plan.private.clone();
            all.extend(&plan.public);
            all.push(plan.free);
            for (i, one) in all.iter().enumerate() {
                prop_assert!(network.contains(one));
                prop_assert!(all[i + 1..].iter().all(|other| !overlap(*one, *other)));
            }
            prop_assert!(plan.private.iter().all(|private| hosts(*private, 5) >= 251));
            // An application load balancer may want a /27 or larger.
            prop_assert!(plan.public.iter().all(|public| public.prefix_len() <= 27));
        }

        #[test]
        fn addresses_are_distinct_and_reserved(base: u32, prefix in 8u8..=22, zones in 1usize..=3) {
            let network = Ipv4Net::new(Ipv4Addr::from(base), prefix).unwrap().trunc();
            let plan = subnets(network, zones).unwrap();
            for (i, one) in plan.primaries.iter().enumerate() {
                let subnet = plan.private[one.zone];
                prop_assert!(one.reservation.contains(&one.address) && subnet.contains(&one.reservation));
                prop_assert_eq!(one.reservation, one.reservation.trunc());
                prop_assert_ne!(one.reservation.network(), subnet.network());
                prop_assert_ne!(one.reservation.broadcast(), subnet.broadcast());
                prop_assert!(plan.primaries[i + 1..].iter().all(|other| other.address != one.address));
            }
        }

        #[test]
        fn adding_a_zone_moves_no_subnet(base: u32, prefix in 8u8..=22) {
            let network = Ipv4Net::new(Ipv4Addr::from(base), prefix).unwrap().trunc();
            let three = subnets(network, 3).unwrap();
            for zones in 1..3 {
                let fewer = subnets(network, zones).unwrap();
                prop_assert_eq!(&fewer.private[..], &three.private[..zones]);
                prop_assert_eq!(&fewer.public[..], &three.public[..zones]);
            }
        }
    }
}
