//! What can be set for Auto Scaling.

use serde::{Deserialize, Serialize};

use crate::Seconds;

/// How Auto Scaling behaves in an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AutoScaling {
    /// How many groups a region may have; 500 by default
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html>).
    pub groups: usize,
    /// After a failed launch until the next; twice as long after each further one, up to 32 times
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html> has the failures; AWS
    /// doesn't publish its pace).
    pub launch_retry: Seconds,
    /// For how long a zone that lacked capacity is the last choice (as above).
    pub zone_retry: Seconds,
    /// For how long an instance refresh waits for something that is in its way: an hour
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html>).
    pub refresh_patience: Seconds,
}

impl Default for AutoScaling {
    fn default() -> Self {
        Self { groups: 500, launch_retry: Seconds(10.0), zone_retry: Seconds(300.0), refresh_patience: Seconds(3600.0) }
    }
}
