//! What EC2 holds in a region.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::address::Address;
use super::dhcp_options::DhcpOptions;
use super::idempotency::Tokens;
use super::image::Image;
use super::internet_gateway::InternetGateway;
use super::key_pair::KeyPair;
use super::launch_template::LaunchTemplate;
use super::nat_gateway::NatGateway;
use super::network_acl::NetworkAcl;
use super::placement_group::PlacementGroup;
use super::route_table::RouteTable;
use super::snapshot::Snapshot;
use super::vpc_endpoint::VpcEndpoint;
use super::{Instance, NetworkInterface, SecurityGroup, Subnet, Volume, Vpc};
use super::{dhcp_options, instance, nat_gateway, network_interface, snapshot, volume, vpc, vpc_endpoint};
use crate::aws::account::Account;
use crate::chance::Chance;

/// What EC2 holds in a region, each kind by id.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// The account's number: the owner of everything here.
    pub(crate) owner: String,
    /// The region's name.
    pub(crate) region: String,
    pub(crate) dhcp_options: BTreeMap<String, DhcpOptions>,
    pub(crate) vpcs: BTreeMap<String, Vpc>,
    pub(crate) subnets: BTreeMap<String, Subnet>,
    pub(crate) route_tables: BTreeMap<String, RouteTable>,
    pub(crate) network_acls: BTreeMap<String, NetworkAcl>,
    pub(crate) internet_gateways: BTreeMap<String, InternetGateway>,
    pub(crate) nat_gateways: BTreeMap<String, NatGateway>,
    /// By allocation id.
    pub(crate) addresses: BTreeMap<String, Address>,
    pub(crate) security_groups: BTreeMap<String, SecurityGroup>,
    pub(crate) interfaces: BTreeMap<String, NetworkInterface>,
    pub(crate) endpoints: BTreeMap<String, VpcEndpoint>,
    pub(crate) instances: BTreeMap<String, Instance>,
    pub(crate) volumes: BTreeMap<String, Volume>,
    pub(crate) snapshots: BTreeMap<String, Snapshot>,
    /// The account's own images; Amazon's are in the catalogue.
    pub(crate) images: BTreeMap<String, Image>,
    pub(crate) launch_templates: BTreeMap<String, LaunchTemplate>,
    /// By name.
    pub(crate) key_pairs: BTreeMap<String, KeyPair>,
    /// By name.
    pub(crate) placement_groups: BTreeMap<String, PlacementGroup>,
    /// Client tokens of other operations.
    pub(crate) tokens: Tokens,
    /// Client tokens of launches, and what became of them.
    pub(crate) launch_tokens: instance::Tokens,
    /// Whether new volumes are encrypted though nobody asks.
    pub(crate) encryption_by_default: bool,
}

/// What is due to happen.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    Instance(instance::Due),
    Volume(volume::Due),
    Snapshot(snapshot::Due),
    NatGateway(nat_gateway::Due),
    Interface(network_interface::Due),
    Endpoint(vpc_endpoint::Due),
}

impl State {
    /// A region on the account's first day: with its default network
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html>).
    pub(crate) fn new(owner: &str, region: &str, chance: &mut Chance, now: Timestamp) -> Self {
        let mut state = Self {
            owner: owner.to_owned(),
            region: region.to_owned(),
            dhcp_options: BTreeMap::new(),
            vpcs: BTreeMap::new(),
            subnets: BTreeMap::new(),
            route_tables: BTreeMap::new(),
            network_acls: BTreeMap::new(),
            internet_gateways: BTreeMap::new(),
            nat_gateways: BTreeMap::new(),
            addresses: BTreeMap::new(),
            security_groups: BTreeMap::new(),
            interfaces: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            instances: BTreeMap::new(),
            volumes: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            images: BTreeMap::new(),
            launch_templates: BTreeMap::new(),
            key_pairs: BTreeMap::new(),
            placement_groups: BTreeMap::new(),
            tokens: Tokens::default(),
            launch_tokens: instance::Tokens::default(),
            encryption_by_default: false,
        };
        dhcp_options::create_default(&mut state, chance, now);
        vpc::create_default(&mut state, chance, now);
        state
    }
}

/// Lets it happen.
pub(crate) fn happen(account: &mut Account, region: &str, due: Due) {
    match due {
        Due::Instance(due) => instance::happen(account, region, due),
        Due::Volume(due) => volume::happen(account, region, due),
        Due::Snapshot(due) => snapshot::happen(account, region, due),
        Due::NatGateway(due) => nat_gateway::happen(account, region, due),
        Due::Interface(due) => network_interface::happen(account, region, due),
        Due::Endpoint(due) => vpc_endpoint::happen(account, region, due),
    }
}
