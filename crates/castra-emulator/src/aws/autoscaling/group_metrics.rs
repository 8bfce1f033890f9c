//! Which of a group's metrics are collected
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html>): kept and shown.

use serde_json::{Value, json};

use super::validate::{self, error};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// Their names.
const ALL: [&str; 20] = [
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
    "GroupInServiceCapacity",
    "GroupPendingCapacity",
    "GroupStandbyCapacity",
    "GroupTerminatingCapacity",
    "GroupTotalCapacity",
    "WarmPoolDesiredCapacity",
    "WarmPoolWarmedCapacity",
    "WarmPoolPendingCapacity",
    "WarmPoolTerminatingCapacity",
    "WarmPoolTotalCapacity",
    "GroupAndWarmPoolDesiredCapacity",
    "GroupAndWarmPoolTotalCapacity",
];

pub(super) const OPERATIONS: Operations = &[
    ("DescribeMetricCollectionTypes", describe_types),
    ("DisableMetricsCollection", disable),
    ("EnableMetricsCollection", enable),
];

/// The metrics that a call names; all if it names none.
fn named<'a>(call: &Call<'a>) -> Result<Vec<&'a str>, ApiError> {
    let names = call.texts("Metrics");
    if let Some(unknown) = names.iter().find(|name| !ALL.contains(name)) {
        return Err(error(format!("Invalid metric: {unknown}")));
    }
    Ok(if names.is_empty() { ALL.to_vec() } else { names })
}

fn enable(call: &mut Call<'_>) -> Answer {
    let granularity = call.required("Granularity");
    if granularity != "1Minute" {
        return Err(error(format!("Invalid granularity: {granularity}. The only valid value is 1Minute.")));
    }
    let names = named(call)?;
    validate::changeable(call)?.metrics.extend(names.into_iter().map(str::to_owned));
    Ok(json!({}))
}

fn disable(call: &mut Call<'_>) -> Answer {
    let names = named(call)?;
    validate::changeable(call)?.metrics.retain(|metric| !names.contains(&metric.as_str()));
    Ok(json!({}))
}

fn describe_types(_: &mut Call<'_>) -> Answer {
    let metrics: Vec<Value> = ALL.iter().map(|name| json!({ "Metric": name })).collect();
    Ok(json!({ "Metrics": metrics, "Granularities": [{ "Granularity": "1Minute" }] }))
}
