//! The resource kinds, one a file: wanted fields, how to find, make, change and delete the object, and how to list those of
//! a cluster.

pub(crate) mod address;
pub(crate) mod anchor;
pub(crate) mod firewall;
pub(crate) mod health_check;
pub(crate) mod live;
pub(crate) mod network;
pub(crate) mod project_iam_member;
pub(crate) mod router;
pub(crate) mod security_policy;
pub(crate) mod service_account;
pub(crate) mod subnetwork;

pub use address::{Address, AddressOutput, Reach};
pub use anchor::Anchor;
pub use firewall::{Allowed, Firewall};
pub use health_check::{CheckProtocol, HealthCheck};
pub use network::{Network, RoutingMode};
pub use project_iam_member::{MemberOutput, ProjectIamMember};
pub use router::{Nat, NatSource, Router};
pub use security_policy::{PolicyRule, SecurityPolicy};
pub use service_account::{AccountOutput, ServiceAccount};
pub use subnetwork::{ProxyRole, Purpose, Subnetwork, SubnetworkOutput};
