//! Every kind of resource.

use super::kind::Kind;
use super::{
    address, autoscaler, balancing, disk, firewall, instance, instance_group, instance_template, managed, network,
    route, router, subnetwork,
};

/// Every kind that is served.
pub(crate) static KINDS: &[&dyn Kind] = &[
    &network::Networks,
    &subnetwork::Subnetworks,
    &firewall::Firewalls,
    &route::Routes,
    &router::Routers,
    &address::Addresses,
    &disk::Disks,
    &instance::Instances,
    &instance_template::InstanceTemplates,
    &instance_group::InstanceGroups,
    &balancing::HealthChecks,
    &balancing::BackendServices,
    &balancing::UrlMaps,
    &balancing::SslCertificates,
    &balancing::TargetHttpProxies,
    &balancing::TargetHttpsProxies,
    &balancing::ForwardingRules,
    &balancing::SecurityPolicies,
    &managed::Managers,
    &autoscaler::Autoscalers,
];

/// The kind that paths call so.
pub(crate) fn kind(collection: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().find(|kind| kind.collection() == collection).copied()
}
