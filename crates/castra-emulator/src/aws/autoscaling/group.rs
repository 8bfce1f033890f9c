//! Groups made, changed and deleted.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use super::source::{self, Source};
use super::state::{Attached, AttachedState, Failures, Group, Options};
use super::validate::{self, error};
use super::{hooks, launch_configuration, places, tags, targets, turn};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
use crate::aws::iam;
use crate::clock::later;

pub(super) const OPERATIONS: Operations = &[
    ("CreateAutoScalingGroup", create),
    ("DeleteAutoScalingGroup", delete),
    ("SetDesiredCapacity", set_desired_capacity),
    ("UpdateAutoScalingGroup", update),
];

fn create(call: &mut Call<'_>) -> Answer {
    let (name, input) = (call.required("AutoScalingGroupName"), call.input);
    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
    if name.contains(':') {
        return Err(error("Auto Scaling group names must not contain a colon (:)."));
    }
    let limit = call.account.settings.autoscaling.groups;
    let groups = &call.here().autoscaling.groups;
    if groups.contains_key(name) {
        let message =
            format!("AutoScalingGroup by this name already exists - A group with the name {name} already exists");
        return Err(ApiError::new("AlreadyExists", message));
    }
    if groups.len() >= limit {
        return Err(ApiError::new("LimitExceeded", format!("Only {limit} AutoScalingGroups are allowed per account.")));
    }
    let min = call.number("MinSize").unwrap_or(0);
    let max = call.number("MaxSize").unwrap_or(0);
    let desired = call.number("DesiredCapacity").unwrap_or(min);
    validate::sizes(min, max, desired)?;
    let tags = tags::read_for_new(call)?;
    let hooks = read_hooks(call)?;
    let options = Options::new(&call.account.id).with(input)?;
    no_launch_configuration(call)?;
    let source = Source::read(call.account, call.region, input)?.ok_or_else(source::missing)?;
    let Some((places, subnets)) = places::read(call.account, call.region, input)? else {
        return Err(error("At least one Availability Zone or VPC Subnet is required."));
    };
    let targets = targets::read_for_new(call)?;
    check_placement_group(call, &options)?;
    source.check(call.account, call.region, &places)?;

    iam::ensure_service_linked_role(call.account, "autoscaling.amazonaws.com");
    let id = call.account.chance.uuid();
    let now = call.now();
    let mut group = Group {
        name: name.to_owned(),
        arn: call.arn("autoscaling", &format!("autoScalingGroup:{id}:autoScalingGroupName/{name}")),
        created: now,
        min,
        max,
        desired: 0,
        source,
        places,
        subnets,
        options,
        tags,
        // A target group that a group is created with is in service at once:
        // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LoadBalancerTargetGroupState.html
        targets: targets.into_iter().map(|arn| Attached { arn, state: AttachedState::InService, since: now }).collect(),
        hooks,
        policies: BTreeMap::new(),
        schedules: BTreeMap::new(),
        notifications: BTreeSet::new(),
        suspended: BTreeMap::new(),
        metrics: BTreeSet::new(),
        members: Vec::new(),
        activities: VecDeque::new(),
        refreshes: VecDeque::new(),
        reasons: Vec::new(),
        cooldown_until: None,
        cooling: None,
        act_after: None,
        warmup: None,
        replacements: 0,
        failures: Failures::default(),
        deleting: false,
        wake: None,
        looked: None,
        unbalanced: None,
    };
    let act_after = later(now, call.account.settings.timings.autoscaling_reaction.into());
    group.want(desired, "a user request created an AutoScalingGroup", now, act_after);
    call.here().autoscaling.groups.insert(name.to_owned(), group);
    turn::soon(call, name);
    Ok(json!({}))
}

fn read_hooks(call: &Call<'_>) -> Result<BTreeMap<String, hooks::Hook>, ApiError> {
    let given = call.list("LifecycleHookSpecificationList").iter();
    given.map(|given| hooks::read(given, None).map(|hook| (hook.name.clone(), hook))).collect()
}

/// There are no launch configurations, and none can be made from an instance.
fn no_launch_configuration(call: &Call<'_>) -> Result<(), ApiError> {
    if let Some(name) = call.text("LaunchConfigurationName") {
        return Err(error(format!("Launch configuration name not found - Launch configuration {name} not found")));
    }
    if call.text("InstanceId").is_some() {
        return Err(launch_configuration::unavailable());
    }
    if !call.list("LoadBalancerNames").is_empty() {
        return Err(error("Provided Load Balancers may not be valid. Please ensure they exist and try again."));
    }
    Ok(())
}

