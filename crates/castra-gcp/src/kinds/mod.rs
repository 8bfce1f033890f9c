//! The resource kinds, one a file: wanted fields, how to find, make, change and delete the object, and how to list those of
//! a cluster.

pub(crate) mod address;
pub(crate) mod anchor;
pub(crate) mod autoscaler;
pub(crate) mod disk;
pub(crate) mod firewall;
pub(crate) mod health_check;
pub(crate) mod instance;
pub(crate) mod instance_group;
pub(crate) mod instance_group_manager;
pub(crate) mod instance_group_membership;
pub(crate) mod instance_template;
pub(crate) mod live;
mod machine;
pub(crate) mod network;
pub(crate) mod project_iam_member;
pub(crate) mod router;
pub(crate) mod security_policy;
pub(crate) mod service_account;
pub(crate) mod subnetwork;

pub use address::{Address, AddressOutput, Reach};
pub use anchor::Anchor;
pub use autoscaler::Autoscaler;
pub use disk::Disk;
pub use firewall::{Allowed, Firewall};
pub use health_check::{CheckProtocol, HealthCheck};
pub use instance::{DATA_DEVICE, Instance, InstanceOutput};
pub use instance_group::InstanceGroup;
pub use instance_group_manager::{Healing, InstanceGroupManager, ManagerOutput, UpdatePolicy};
pub use instance_group_membership::InstanceGroupMembership;
pub use instance_template::InstanceTemplate;
pub use machine::{Machine, SSH_USER};
pub use network::{Network, RoutingMode};
pub use project_iam_member::{MemberOutput, ProjectIamMember};
pub use router::{Nat, NatSource, Router};
pub use security_policy::{PolicyRule, SecurityPolicy};
pub use service_account::{AccountOutput, ServiceAccount};
pub use subnetwork::{ProxyRole, Purpose, Subnetwork, SubnetworkOutput};
