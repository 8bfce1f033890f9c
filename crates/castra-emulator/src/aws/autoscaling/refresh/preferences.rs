//! How a refresh is to go on
//! (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html>).

use serde_json::{Map, Value};

use super::super::state::Group;
use super::super::validate::error;
use crate::aws::ApiError;

/// A refresh's preferences, with the defaults of its group.
#[derive(Debug, Clone)]
pub(super) struct Preferences {
    /// Percent of the desired capacity.
    pub(super) min_healthy: i64,
    /// As above; none if neither the request nor the group says, which isn't the same as 100.
    pub(super) max_healthy: Option<i64>,
    /// Seconds.
    pub(super) warmup: i64,
    /// Percentages, ascending.
    pub(super) checkpoints: Vec<i64>,
    /// Seconds.
    pub(super) delay: i64,
    pub(super) skip_matching: bool,
    pub(super) auto_rollback: bool,
    pub(super) protected: Obstacle,
    pub(super) standby: Obstacle,
    /// Names of alarms that make it fail.
    pub(super) alarms: Vec<String>,
    /// Seconds.
    pub(super) bake: i64,
    /// As given.
    given: Map<String, Value>,
}

/// What happens about instances that are protected or in standby.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    Replace,
    Ignore,
    Wait,
}

impl Preferences {
    /// Reads a request's preferences for a group.
    pub(super) fn read(group: &Group, given: Option<&Value>) -> Result<Self, ApiError> {
        let given = given.and_then(Value::as_object).cloned().unwrap_or_default();
        let number = |member: &str| given.get(member).and_then(Value::as_i64);
        let flag = |member: &str| given.get(member).and_then(Value::as_bool).unwrap_or(false);
        let obstacle = |member: &str| match given.get(member).and_then(Value::as_str) {
            Some("Refresh" | "Terminate") => Obstacle::Replace,
            Some("Ignore") => Obstacle::Ignore,
            _ => Obstacle::Wait,
        };
        let policy = group.options.maintenance;
        let (min, max) = (number("MinHealthyPercentage"), number("MaxHealthyPercentage"));
        if max.is_some() && min.is_none() {
            return Err(error("If you specify MaxHealthyPercentage, you must also specify MinHealthyPercentage."));
        }
        let min_healthy = min.or(policy.map(|(min, _)| min)).unwrap_or(90);
        // A minimum of its own takes the place of the group's policy as a whole.
        let max_healthy = max.or(policy.filter(|_| min.is_none()).map(|(_, max)| max));
        if max_healthy.is_some_and(|max| max - min_healthy > 100) {
            let message = "The difference between MinHealthyPercentage and MaxHealthyPercentage must not exceed 100.";
            return Err(error(message));
        }
        let checkpoints = given.get("CheckpointPercentages").and_then(Value::as_array);
        let checkpoints: Vec<i64> =
            checkpoints.map_or(&[][..], Vec::as_slice).iter().filter_map(Value::as_i64).collect();
        if !checkpoints.is_sorted_by(|one, next| one < next) {
            return Err(error("CheckpointPercentages must be unique and in ascending order."));
        }
        if checkpoints.is_empty() && given.contains_key("CheckpointDelay") {
            return Err(error("If you specify CheckpointDelay, you must also specify CheckpointPercentages."));
        }
        let alarms = given.get("AlarmSpecification").and_then(|alarms| alarms.get("Alarms")).and_then(Value::as_array);
        let alarms = alarms.map_or(&[][..], Vec::as_slice).iter();
        Ok(Self {
            min_healthy,
            max_healthy,
            warmup: number("InstanceWarmup").or(group.options.default_warmup).unwrap_or(group.options.grace_period),
            checkpoints,
            delay: number("CheckpointDelay").unwrap_or(3600),
            skip_matching: flag("SkipMatching"),
            auto_rollback: flag("AutoRollback"),
            protected: obstacle("ScaleInProtectedInstances"),
            standby: obstacle("StandbyInstances"),
            alarms: alarms.filter_map(Value::as_str).map(str::to_owned).collect(),
            bake: number("BakeTime").unwrap_or(0),
            given,
        })
    }

    /// As describes show them: the defaults filled in.
    pub(super) fn show(&self) -> Value {
        let mut shown = self.given.clone();
        let mut default = |member: &str, value: Value| {
            shown.entry(member.to_owned()).or_insert(value);
        };
        default("MinHealthyPercentage", self.min_healthy.into());
        default("InstanceWarmup", self.warmup.into());
        default("SkipMatching", self.skip_matching.into());
        default("AutoRollback", self.auto_rollback.into());
        default("ScaleInProtectedInstances", "Wait".into());
        default("StandbyInstances", "Wait".into());
        if let Some(max) = self.max_healthy {
            default("MaxHealthyPercentage", max.into());
        }
        if !self.checkpoints.is_empty() {
            default("CheckpointDelay", self.delay.into());
        }
        shown.into()
    }
}
