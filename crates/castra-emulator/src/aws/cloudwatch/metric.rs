//! Metrics and what is known of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::statistic::Samples;

/// What identifies a metric
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Metric>).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Metric {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) dimensions: BTreeMap<String, String>,
}

/// How many points of time a metric keeps: a day of minutes, and somewhat more. Older ones are forgotten.
const KEPT: usize = 1_600;

/// What is known of a metric, by the second in which it was.
#[derive(Debug, Clone, Default)]
pub(super) struct Series {
    points: BTreeMap<i64, Samples>,
    /// How much memory they take, in numbers.
    pub(super) size: usize,
    pub(super) unit: Option<String>,
}

impl Metric {
    /// The metric that a request names: `Namespace`, `MetricName`, `Dimensions`.
    pub(super) fn read(namespace: &str, given: &Value) -> Self {
        let text =
            |value: &Value, member: &str| value.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let dimensions = given.get("Dimensions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let dimensions = dimensions.iter().map(|dimension| (text(dimension, "Name"), text(dimension, "Value")));
        Self { namespace: namespace.to_owned(), name: text(given, "MetricName"), dimensions: dimensions.collect() }
    }

    /// Its dimensions as describes show them.
    pub(super) fn show_dimensions(&self) -> Vec<Value> {
        self.dimensions.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect()
    }
}

impl Series {
    /// Adds samples of that second.
    pub(super) fn add(&mut self, second: i64, samples: &Samples) {
        let point = self.points.entry(second).or_default();
        self.size -= if point.count > 0.0 { point.size().min(self.size) } else { 0 };
        point.merge(samples);
        self.size += point.size();
        while self.points.len() > KEPT
            && let Some((_, oldest)) = self.points.pop_first()
        {
            self.size -= oldest.size().min(self.size);
        }
    }

    /// All samples from `start` up to but not including `end`.
    pub(super) fn between(&self, start: i64, end: i64) -> Samples {
        let mut samples = Samples::default();
        if start < end {
            self.points.range(start..end).for_each(|(_, point)| samples.merge(point));
        }
        samples
    }

    /// The latest second that anything is known of.
    pub(super) fn latest(&self) -> Option<i64> {
        self.points.keys().next_back().copied()
    }
}
