//! The way out of service: deregistered, drained, then on to termination, detachment or standby
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html>).

use std::time::Duration;

use super::activity::{self, Begun};
use super::member::{Lifecycle, Member};
use super::state::AttachedState;
use super::turn::Turn;
use crate::aws::elb::{self, Health};
use crate::clock::later;

impl Turn<'_> {
    /// Registers an instance with the group's target groups, unless AddToLoadBalancer is suspended.
    pub(super) fn register(&mut self, id: &str) {
        if self.group.suspends("AddToLoadBalancer") {
            return;
        }
        for target in &self.group.targets {
            if !matches!(target.state, AttachedState::Removing(_)) {
                // A target group that is gone keeps nobody from serving.
                let _ = elb::register(self.account, self.region, &target.arn, id);
            }
        }
    }

    /// Deregisters an instance from the group's target groups; how long it drains.
    fn deregister(&mut self, id: &str) -> Duration {
        let mut longest = Duration::ZERO;
        for target in &self.group.targets {
            longest = longest.max(elb::deregister(self.account, self.region, &target.arn, id));
        }
        longest
    }

    /// Sends a member on its way out: `to` is Terminating, Detaching or EnteringStandby.
    pub(super) fn send_off(&mut self, id: &str, to: Lifecycle, begun: Begun) -> Option<String> {
        let member = self.member(id).cloned()?;
        let drains = self.deregister(id);
        let now = self.now;
        let begun = Begun { zone: member.zone.clone(), subnet: self.subnet(id), ..begun };
        // What was under way for it is overtaken.
        activity::fail(&mut self.group, member.activity.as_deref(), now, "Cancelled", "The instance was taken out.");
        let activity = activity::begin(&mut self.group, &mut self.account.chance, now, begun);
        if !drains.is_zero() {
            activity::advance(&mut self.group, Some(&activity), "WaitingForELBConnectionDraining", 50);
        }
        let member = self.member(id)?;
        member.enter(to, now, Some(later(now, drains)));
        member.activity = Some(activity.clone());
        member.extra = None;
        member.waits = Vec::new();
        Some(activity)
    }

    /// Terminates a member for that cause (whole sentences).
    pub(super) fn terminate(&mut self, id: &str, cause: String) -> Option<String> {
        let description = format!("Terminating EC2 instance: {id}");
        let begun = Begun { description, cause, status: "InProgress", progress: 0, ..Begun::default() };
        self.send_off(id, Lifecycle::Terminating, begun)
    }

    /// The subnet of an instance.
    pub(super) fn subnet(&mut self, id: &str) -> Option<String> {
        self.account.region(self.region).ec2.instances.get(id).map(|instance| instance.subnet.clone())
    }

    /// Whether a member's requests have drained.
    pub(super) fn drained(&mut self, member: &Member) -> bool {
        let Some(ready) = member.ready else { return true };
        if ready <= self.now {
            return true;
        }
        let draining = self
            .group
            .targets
            .iter()
            .any(|target| elb::health(self.account, self.region, &target.arn, &member.id) == Health::Draining);
        if draining {
            self.at(ready);
        }
        !draining
    }
}
