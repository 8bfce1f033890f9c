//! EC2's status checks of machines.

use std::collections::BTreeMap;
use std::fmt;

use aws_sdk_ec2::types::{InstanceStateName, InstanceStatus, InstanceStatusSummary, SummaryStatus};
use castra_core::resource::At;
use castra_core::{Call, Result};

use crate::call::{maybe, send};
use crate::client::Clients;

/// How many machines one call may name ("DescribeInstanceStatus", Amazon EC2 API reference).
const NAMED: usize = 100;

/// What EC2 finds out about a machine by itself: whether the host works and whether the machine answers ("Status checks
/// for Amazon EC2 instances", Amazon EC2 User Guide).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checks {
    state: Option<InstanceStateName>,
    instance: Check,
    system: Check,
}

/// One of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Check {
    status: Option<SummaryStatus>,
    /// Since when it fails, as EC2 tells it.
    since: Option<String>,
}

impl Check {
    fn of(summary: Option<&InstanceStatusSummary>) -> Self {
        let since = summary.and_then(|summary| summary.details().iter().find_map(|detail| detail.impaired_since()));
        let since = since.and_then(|since| jiff::Timestamp::from_second(since.secs()).ok());
        Self {
            status: summary.and_then(|summary| summary.status()).cloned(),
            since: since.map(|since| since.to_string()),
        }
    }
}

impl Checks {
    pub(super) fn of(described: &InstanceStatus) -> Self {
        Self {
            state: described.instance_state().and_then(|state| state.name()).cloned(),
            instance: Check::of(described.instance_status()),
            system: Check::of(described.system_status()),
        }
    }

    /// Whether both pass.
    pub(crate) fn passed(&self) -> bool {
        [&self.instance, &self.system].into_iter().all(|check| check.status == Some(SummaryStatus::Ok))
    }

    /// Whether one has failed: not that it hasn't passed yet.
    pub(crate) fn failed(&self) -> bool {
        [&self.instance, &self.system].into_iter().any(|check| check.status == Some(SummaryStatus::Impaired))
    }

    /// Whether the machine runs, which is when checks are made.
    pub(crate) fn running(&self) -> bool {
        self.state == Some(InstanceStateName::Running)
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.status.as_ref().map_or("unknown", SummaryStatus::as_str))?;
        self.since.as_ref().map_or(Ok(()), |since| write!(f, " since {since}"))
    }
}

/// `running, instance check impaired since 2026-01-01T00:00:00Z, system check ok`; the state alone where nothing runs.
impl fmt::Display for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.state.as_ref().map_or("unknown", InstanceStateName::as_str))?;
        if self.running() {
            write!(f, ", instance check {}, system check {}", self.instance, self.system)?;
        }
        Ok(())
    }
}

/// The checks of machines, by id, whatever their state. Where EC2 doesn't know one of them, or not yet, it tells of none
/// that is asked for with it.
pub(crate) async fn statuses(at: &At<'_, Clients>, ids: &[String]) -> Result<BTreeMap<String, Checks>> {
    let mut all = BTreeMap::new();
    for ids in ids.chunks(NAMED) {
        let ids = Some(ids.to_vec());
        let request = at.cloud.ec2.describe_instance_status().include_all_instances(true).set_instance_ids(ids);
        let answer = maybe(send!(at.cx, Call::read("ec2", "DescribeInstanceStatus"), request))?;
        let one = |status: &InstanceStatus| Some((status.instance_id()?.to_owned(), Checks::of(status)));
        all.extend(answer.iter().flat_map(|answer| answer.instance_statuses()).filter_map(one));
    }
    Ok(all)
}
