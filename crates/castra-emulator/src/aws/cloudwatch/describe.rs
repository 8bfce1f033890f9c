//! Alarms described.

use serde_json::{Value, json};

use super::alarm::Alarm;
use super::metric::Metric;
use super::page;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations =
    &[("DescribeAlarms", describe), ("DescribeAlarmsForMetric", describe_for_metric)];

/// DescribeAlarms (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>). There are
/// only metric alarms.
fn describe(call: &mut Call<'_>) -> Answer {
    let (names, prefix) = (call.texts("AlarmNames"), call.text("AlarmNamePrefix"));
    if !names.is_empty() && prefix.is_some() {
        let message = "AlarmNames and AlarmNamePrefix cannot both be specified.";
        return Err(ApiError::new("ValidationError", message));
    }
    let (state, action) = (call.text("StateValue"), call.text("ActionPrefix"));
    let types = call.texts("AlarmTypes");
    let wanted = |alarm: &&Alarm| {
        let actions = [&alarm.alarm_actions, &alarm.ok_actions, &alarm.insufficient_data_actions];
        (names.is_empty() || names.contains(&alarm.name.as_str()))
            && prefix.is_none_or(|prefix| alarm.name.starts_with(prefix))
            && state.is_none_or(|state| alarm.state.shown() == state)
            && (types.is_empty() || types.contains(&"MetricAlarm"))
            && action.is_none_or(|prefix| actions.into_iter().flatten().any(|action| action.starts_with(prefix)))
    };
    let shown: Vec<Value> = call.here().cloudwatch.alarms.values().filter(wanted).map(Alarm::show).collect();
    let most = call.number("MaxRecords").and_then(|most| usize::try_from(most).ok()).unwrap_or(50);
    let (alarms, next) = page::of(call, shown, most)?;
    let mut output = json!({ "MetricAlarms": alarms, "CompositeAlarms": [] });
    if let (Some(next), Some(members)) = (next, output.as_object_mut()) {
        members.insert("NextToken".to_owned(), next.into());
    }
    Ok(output)
}

fn describe_for_metric(call: &mut Call<'_>) -> Answer {
    let metric = Metric::read(call.required("Namespace"), call.input);
    let statistic = call.text("Statistic").or(call.text("ExtendedStatistic"));
    let (period, unit) = (call.number("Period"), call.text("Unit"));
    let wanted = |alarm: &&Alarm| {
        alarm.metric == metric
            && statistic.is_none_or(|statistic| alarm.statistic.shown() == statistic)
            && period.is_none_or(|period| alarm.period == period)
            && unit.is_none_or(|unit| alarm.unit.as_deref() == Some(unit))
    };
    let shown: Vec<Value> = call.here().cloudwatch.alarms.values().filter(wanted).map(Alarm::show).collect();
    Ok(json!({ "MetricAlarms": shown }))
}
