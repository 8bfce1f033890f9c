//! How groups and rules are described.

use serde_json::{Value, json};

use super::{Peer, Rule, SecurityGroup, by_name, permission};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::resource::{find, listed};
use crate::aws::ec2::{State, id, page};
use crate::aws::error::Answer;

/// Filters: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html>.
const FILTERS: &[&str] = &[
    "description",
    "egress.ip-permission.cidr",
    "egress.ip-permission.from-port",
    "egress.ip-permission.group-id",
    "egress.ip-permission.group-name",
    "egress.ip-permission.ipv6-cidr",
    "egress.ip-permission.prefix-list-id",
    "egress.ip-permission.protocol",
    "egress.ip-permission.to-port",
    "egress.ip-permission.user-id",
    "group-id",
    "group-name",
    "ip-permission.cidr",
    "ip-permission.from-port",
    "ip-permission.group-id",
    "ip-permission.group-name",
    "ip-permission.ipv6-cidr",
    "ip-permission.prefix-list-id",
    "ip-permission.protocol",
    "ip-permission.to-port",
    "ip-permission.user-id",
    "owner-id",
    "vpc-id",
];

pub(super) fn groups(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, FILTERS)?;
    let ec2 = &call.look().ec2;
    let names = call.texts("GroupNames");
    let mut groups = if names.is_empty() || !call.list("GroupIds").is_empty() {
        listed::<SecurityGroup>(call, "GroupIds")?
    } else {
        Vec::new()
    };
    for name in names {
        let group = by_name(call, name)?;
        if !groups.iter().any(|other| other.id == group.id) {
            groups.push(group);
        }
    }
    let passing = groups.into_iter().filter(|group| filters.pass(&group.tags, |name| values(ec2, group, name)));
    page::of(call, "SecurityGroups", passing.map(|group| show(ec2, group)).collect())
}

fn values(ec2: &State, group: &SecurityGroup, name: &str) -> Vec<String> {
    let (egress, of_rule) = match name.strip_prefix("egress.ip-permission.") {
        Some(of) => (true, Some(of)),
        None => (false, name.strip_prefix("ip-permission.")),
    };
    if let Some(of) = of_rule {
        let rules = group.rules.iter().filter(|rule| rule.egress == egress);
        return rules.filter_map(|rule| rule_value(ec2, rule, of)).collect();
    }
    vec![match name {
        "description" => group.description.clone(),
        "group-name" => group.name.clone(),
        "owner-id" => ec2.owner.clone(),
        "vpc-id" => group.vpc.clone(),
        _ => group.id.clone(),
    }]
}

fn rule_value(ec2: &State, rule: &Rule, name: &str) -> Option<String> {
    match (name, &rule.peer) {
        ("cidr", Peer::Cidr(cidr)) => Some(cidr.to_string()),
        ("ipv6-cidr", Peer::Cidr6(cidr)) => Some(cidr.to_string()),
        ("group-id", Peer::Group(id)) | ("prefix-list-id", Peer::PrefixList(id)) => Some(id.clone()),
        ("group-name", Peer::Group(id)) => ec2.security_groups.get(id).map(|group| group.name.clone()),
        ("user-id", Peer::Group(_)) => Some(ec2.owner.clone()),
        ("protocol", _) => Some(rule.protocol.clone()),
        ("from-port", _) if rule.from_port >= 0 => Some(rule.from_port.to_string()),
        ("to-port", _) if rule.to_port >= 0 => Some(rule.to_port.to_string()),
        _ => None,
    }
}

fn show(ec2: &State, group: &SecurityGroup) -> Value {
    let rules = |egress: bool| permission::show(ec2, group.rules.iter().filter(move |rule| rule.egress == egress));
    json!({
        "GroupId": group.id,
        "GroupName": group.name,
        "Description": group.description,
        "VpcId": group.vpc,
        "OwnerId": ec2.owner,
        "SecurityGroupArn": format!("arn:aws:ec2:{}:{}:security-group/{}", ec2.region, ec2.owner, group.id),
        "IpPermissions": rules(false),
        "IpPermissionsEgress": rules(true),
        "Tags": group.tags.shown(),
    })
}

/// A rule, as what adds and what describes rules shows it.
pub(super) fn rule(ec2: &State, group: &SecurityGroup, rule: &Rule) -> Value {
    let (member, peer) = match &rule.peer {
        Peer::Cidr(cidr) => ("CidrIpv4", json!(cidr.to_string())),
        Peer::Cidr6(cidr) => ("CidrIpv6", json!(cidr.to_string())),
        Peer::PrefixList(id) => ("PrefixListId", json!(id)),
        Peer::Group(id) => ("ReferencedGroupInfo", json!({ "GroupId": id, "UserId": ec2.owner })),
    };
    let arn = format!("arn:aws:ec2:{}:{}:security-group-rule/{}", ec2.region, ec2.owner, rule.id);
    json!({
        "SecurityGroupRuleId": rule.id,
        "SecurityGroupRuleArn": arn,
        "GroupId": group.id,
        "GroupOwnerId": ec2.owner,
        "IsEgress": rule.egress,
        "IpProtocol": rule.protocol,
        "FromPort": rule.from_port,
        "ToPort": rule.to_port,
        member: peer,
        "Description": rule.description,
        "Tags": rule.tags.shown(),
    })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html>
pub(super) fn rules(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, &["group-id", "security-group-rule-id"])?;
    let ids = call.texts("SecurityGroupRuleIds");
    let ec2 = &call.look().ec2;
    let groups = ec2.security_groups.values().filter(|group| call.account.shows(&group.id, group.created));
    let all: Vec<_> = groups.flat_map(|group| group.rules.iter().map(move |rule| (group, rule))).collect();
    for id in &ids {
        if !id::well_formed("sgr", id) {
            let message = format!("Invalid id: \"{id}\" (expecting \"sgr-...\")");
            return Err(ApiError::new("InvalidSecurityGroupRuleId.Malformed", message));
        }
        if !all.iter().any(|(_, rule)| rule.id == *id) {
            let message = format!("The security group rule ID '{id}' does not exist");
            return Err(ApiError::new("InvalidSecurityGroupRuleId.NotFound", message));
        }
    }
    let mut passing: Vec<_> = all
        .into_iter()
        .filter(|(_, rule)| ids.is_empty() || ids.contains(&rule.id.as_str()))
        .filter(|(group, rule)| {
            filters.pass(&rule.tags, |name| match name {
                "group-id" => vec![group.id.clone()],
                _ => vec![rule.id.clone()],
            })
        })
        .collect();
    passing.sort_by(|(_, one), (_, other)| one.id.cmp(&other.id));
    let shown = passing.into_iter().map(|(group, one)| rule(ec2, group, one)).collect();
    page::of(call, "SecurityGroupRules", shown)
}

/// Which VPCs on the other side of a peering connection name a group: none, as there are no such connections here
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupReferences.html>).
pub(super) fn references(call: &mut Call<'_>) -> Answer {
    for group in call.texts("GroupId") {
        find::<SecurityGroup>(call, group)?;
    }
    Ok(json!({ "SecurityGroupReferenceSet": [] }))
}
