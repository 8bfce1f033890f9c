//! Alarms: what they watch, and their actions switched on and off.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::metric::Metric;
use super::statistic::Statistic;
use super::{evaluate, history};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

/// A metric alarm
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html>).
#[derive(Debug, Clone)]
pub(crate) struct Alarm {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) description: Option<String>,
    pub(crate) metric: Metric,
    pub(crate) statistic: Statistic,
    /// Seconds.
    pub(crate) period: i64,
    pub(crate) unit: Option<String>,
    pub(crate) evaluation_periods: usize,
    /// None = all of the evaluation periods.
    pub(crate) datapoints_to_alarm: Option<usize>,
    pub(crate) threshold: f64,
    pub(crate) comparison: Comparison,
    pub(crate) missing: Missing,
    pub(crate) actions_enabled: bool,
    pub(crate) alarm_actions: Vec<String>,
    pub(crate) ok_actions: Vec<String>,
    pub(crate) insufficient_data_actions: Vec<String>,
    pub(crate) state: StateValue,
    pub(crate) reason: String,
    pub(crate) reason_data: Option<String>,
    pub(crate) configured: Timestamp,
    /// When its state was last set, and when it last changed.
    pub(crate) updated: Timestamp,
    pub(crate) transitioned: Timestamp,
    pub(crate) tags: BTreeMap<String, String>,
    /// When it is next evaluated, if that is scheduled.
    pub(crate) next: Option<Timestamp>,
}

/// What an alarm says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateValue {
    Ok,
    Alarm,
    InsufficientData,
}

/// How values are held against the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    GreaterOrEqual,
    Greater,
    Less,
    LessOrEqual,
}

/// What is made of missing data
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Unknown,
    Ignore,
    Breaching,
    NotBreaching,
}

impl StateValue {
    /// As describes show it.
    pub(crate) fn shown(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData].into_iter().find(|state| state.shown() == text)
    }
}

impl Comparison {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::GreaterOrEqual, "GreaterThanOrEqualToThreshold", "greater than or equal to"),
        (Self::Greater, "GreaterThanThreshold", "greater than"),
        (Self::Less, "LessThanThreshold", "less than"),
        (Self::LessOrEqual, "LessThanOrEqualToThreshold", "less than or equal to"),
    ];

    pub(super) fn read(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, shown, _)| *shown == text).map(|(comparison, ..)| *comparison)
    }

    pub(super) fn shown(self) -> &'static str {
        Self::ALL.iter().find(|(comparison, ..)| *comparison == self).map_or("", |(_, shown, _)| shown)
    }

    /// In words.
    pub(super) fn words(self) -> &'static str {
        Self::ALL.iter().find(|(comparison, ..)| *comparison == self).map_or("", |(_, _, words)| words)
    }

    /// Whether a value breaches a threshold.
    pub(super) fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterOrEqual => value >= threshold,
            Self::Greater => value > threshold,
            Self::Less => value < threshold,
            Self::LessOrEqual => value <= threshold,
        }
    }
}

impl Missing {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Unknown, "missing"),
        (Self::Ignore, "ignore"),
        (Self::Breaching, "breaching"),
        (Self::NotBreaching, "notBreaching"),
    ];

    pub(super) fn read(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, shown)| *shown == text).map(|(missing, _)| *missing)
    }

    fn shown(self) -> &'static str {
        Self::ALL.iter().find(|(missing, _)| *missing == self).map_or("", |(_, shown)| shown)
    }
}

pub(super) const OPERATIONS: Operations = &[
    ("DeleteAlarms", delete),
    ("DisableAlarmActions", disable_actions),
    ("EnableAlarmActions", enable_actions),
    ("SetAlarmState", set_state),
];

