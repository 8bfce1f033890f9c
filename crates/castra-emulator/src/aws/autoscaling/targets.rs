//! Target groups that a group's instances are registered with
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-load-balancer.html>).

use std::time::Duration;

use serde_json::{Value, json};

use super::member::Lifecycle;
use super::state::{Attached, AttachedState, Group};
use super::validate::{self, error};
use super::{page, turn};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::elb;
use crate::aws::error::Answer;
use crate::clock::later;

/// How many target groups a group may have
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html>).
const MOST: usize = 50;

pub(super) const OPERATIONS: Operations = &[
    ("AttachLoadBalancerTargetGroups", attach_target_groups),
    ("AttachTrafficSources", attach_traffic_sources),
    ("DescribeLoadBalancerTargetGroups", describe_target_groups),
    ("DescribeTrafficSources", describe_traffic_sources),
    ("DetachLoadBalancerTargetGroups", detach_target_groups),
    ("DetachTrafficSources", detach_traffic_sources),
];

impl AttachedState {
    fn shown(self) -> &'static str {
        match self {
            Self::Adding => "Adding",
            Self::Added => "Added",
            Self::InService => "InService",
            Self::Removing(_) => "Removing",
        }
    }
}

/// ARNs of the target groups that a group is to be made with: they exist.
pub(super) fn read_for_new(call: &mut Call<'_>) -> Result<Vec<String>, ApiError> {
    let mut arns: Vec<String> = call.texts("TargetGroupARNs").into_iter().map(str::to_owned).collect();
    for arn in traffic_sources(call)? {
        if !arns.contains(&arn) {
            arns.push(arn);
        }
    }
    exist(call, &arns)?;
    Ok(arns)
}

fn exist(call: &mut Call<'_>, arns: &[String]) -> Result<(), ApiError> {
    if arns.iter().all(|arn| elb::target_group_exists(call.account, call.region, arn)) {
        return Ok(());
    }
    Err(error("Provided Target Groups may not be valid. Please ensure they exist and try again."))
}

/// ARNs of a call's `TrafficSources`, all of which must be target groups of load balancers.
fn traffic_sources(call: &Call<'_>) -> Result<Vec<String>, ApiError> {
    let source = |source: &Value| {
        let text = |member: &str| source.get(member).and_then(Value::as_str);
        let identifier = text("Identifier").unwrap_or_default();
        let is_target_group = identifier.starts_with("arn:") && identifier.contains(":elasticloadbalancing:");
        match text("Type") {
            None | Some("elbv2") if is_target_group => Ok(identifier.to_owned()),
            Some("elb" | "elbv2" | "vpc-lattice") | None => {
                Err(error("Provided Traffic Sources may not be valid. Please ensure they exist and try again."))
            }
            Some(kind) => Err(error(format!("Invalid traffic source type: {kind}"))),
        }
    };
    call.list("TrafficSources").iter().map(source).collect()
}

fn attach_target_groups(call: &mut Call<'_>) -> Answer {
    let arns: Vec<String> = call.texts("TargetGroupARNs").into_iter().map(str::to_owned).collect();
    attach(call, arns)
}

fn attach_traffic_sources(call: &mut Call<'_>) -> Answer {
    let arns = traffic_sources(call)?;
    attach(call, arns)
}

fn attach(call: &mut Call<'_>, mut arns: Vec<String>) -> Answer {
    let group = validate::changeable(call)?;
    let name = group.name.clone();
    if group.refresh().is_some_and(|refresh| refresh.desired.is_some()) {
        let message = "An instance refresh with a desired configuration is in progress and blocks this action.";
        return Err(ApiError::new("InstanceRefreshInProgress", message));
    }
    arns.retain(|arn| !attached(group, arn));
    if group.targets.len() + arns.len() > MOST {
        return Err(ApiError::new("LimitExceeded", format!("Only {MOST} target groups are allowed per group.")));
    }
    exist(call, &arns)?;
    let now = call.now();
    turn::with(call, &name, |turn| {
        for arn in arns {
            turn.group.targets.retain(|target| target.arn != arn);
            turn.group.targets.push(Attached { arn, state: AttachedState::Adding, since: now });
        }
        let serves = |state| matches!(state, Lifecycle::InService);
        let serving = turn.group.members.iter().filter(|member| serves(member.state));
        let ids: Vec<String> = serving.map(|member| member.id.clone()).collect();
        for id in ids {
            turn.register(&id);
        }
    });
    Ok(json!({}))
}

fn attached(group: &Group, arn: &str) -> bool {
    group.targets.iter().any(|target| target.arn == arn && !matches!(target.state, AttachedState::Removing(_)))
}

fn detach_target_groups(call: &mut Call<'_>) -> Answer {
    let arns: Vec<String> = call.texts("TargetGroupARNs").into_iter().map(str::to_owned).collect();
    detach(call, &arns)
}

fn detach_traffic_sources(call: &mut Call<'_>) -> Answer {
    let arns = traffic_sources(call)?;
    detach(call, &arns)
}

/// The instances are deregistered and go on running; the target group is shown until they have drained.
fn detach(call: &mut Call<'_>, arns: &[String]) -> Answer {
    let group = validate::changeable(call)?;
    let name = group.name.clone();
    if !arns.iter().all(|arn| attached(group, arn)) {
        return Err(error("Trying to remove Target Groups that are not part of the group"));
    }
    let ids: Vec<String> = group.members.iter().map(|member| member.id.clone()).collect();
    let now = call.now();
    for arn in arns {
        let drains = ids.iter().map(|id| elb::deregister(call.account, call.region, arn, id));
        let until = later(now, drains.max().unwrap_or(Duration::ZERO));
        let group = validate::changeable(call)?;
        for target in group.targets.iter_mut().filter(|target| target.arn == *arn) {
            target.state = AttachedState::Removing(until);
        }
    }
    turn::soon(call, &name);
    Ok(json!({}))
}

fn describe_target_groups(call: &mut Call<'_>) -> Answer {
    let group = validate::group(call)?;
    let show = |target: &Attached| json!({ "LoadBalancerTargetGroupARN": target.arn, "State": target.state.shown() });
    let shown = group.targets.iter().map(show).collect();
    page::of(call, "LoadBalancerTargetGroups", shown, 100)
}

fn describe_traffic_sources(call: &mut Call<'_>) -> Answer {
    let kind = call.text("TrafficSourceType");
    let group = validate::group(call)?;
    let show = |target: &Attached| {
        json!({
            "TrafficSource": target.arn,
            "Identifier": target.arn,
            "Type": "elbv2",
            "State": target.state.shown(),
        })
    };
    let wanted = kind.is_none_or(|kind| kind == "elbv2");
    let shown = group.targets.iter().filter(|_| wanted).map(show).collect();
    page::of(call, "TrafficSources", shown, 50)
}
