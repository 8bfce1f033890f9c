//! Removing rules
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupEgress.html>).

use serde_json::{Value, json};

use super::{Peer, Rule, SecurityGroup, authorize, default_vpc, named, permission};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::id;
use crate::aws::error::Answer;

pub(super) fn ingress(call: &mut Call<'_>) -> Answer {
    revoke(call, false)
}

pub(super) fn egress(call: &mut Call<'_>) -> Answer {
    revoke(call, true)
}

fn revoke(call: &mut Call<'_>, egress: bool) -> Answer {
    let group = named(call)?.clone();
    let ids = call.texts("SecurityGroupRuleIds");
    let by_ids = !ids.is_empty();
    if by_ids && !call.list("IpPermissions").is_empty() {
        let message = "Only one of 'ipPermissions' and 'securityGroupRuleIds' can be provided.";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    if !by_ids && call.list("IpPermissions").is_empty() && call.text("IpProtocol").is_none() {
        let message = "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.";
        return Err(ApiError::new("MissingParameter", message));
    }
    let (going, unknown) = if by_ids {
        let rules = ids.into_iter().map(|id| by_id(&group, id, Some(egress)).cloned());
        (rules.collect::<Result<Vec<_>, _>>()?, Vec::new())
    } else {
        matching(call, &group, egress)?
    };
    let default = default_vpc(call).is_some_and(|vpc| vpc.id == group.vpc);
    // "For a default VPC, if the values you specify do not match the existing rule's values, no error is returned ..
    // For a non-default VPC .. an InvalidPermission.NotFound client error is returned, and no rules are revoked."
    if !unknown.is_empty() && !default {
        let message = "The specified rule does not exist in this security group.";
        return Err(ApiError::new("InvalidPermission.NotFound", message));
    }
    let unknown = permission::show(&call.look().ec2, unknown.iter());
    if let Some(group) = call.ec2().security_groups.get_mut(&group.id) {
        group.rules.retain(|rule| !going.iter().any(|gone| gone.id == rule.id));
    }
    let revoked: Vec<Value> = going.iter().map(|rule| show(&group, rule)).collect();
    Ok(json!({ "Return": true, "RevokedSecurityGroupRules": revoked, "UnknownIpPermissions": unknown }))
}

/// The group's rules that the call's permissions name, and those that it names and the group hasn't.
fn matching(call: &Call<'_>, group: &SecurityGroup, egress: bool) -> Result<(Vec<Rule>, Vec<Rule>), ApiError> {
    let permissions = authorize::permissions(call, egress)?;
    let wanted = permission::read(call, group, egress, &permissions)?;
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for rule in wanted {
        match group.rules.iter().find(|other| other.same(&rule)) {
            Some(other) => found.push(other.clone()),
            None => unknown.push(rule),
        }
    }
    Ok((found, unknown))
}

/// The group's rule of that id, in that direction if it matters.
pub(super) fn by_id<'a>(group: &'a SecurityGroup, rule: &str, egress: Option<bool>) -> Result<&'a Rule, ApiError> {
    if !id::well_formed("sgr", rule) {
        let message = format!("Invalid id: \"{rule}\" (expecting \"sgr-...\")");
        return Err(ApiError::new("InvalidSecurityGroupRuleId.Malformed", message));
    }
    let is = |other: &&Rule| other.id == rule && egress.is_none_or(|egress| other.egress == egress);
    group.rules.iter().find(is).ok_or_else(|| {
        let message = format!("The security group rule ID '{rule}' does not exist");
        ApiError::new("InvalidSecurityGroupRuleId.NotFound", message)
    })
}

fn show(group: &SecurityGroup, rule: &Rule) -> Value {
    let (member, peer) = match &rule.peer {
        Peer::Cidr(cidr) => ("CidrIpv4", cidr.to_string()),
        Peer::Cidr6(cidr) => ("CidrIpv6", cidr.to_string()),
        Peer::PrefixList(id) => ("PrefixListId", id.clone()),
        Peer::Group(id) => ("ReferencedGroupId", id.clone()),
    };
    json!({
        "SecurityGroupRuleId": rule.id,
        "GroupId": group.id,
        "IsEgress": rule.egress,
        "IpProtocol": rule.protocol,
        "FromPort": rule.from_port,
        "ToPort": rule.to_port,
        member: peer,
        "Description": rule.description,
    })
}
