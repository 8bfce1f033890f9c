//! What can be set for CloudWatch.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::metric::Metric;

/// What CloudWatch knows without being told by PutMetricData.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CloudWatch {
    /// Metrics that have the same value at every moment, such as the CPU utilisation that an Auto Scaling group's target
    /// tracking looks at: `AWS/EC2`, `CPUUtilization`, `AutoScalingGroupName`.
    pub metrics: Vec<SteadyMetric>,
}

/// A metric with a steady value, which a test changes to see what comes of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SteadyMetric {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its dimensions, by name.
    pub dimensions: BTreeMap<String, String>,
    /// Its value.
    pub value: f64,
}

impl SteadyMetric {
    /// A metric that has this value at every moment.
    pub fn new(namespace: &str, name: &str, dimensions: BTreeMap<String, String>, value: f64) -> Self {
        Self { namespace: namespace.to_owned(), name: name.to_owned(), dimensions, value }
    }

    /// Whether it is that metric.
    pub(super) fn is(&self, metric: &Metric) -> bool {
        self.namespace == metric.namespace && self.name == metric.name && self.dimensions == metric.dimensions
    }
}
