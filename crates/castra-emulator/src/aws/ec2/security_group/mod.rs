//! Security groups (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>).

mod authorize;
mod create;
mod delete;
mod describe;
mod modify;
mod permission;
mod revoke;
#[cfg(test)]
mod tests;

use ipnet::{Ipv4Net, Ipv6Net};
use jiff::Timestamp;

use super::resource::{Resource, find, resource};
use super::{Tags, Vpc, id};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
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

    /// Whether it lets the same traffic through as another one.
    fn same(&self, other: &Self) -> bool {
        self.egress == other.egress
            && self.protocol == other.protocol
            && (self.from_port, self.to_port) == (other.from_port, other.to_port)
            && self.peer == other.peer
    }
}

pub(super) const OPERATIONS: Operations = &[
    ("AuthorizeSecurityGroupEgress", authorize::egress),
    ("AuthorizeSecurityGroupIngress", authorize::ingress),
    ("CreateSecurityGroup", create::create),
    ("DeleteSecurityGroup", delete::delete),
    ("DescribeSecurityGroupReferences", describe::references),
    ("DescribeSecurityGroupRules", describe::rules),
    ("DescribeSecurityGroups", describe::groups),
    ("ModifySecurityGroupRules", modify::rules),
    ("RevokeSecurityGroupEgress", revoke::egress),
    ("RevokeSecurityGroupIngress", revoke::ingress),
    ("UpdateSecurityGroupRuleDescriptionsEgress", modify::egress_descriptions),
    ("UpdateSecurityGroupRuleDescriptionsIngress", modify::ingress_descriptions),
];

/// The default VPC, where groups go by name too.
fn default_vpc<'a>(call: &'a Call<'_>) -> Option<&'a Vpc> {
    call.look().ec2.vpcs.values().find(|vpc| vpc.is_default)
}

/// The group that a call names by `GroupId`, or by `GroupName` in the default VPC.
fn named<'a>(call: &'a Call<'_>) -> Result<&'a SecurityGroup, ApiError> {
    match (call.text("GroupId"), call.text("GroupName")) {
        (Some(_), Some(_)) => {
            let message = "The parameters GroupId and GroupName can't both be specified.";
            Err(ApiError::new("InvalidParameterCombination", message))
        }
        (Some(id), None) => find(call, id),
        (None, Some(name)) => by_name(call, name),
        (None, None) => {
            let message = "The request must contain the parameter groupId or groupName";
            Err(ApiError::new("MissingParameter", message))
        }
    }
}

/// The group of that name in the default VPC.
fn by_name<'a>(call: &'a Call<'_>, name: &str) -> Result<&'a SecurityGroup, ApiError> {
    let vpc = default_vpc(call).map(|vpc| vpc.id.as_str());
    let is = |group: &&SecurityGroup| {
        Some(group.vpc.as_str()) == vpc && group.name == name && call.account.shows(&group.id, group.created)
    };
    call.look().ec2.security_groups.values().find(is).ok_or_else(|| SecurityGroup::not_found(name))
}
