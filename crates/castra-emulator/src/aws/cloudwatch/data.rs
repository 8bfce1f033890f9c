//! PutMetricData (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::evaluate;
use super::metric::Metric;
use super::statistic::Samples;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// How many metrics a region knows; those that were quiet longest are forgotten.
const MOST: usize = 3_000;

/// How many numbers it keeps of them; more, and metrics are forgotten as above.
const MOST_NUMBERS: usize = 1_000_000;

pub(super) const OPERATIONS: Operations = &[("PutMetricData", put)];

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterValue", message)
}

fn put(call: &mut Call<'_>) -> Answer {
    let namespace = call.required("Namespace");
    if namespace.starts_with("AWS/") {
        return Err(invalid("The value AWS/ for parameter Namespace is invalid."));
    }
    let data = call.list("MetricData");
    if data.is_empty() {
        return Err(ApiError::new("MissingParameter", "The parameter MetricData is required."));
    }
    if data.len() > 1_000 {
        return Err(invalid("The collection MetricData must not have a size greater than 1000."));
    }
    let now = call.now();
    let mut read = Vec::with_capacity(data.len());
    for (index, datum) in data.iter().enumerate() {
        let at = format!("MetricData.member.{}", index + 1);
        let metric = Metric::read(namespace, datum);
        if metric.dimensions.len() > 30 {
            return Err(invalid(format!("The collection {at}.Dimensions must not have a size greater than 30.")));
        }
        read.push((metric, second(datum, now, &at)?, samples(datum, &at)?, datum.get("Unit").and_then(Value::as_str)));
    }
    let state = &mut call.here().cloudwatch;
    let mut touched = Vec::new();
    for (metric, second, samples, unit) in read {
        let series = state.series.entry(metric.clone()).or_default();
        for samples in &samples {
            series.add(second, samples);
        }
        series.unit = unit.map(str::to_owned);
        touched.push(metric);
    }
    while state.series.len() > MOST
        || (state.series.len() > 1 && state.series.values().map(|series| series.size).sum::<usize>() > MOST_NUMBERS)
    {
        let quietest = state.series.iter().min_by_key(|(_, series)| series.latest()).map(|(metric, _)| metric.clone());
        let Some(quietest) = quietest else { break };
        state.series.remove(&quietest);
    }
    let watching = state.alarms.values().filter(|alarm| touched.contains(&alarm.metric));
    let names: Vec<String> = watching.map(|alarm| alarm.name.clone()).collect();
    for name in names {
        evaluate::schedule(call.account, call.region, &name);
    }
    Ok(json!({}))
}

/// The second of a datum: at most two weeks ago and two hours ahead. Without high resolution the minute's first.
fn second(datum: &Value, now: Timestamp, at: &str) -> Result<i64, ApiError> {
    let second = match datum.get("Timestamp").and_then(Value::as_f64) {
        None => now.as_second(),
        #[expect(clippy::cast_possible_truncation, reason = "saturates, and what is too far is refused")]
        Some(seconds) => seconds.floor() as i64,
    };
    let age = now.as_second().saturating_sub(second);
    if !(-7_200..=1_209_600).contains(&age) {
        return Err(invalid(format!(
            "The parameter {at}.Timestamp must specify a time no more than two weeks in the past and two hours in the \
             future."
        )));
    }
    let high_resolution = datum.get("StorageResolution").and_then(Value::as_i64) == Some(1);
    Ok(if high_resolution { second } else { second.div_euclid(60) * 60 })
}

fn samples(datum: &Value, at: &str) -> Result<Vec<Samples>, ApiError> {
    let numbers = |member: &str| -> Vec<f64> {
        let list = datum.get(member).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(Value::as_f64).collect()
    };
    let (value, set, values) =
        (datum.get("Value").and_then(Value::as_f64), datum.get("StatisticValues"), numbers("Values"));
    let given = usize::from(value.is_some()) + usize::from(set.is_some()) + usize::from(!values.is_empty());
    if given == 0 {
        let message = format!(
            "At least one of the parameters {at}.Value, {at}.Values or {at}.StatisticValues must be specified."
        );
        return Err(ApiError::new("MissingParameter", message));
    }
    if given > 1 {
        let message = format!(
            "The parameters {at}.Value, {at}.Values and {at}.StatisticValues are mutually exclusive and you have specified more than one."
        );
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let read = match (value, set) {
        (Some(value), _) => vec![Samples::of(value, 1.0)],
        (None, Some(set)) => {
            let member = |name: &str| set.get(name).and_then(Value::as_f64).unwrap_or(0.0);
            vec![Samples::of_set(member("SampleCount"), member("Sum"), member("Minimum"), member("Maximum"))]
        }
        (None, None) => {
            let counts = numbers("Counts");
            if values.len() > 150 || (!counts.is_empty() && counts.len() != values.len()) {
                return Err(invalid(format!(
                    "{at}.Values and {at}.Counts must have the same number of members, which is at most 150."
                )));
            }
            let count = |index: usize| counts.get(index).copied().unwrap_or(1.0);
            values.iter().enumerate().map(|(index, value)| Samples::of(*value, count(index))).collect()
        }
    };
    // Beyond 2^360 nothing is kept.
    if read.iter().any(|samples| !samples.sum.is_finite() || samples.sum.abs() > 2.0_f64.powi(360)) {
        return Err(invalid(format!("The value for parameter {at}.Value is out of range.")));
    }
    Ok(read)
}
