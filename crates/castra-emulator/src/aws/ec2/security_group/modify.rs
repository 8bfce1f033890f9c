//! Changing rules.

use serde_json::{Value, json};

use super::permission::{cidr, cidr6, description, listed, other_group, traffic};
use super::revoke::by_id;
use super::{Rule, SecurityGroup, authorize, named, permission};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html>: each named rule becomes
/// what the request says, in the direction that it has.
pub(super) fn rules(call: &mut Call<'_>) -> Answer {
    let mut group = named(call)?.clone();
    for update in call.list("SecurityGroupRules") {
        let id = update.get("SecurityGroupRuleId").and_then(Value::as_str).unwrap_or_default();
        let old = by_id(&group, id, None)?.clone();
        let request = update.get("SecurityGroupRule").cloned().unwrap_or_else(|| json!({}));
        let new = changed(call, &group, &old, &request)?;
        group.rules.retain(|rule| rule.id != old.id);
        authorize::check_new(&group.rules, &new)?;
        group.rules.push(new);
    }
    if let Some(old) = call.ec2().security_groups.get_mut(&group.id) {
        old.rules = group.rules;
    }
    Ok(json!({ "Return": true }))
}

/// A rule as a `SecurityGroupRuleRequest` wants it.
fn changed(call: &Call<'_>, group: &SecurityGroup, old: &Rule, request: &Value) -> Result<Rule, ApiError> {
    let text = |member: &str| request.get(member).and_then(Value::as_str);
    let peers = [
        text("CidrIpv4").map(cidr),
        text("CidrIpv6").map(cidr6),
        text("PrefixListId").map(|id| listed(call, id)),
        text("ReferencedGroupId").map(|id| other_group(call, group, id)),
    ];
    let mut peers = peers.into_iter().flatten();
    let (Some(peer), None) = (peers.next(), peers.next()) else {
        let message = "Exactly one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId must be specified.";
        return Err(ApiError::new("InvalidParameterCombination", message));
    };
    let (protocol, from_port, to_port) = traffic(request)?;
    Ok(Rule { protocol, from_port, to_port, peer: peer?, description: description(request)?, ..old.clone() })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsIngress.html>
pub(super) fn ingress_descriptions(call: &mut Call<'_>) -> Answer {
    descriptions(call, false)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsEgress.html>
pub(super) fn egress_descriptions(call: &mut Call<'_>) -> Answer {
    descriptions(call, true)
}

/// "You can remove a description for a security group rule by omitting the description parameter in the request."
fn descriptions(call: &mut Call<'_>, egress: bool) -> Answer {
    let mut group = named(call)?.clone();
    let by_ids = call.list("SecurityGroupRuleDescriptions");
    let permissions = call.list("IpPermissions");
    if by_ids.is_empty() == permissions.is_empty() {
        let message = "Either 'ipPermissions' or 'securityGroupRuleDescriptions' should be provided.";
        return Err(ApiError::new("MissingParameter", message));
    }
    let mut updates: Vec<(String, Option<String>)> = Vec::new();
    for update in by_ids {
        let id = update.get("SecurityGroupRuleId").and_then(Value::as_str).unwrap_or_default();
        updates.push((by_id(&group, id, Some(egress))?.id.clone(), description(update)?));
    }
    for rule in permission::read(call, &group, egress, permissions)? {
        let known = group.rules.iter().find(|other| other.same(&rule)).ok_or_else(|| {
            let message = "The specified rule does not exist in this security group.";
            ApiError::new("InvalidPermission.NotFound", message)
        })?;
        updates.push((known.id.clone(), rule.description));
    }
    for (id, description) in updates {
        if let Some(rule) = group.rules.iter_mut().find(|rule| rule.id == id) {
            rule.description = description;
        }
    }
    if let Some(old) = call.ec2().security_groups.get_mut(&group.id) {
        old.rules = group.rules;
    }
    Ok(json!({ "Return": true }))
}
