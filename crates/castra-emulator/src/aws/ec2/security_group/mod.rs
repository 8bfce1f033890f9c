//! Security groups (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>).

use ipnet::{Ipv4Net, Ipv6Net};
use jiff::Timestamp;

use super::resource::resource;
use super::{Tags, id};
use crate::aws::call::Operations;
use crate::chance::Chance;

/// A security group.
#[derive(Debug, Clone)]
pub(crate) struct SecurityGroup {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) vpc: String,
    pub(crate) rules: Vec<Rule>,
    pub(crate) tags: Tags,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    /// `sgr-..`.
    pub(crate) id: String,
    pub(crate) egress: bool,
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all.
    pub(crate) protocol: String,
    /// First and last port, or ICMP type and code; -1 = all.
    pub(crate) from_port: i64,
    pub(crate) to_port: i64,
    pub(crate) peer: Peer,
    pub(crate) description: Option<String>,
    pub(crate) tags: Tags,
}

/// The other end of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Peer {
    Cidr(Ipv4Net),
    Cidr6(Ipv6Net),
    Group(String),
    PrefixList(String),
}

resource!(
    SecurityGroup,
    security_groups,
    "sg",
    "InvalidGroupId.Malformed",
    "InvalidGroup.NotFound",
    "The security group '{}' does not exist"
);

impl Peer {
    /// Every IPv4 address.
    pub(crate) fn anywhere() -> Self {
        Self::Cidr(Ipv4Net::default())
    }
}

impl Rule {
    /// All traffic from or to a peer.
    pub(super) fn everything(egress: bool, peer: Peer, chance: &mut Chance) -> Self {
        Self {
            id: id::new("sgr", chance),
            egress,
            protocol: "-1".to_owned(),
            from_port: -1,
            to_port: -1,
            peer,
            description: None,
            tags: Tags::default(),
        }
    }
}

pub(super) const OPERATIONS: Operations = &[];
