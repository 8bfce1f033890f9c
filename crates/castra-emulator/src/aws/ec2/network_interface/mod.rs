//! Network interfaces (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html>).

mod addresses;
mod attach;
mod attribute;
mod create;
mod describe;
mod make;
mod names;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;

pub(crate) use attach::{attach, check_free, instance_gone};
pub(crate) use attribute::set_groups;
pub(crate) use describe::{show_association, status};
pub(crate) use make::{Wanted, make};
pub(crate) use names::{private_name, public_name};

use super::address::{self, Address};
use super::resource::resource;
use super::{State, Tags};
use crate::Seconds;
use crate::aws::account::{Account, What};
use crate::aws::call::Operations;

/// A network interface.
#[derive(Debug, Clone)]
pub(crate) struct NetworkInterface {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) subnet: String,
    pub(crate) vpc: String,
    pub(crate) zone: String,
    pub(crate) description: String,
    /// The primary address first.
    pub(crate) addresses: Vec<Ipv4Addr>,
    pub(crate) ipv6: Vec<Ipv6Addr>,
    pub(crate) mac: String,
    pub(crate) groups: Vec<String>,
    pub(crate) source_dest_check: bool,
    /// `interface`, `nat_gateway`, `network_load_balancer`, ..
    pub(crate) kind: &'static str,
    /// The service that made it and keeps it, such as `amazon-elb`; its owner can't delete it.
    pub(crate) requester: Option<String>,
    pub(crate) attachment: Option<Attachment>,
    /// An address of Amazon's pool that it has while it is attached; an Elastic IP address takes its place.
    pub(crate) public_ip: Option<Ipv4Addr>,
    /// Whether it was made to have such an address.
    pub(crate) wants_public_ip: bool,
    pub(crate) tags: Tags,
}

/// What an interface is attached to.
#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) id: String,
    /// None = a service's own machinery.
    pub(crate) instance: Option<String>,
    pub(crate) device_index: i64,
    pub(crate) attached: Timestamp,
    pub(crate) delete_on_termination: bool,
    /// `attaching`, `attached`, `detaching`.
    pub(crate) state: &'static str,
}

resource!(
    NetworkInterface,
    interfaces,
    "eni",
    "InvalidNetworkInterfaceId.Malformed",
    "InvalidNetworkInterfaceID.NotFound",
    "The networkInterface ID '{}' does not exist"
);

impl NetworkInterface {
    /// Its primary private address.
    pub(crate) fn address(&self) -> Ipv4Addr {
        self.addresses.first().copied().unwrap_or(Ipv4Addr::UNSPECIFIED)
    }

    /// The instance that it is attached to.
    pub(crate) fn instance(&self) -> Option<&str> {
        self.attachment.as_ref()?.instance.as_deref()
    }

    /// The Elastic IP address at one of its private addresses.
    pub(crate) fn elastic<'a>(&self, ec2: &'a State, private: Ipv4Addr) -> Option<&'a Address> {
        ec2.addresses.values().find(|address| {
            address.association.as_ref().is_some_and(|at| at.interface == self.id && at.private_ip == private)
        })
    }

    /// The public address that its primary private address is reached at: an Elastic IP address, else one of Amazon's
    /// pool.
    pub(crate) fn public_address(&self, ec2: &State) -> Option<Ipv4Addr> {
        self.elastic(ec2, self.address()).map(|address| address.public_ip).or(self.public_ip)
    }
}

/// What is due to happen to an interface.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// It goes, with the service that made it.
    Delete(String),
    /// It is attached, or detached.
    Settle(String),
}

/// Lets it happen.
pub(super) fn happen(account: &mut Account, region: &str, due: Due) {
    let ec2 = &mut account.region(region).ec2;
    match due {
        Due::Delete(interface) => remove(ec2, &interface),
        Due::Settle(interface) => attach::settle(ec2, &interface),
    }
}

/// Takes an interface away, and Elastic IP addresses from it.
pub(crate) fn remove(ec2: &mut State, interface: &str) {
    ec2.interfaces.remove(interface);
    for address in ec2.addresses.values_mut() {
        address.association.take_if(|at| at.interface == interface);
    }
}

/// Gives an interface that was made to have a public address a new one of Amazon's pool, if it has none: when its
/// instance starts, or an Elastic IP address leaves it
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html#concepts-public-addresses>).
pub(crate) fn renew_public_address(account: &mut Account, region: &str, interface: &str) {
    let mut chance = account.chance.clone();
    let ec2 = &mut account.region(region).ec2;
    let lacks = |interface: &NetworkInterface| interface.wants_public_ip && interface.public_address(ec2).is_none();
    if ec2.interfaces.get(interface).is_some_and(lacks) {
        let address = address::from_pool(ec2, &mut chance);
        if let Some(interface) = ec2.interfaces.get_mut(interface) {
            interface.public_ip = Some(address);
        }
        account.chance = chance;
    }
}

/// Lets an interface of a service go that long from now: those of load balancers and NAT gateways linger.
pub(crate) fn let_go(account: &mut Account, region: &str, interface: &str, after: Seconds) {
    account.schedule(region, after, What::Ec2(super::Due::Interface(Due::Delete(interface.to_owned()))));
}

pub(super) const OPERATIONS: Operations = &[
    ("AssignPrivateIpAddresses", addresses::assign),
    ("AttachNetworkInterface", attach::operation),
    ("CreateNetworkInterface", create::create),
    ("DeleteNetworkInterface", create::delete),
    ("DescribeNetworkInterfaceAttribute", attribute::describe),
    ("DescribeNetworkInterfaces", describe::describe),
    ("DetachNetworkInterface", attach::detach_operation),
    ("ModifyNetworkInterfaceAttribute", attribute::modify),
    ("UnassignPrivateIpAddresses", addresses::unassign),
];