fn check_placement_group(call: &mut Call<'_>, options: &Options) -> Result<(), ApiError> {
    match &options.placement_group {
        Some(group) if !call.ec2().placement_groups.contains_key(group) => {
            Err(error(format!("Placement Group {group} does not exist.")))
        }
        _ => Ok(()),
    }
}

fn update(call: &mut Call<'_>) -> Answer {
    let input = call.input;
    let group = validate::changeable(call)?;
    let (old_min, old_max, old_desired, old_options) = (group.min, group.max, group.desired, group.options.clone());
    let old_places = group.places.clone();
    let name = group.name.clone();
    let min = call.number("MinSize").unwrap_or(old_min);
    let max = call.number("MaxSize").unwrap_or(old_max);
    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html: new bounds move a
    // desired capacity that isn't given.
    let desired = call.number("DesiredCapacity").unwrap_or(if min > max { min } else { old_desired.clamp(min, max) });
    validate::sizes(min, max, desired)?;
    let options = old_options.with(input)?;
    no_launch_configuration(call)?;
    let source = Source::read(call.account, call.region, input)?;
    let places = places::read(call.account, call.region, input)?;
    check_placement_group(call, &options)?;
    if let Some(source) = &source {
        let places = places.as_ref().map_or(&old_places, |(places, _)| places);
        source.check(call.account, call.region, places)?;
    }

    let now = call.now();
    let act_after = later(now, call.account.settings.timings.autoscaling_reaction.into());
    let group = validate::changeable(call)?;
    (group.min, group.max, group.options) = (min, max, options);
    if let Some((places, subnets)) = places {
        (group.places, group.subnets) = (places, subnets);
        group.failures.zones.clear();
    }
    if let Some(source) = source {
        group.source = source;
        group.failures = Failures::default();
    }
    let reason =
        format!("a user request update of AutoScalingGroup constraints to min: {min}, max: {max}, desired: {desired}");
    group.want(desired, &reason, now, act_after);
    turn::soon(call, &name);
    Ok(json!({}))
}

fn set_desired_capacity(call: &mut Call<'_>) -> Answer {
    let desired = call.number("DesiredCapacity").unwrap_or(0);
    let (honor, now) = (call.flag("HonorCooldown"), call.now());
    let act_after = later(now, call.account.settings.timings.autoscaling_reaction.into());
    let group = validate::changeable(call)?;
    for (beyond, side, bound, kind) in
        [(desired > group.max, "above", group.max, "max"), (desired < group.min, "below", group.min, "min")]
    {
        if beyond {
            let message = format!(
                "New SetDesiredCapacity value {desired} is {side} {kind} value {bound} for the AutoScalingGroup."
            );
            return Err(error(message));
        }
    }
    if honor && (group.cooling.is_some() || group.cooldown_until.is_some_and(|until| until > now)) {
        return Err(validate::in_progress(group));
    }
    group.want(desired, "a user request explicitly set group desired capacity", now, act_after);
    let name = group.name.clone();
    turn::soon(call, &name);
    Ok(json!({}))
}

/// DeleteAutoScalingGroup (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteAutoScalingGroup.html>).
fn delete(call: &mut Call<'_>) -> Answer {
    let (force, now) = (call.flag("ForceDelete"), call.now());
    let act_after = later(now, call.account.settings.timings.autoscaling_reaction.into());
    let group = validate::group(call)?;
    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/resource-deletion-protection.html
    let protection = group.options.deletion_protection.as_str();
    if protection == "prevent-all-deletion" || (force && protection == "prevent-force-deletion") {
        return Err(error(format!(
            "AutoScalingGroup {} has deletion protection {protection} and cannot be deleted.",
            group.name
        )));
    }
    if !force && !group.members.is_empty() {
        let message = "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance \
                       request(s) still in the group.";
        return Err(ApiError::new("ResourceInUse", message));
    }
    if !force && group.desired > 0 && !group.suspends("Launch") {
        return Err(ApiError::new(
            "ScalingActivityInProgress",
            "You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.",
        ));
    }
    if !group.deleting {
        group.deleting = true;
        group.act_after = Some(act_after);
        for refresh in group.refreshes.iter_mut().filter(|refresh| refresh.status.active()) {
            refresh.cancel(now, "The Auto Scaling group was deleted.");
        }
    }
    let name = group.name.clone();
    turn::soon(call, &name);
    Ok(Value::Object(serde_json::Map::new()))
}
