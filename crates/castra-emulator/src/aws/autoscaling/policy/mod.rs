//! Scaling policies: what they say, and what comes of an alarm
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html>).

mod adjust;
mod execute;
mod operations;
mod track;

pub(crate) use execute::alarm;
pub(super) use operations::OPERATIONS;

use serde_json::{Map, Value};

use super::state::Group;
use crate::aws::account::Account;
use crate::aws::cloudwatch;
use adjust::{Adjustment, Step};

/// A scaling policy.
#[derive(Debug, Clone)]
pub(super) struct Policy {
    name: String,
    arn: String,
    enabled: bool,
    kind: Kind,
    /// Names and ARNs of its own alarms.
    alarms: Vec<(String, String)>,
    /// What it was made from, in the contract's names: what describes show.
    given: Map<String, Value>,
}

/// What a policy goes by.
#[derive(Debug, Clone)]
enum Kind {
    Simple { adjustment: Adjustment, by: i64, cooldown: Option<i64> },
    Step { adjustment: Adjustment, steps: Vec<Step>, warmup: Option<i64> },
    Target { value: f64, scale_in: bool, warmup: Option<i64> },
}

/// A group is gone, and with it its policies' alarms and actions.
pub(super) fn forget_all(account: &mut Account, region: &str, group: &Group) {
    for policy in group.policies.values() {
        forget(account, region, policy);
    }
}

/// A policy is gone.
fn forget(account: &mut Account, region: &str, policy: &Policy) {
    for (alarm, _) in &policy.alarms {
        cloudwatch::delete(account, region, alarm);
    }
    account.region(region).cloudwatch.forget_action(&policy.arn);
}
