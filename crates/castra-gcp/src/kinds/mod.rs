//! The resource kinds, one a file: wanted fields, how to find, make, change and delete the object, and how to list those of
//! a cluster.

pub(crate) mod address;
pub(crate) mod anchor;
pub(crate) mod health_check;
pub(crate) mod live;
pub(crate) mod network;
pub(crate) mod security_policy;
pub(crate) mod subnetwork;

pub use address::{Address, AddressOutput, Reach};
pub use anchor::Anchor;
pub use health_check::{CheckProtocol, HealthCheck};
pub use network::{Network, RoutingMode};
pub use security_policy::{PolicyRule, SecurityPolicy};
pub use subnetwork::{Purpose, Subnetwork, SubnetworkOutput};
