//! The topology: a spec expanded, still without a cloud.
//!
//! Three primaries over the zones, one pool of secondaries, two load balancers, who may reach whom on which port and
//! why, and an identity for each role ([`Topology::expand`]); and how a network's range is shared out among subnets,
//! with the primaries' fixed addresses in it ([`SubnetPlan`]).

mod expand;
mod model;
mod ports;
mod subnets;
#[cfg(test)]
mod tests;

pub use model::{
    Balancer, BalancerRole, Identity, Listener, ListenerKind, Peer, PortRange, Primary, Probe, Protocol, Role, Rule,
    SecondaryPool, Topology, ZoneSlot,
};
pub use subnets::{PRIMARY_OFFSET, PlannedAddress, SubnetError, SubnetPlan, ZONES, hosts, primary_address, subnets};

pub use crate::sizing::PoolSize;
