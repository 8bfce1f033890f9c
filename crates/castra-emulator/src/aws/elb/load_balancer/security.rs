//! A load balancer's security groups
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html>).

use super::super::refuse::misconfigured;
use super::Kind;
use crate::aws::ApiError;
use crate::aws::call::Call;

/// The most that an interface has, and so a load balancer
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups>).
const MOST: usize = 5;

/// The groups that the call names, each once and in order.
pub(super) fn named(call: &mut Call<'_>, vpc: &str) -> Result<Vec<String>, ApiError> {
    let mut groups: Vec<String> = call.texts("SecurityGroups").into_iter().map(str::to_owned).collect();
    groups.sort_unstable();
    groups.dedup();
    for id in &groups {
        let not_found = || {
            let message = format!("The security group ID '{id}' does not exist");
            ApiError::new("InvalidSecurityGroup", message)
        };
        let group = call.ec2().security_groups.get(id).ok_or_else(not_found)?;
        let (created, elsewhere) = (group.created, group.vpc != vpc);
        if !call.account.shows(id, created) {
            return Err(not_found());
        }
        if elsewhere {
            return Err(misconfigured("One or more security groups are invalid"));
        }
    }
    if groups.len() > MOST {
        let message = format!("Up to {MOST} security groups can be specified, but {} were specified", groups.len());
        return Err(misconfigured(message));
    }
    Ok(groups)
}

/// The groups of a new load balancer: those that the call names; for an application load balancer without any, the
/// VPC's default group.
pub(super) fn initial(call: &mut Call<'_>, kind: Kind, vpc: &str) -> Result<Vec<String>, ApiError> {
    let groups = named(call, vpc)?;
    if !groups.is_empty() || kind == Kind::Network {
        return Ok(groups);
    }
    let default = call.ec2().security_groups.values().find(|group| group.vpc == vpc && group.name == "default");
    Ok(default.map(|group| group.id.clone()).into_iter().collect())
}
