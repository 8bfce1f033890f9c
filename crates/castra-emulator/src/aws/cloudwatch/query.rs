//! Metrics read: GetMetricStatistics, GetMetricData, ListMetrics.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::metric::Metric;
use super::page;
use super::statistic::{Samples, Statistic};
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations =
    &[("GetMetricData", get_data), ("GetMetricStatistics", get_statistics), ("ListMetrics", list)];

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterValue", message)
}

/// Most datapoints that one answer holds.
const MOST_POINTS: i64 = 1_440;

/// The bounds of a request in whole seconds.
fn bounds(call: &Call<'_>) -> Result<(i64, i64), ApiError> {
    // Three thousand years are enough, and can be reckoned with.
    let seconds = |member: &str| call.input.get(member).and_then(Value::as_f64).unwrap_or(0.0).clamp(-1e11, 1e11);
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let (start, end) = (seconds("StartTime").floor() as i64, seconds("EndTime").ceil() as i64);
    if start >= end {
        return Err(invalid("The parameter StartTime must be less than the parameter EndTime."));
    }
    Ok((start, end))
}

fn check_period(period: i64) -> Result<(), ApiError> {
    if matches!(period, 1 | 5 | 10 | 20 | 30) || (period > 0 && period % 60 == 0) {
        return Ok(());
    }
    Err(invalid("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60."))
}

/// The samples of a metric's periods between two seconds that hold any, the oldest first.
fn periods(
    account: &mut Account,
    region: &str,
    metric: &Metric,
    start: i64,
    end: i64,
    period: i64,
) -> Vec<(i64, Samples)> {
    let first = start.div_euclid(period) * period;
    // A steady metric has a sample a minute up to now.
    let steady = account.settings.cloudwatch.metrics.iter().find(|steady| steady.is(metric));
    let steady = steady.map(|steady| steady.value);
    let now = account.now.as_second();
    let series = account.region(region).cloudwatch.series.get(metric);
    let count = (end - first).div_euclid(period) + i64::from((end - first).rem_euclid(period) != 0);
    let starts = (0..count.min(100_800)).map(|index| first + index * period);
    let samples = starts.filter_map(|start| {
        let samples = match (steady, series) {
            (Some(value), _) if start < now => {
                #[expect(clippy::cast_precision_loss, reason = "a period in minutes is small")]
                let minutes = (period as f64 / 60.0).max(1.0);
                Samples::of(value, minutes)
            }
            (None, Some(series)) => series.between(start, (start + period).min(end.max(start))),
            _ => return None,
        };
        (samples.count > 0.0).then_some((start, samples))
    });
    samples.collect()
}

