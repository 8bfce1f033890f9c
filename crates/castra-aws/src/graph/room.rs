//! Whether the subnets have room for all that takes an address in them.

use castra_core::inventory::Node;
use castra_core::spec::Exposure;
use castra_core::topology::{BalancerRole, Role, hosts};
use castra_core::{Address, Inventory};
use ipnet::Ipv4Net;

use super::Build;
use super::network::Net;
use super::nodes::primary_address;
use crate::facts::NetworkFacts;
use crate::kinds::{LoadBalancer, NetworkInterface};

/// The addresses of a subnet that AWS keeps: the first four and the last (Amazon VPC User Guide, "Subnet CIDR
/// blocks").
const KEPT: u32 = 5;
/// The addresses that an application load balancer may come to need in a subnet, and without which it isn't created
/// (Elastic Load Balancing, Application Load Balancers, "Subnets for your load balancer").
const APPLICATION: u32 = 8;
/// The longest prefix of its subnets, by the same page.
const APPLICATION_PREFIX: u8 = 27;
/// A network load balancer has one address in each of its subnets.
const CONTROL: u32 = 1;

/// How many more machines than its maximum a group may have for a while: a tenth, and one at least (Amazon EC2 Auto
/// Scaling User Guide, "Availability Zone rebalancing").
fn surge(most: u32) -> u32 {
    if most == 0 { 0 } else { most.div_ceil(10).max(1) }
}

/// The secondaries that one of so many zones holds at most.
fn share(most: u32, zones: usize) -> u32 {
    most.saturating_add(surge(most)).div_ceil(u32::try_from(zones).unwrap_or(1).max(1))
}

impl Build<'_> {
    pub(super) fn check_room(&mut self, net: &Net, inventory: &Inventory) {
        let internal = self.topology.application.exposure == Exposure::Internal;
        let most = self.topology.secondaries.size.most();
        let share = share(most, net.private.len());
        let balancers = CONTROL + if internal { APPLICATION } else { 0 };
        match (&net.planned, &self.facts.network) {
            (Some(planned), _) => {
                let Some(range) = net.ranges.first().copied() else { return };
                let reserved = planned.first().map_or(0, |one| hosts(one.reservation, 0));
                let free = hosts(range, KEPT).saturating_sub(reserved);
                if free < share + balancers {
                    let message = format!(
                        "each zone's subnet, such as {range}, has {free} addresses for the pool and the balancers, \
                         which need {} with {most} secondaries at most",
                        share + balancers
                    );
                    self.problem("network.cidr", message, "write a larger range, or ask for fewer secondaries");
                }
            }
            (None, Some(existing)) => self.check_existing_room(existing, inventory, share, internal),
            (None, None) => {}
        }
    }

    /// Existing subnets count what is free now, so only what is still to come is held against them.
    fn check_existing_room(&mut self, existing: &NetworkFacts, inventory: &Inventory, share: u32, internal: bool) {
        let there = |role: BalancerRole| inventory.get(&Address::of::<LoadBalancer>(role.as_str())).is_some();
        let balancers = if there(BalancerRole::Control) { 0 } else { CONTROL };
        let application = if there(BalancerRole::Application) { 0 } else { APPLICATION };
        let zones = existing.private.len();
        for (slot, subnet) in existing.private.iter().enumerate() {
            let primaries = self.topology.primaries.iter().filter(|primary| {
                primary.zone.index() % zones == slot
                    && inventory.get(&primary_address::<NetworkInterface>(primary.index)).is_none()
            });
            let ours = |node: &&Node| node.role == Role::Secondary.as_str() && node.zone == subnet.output.zone;
            let present = u32::try_from(inventory.nodes.iter().filter(ours).count()).unwrap_or(u32::MAX);
            let need = u32::try_from(primaries.count()).unwrap_or(u32::MAX)
                + share.saturating_sub(present)
                + balancers
                + if internal { application } else { 0 };
            if subnet.free < need {
                let (id, free) = (&subnet.output.id, subnet.free);
                let message = format!("{id} has {free} free addresses, and what is to come in it needs {need}");
                self.problem("provider.private_subnet_ids", message, "name a larger subnet, or free some addresses");
            }
        }
        let (path, subnets) = if internal {
            ("provider.private_subnet_ids", &existing.private)
        } else {
            ("provider.public_subnet_ids", &existing.public)
        };
        for subnet in subnets {
            let (id, cidr, free): (_, Ipv4Net, _) = (&subnet.output.id, subnet.output.cidr, subnet.free);
            if cidr.prefix_len() > APPLICATION_PREFIX {
                let message = format!("{id}, {cidr}, is smaller than the /27 that an application load balancer wants");
                self.problem(path, message, "name a larger subnet");
            } else if !internal && free < application {
                let message =
                    format!("{id} has {free} free addresses, and an application load balancer wants {application}");
                self.problem(path, message, "name a larger subnet, or free some addresses");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_may_exceed_its_maximum() {
        assert_eq!([0, 1, 5, 10, 100, 101].map(surge), [0, 1, 1, 1, 10, 11]);
    }

    #[test]
    fn zones_share_evenly() {
        assert_eq!([(0, 3), (5, 3), (100, 3), (100, 2)].map(|(most, zones)| share(most, zones)), [0, 2, 37, 55]);
    }
}
