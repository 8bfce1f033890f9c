//! Network ACLs, as far as each VPC has its default one
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html>).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::resource::{Description, resource};
use super::{State, Tags};
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// A network ACL.
#[derive(Debug, Clone)]
pub(crate) struct NetworkAcl {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) vpc: String,
    pub(crate) is_default: bool,
    pub(crate) tags: Tags,
}

resource!(
    NetworkAcl,
    network_acls,
    "acl",
    "InvalidNetworkAclId.Malformed",
    "InvalidNetworkAclID.NotFound",
    "The networkAcl ID '{}' does not exist"
);

pub(super) const OPERATIONS: Operations = &[("DescribeNetworkAcls", describe)];

/// Everything may pass in both directions: rule 100, and 101 where the VPC has IPv6; the last rule denies the rest.
fn entries(ec2: &State, acl: &NetworkAcl) -> Vec<Value> {
    let ipv6 = ec2.vpcs.get(&acl.vpc).is_some_and(|vpc| !vpc.ipv6.is_empty());
    let mut entries = Vec::new();
    for egress in [true, false] {
        for (number, action) in [(100, "allow"), (32767, "deny")] {
            entries.push(json!({
                "CidrBlock": "0.0.0.0/0", "Egress": egress, "Protocol": "-1", "RuleAction": action, "RuleNumber": number,
            }));
        }
        if ipv6 {
            for (number, action) in [(101, "allow"), (32768, "deny")] {
                entries.push(json!({
                    "Ipv6CidrBlock": "::/0", "Egress": egress, "Protocol": "-1", "RuleAction": action,
                    "RuleNumber": number,
                }));
            }
        }
    }
    entries
}

fn describe(call: &mut Call<'_>) -> Answer {
    let (owner, ec2) = (&call.account.id, &call.look().ec2);
    let subnets = |acl: &NetworkAcl| {
        let vpc = acl.vpc.clone();
        ec2.subnets.values().filter(move |subnet| subnet.vpc == vpc)
    };
    let of_entries = |acl: &NetworkAcl, member: &str| -> Vec<String> {
        let text = |entry: Value| match entry.get(member)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        entries(ec2, acl).into_iter().filter_map(text).collect()
    };
    Description {
        output: "NetworkAcls",
        ids: "NetworkAclIds",
        filters: &[
            "association.association-id",
            "association.network-acl-id",
            "association.subnet-id",
            "default",
            "entry.cidr",
            "entry.egress",
            "entry.icmp.code",
            "entry.icmp.type",
            "entry.ipv6-cidr",
            "entry.port-range.from",
            "entry.port-range.to",
            "entry.protocol",
            "entry.rule-action",
            "entry.rule-number",
            "network-acl-id",
            "owner-id",
            "vpc-id",
        ],
        values: &|acl: &NetworkAcl, name| match name {
            "association.association-id" => subnets(acl).map(|subnet| subnet.acl_association.clone()).collect(),
            "association.subnet-id" => subnets(acl).map(|subnet| subnet.id.clone()).collect(),
            "association.network-acl-id" => subnets(acl).map(|_| acl.id.clone()).collect(),
            "default" => vec![acl.is_default.to_string()],
            "entry.cidr" => of_entries(acl, "CidrBlock"),
            "entry.egress" => of_entries(acl, "Egress"),
            "entry.ipv6-cidr" => of_entries(acl, "Ipv6CidrBlock"),
            "entry.protocol" => of_entries(acl, "Protocol"),
            "entry.rule-action" => of_entries(acl, "RuleAction"),
            "entry.rule-number" => of_entries(acl, "RuleNumber"),
            "network-acl-id" => vec![acl.id.clone()],
            "owner-id" => vec![owner.clone()],
            "vpc-id" => vec![acl.vpc.clone()],
            _ => Vec::new(),
        },
        show: &|acl| {
            let associations = subnets(acl).map(|subnet| {
                json!({
                    "NetworkAclAssociationId": subnet.acl_association,
                    "NetworkAclId": acl.id,
                    "SubnetId": subnet.id,
                })
            });
            json!({
                "NetworkAclId": acl.id,
                "VpcId": acl.vpc,
                "OwnerId": owner,
                "IsDefault": acl.is_default,
                "Associations": associations.collect::<Vec<_>>(),
                "Entries": entries(ec2, acl),
                "Tags": acl.tags.shown(),
            })
        },
    }
    .answer(call)
}
