//! Groups and members as describes show them.

use serde_json::{Map, Value, json};

use super::member::Member;
use super::state::{AttachedState, Group};
use super::{page, spread, tags, termination, validate};
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::ec2;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[
    ("DescribeAccountLimits", limits),
    ("DescribeAdjustmentTypes", adjustment_types),
    ("DescribeAutoScalingGroups", groups),
    ("DescribeAutoScalingInstances", instances),
    ("DescribeTerminationPolicyTypes", termination_policy_types),
    ("DescribeWarmPool", warm_pool),
];

/// DescribeAutoScalingGroups
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>): names that nothing
/// has are passed over.
fn groups(call: &mut Call<'_>) -> Answer {
    let names = call.texts("AutoScalingGroupNames");
    let with_instances = call.input.get("IncludeInstances").is_none_or(|flag| flag != false);
    let filters = validate::filters(call);
    let known = |name: &str| matches!(name, "tag-key" | "tag-value") || name.starts_with("tag:");
    if let Some((name, _)) = filters.iter().find(|(name, _)| !known(name)) {
        return Err(validate::bad_filter(name));
    }
    let passes = |group: &Group| {
        filters.iter().all(|(name, values)| match (*name, name.strip_prefix("tag:")) {
            ("tag-key", _) => values.iter().any(|value| group.tags.contains_key(value)),
            ("tag-value", _) => group.tags.values().any(|(value, _)| values.contains(value)),
            (_, key) => key.and_then(|key| group.tags.get(key)).is_some_and(|(value, _)| values.contains(value)),
        })
    };
    let wanted = |group: &&Group| (names.is_empty() || names.contains(&group.name.as_str())) && passes(group);
    let zones = Zones::of(call);
    let groups = call.here().autoscaling.groups.values();
    let shown = groups.filter(wanted).map(|group| show(group, with_instances, &zones)).collect();
    page::of(call, "AutoScalingGroups", shown, 50)
}

/// Ids of zones by their names, as the account sees them.
struct Zones(Vec<ec2::Zone>);

impl Zones {
    fn of(call: &Call<'_>) -> Self {
        Self(ec2::zones(&call.account.id, call.region))
    }

    fn id(&self, name: &str) -> &str {
        self.0.iter().find(|zone| zone.name == name).map_or("", |zone| &zone.id)
    }
}

fn show(group: &Group, with_instances: bool, zones: &Zones) -> Value {
    let mut shown = Map::new();
    group.options.show(&mut shown);
    group.source.show(&mut shown);
    let mut set = |member: &str, value: Value| shown.insert(member.to_owned(), value);
    set("AutoScalingGroupName", group.name.as_str().into());
    set("AutoScalingGroupARN", group.arn.as_str().into());
    set("CreatedTime", epoch(group.created));
    set("MinSize", group.min.into());
    set("MaxSize", group.max.into());
    set("DesiredCapacity", group.desired.into());
    let places = spread::zones(&group.places);
    set("AvailabilityZoneIds", places.iter().map(|zone| zones.id(zone)).collect());
    set("AvailabilityZones", places.into());
    set("LoadBalancerNames", json!([]));
    let attached = || group.targets.iter().filter(|target| !matches!(target.state, AttachedState::Removing(_)));
    set("TargetGroupARNs", attached().map(|target| target.arn.as_str()).collect());
    set("TrafficSources", attached().map(|target| json!({ "Identifier": target.arn, "Type": "elbv2" })).collect());
    if with_instances {
        set("Instances", group.members.iter().map(|one| member(one, zones)).collect());
    }
    let suspended = |(name, reason): (&String, &String)| json!({ "ProcessName": name, "SuspensionReason": reason });
    set("SuspendedProcesses", group.suspended.iter().map(suspended).collect());
    let metric = |name: &String| json!({ "Metric": name, "Granularity": "1Minute" });
    set("EnabledMetrics", group.metrics.iter().map(metric).collect());
    set("Tags", tags::show(group).into());
    set("VPCZoneIdentifier", group.subnets.clone().unwrap_or_default().into());
    if group.deleting {
        set("Status", "Delete in progress".into());
    }
    shown.into()
}

/// A member as a group shows it.
fn member(member: &Member, zones: &Zones) -> Value {
    let mut shown = json!({
        "InstanceId": member.id,
        "InstanceType": member.instance_type,
        "ImageId": member.image,
        "AvailabilityZone": member.zone,
        "AvailabilityZoneId": zones.id(&member.zone),
        "LifecycleState": member.state.shown(),
        "HealthStatus": if member.healthy { "Healthy" } else { "Unhealthy" },
        "ProtectedFromScaleIn": member.protected,
    });
    if let Some(shown) = shown.as_object_mut() {
        if let Some(from) = &member.launched_from {
            let template = json!({
                "LaunchTemplateId": from.id,
                "LaunchTemplateName": from.name,
                "Version": from.version.to_string(),
            });
            shown.insert("LaunchTemplate".to_owned(), template);
        }
        if member.weighted {
            shown.insert("WeightedCapacity".to_owned(), member.weight.to_string().into());
        }
    }
    shown
}

/// DescribeAutoScalingInstances
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingInstances.html>): instances that
/// aren't members are passed over; the health is in capitals here.
fn instances(call: &mut Call<'_>) -> Answer {
    let ids = call.texts("InstanceIds");
    let zones = Zones::of(call);
    let mut shown = Vec::new();
    for group in call.here().autoscaling.groups.values() {
        for one in group.members.iter().filter(|one| ids.is_empty() || ids.contains(&one.id.as_str())) {
            let mut value = member(one, &zones);
            if let Some(members) = value.as_object_mut() {
                members.insert("AutoScalingGroupName".to_owned(), group.name.as_str().into());
                let health = if one.healthy { "HEALTHY" } else { "UNHEALTHY" };
                members.insert("HealthStatus".to_owned(), health.into());
            }
            shown.push(value);
        }
    }
    page::of(call, "AutoScalingInstances", shown, 50)
}

/// DescribeAccountLimits; the default quotas are those of
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html>.
fn limits(call: &mut Call<'_>) -> Answer {
    let limit = call.account.settings.autoscaling.groups;
    Ok(json!({
        "MaxNumberOfAutoScalingGroups": limit,
        "MaxNumberOfLaunchConfigurations": 200,
        "NumberOfAutoScalingGroups": call.here().autoscaling.groups.len(),
        "NumberOfLaunchConfigurations": 0,
    }))
}

fn adjustment_types(_: &mut Call<'_>) -> Answer {
    let types = ["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"];
    let types: Vec<Value> = types.iter().map(|name| json!({ "AdjustmentType": name })).collect();
    Ok(json!({ "AdjustmentTypes": types }))
}

fn termination_policy_types(_: &mut Call<'_>) -> Answer {
    Ok(json!({ "TerminationPolicyTypes": termination::POLICIES }))
}

/// No group has a warm pool here.
fn warm_pool(call: &mut Call<'_>) -> Answer {
    validate::group(call)?;
    Ok(json!({ "Instances": [] }))
}
