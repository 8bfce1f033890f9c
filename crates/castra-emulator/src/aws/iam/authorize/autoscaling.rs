//! Auto Scaling's actions and resources
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html>).

use serde_json::Value;

use super::access::{Access, at, tags};
use super::{iam, launch};
use crate::aws::call::Call;

pub(super) fn needed(call: &mut Call<'_>, operation: &str) -> Vec<Access> {
    let action = format!("autoscaling:{operation}");
    // Describes are about everything, as in the reference.
    if operation.starts_with("Describe") {
        return vec![Access::new(call, action, "*")];
    }
    let list = call.list("Tags");
    let mut groups = at(call.input, "AutoScalingGroupName");
    groups.extend(at(call.input, "Tags.ResourceId"));
    groups.dedup();
    let access = |resource: String| {
        let size = |member: &str| call.number(member).map(|number| number.to_string());
        Access::new(call, action.clone(), resource)
            .with_tags(tags(list))
            .with("autoscaling:MinSize", size("MinSize"))
            .with("autoscaling:MaxSize", size("MaxSize"))
    };
    let mut needed: Vec<_> = groups.into_iter().map(|name| access(group(call, name))).collect();
    if needed.is_empty() {
        needed.push(access("*".to_owned()));
    }
    if operation == "CreateAutoScalingGroup" && call.text("ServiceLinkedRoleARN").is_none() {
        needed.extend(iam::service_role(call, "autoscaling.amazonaws.com"));
    }
    if matches!(operation, "CreateAutoScalingGroup" | "UpdateAutoScalingGroup") {
        needed.extend(of_template(call));
    }
    needed
}

/// The ARN of a group; of one that isn't there yet only the name is known.
fn group(call: &Call<'_>, name: &str) -> String {
    let here = call.account.regions.get(call.region);
    let there = here.and_then(|here| here.autoscaling.arn(name)).map(str::to_owned);
    there.unwrap_or_else(|| call.arn("autoscaling", &format!("autoScalingGroup:*:autoScalingGroupName/{name}")))
}

/// "To create or update an Auto Scaling group with a launch template, users must have permission to use the
/// ec2:RunInstances action", and to pass the role of its instance profile
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html>).
fn of_template(call: &Call<'_>) -> Vec<Access> {
    let mixed = ["MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification"];
    let mixed = mixed.iter().try_fold(call.input, |value, member| value.get(member));
    let Some(named) = call.input.get("LaunchTemplate").or(mixed) else { return Vec::new() };
    let template = launch::template(call, named).map(Value::Object).unwrap_or_default();
    let mut needed = launch::needed(call, &template, "RunInstances");
    let subnets = call.text("VPCZoneIdentifier").unwrap_or_default().split(',').map(str::trim);
    for subnet in subnets.filter(|subnet| !subnet.is_empty()) {
        needed.push(Access::new(call, "ec2:RunInstances", super::ec2::arn(call, "subnet", subnet)));
    }
    if let Some(role) = call.text("ServiceLinkedRoleARN") {
        needed.push(iam::pass(call, role, "autoscaling.amazonaws.com"));
    }
    needed
}
