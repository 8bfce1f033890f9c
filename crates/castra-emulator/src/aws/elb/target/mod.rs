//! The targets of target groups: registered, checked, drained.

mod describe;
mod idle;
mod reach;
mod register;
mod sight;
mod step;
mod watch;

use std::time::Duration;

use jiff::Timestamp;

use super::target_group::TargetGroup;
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::Operations;
use idle::Idle;
pub(crate) use watch::{Due, happen, look_again};

/// What names a target in its group: an instance or an address may be registered on several ports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TargetKey {
    /// An instance's id, an address, or an ARN.
    pub(crate) id: String,
    /// 0 for functions, which have none.
    pub(crate) port: i64,
}

/// A target.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// As it was given: addresses outside the VPC come with `all`.
    pub(crate) zone: Option<String>,
    phase: Phase,
    /// What checks are finding, against the phase, and will have found often enough soon.
    finding: Option<Outcome>,
    /// The number of what is due to happen to it; what has another number is void.
    turn: u64,
    /// When its workload is next looked at.
    wake: Option<Timestamp>,
}

/// Where a target is in its life
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-states>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Unused(Idle),
    /// Its load balancer is still provisioning.
    Waiting,
    Registering,
    /// Checked, and not yet often enough.
    Initial,
    Healthy,
    Unhealthy(Failure),
    Draining,
}

/// What a check finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Pass,
    Fail(Failure),
}

/// Why a check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// Nothing comes back: packets don't get there.
    Timeout,
    /// Nothing listens.
    Refused,
    /// It answers with a code that isn't good.
    Mismatch(u16),
}

pub(super) const OPERATIONS: Operations = &[
    ("DeregisterTargets", register::deregister_targets),
    ("DescribeTargetHealth", describe::describe),
    ("RegisterTargets", register::register_targets),
];

impl Target {
    fn new(zone: Option<String>) -> Self {
        Self { zone, phase: Phase::Unused(Idle::NotInUse), finding: None, turn: 0, wake: None }
    }
}

/// How a target does in a target group, as Auto Scaling sees it
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// Registered, and not yet found healthy.
    Initial,
    Healthy,
    Unhealthy,
    /// Deregistered, within its deregistration delay.
    Draining,
    /// Not registered, or not checked as no listener uses the target group.
    Unused,
}

/// Whether there is such a target group.
pub(crate) fn target_group_exists(account: &mut Account, region: &str, target_group_arn: &str) -> bool {
    account.region(region).elb.target_groups.contains_key(target_group_arn)
}

/// Registers an instance with a target group, on the group's port; one that is registered stays as it is.
pub(crate) fn register(
    account: &mut Account,
    region: &str,
    target_group_arn: &str,
    instance_id: &str,
) -> Result<(), ApiError> {
    register::instance(account, region, target_group_arn, instance_id)
}

/// Deregisters an instance from a target group; answers how long it drains, which is nothing if it isn't registered.
pub(crate) fn deregister(account: &mut Account, region: &str, target_group_arn: &str, instance_id: &str) -> Duration {
    let groups = &account.region(region).elb.target_groups;
    let Some(port) = groups.get(target_group_arn).and_then(|group| group.port) else { return Duration::ZERO };
    let key = TargetKey { id: instance_id.to_owned(), port };
    register::deregister(account, region, target_group_arn, &key)
}

/// How an instance does in a target group.
pub(crate) fn health(account: &mut Account, region: &str, target_group_arn: &str, instance_id: &str) -> Health {
    let find = |group: &TargetGroup| {
        let key = TargetKey { id: instance_id.to_owned(), port: group.port? };
        Some(group.targets.get(&key)?.phase)
    };
    match account.region(region).elb.target_groups.get(target_group_arn).and_then(find) {
        None | Some(Phase::Unused(_)) => Health::Unused,
        Some(Phase::Waiting | Phase::Registering | Phase::Initial) => Health::Initial,
        Some(Phase::Healthy) => Health::Healthy,
        Some(Phase::Unhealthy(_)) => Health::Unhealthy,
        Some(Phase::Draining) => Health::Draining,
    }
}
