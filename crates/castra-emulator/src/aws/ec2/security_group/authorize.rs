//! Adding rules
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html>).

use serde_json::{Value, json};

use super::{Peer, Rule, describe, named, permission};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::{Tags, id};
use crate::aws::error::Answer;

pub(super) fn ingress(call: &mut Call<'_>) -> Answer {
    authorize(call, false)
}

pub(super) fn egress(call: &mut Call<'_>) -> Answer {
    authorize(call, true)
}

/// All of the rules, or none.
fn authorize(call: &mut Call<'_>, egress: bool) -> Answer {
    let tags = Tags::specified(call, "security-group-rule")?;
    let group = named(call)?.clone();
    let permissions = permissions(call, egress)?;
    let mut rules = permission::read(call, &group, egress, &permissions)?;
    for rule in &rules {
        check_new(&group.rules, rule)?;
    }
    let wanted: Vec<&Rule> = group.rules.iter().chain(&rules).collect();
    check_limit(call, &wanted)?;
    for rule in &mut rules {
        rule.id = id::new("sgr", &mut call.account.chance);
        rule.tags = tags.clone();
    }
    let ec2 = &call.look().ec2;
    let shown: Vec<Value> = rules.iter().map(|rule| describe::rule(ec2, &group, rule)).collect();
    if let Some(group) = call.ec2().security_groups.get_mut(&group.id) {
        group.rules.extend(rules);
    }
    Ok(json!({ "Return": true, "SecurityGroupRules": shown }))
}

/// The permissions that a call names: as a set, or, for ingress, by the parameters of a single one.
pub(super) fn permissions(call: &Call<'_>, egress: bool) -> Result<Vec<Value>, ApiError> {
    let set = call.list("IpPermissions");
    if !set.is_empty() {
        return Ok(set.to_vec());
    }
    if egress {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter ipPermissions"));
    }
    if let Some(source) = call.text("SourceSecurityGroupName") {
        // "The rule grants full ICMP, UDP, and TCP access."
        let pair = json!([{ "GroupName": source }]);
        let full = |protocol: &str, to: i64| {
            let from = to.min(0);
            json!({ "IpProtocol": protocol, "FromPort": from, "ToPort": to, "UserIdGroupPairs": pair })
        };
        return Ok(vec![full("tcp", 65535), full("udp", 65535), full("icmp", -1)]);
    }
    let Some(protocol) = call.text("IpProtocol") else {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter ipProtocol"));
    };
    Ok(vec![json!({
        "IpProtocol": protocol,
        "FromPort": call.number("FromPort"),
        "ToPort": call.number("ToPort"),
        "IpRanges": call.text("CidrIp").map(|cidr| json!([{ "CidrIp": cidr }])),
    })])
}

/// Refuses a rule that is there already.
pub(super) fn check_new(rules: &[Rule], rule: &Rule) -> Result<(), ApiError> {
    if !rules.iter().any(|other| other.same(rule)) {
        return Ok(());
    }
    let peer = match &rule.peer {
        Peer::Cidr(cidr) => cidr.to_string(),
        Peer::Cidr6(cidr) => cidr.to_string(),
        Peer::Group(id) | Peer::PrefixList(id) => id.clone(),
    };
    let traffic = match rule.protocol.as_str() {
        "tcp" | "udp" => {
            let protocol = rule.protocol.to_ascii_uppercase();
            format!("{protocol}, from port: {}, to port: {}", rule.from_port, rule.to_port)
        }
        "icmp" | "icmpv6" => {
            format!("{}, type: {}, code: {}", rule.protocol.to_ascii_uppercase(), rule.from_port, rule.to_port)
        }
        "-1" => "ALL".to_owned(),
        number => format!("PROTOCOL {number}"),
    };
    let message = format!("the specified rule \"peer: {peer}, {traffic}, ALLOW\" already exists");
    Err(ApiError::new("InvalidPermission.Duplicate", message))
}

/// The quota holds for each direction and each IP version; a group or prefix list counts for both versions
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups>).
fn check_limit(call: &Call<'_>, rules: &[&Rule]) -> Result<(), ApiError> {
    let limit = call.account.settings.network_limits.rules_per_security_group;
    let count = |egress: bool, of: fn(&Peer) -> bool| {
        rules.iter().filter(|rule| rule.egress == egress && of(&rule.peer)).count()
    };
    let v4 = |peer: &Peer| !matches!(peer, Peer::Cidr6(_));
    let v6 = |peer: &Peer| !matches!(peer, Peer::Cidr(_));
    if [false, true].into_iter().any(|egress| count(egress, v4) > limit || count(egress, v6) > limit) {
        let message = "The maximum number of rules per security group has been reached.";
        return Err(ApiError::new("RulesPerSecurityGroupLimitExceeded", message));
    }
    Ok(())
}