fn get_statistics(call: &mut Call<'_>) -> Answer {
    let (start, end) = bounds(call)?;
    let period = call.number("Period").unwrap_or(60);
    check_period(period)?;
    if (end - start) / period > MOST_POINTS {
        let message = format!(
            "You have requested up to {} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints \
             requested by increasing Period, or decreasing the time range.",
            (end - start) / period
        );
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let (plain, extended) = (call.texts("Statistics"), call.texts("ExtendedStatistics"));
    if plain.is_empty() && extended.is_empty() {
        return Err(ApiError::new(
            "MissingParameter",
            "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
        ));
    }
    let parse = |text: &&str| {
        let statistic = Statistic::parse(text);
        statistic
            .map(|statistic| (statistic, (*text).to_owned()))
            .ok_or_else(|| invalid(format!("The statistic {text} is invalid.")))
    };
    let plain = plain.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let extended = extended.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let metric = Metric::read(call.required("Namespace"), call.input);
    let known = call.here().cloudwatch.series.get(&metric).and_then(|series| series.unit.clone());
    let unit = known.unwrap_or_else(|| "None".to_owned());
    let wrong_unit = call.text("Unit").is_some_and(|wanted| wanted != unit);
    let mut points = Vec::new();
    if !wrong_unit {
        for (second, samples) in periods(call.account, call.region, &metric, start, end, period) {
            let mut point = Map::new();
            point.insert("Timestamp".to_owned(), second.into());
            point.insert("Unit".to_owned(), unit.as_str().into());
            for (statistic, name) in &plain {
                if let Some(value) = samples.get(*statistic) {
                    point.insert(name.clone(), value.into());
                }
            }
            let values =
                extended.iter().filter_map(|(statistic, name)| Some((name.clone(), samples.get(*statistic)?.into())));
            let values: Map<String, Value> = values.collect();
            if !values.is_empty() {
                point.insert("ExtendedStatistics".to_owned(), values.into());
            }
            points.push(Value::Object(point));
        }
    }
    Ok(json!({ "Label": metric.name, "Datapoints": points }))
}

/// GetMetricData (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>), without
/// metric math.
fn get_data(call: &mut Call<'_>) -> Answer {
    let (start, end) = bounds(call).map_err(|refusal| ApiError::new("ValidationError", refusal.message))?;
    let descending = call.text("ScanBy") != Some("TimestampAscending");
    let queries = call.list("MetricDataQueries");
    if queries.len() > 500 {
        return Err(ApiError::new(
            "ValidationError",
            "The collection MetricDataQueries must not have a size greater than 500.",
        ));
    }
    let mut results = Vec::new();
    for query in queries {
        let id = query.get("Id").and_then(Value::as_str).unwrap_or_default();
        if !id.starts_with(|first: char| first.is_ascii_lowercase()) {
            let message =
                format!("The value {id} for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.");
            return Err(ApiError::new("ValidationError", message));
        }
        let Some(stat) = query.get("MetricStat") else {
            return Err(ApiError::new("ValidationError", "Expressions are not available here; ask for a MetricStat."));
        };
        let metric = stat.get("Metric").unwrap_or(&Value::Null);
        let namespace = metric.get("Namespace").and_then(Value::as_str).unwrap_or_default();
        let metric = Metric::read(namespace, metric);
        let period = stat.get("Period").and_then(Value::as_i64).unwrap_or(60);
        check_period(period).map_err(|refusal| ApiError::new("ValidationError", refusal.message))?;
        let text = stat.get("Stat").and_then(Value::as_str).unwrap_or_default();
        let statistic = Statistic::parse(text)
            .ok_or_else(|| ApiError::new("ValidationError", format!("The statistic {text} is invalid.")))?;
        if query.get("ReturnData").is_some_and(|flag| flag == false) {
            continue;
        }
        let found = periods(call.account, call.region, &metric, start, end, period);
        let mut points: Vec<(i64, f64)> =
            found.iter().filter_map(|(second, samples)| Some((*second, samples.get(statistic)?))).collect();
        if descending {
            points.reverse();
        }
        let label = query.get("Label").and_then(Value::as_str).unwrap_or(&metric.name);
        results.push(json!({
            "Id": id,
            "Label": label,
            "Timestamps": points.iter().map(|(second, _)| *second).collect::<Vec<_>>(),
            "Values": points.iter().map(|(_, value)| *value).collect::<Vec<_>>(),
            "StatusCode": "Complete",
        }));
    }
    Ok(json!({ "MetricDataResults": results, "Messages": [] }))
}

/// ListMetrics (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html>): what had data
/// in the last two weeks, 500 a page.
fn list(call: &mut Call<'_>) -> Answer {
    let (namespace, name) = (call.text("Namespace"), call.text("MetricName"));
    let recent = call.text("RecentlyActive").is_some();
    let now: Timestamp = call.now();
    let dimensions = call.list("Dimensions");
    let matches = |metric: &Metric| {
        dimensions.iter().all(|dimension| {
            let text = |member: &str| dimension.get(member).and_then(Value::as_str);
            let value = text("Name").and_then(|name| metric.dimensions.get(name));
            value.is_some_and(|value| text("Value").is_none_or(|wanted| wanted == value))
        })
    };
    let oldest = now.as_second() - if recent { 10_800 } else { 1_209_600 };
    let series = call.here().cloudwatch.series.iter();
    let wanted = series.filter(|(metric, series)| {
        namespace.is_none_or(|namespace| metric.namespace == namespace)
            && name.is_none_or(|name| metric.name == name)
            && matches(metric)
            && series.latest().is_some_and(|latest| latest >= oldest)
    });
    let shown: Vec<Value> = wanted
        .map(|(metric, _)| {
        json!({ "Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": metric.show_dimensions() })
    })
        .collect();
    let (metrics, next) = page::of(call, shown, 500)?;
    let mut output = json!({ "Metrics": metrics });
    if let (Some(next), Some(members)) = (next, output.as_object_mut()) {
        members.insert("NextToken".to_owned(), next.into());
    }
    Ok(output)
}
