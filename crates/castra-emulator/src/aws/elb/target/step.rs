//! What becomes of a target that is seen so.

use std::time::Duration;

use super::sight::Sight;
use super::{Idle, Outcome, Phase, Target};
use crate::aws::Timings;
use crate::aws::elb::target_group::TargetGroup;

/// A step in a target's life.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    /// It enters a phase; and leaves it so long after, if it does by itself.
    Become(Phase, Option<Duration>),
    /// Checks begin to find something else than the phase says, and will have found it often enough so long after.
    Find(Outcome, Duration),
    /// Checks find again what the phase says.
    Agree,
}

impl Target {
    /// The step that follows from what is seen of it; none if it stays as it is.
    pub(super) fn step(&self, seen: &Sight, group: &TargetGroup, timings: &Timings) -> Option<Step> {
        let outcome = match (seen.found, self.phase) {
            (_, Phase::Draining) => return None,
            (Err(idle), phase) => {
                // A terminated instance is deregistered some time later.
                let gone = (idle == Idle::Terminated).then(|| timings.terminated_target_removal.into());
                let idle = Phase::Unused(idle);
                return (phase != idle).then_some(Step::Become(idle, gone));
            }
            (Ok(_), Phase::Unused(_) | Phase::Waiting) if seen.active => {
                let registration = if group.is_network() {
                    timings.network_target_registration
                } else {
                    timings.application_target_registration
                };
                return Some(Step::Become(Phase::Registering, Some(registration.into())));
            }
            (Ok(_), Phase::Unused(_)) => return Some(Step::Become(Phase::Waiting, None)),
            (Ok(_), Phase::Waiting | Phase::Registering) => return None,
            (Ok(outcome), Phase::Initial | Phase::Healthy | Phase::Unhealthy(_)) => outcome,
        };
        match (self.phase, outcome) {
            (Phase::Unhealthy(before), Outcome::Fail(now)) if before != now => {
                Some(Step::Become(Phase::Unhealthy(now), None))
            }
            (Phase::Healthy, Outcome::Pass) | (Phase::Unhealthy(_), Outcome::Fail(_)) => {
                self.finding.is_some().then_some(Step::Agree)
            }
            _ if self.finding.is_some_and(|before| same_kind(before, outcome)) => None,
            _ => Some(Step::Find(outcome, self.patience(outcome, group))),
        }
    }

    /// How long checks must find that until the phase changes: as many as the threshold says, at their interval.
    ///
    /// "After your target is registered, it must pass one health check to be considered healthy"
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>); of network
    /// load balancers the documentation doesn't say so, and AWS's support says that the threshold applies
    /// (<https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1834>).
    fn patience(&self, outcome: Outcome, group: &TargetGroup) -> Duration {
        let check = &group.health_check;
        let count = match (self.phase, outcome) {
            (Phase::Initial, Outcome::Pass) if !group.is_network() => 1,
            (_, Outcome::Pass) => check.healthy_threshold,
            (_, Outcome::Fail(_)) => check.unhealthy_threshold,
        };
        Duration::from_secs(u64::try_from(count.saturating_mul(check.interval)).unwrap_or(0))
    }
}

fn same_kind(a: Outcome, b: Outcome) -> bool {
    (a == Outcome::Pass) == (b == Outcome::Pass)
}
