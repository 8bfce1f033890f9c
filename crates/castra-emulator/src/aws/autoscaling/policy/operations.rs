//! Policies put, described, executed and deleted.

use serde_json::{Map, Value, json};

use super::super::validate::{self, error};
use super::super::{page, state::Group};
use super::adjust::{Adjustment, Step};
use super::execute::{self, Trigger};
use super::{Kind, Policy, forget, track};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::cloudwatch;
use crate::aws::error::Answer;

/// How many policies a group may have
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html>).
const MOST: usize = 50;

pub(in super::super) const OPERATIONS: Operations = &[
    ("DeletePolicy", delete),
    ("DescribePolicies", describe),
    ("ExecutePolicy", execute_policy),
    ("PutScalingPolicy", put),
];

/// PutScalingPolicy (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScalingPolicy.html>).
fn put(call: &mut Call<'_>) -> Answer {
    let (input, name) = (call.input, call.required("PolicyName"));
    let group = validate::changeable(call)?;
    let group_name = group.name.clone();
    let known = group.policies.get(name).cloned();
    if known.is_none() && group.policies.len() >= MOST {
        return Err(ApiError::new("LimitExceeded", format!("Only {MOST} scaling policies are allowed per group.")));
    }
    let kind = kind(input)?;
    let arn = known.as_ref().map(|known| known.arn.clone()).unwrap_or_else(|| {
        let id = call.account.chance.uuid();
        call.arn("autoscaling", &format!("scalingPolicy:{id}:autoScalingGroupName/{group_name}:policyName/{name}"))
    });
    if let Some(configuration) = input.get("TargetTrackingConfiguration") {
        let metric = track::metric(configuration, &group_name)?.0;
        let same = |policy: &Policy| {
            let tracked = policy.given.get("TargetTrackingConfiguration");
            let tracked = tracked.and_then(|other| track::metric(other, &group_name).ok());
            policy.name != name && tracked.is_some_and(|(other, ..)| other == metric)
        };
        if validate::changeable(call)?.policies.values().any(same) {
            let message = "Only one TargetTrackingScaling policy for a given metric specification is allowed.";
            return Err(error(message));
        }
    }
    let alarms = match (&kind, input.get("TargetTrackingConfiguration")) {
        (Kind::Target { value, .. }, Some(configuration)) => {
            track::alarms(call.account, call.region, &group_name, &arn, configuration, *value)?
        }
        _ => Vec::new(),
    };
    // A policy's old alarms go with what it was.
    for (alarm, _) in known.iter().flat_map(|known| &known.alarms) {
        cloudwatch::delete(call.account, call.region, alarm);
    }
    let own: Vec<(String, String)> = alarms.iter().map(|alarm| (alarm.name.clone(), alarm.arn.clone())).collect();
    for alarm in alarms {
        cloudwatch::put(call.account, call.region, alarm);
    }
    let shown = show_alarms(&own);
    let policy = Policy {
        name: name.to_owned(),
        arn: arn.clone(),
        enabled: input.get("Enabled").is_none_or(|flag| flag != false),
        kind,
        alarms: own,
        given: input.as_object().cloned().unwrap_or_default(),
    };
    validate::changeable(call)?.policies.insert(name.to_owned(), policy);
    Ok(json!({ "PolicyARN": arn, "Alarms": shown }))
}

fn kind(input: &Value) -> Result<Kind, ApiError> {
    let number = |member: &str| input.get(member).and_then(Value::as_i64);
    let has = |member: &str| input.get(member).is_some();
    let kind = input.get("PolicyType").and_then(Value::as_str).unwrap_or("SimpleScaling");
    let foreign: &[&str] = match kind {
        "SimpleScaling" => {
            &["StepAdjustments", "TargetTrackingConfiguration", "EstimatedInstanceWarmup", "MetricAggregationType"]
        }
        "StepScaling" => &["ScalingAdjustment", "Cooldown", "TargetTrackingConfiguration"],
        _ => &[
            "ScalingAdjustment",
            "Cooldown",
            "StepAdjustments",
            "AdjustmentType",
            "MinAdjustmentMagnitude",
            "MetricAggregationType",
        ],
    };
    if let Some(member) = foreign.iter().find(|member| has(member)) {
        return Err(error(format!("{member} is not supported by the specified policy type {kind}.")));
    }
    match kind {
        "SimpleScaling" => {
            let adjustment = Adjustment::read(input)?;
            let by = number("ScalingAdjustment")
                .ok_or_else(|| error("You must specify the ScalingAdjustment for simple policies."))?;
            adjustment.check(by)?;
            Ok(Kind::Simple { adjustment, by, cooldown: number("Cooldown") })
        }
        "StepScaling" => {
            let adjustment = Adjustment::read(input)?;
            let steps = Step::read_all(input)?;
            for step in &steps {
                adjustment.check(step.by)?;
            }
            Ok(Kind::Step { adjustment, steps, warmup: number("EstimatedInstanceWarmup") })
        }
        "TargetTrackingScaling" => {
            let configuration = input
                .get("TargetTrackingConfiguration")
                .ok_or_else(|| error("TargetTrackingConfiguration must be specified for target tracking policies."))?;
            let value = configuration.get("TargetValue").and_then(Value::as_f64).unwrap_or(0.0);
            if value <= 0.0 {
                return Err(error("TargetValue must be greater than 0."));
            }
            let scale_in = !configuration.get("DisableScaleIn").and_then(Value::as_bool).unwrap_or(false);
            track::metric(configuration, "")?;
            Ok(Kind::Target { value, scale_in, warmup: number("EstimatedInstanceWarmup") })
        }
        "PredictiveScaling" => Err(error("Predictive scaling is not available here.")),
        _ => Err(error(format!(
            "Unsupported policy type {kind}: valid values are SimpleScaling, StepScaling, TargetTrackingScaling and \
             PredictiveScaling."
        ))),
    }
}

