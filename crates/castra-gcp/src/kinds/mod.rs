//! The resource kinds, one a file: wanted fields, how to find, make, change and delete the object, and how to list those of
//! a cluster.

pub(crate) mod address;
pub(crate) mod anchor;
pub(crate) mod autoscaler;
pub(crate) mod backend_service;
pub(crate) mod disk;
pub(crate) mod firewall;
pub(crate) mod forwarding_rule;
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
pub(crate) mod target_http_proxy;
pub(crate) mod target_https_proxy;
pub(crate) mod url_map;

#[cfg(test)]
pub(crate) use address::AddressOutput;
pub(crate) use address::{Address, Reach};
pub(crate) use anchor::Anchor;
pub(crate) use autoscaler::Autoscaler;
pub(crate) use backend_service::{Backend, BackendGroup, BackendService, Balancing, Protocol, Scheme};
pub(crate) use disk::Disk;
pub(crate) use firewall::{Allowed, Firewall};
pub(crate) use forwarding_rule::{ForwardingRule, ForwardingTarget};
pub(crate) use health_check::{CheckProtocol, HealthCheck};
pub(crate) use instance::{Instance, InstanceOutput};
pub(crate) use instance_group::InstanceGroup;
pub(crate) use instance_group_manager::{InstanceGroupManager, ManagerOutput, UpdatePolicy};
pub(crate) use instance_group_membership::InstanceGroupMembership;
pub(crate) use instance_template::InstanceTemplate;
pub(crate) use machine::Machine;
pub(crate) use network::Network;
pub(crate) use project_iam_member::ProjectIamMember;
pub(crate) use router::{Nat, Router};
pub(crate) use security_policy::SecurityPolicy;
pub(crate) use service_account::ServiceAccount;
pub(crate) use subnetwork::{Subnetwork, SubnetworkOutput};
pub(crate) use target_http_proxy::TargetHttpProxy;
pub(crate) use target_https_proxy::TargetHttpsProxy;
pub(crate) use url_map::{UrlMap, UrlMapAction};
