//! A load balancer's nodes: an interface in each subnet, with its addresses.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::placement::Place;
use super::{Kind, LoadBalancer};
use crate::Seconds;
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::ec2::{AddressAssociation, NetworkInterface, network_interface};

/// A node.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) zone: String,
    pub(crate) subnet: String,
    pub(crate) interface: String,
    /// The address of the interface, from which it checks targets.
    pub(crate) address: Ipv4Addr,
    /// What the creation asked for: a private address, or an Elastic IP's allocation and address.
    pub(crate) fixed: Option<Fixed>,
}

/// An address that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fixed {
    Private,
    Elastic { allocation: String, public_ip: Ipv4Addr },
}

impl Node {
    /// As describes show it.
    pub(super) fn shown(&self) -> Value {
        let addresses = match &self.fixed {
            None => json!([]),
            Some(Fixed::Private) => json!([{ "PrivateIPv4Address": self.address.to_string() }]),
            Some(Fixed::Elastic { allocation, public_ip }) => {
                json!([{ "IpAddress": public_ip.to_string(), "AllocationId": allocation }])
            }
        };
        json!({ "ZoneName": self.zone, "SubnetId": self.subnet, "LoadBalancerAddresses": addresses })
    }

    /// Whether it is the node that is wanted there.
    pub(super) fn is_at(&self, place: &Place) -> bool {
        let fixed = match &self.fixed {
            None => place.private.is_none() && place.allocation.is_none(),
            Some(Fixed::Private) => place.private == Some(self.address),
            Some(Fixed::Elastic { allocation, .. }) => place.allocation.as_ref() == Some(allocation),
        };
        self.subnet == place.subnet && fixed
    }
}

/// Makes a load balancer's nodes; none, if one can't be made.
///
/// Its interfaces are recognised by their description and requester
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html>,
/// <https://repost.aws/knowledge-center/elb-find-load-balancer-ip>).
pub(super) fn make(
    account: &mut Account,
    region: &str,
    load_balancer: &LoadBalancer,
    places: &[Place],
) -> Result<Vec<Node>, ApiError> {
    let mut nodes = Vec::with_capacity(places.len());
    for place in places {
        let wanted = network_interface::Wanted {
            subnet: place.subnet.clone(),
            description: format!("ELB {}", load_balancer.path()),
            address: place.private,
            groups: load_balancer.security_groups.clone(),
            kind: match load_balancer.kind {
                Kind::Application => "interface",
                Kind::Network => "network_load_balancer",
            },
            public: !load_balancer.internal && place.allocation.is_none(),
            requester: Some("amazon-elb".to_owned()),
            ..network_interface::Wanted::default()
        };
        match network_interface::make(account, region, wanted) {
            Ok(id) => nodes.push(settle(account, region, place, id)),
            Err(error) => {
                let_go(account, region, &nodes, Seconds(0.0));
                // What EC2 says of an address that is taken or a subnet that is full.
                return Err(ApiError::new("InvalidSubnet", error.message));
            }
        }
    }
    Ok(nodes)
}

/// What is to be known of a node whose interface is made; it gets its Elastic IP address, if it is to have one.
fn settle(account: &mut Account, region: &str, place: &Place, interface: String) -> Node {
    let association = format!("eipassoc-0{}", account.chance.hex(16));
    let ec2 = &mut account.region(region).ec2;
    let address = ec2.interfaces.get(&interface).map_or(Ipv4Addr::UNSPECIFIED, NetworkInterface::address);
    let mut fixed = place.private.map(|_| Fixed::Private);
    if let Some(allocation) = &place.allocation
        && let Some(elastic) = ec2.addresses.get_mut(allocation)
    {
        elastic.association =
            Some(AddressAssociation { id: association, interface: interface.clone(), private_ip: address });
        fixed = Some(Fixed::Elastic { allocation: allocation.clone(), public_ip: elastic.public_ip });
    }
    Node { zone: place.zone.clone(), subnet: place.subnet.clone(), interface, address, fixed }
}

/// Lets nodes go: their interfaces stay for a while, Elastic IP addresses are free at once.
pub(super) fn let_go(account: &mut Account, region: &str, nodes: &[Node], after: Seconds) {
    for node in nodes {
        if let Some(Fixed::Elastic { allocation, .. }) = &node.fixed
            && let Some(elastic) = account.region(region).ec2.addresses.get_mut(allocation)
        {
            elastic.association = None;
        }
        network_interface::let_go(account, region, &node.interface, after);
    }
}

/// Puts the interfaces of nodes into other security groups.
pub(super) fn regroup(account: &mut Account, region: &str, load_balancer: &LoadBalancer) {
    for node in &load_balancer.nodes {
        if let Some(interface) = account.region(region).ec2.interfaces.get_mut(&node.interface) {
            interface.groups.clone_from(&load_balancer.security_groups);
        }
    }
}