fn show_alarms(alarms: &[(String, String)]) -> Vec<Value> {
    alarms.iter().map(|(name, arn)| json!({ "AlarmName": name, "AlarmARN": arn })).collect()
}

/// The policy that the call names by name or ARN, and its group's name.
fn named(call: &mut Call<'_>) -> Result<(String, Policy), ApiError> {
    let name = call.required("PolicyName");
    let group = call.text("AutoScalingGroupName");
    if let Some(group) = group {
        validate::group_named(call, group)?;
    }
    let groups = &call.here().autoscaling.groups;
    let is_its = |policy: &&Policy| policy.arn == name || (group.is_some() && policy.name == name);
    groups
        .values()
        .filter(|found| group.is_none_or(|group| found.name == group || found.arn == group))
        .find_map(|found| Some((found.name.clone(), found.policies.values().find(is_its)?.clone())))
        .ok_or_else(|| error(format!("Policy {name} not found")))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let (group, policy) = named(call)?;
    forget(call.account, call.region, &policy);
    validate::group_named(call, &group)?.policies.remove(&policy.name);
    Ok(json!({}))
}

/// ExecutePolicy (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_ExecutePolicy.html>).
fn execute_policy(call: &mut Call<'_>) -> Answer {
    let (group, policy) = named(call)?;
    let number = |member: &str| call.input.get(member).and_then(Value::as_f64);
    let (value, threshold) = (number("MetricValue"), number("BreachThreshold"));
    match policy.kind {
        Kind::Step { .. } if value.is_none() || threshold.is_none() => {
            return Err(error("MetricValue and BreachThreshold are required for step scaling policies."));
        }
        Kind::Simple { .. } if value.is_some() || threshold.is_some() => {
            return Err(error("MetricValue and BreachThreshold are not supported for simple scaling policies."));
        }
        Kind::Target { .. } => return Err(error("Target tracking scaling policies cannot be executed.")),
        _ => {}
    }
    let reason = format!("a user request executed policy {}", policy.name);
    let honor_cooldown = call.flag("HonorCooldown");
    let trigger = Trigger { reason: &reason, honor_cooldown, threshold: threshold.unwrap_or(0.0), value };
    execute::execute(call.account, call.region, &group, &policy, &trigger)?;
    Ok(json!({}))
}

fn describe(call: &mut Call<'_>) -> Answer {
    let (group, names, types) =
        (call.text("AutoScalingGroupName"), call.texts("PolicyNames"), call.texts("PolicyTypes"));
    if let Some(group) = group {
        validate::group_named(call, group)?;
    }
    let here = call.here();
    let groups = here.autoscaling.groups.values();
    let mut shown = Vec::new();
    for found in groups.filter(|found| group.is_none_or(|group| found.name == group || found.arn == group)) {
        for policy in found.policies.values() {
            let named = |name: &&str| *name == policy.name || *name == policy.arn;
            let wanted = names.is_empty() || names.iter().any(named);
            if wanted && (types.is_empty() || types.contains(&policy_type(policy))) {
                shown.push(show(policy, found, &here.cloudwatch));
            }
        }
    }
    page::of(call, "ScalingPolicies", shown, 50)
}

fn policy_type(policy: &Policy) -> &'static str {
    match policy.kind {
        Kind::Simple { .. } => "SimpleScaling",
        Kind::Step { .. } => "StepScaling",
        Kind::Target { .. } => "TargetTrackingScaling",
    }
}

fn show(policy: &Policy, group: &Group, alarms: &cloudwatch::State) -> Value {
    let mut shown: Map<String, Value> = policy.given.clone();
    let mut set = |member: &str, value: Value| shown.insert(member.to_owned(), value);
    set("AutoScalingGroupName", group.name.as_str().into());
    set("PolicyName", policy.name.as_str().into());
    set("PolicyARN", policy.arn.as_str().into());
    set("PolicyType", policy_type(policy).into());
    set("Enabled", policy.enabled.into());
    set("StepAdjustments", policy.given.get("StepAdjustments").cloned().unwrap_or_else(|| json!([])));
    set("Alarms", show_alarms(&alarms.alarms_for(&policy.arn)).into());
    if matches!(policy.kind, Kind::Step { .. }) {
        let aggregation = policy.given.get("MetricAggregationType").cloned().unwrap_or_else(|| "Average".into());
        set("MetricAggregationType", aggregation);
    }
    if let (Kind::Target { scale_in, .. }, Some(configuration)) =
        (&policy.kind, policy.given.get("TargetTrackingConfiguration"))
    {
        let mut configuration = configuration.clone();
        if let Some(members) = configuration.as_object_mut() {
            members.insert("DisableScaleIn".to_owned(), (!scale_in).into());
        }
        set("TargetTrackingConfiguration", configuration);
    }
    shown.into()
}
