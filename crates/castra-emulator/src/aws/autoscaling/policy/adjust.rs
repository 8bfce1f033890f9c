//! Adjustments of capacity
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html#as-scaling-adjustment>).

use serde_json::Value;

use super::super::validate::error;
use crate::aws::ApiError;

/// How an adjustment is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Adjustment {
    Change,
    Exact,
    /// Percent, and the least that it comes to.
    Percent(Option<i64>),
}

impl Adjustment {
    /// Reads `AdjustmentType` and `MinAdjustmentMagnitude`.
    pub(super) fn read(given: &Value) -> Result<Self, ApiError> {
        let number = |member: &str| given.get(member).and_then(Value::as_i64);
        let least = number("MinAdjustmentMagnitude").or(number("MinAdjustmentStep"));
        let adjustment = match given.get("AdjustmentType").and_then(Value::as_str) {
            None => return Err(error("AdjustmentType must be specified for this policy type.")),
            Some("ChangeInCapacity") => Self::Change,
            Some("ExactCapacity") => Self::Exact,
            Some("PercentChangeInCapacity") => Self::Percent(least),
            Some(other) => {
                return Err(error(format!(
                    "Invalid AdjustmentType {other}: valid values are ChangeInCapacity, ExactCapacity and \
                     PercentChangeInCapacity."
                )));
            }
        };
        if least.is_some() && !matches!(adjustment, Self::Percent(_)) {
            return Err(error("MinAdjustmentMagnitude is not supported by the specified adjustment type"));
        }
        Ok(adjustment)
    }

    /// What a capacity becomes.
    pub(super) fn apply(self, capacity: i64, by: i64) -> i64 {
        match self {
            Self::Change => capacity.saturating_add(by),
            Self::Exact => by,
            Self::Percent(least) => {
                // Towards zero, but not to it.
                let change = match capacity.saturating_mul(by) / 100 {
                    0 => by.signum(),
                    change => change,
                };
                let change = match least {
                    Some(least) if change.saturating_abs() < least.saturating_abs() => {
                        least.saturating_abs() * by.signum()
                    }
                    _ => change,
                };
                capacity.saturating_add(change)
            }
        }
    }

    /// Refuses an adjustment that makes no sense.
    pub(super) fn check(self, by: i64) -> Result<(), ApiError> {
        if self == Self::Exact && by < 0 {
            return Err(error("ScalingAdjustment cannot be negative with the specified adjustment type."));
        }
        Ok(())
    }
}

/// A step adjustment, by how far the metric is beyond the threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    lower: Option<f64>,
    upper: Option<f64>,
    pub(super) by: i64,
}

impl Step {
    /// Reads a policy's steps, which must not overlap or leave gaps
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StepAdjustment.html>).
    pub(super) fn read_all(given: &Value) -> Result<Vec<Self>, ApiError> {
        let list = given.get("StepAdjustments").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if list.is_empty() {
            return Err(error("At least one StepAdjustment must be specified for step policies."));
        }
        let step = |step: &Value| {
            let bound = |member: &str| step.get(member).and_then(Value::as_f64);
            let by = step.get("ScalingAdjustment").and_then(Value::as_i64).unwrap_or(0);
            Self { lower: bound("MetricIntervalLowerBound"), upper: bound("MetricIntervalUpperBound"), by }
        };
        let mut steps: Vec<Self> = list.iter().map(step).collect();
        let lower = |step: &Self| step.lower.unwrap_or(f64::NEG_INFINITY);
        steps.sort_by(|one, other| lower(one).total_cmp(&lower(other)));
        for step in &steps {
            let empty = match (step.lower, step.upper) {
                (None, None) => steps.len() > 1,
                (Some(lower), Some(upper)) => lower >= upper,
                _ => false,
            };
            if empty {
                return Err(error("The upper bound of a step adjustment must be greater than its lower bound."));
            }
        }
        for pair in steps.windows(2) {
            if let [one, next] = pair
                && one.upper != next.lower
            {
                return Err(error("Step adjustments cannot overlap or have gaps."));
            }
        }
        let (first, last) = (steps.first(), steps.last());
        if first.is_some_and(|step| step.lower.is_some_and(|lower| lower < 0.0)) {
            return Err(error(
                "There must be a step adjustment with an unspecified lower bound when one step adjustment has a negative lower bound",
            ));
        }
        if last.is_some_and(|step| step.upper.is_some_and(|upper| upper > 0.0)) {
            return Err(error(
                "There must be a step adjustment with an unspecified upper bound when one step adjustment has a positive upper bound",
            ));
        }
        Ok(steps)
    }

    /// Whether the metric is in this step's interval: above the threshold the lower bound belongs to it, below the
    /// upper.
    pub(super) fn holds(self, beyond: f64) -> bool {
        let (lower, upper) = (self.lower.unwrap_or(f64::NEG_INFINITY), self.upper.unwrap_or(f64::INFINITY));
        if beyond >= 0.0 { lower <= beyond && beyond < upper } else { lower < beyond && beyond <= upper }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    /// The examples of the documentation's table, and its rounding rules.
    #[test]
    fn capacities() {
        for (adjustment, capacity, by, expected) in [
            (Adjustment::Change, 3, 5, 8),
            (Adjustment::Exact, 3, 5, 5),
            (Adjustment::Percent(None), 10, 10, 11),
            (Adjustment::Percent(None), 4, 25, 5),
            (Adjustment::Percent(Some(2)), 4, 25, 6),
            (Adjustment::Percent(None), 10, 127, 22),
            (Adjustment::Percent(None), 10, 4, 11),
            (Adjustment::Percent(None), 10, -4, 9),
            (Adjustment::Percent(None), 10, -66, 4),
        ] {
            assert_eq!(adjustment.apply(capacity, by), expected, "{adjustment:?} {capacity} {by}");
        }
    }

    #[test]
    fn steps() {
        let steps = Step::read_all(&json!({ "StepAdjustments": [
            { "MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1 },
            { "MetricIntervalLowerBound": 10.0, "ScalingAdjustment": 3 },
        ] }));
        let steps = steps.unwrap();
        let by = |beyond| steps.iter().find(|step| step.holds(beyond)).map(|step| step.by);
        assert_eq!((by(0.0), by(9.9), by(10.0), by(-1.0)), (Some(1), Some(1), Some(3), None));
        for bad in [
            json!([{ "MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1 }]),
            json!([{ "MetricIntervalLowerBound": -5.0, "ScalingAdjustment": 1 }]),
            json!([
                { "MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1 },
                { "MetricIntervalLowerBound": 11.0, "ScalingAdjustment": 3 },
            ]),
        ] {
            assert!(Step::read_all(&json!({ "StepAdjustments": bad })).is_err());
        }
    }
}
