//! PutMetricAlarm (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>).

use serde_json::{Value, json};

use super::alarm::{Alarm, Comparison, Missing, StateValue};
use super::metric::Metric;
use super::statistic::Statistic;
use super::{evaluate, history, tags};
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// How many alarms a region may have
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html> has no bound that an account
/// would reach; this one keeps the memory bounded).
const MOST: usize = 5_000;

pub(super) const OPERATIONS: Operations = &[("PutMetricAlarm", put)];

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationError", message)
}

fn put(call: &mut Call<'_>) -> Answer {
    let alarm = read(call)?;
    let state = &call.here().cloudwatch;
    if !state.alarms.contains_key(&alarm.name) && state.alarms.len() >= MOST {
        return Err(ApiError::new("LimitExceeded", "The quota for alarms for this customer has already been reached."));
    }
    install(call.account, call.region, alarm);
    Ok(json!({}))
}

fn read(call: &mut Call<'_>) -> Result<Alarm, ApiError> {
    let name = call.required("AlarmName").to_owned();
    if !call.list("Metrics").is_empty() || call.input.get("EvaluationCriteria").is_some() {
        return Err(invalid("Alarms on metric math and queries are not available here."));
    }
    let required = |member: &str| {
        call.text(member)
            .ok_or_else(|| ApiError::new("MissingParameter", format!("The parameter {member} is required.")))
    };
    let namespace = required("Namespace")?;
    required("MetricName")?;
    let metric = Metric::read(namespace, call.input);
    let statistic = match (call.text("Statistic"), call.text("ExtendedStatistic")) {
        (Some(_), Some(_)) => return Err(invalid("Statistic and ExtendedStatistic cannot both be specified.")),
        (None, None) => return Err(invalid("At least one of Statistic and ExtendedStatistic must be specified.")),
        (Some(text), None) | (None, Some(text)) => {
            Statistic::parse(text).ok_or_else(|| invalid(format!("The statistic {text} is invalid.")))?
        }
    };
    let period = call.number("Period").ok_or_else(|| invalid("Period must be specified."))?;
    if !(matches!(period, 10 | 20 | 30) || (period > 0 && period % 60 == 0)) {
        return Err(invalid(format!("Period must be 10, 20, 30 or a multiple of 60, and is {period}.")));
    }
    let positive = |member: &str| match call.number(member) {
        None => Ok(None),
        Some(number) => usize::try_from(number)
            .ok()
            .filter(|number| *number > 0)
            .map(Some)
            .ok_or_else(|| invalid(format!("{member} must be at least 1."))),
    };
    let evaluation_periods =
        positive("EvaluationPeriods")?.ok_or_else(|| invalid("EvaluationPeriods must be specified."))?;
    // An alarm looks at a day, or at a week if its period is an hour or more.
    let longest = if period >= 3600 { 604_800 } else { 86_400 };
    if i64::try_from(evaluation_periods).unwrap_or(i64::MAX).saturating_mul(period) > longest {
        return Err(invalid(format!(
            "Metrics cannot be checked across more than {}.",
            if longest == 86_400 { "a day (EvaluationPeriods * Period must be <= 86400)" } else { "7 days" }
        )));
    }
    let datapoints_to_alarm = positive("DatapointsToAlarm")?;
    if datapoints_to_alarm.is_some_and(|points| points > evaluation_periods) {
        return Err(invalid("DatapointsToAlarm must not be greater than EvaluationPeriods."));
    }
    let threshold = call.input.get("Threshold").and_then(Value::as_f64);
    let threshold = threshold.ok_or_else(|| invalid("Threshold must be specified."))?;
    let operator = required("ComparisonOperator")?;
    let comparison = Comparison::read(operator).ok_or_else(|| {
        invalid(format!("The operator {operator} is for anomaly detection, which is not available here."))
    })?;
    let missing = match call.text("TreatMissingData") {
        None => Missing::Unknown,
        Some(text) => Missing::read(text)
            .ok_or_else(|| invalid("TreatMissingData must be one of breaching, notBreaching, ignore or missing."))?,
    };
    let actions = |member: &str| -> Result<Vec<String>, ApiError> {
        let actions = call.texts(member);
        if actions.len() > 5 {
            return Err(invalid(format!("{member} must have at most 5 members.")));
        }
        if let Some(action) = actions.iter().find(|action| !action.starts_with("arn:")) {
            return Err(invalid(format!("Invalid arn syntax: {action}")));
        }
        Ok(actions.into_iter().map(str::to_owned).collect())
    };
    let now = call.now();
    Ok(Alarm {
        arn: call.arn("cloudwatch", &format!("alarm:{name}")),
        name,
        description: call.text("AlarmDescription").map(str::to_owned),
        metric,
        statistic,
        period,
        unit: call.text("Unit").map(str::to_owned),
        evaluation_periods,
        datapoints_to_alarm,
        threshold,
        comparison,
        missing,
        actions_enabled: call.input.get("ActionsEnabled").is_none_or(|flag| flag != false),
        alarm_actions: actions("AlarmActions")?,
        ok_actions: actions("OKActions")?,
        insufficient_data_actions: actions("InsufficientDataActions")?,
        state: StateValue::InsufficientData,
        reason: "Unchecked: Initial alarm creation".to_owned(),
        reason_data: None,
        configured: now,
        updated: now,
        transitioned: now,
        tags: tags::read(call.list("Tags"))?,
        next: None,
    })
}

/// Makes or changes an alarm: a known one keeps its state and tags.
pub(super) fn install(account: &mut Account, region: &str, mut alarm: Alarm) {
    let now = account.now;
    let state = &mut account.region(region).cloudwatch;
    let known = state.alarms.get(&alarm.name).cloned();
    let what = if known.is_some() { "updated" } else { "created" };
    if let Some(known) = known {
        (alarm.state, alarm.reason, alarm.reason_data) = (known.state, known.reason, known.reason_data);
        (alarm.updated, alarm.transitioned, alarm.next) = (known.updated, known.transitioned, known.next);
        alarm.tags = known.tags;
    }
    let name = alarm.name.clone();
    let summary = format!("Alarm \"{name}\" {what}");
    let kind = if what == "created" { "Create" } else { "Update" };
    history::write(state, &name, now, "ConfigurationUpdate", &summary, &json!({ "type": kind }));
    state.alarms.insert(name.clone(), alarm);
    evaluate::schedule(account, region, &name);
}
