//! Processes of a group, suspended and resumed
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html>).

use serde_json::{Value, json};

use super::turn;
use super::validate::{self, error};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// Their names.
const ALL: [&str; 9] = [
    "AZRebalance",
    "AddToLoadBalancer",
    "AlarmNotification",
    "HealthCheck",
    "InstanceRefresh",
    "Launch",
    "ReplaceUnhealthy",
    "ScheduledActions",
    "Terminate",
];

pub(super) const OPERATIONS: Operations =
    &[("DescribeScalingProcessTypes", describe_types), ("ResumeProcesses", resume), ("SuspendProcesses", suspend)];

/// The processes that a call names; all if it names none.
fn named<'a>(call: &Call<'a>) -> Result<Vec<&'a str>, ApiError> {
    let names = call.texts("ScalingProcesses");
    if let Some(unknown) = names.iter().find(|name| !ALL.contains(name)) {
        return Err(error(format!("Invalid scaling process: {unknown}. Valid values are {}.", ALL.join(", "))));
    }
    Ok(if names.is_empty() { ALL.to_vec() } else { names })
}

fn suspend(call: &mut Call<'_>) -> Answer {
    let names = named(call)?;
    let reason = format!("User suspended at {}", super::activity::at(call.now()));
    let group = validate::changeable(call)?;
    for name in names {
        group.suspended.entry(name.to_owned()).or_insert_with(|| reason.clone());
    }
    Ok(json!({}))
}

fn resume(call: &mut Call<'_>) -> Answer {
    let names = named(call)?;
    let group = validate::changeable(call)?;
    for name in names {
        if group.suspended.remove(name).is_some() && name == "Launch" {
            group.failures = super::state::Failures::default();
        }
    }
    let name = group.name.clone();
    turn::soon(call, &name);
    Ok(json!({}))
}

fn describe_types(_: &mut Call<'_>) -> Answer {
    let types: Vec<Value> = ALL.iter().map(|name| json!({ "ProcessName": name })).collect();
    Ok(json!({ "Processes": types }))
}
