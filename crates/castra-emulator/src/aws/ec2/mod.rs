//! EC2: networks, machines, disks, templates.

mod address;
mod availability_zone;
mod dhcp_options;
mod filter;
pub(crate) mod id;
mod idempotency;
mod image;
mod instance;
mod instance_type;
mod internet_gateway;
mod key_pair;
mod launch_template;
mod member;
mod nat_gateway;
mod network_acl;
pub(crate) mod network_interface;
mod objects;
mod page;
mod placement_group;
mod prefix_list;
mod resource;
mod route_table;
mod security_group;
mod snapshot;
mod state;
pub(crate) mod subnet;
mod tag;
mod volume;
mod vpc;
mod vpc_endpoint;

pub(crate) use address::Association as AddressAssociation;
pub(crate) use availability_zone::{Zone, zones};
pub(crate) use image::{public_parameter, public_parameters};
pub(crate) use instance::{Instance, InstanceState, Launch, impaired, launch, terminate};
pub(crate) use launch_template::{Specification, resolve as resolve_template};
pub(crate) use network_interface::NetworkInterface;
pub(crate) use security_group::{Peer, Rule, SecurityGroup};
pub(crate) use state::{Due, State, happen};
pub(crate) use subnet::Subnet;
pub(crate) use tag::Tags;
pub(crate) use volume::Volume;
pub(crate) use vpc::Vpc;

use super::call::Operations;

/// The operations that are served, file by file.
pub(crate) const OPERATIONS: &[Operations] = &[
    address::OPERATIONS,
    availability_zone::OPERATIONS,
    dhcp_options::OPERATIONS,
    image::OPERATIONS,
    instance::OPERATIONS,
    instance_type::OPERATIONS,
    internet_gateway::OPERATIONS,
    key_pair::OPERATIONS,
    launch_template::OPERATIONS,
    nat_gateway::OPERATIONS,
    network_acl::OPERATIONS,
    network_interface::OPERATIONS,
    placement_group::OPERATIONS,
    prefix_list::OPERATIONS,
    route_table::OPERATIONS,
    security_group::OPERATIONS,
    snapshot::OPERATIONS,
    subnet::OPERATIONS,
    tag::OPERATIONS,
    volume::OPERATIONS,
    vpc::OPERATIONS,
    vpc_endpoint::OPERATIONS,
];