impl Alarm {
    /// As describes show it.
    pub(super) fn show(&self) -> Value {
        let mut shown = Map::new();
        let mut set = |member: &str, value: Option<Value>| {
            if let Some(value) = value {
                shown.insert(member.to_owned(), value);
            }
        };
        set("AlarmName", Some(self.name.as_str().into()));
        set("AlarmArn", Some(self.arn.as_str().into()));
        set("AlarmDescription", self.description.as_deref().map(Into::into));
        set("AlarmConfigurationUpdatedTimestamp", Some(epoch(self.configured)));
        set("ActionsEnabled", Some(self.actions_enabled.into()));
        set("OKActions", Some(self.ok_actions.clone().into()));
        set("AlarmActions", Some(self.alarm_actions.clone().into()));
        set("InsufficientDataActions", Some(self.insufficient_data_actions.clone().into()));
        set("StateValue", Some(self.state.shown().into()));
        set("StateReason", Some(self.reason.as_str().into()));
        set("StateReasonData", self.reason_data.as_deref().map(Into::into));
        set("StateUpdatedTimestamp", Some(epoch(self.updated)));
        set("StateTransitionedTimestamp", Some(epoch(self.transitioned)));
        set("MetricName", Some(self.metric.name.as_str().into()));
        set("Namespace", Some(self.metric.namespace.as_str().into()));
        let statistic = if self.statistic.extended() { "ExtendedStatistic" } else { "Statistic" };
        set(statistic, Some(self.statistic.shown().into()));
        set("Dimensions", Some(self.metric.show_dimensions().into()));
        set("Period", Some(self.period.into()));
        set("Unit", self.unit.as_deref().map(Into::into));
        set("EvaluationPeriods", Some(self.evaluation_periods.into()));
        set("DatapointsToAlarm", self.datapoints_to_alarm.map(Into::into));
        set("Threshold", Some(self.threshold.into()));
        set("ComparisonOperator", Some(self.comparison.shown().into()));
        set("TreatMissingData", Some(self.missing.shown().into()));
        shown.into()
    }
}

/// The refusal of alarms that nothing has
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html>).
fn not_found() -> ApiError {
    ApiError::new("ResourceNotFound", "Unknown")
}

/// If one of them isn't there, none is deleted
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html>); nor is it an error.
fn delete(call: &mut Call<'_>) -> Answer {
    let names = call.texts("AlarmNames");
    let now = call.now();
    let state = &mut call.here().cloudwatch;
    if names.iter().all(|name| state.alarms.contains_key(*name)) {
        for name in names {
            if state.alarms.remove(name).is_some() {
                let summary = format!("Alarm \"{name}\" deleted");
                history::write(state, name, now, "ConfigurationUpdate", &summary, &json!({ "type": "Delete" }));
            }
        }
    }
    Ok(json!({}))
}

fn enable_actions(call: &mut Call<'_>) -> Answer {
    switch_actions(call, true)
}

fn disable_actions(call: &mut Call<'_>) -> Answer {
    switch_actions(call, false)
}

fn switch_actions(call: &mut Call<'_>, on: bool) -> Answer {
    let names = call.texts("AlarmNames");
    for alarm in call.here().cloudwatch.alarms.values_mut() {
        if names.contains(&alarm.name.as_str()) {
            alarm.actions_enabled = on;
        }
    }
    Ok(json!({}))
}

/// SetAlarmState (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html>): the state
/// acts as if it had come about, and lasts until the next evaluation.
fn set_state(call: &mut Call<'_>) -> Answer {
    let (name, reason) = (call.required("AlarmName"), call.required("StateReason"));
    let state = StateValue::read(call.required("StateValue")).unwrap_or(StateValue::Ok);
    let data = call.text("StateReasonData");
    if data.is_some_and(|data| serde_json::from_str::<Value>(data).is_err()) {
        return Err(ApiError::new("InvalidFormat", "StateReasonData is not valid JSON."));
    }
    if !call.here().cloudwatch.alarms.contains_key(name) {
        return Err(not_found());
    }
    let data = data.map(str::to_owned);
    evaluate::enter(call.account, call.region, name, state, reason.to_owned(), data, None);
    Ok(json!({}))
}
