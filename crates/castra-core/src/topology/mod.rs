//! The topology: a spec expanded, still without a cloud.
//!
//! Three primaries over the zones, one pool of secondaries, two load balancers, who may reach whom on which port and
//! why, and an identity for each role ([`Topology::expand`]); how a network's range is shared out among subnets, with
//! the primaries' fixed addresses in it ([`SubnetPlan`]); and which zones of a region a cluster is in ([`Placement`]).

mod expand;
mod model;
mod placement;
mod ports;
mod subnets;
#[cfg(test)]
mod tests;

pub use model::{
    Balancer, BalancerRole, Identity, Listener, ListenerKind, Peer, PortRange, Primary, Probe, Protocol, Role, Rule,
    SecondaryPool, Topology, ZoneSlot,
};
pub use placement::{Offer, Placement, check_spread, too_few_zones};
pub use subnets::{PRIMARY_OFFSET, PlannedAddress, SubnetError, SubnetPlan, ZONES, hosts, primary_address, subnets};

pub use crate::sizing::PoolSize;
