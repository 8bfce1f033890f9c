//! Elastic Load Balancing's actions and resources
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html>).

use super::access::{Access, at, tags};
use super::iam;
use crate::aws::call::Call;

pub(super) fn needed(call: &mut Call<'_>, operation: &str) -> Vec<Access> {
    let action = format!("elasticloadbalancing:{operation}");
    // Describes are about everything, as in the reference.
    if operation.starts_with("Describe") {
        return vec![Access::new(call, action, "*")];
    }
    let list = call.list("Tags");
    let resources: Vec<String> = match operation {
        "CreateLoadBalancer" => {
            let kind = match call.text("Type") {
                Some("network") => "net",
                Some("gateway") => "gwy",
                _ => "app",
            };
            vec![call.arn("elasticloadbalancing", &format!("loadbalancer/{kind}/{}/*", call.required("Name")))]
        }
        "CreateTargetGroup" => {
            vec![call.arn("elasticloadbalancing", &format!("targetgroup/{}/*", call.required("Name")))]
        }
        _ => {
            let members = [
                "RuleArn",
                "RulePriorities.RuleArn",
                "ListenerArn",
                "TargetGroupArn",
                "LoadBalancerArn",
                "ResourceArns",
            ];
            members
                .iter()
                .map(|member| at(call.input, member))
                .find(|arns| !arns.is_empty())
                .unwrap_or_default()
                .into_iter()
                .map(str::to_owned)
                .collect()
        }
    };
    let mut needed: Vec<_> = resources
        .iter()
        .map(|resource| Access::new(call, action.clone(), resource.clone()).with_tags(tags(list)))
        .collect();
    if needed.is_empty() {
        needed.push(Access::new(call, action, "*"));
    }
    if operation == "CreateLoadBalancer" {
        needed.extend(iam::service_role(call, "elasticloadbalancing.amazonaws.com"));
    }
    // "If tags are specified in the resource-creating action, AWS performs additional authorization on the
    // elasticloadbalancing:AddTags action"
    // (https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/tagging-resources-during-creation.html).
    if operation.starts_with("Create") && !list.is_empty() {
        for resource in &resources {
            let access = Access::new(call, "elasticloadbalancing:AddTags", resource.clone());
            needed.push(access.with_tags(tags(list)).with("elasticloadbalancing:CreateAction", Some(operation)));
        }
    }
    needed
}
