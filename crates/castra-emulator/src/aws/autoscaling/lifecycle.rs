//! The life of a member: into service, out of it, and the waits on the way
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html>).

use super::activity;
use super::hooks::{self, Outcome, Transition};
use super::member::{Lifecycle, Member};
use super::turn::Turn;
use crate::aws::ec2::{self, InstanceState};

/// Why EC2 says that an instance of a group was terminated.
const REASON: (&str, &str) = ("Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown");

impl Turn<'_> {
    /// Moves every member on.
    pub(super) fn lives(&mut self) -> bool {
        let ids: Vec<String> = self.group.members.iter().map(|member| member.id.clone()).collect();
        let mut changed = false;
        for id in ids {
            while self.live(&id) {
                changed = true;
            }
        }
        changed
    }

    /// One step in a member's life; whether there was one.
    fn live(&mut self, id: &str) -> bool {
        let Some(member) = self.member(id).cloned() else { return false };
        match member.state {
            Lifecycle::InService | Lifecycle::Standby => false,
            Lifecycle::Pending => self.start(&member),
            Lifecycle::PendingWait => self.wait(&member, Transition::Launching),
            Lifecycle::PendingProceed => {
                let due = member.ready.is_none_or(|ready| self.has_come(ready));
                due && self.serve(&member)
            }
            Lifecycle::Terminating => {
                if member.killed {
                    return self.finish(&member);
                }
                self.drained(&member) && self.stop(&member)
            }
            Lifecycle::TerminatingWait => self.wait(&member, Transition::Terminating),
            Lifecycle::TerminatingProceed => {
                if member.killed {
                    self.finish(&member)
                } else {
                    self.kill(&member)
                }
            }
            Lifecycle::Detaching => self.drained(&member) && self.leave(&member),
            Lifecycle::EnteringStandby => self.drained(&member) && self.stand_by(&member),
        }
    }

    /// What EC2 says of an instance.
    pub(super) fn instance_state(&mut self, id: &str) -> Option<InstanceState> {
        self.account.region(self.region).ec2.instances.get(id).map(|instance| instance.state)
    }

    /// Pending: it waits until the instance runs, then a moment for Auto Scaling to see it.
    fn start(&mut self, member: &Member) -> bool {
        match self.instance_state(&member.id) {
            Some(InstanceState::Pending) => {
                self.poll();
                false
            }
            Some(InstanceState::Running) => match member.ready {
                None => {
                    let ready = self.after(self.account.settings.timings.autoscaling_in_service);
                    if let Some(member) = self.member(&member.id) {
                        member.ready = Some(ready);
                    }
                    true
                }
                Some(ready) if !self.has_come(ready) => false,
                Some(_) if member.in_service.is_none() && self.hold(member, Transition::Launching) => true,
                Some(_) => self.serve(member),
            },
            state => {
                let gone = self.account.region(self.region).ec2.instances.get(&member.id);
                let reason = gone.and_then(|instance| instance.reason.clone()).map(|reason| reason.message);
                let message = format!(
                    "Instance became unhealthy while waiting for instance to be in InService state. Termination \
                     Reason: {}",
                    reason.unwrap_or_default()
                );
                self.abort(member, &message, state.is_some());
                true
            }
        }
    }

    /// Puts a member into a wait if there are hooks for that; whether there are.
    fn hold(&mut self, member: &Member, transition: Transition) -> bool {
        let waits = hooks::begin(&self.group, transition, self.now, &mut self.account.chance);
        if waits.is_empty() || self.group.deleting {
            return false;
        }
        let (now, activity) = (self.now, member.activity.clone());
        let state = match transition {
            Transition::Launching => Lifecycle::PendingWait,
            Transition::Terminating => Lifecycle::TerminatingWait,
        };
        if let Some(member) = self.member(&member.id) {
            member.waits = waits;
            member.enter(state, now, None);
        }
        activity::advance(&mut self.group, activity.as_deref(), "MidLifecycleAction", 60);
        true
    }

    /// Waits for hooks, whose heartbeats may stop.
    fn wait(&mut self, member: &Member, transition: Transition) -> bool {
        let mut waits = member.waits.clone();
        let mut abandoned = None;
        for wait in &mut waits {
            if wait.outcome.is_none() {
                if wait.ends() <= self.now {
                    wait.time_out();
                } else {
                    self.at(wait.ends());
                }
            }
            if wait.outcome == Some(Outcome::Abandon) && abandoned.is_none() {
                abandoned = Some(wait.clone());
            }
        }
        // A group's deletion also deletes the waits:
        // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteAutoScalingGroup.html
        let open = waits.iter().any(|wait| wait.outcome.is_none()) && !self.group.deleting;
        let terminating = transition == Transition::Terminating;
        match abandoned {
            // The other hooks are passed over:
            // https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html
            Some(wait) if !terminating => {
                self.abort(member, &wait.complaint(), true);
                return true;
            }
            None if open => {
                if let Some(member) = self.member(&member.id) {
                    member.waits = waits;
                }
                return false;
            }
            _ => {}
        }
        let now = self.now;
        let next = if terminating { Lifecycle::TerminatingProceed } else { Lifecycle::PendingProceed };
        let ready = self.after(self.account.settings.timings.autoscaling_proceed);
        if let Some(member) = self.member(&member.id) {
            member.waits = Vec::new();
            member.enter(next, now, Some(ready));
        }
        true
    }

    /// In service: with the target groups, from now on.
    fn serve(&mut self, member: &Member) -> bool {
        let now = self.now;
        self.register(&member.id);
        if let Some(member) = self.member(&member.id) {
            member.enter(Lifecycle::InService, now, None);
            member.in_service = Some(now);
            member.activity = None;
        }
        activity::succeed(&mut self.group, member.activity.as_deref(), now);
        self.group.failures.count = 0;
        self.group.failures.first = None;
        true
    }

    /// Drained, and on to the hooks or to the end.
    fn stop(&mut self, member: &Member) -> bool {
        activity::advance(&mut self.group, member.activity.as_deref(), "InProgress", 60);
        self.hold(member, Transition::Terminating) || self.kill(member)
    }

    /// Has EC2 terminate it.
    fn kill(&mut self, member: &Member) -> bool {
        ec2::terminate(self.account, self.region, std::slice::from_ref(&member.id), REASON);
        if let Some(member) = self.member(&member.id) {
            member.killed = true;
        }
        true
    }

    /// It stays listed until EC2 has done it.
    fn finish(&mut self, member: &Member) -> bool {
        if !matches!(self.instance_state(&member.id), None | Some(InstanceState::Terminated)) {
            self.poll();
            return false;
        }
        self.leave(member)
    }

    /// It is no member any more.
    fn leave(&mut self, member: &Member) -> bool {
        activity::succeed(&mut self.group, member.activity.as_deref(), self.now);
        self.group.members.retain(|other| other.id != member.id);
        if member.state == Lifecycle::Detaching {
            let ec2 = &mut self.account.region(self.region).ec2;
            if let Some(instance) = ec2.instances.get_mut(&member.id) {
                instance.tags.remove("aws:autoscaling:groupName");
            }
        }
        true
    }

    fn stand_by(&mut self, member: &Member) -> bool {
        let now = self.now;
        activity::succeed(&mut self.group, member.activity.as_deref(), now);
        if let Some(member) = self.member(&member.id) {
            member.enter(Lifecycle::Standby, now, None);
            member.activity = None;
        }
        true
    }

    /// A launch comes to nothing: its activity is cancelled, and the instance goes if it is still there.
    fn abort(&mut self, member: &Member, message: &str, there: bool) {
        let now = self.now;
        activity::fail(&mut self.group, member.activity.as_deref(), now, "Cancelled", message);
        self.launch_failed(message);
        if !there {
            self.group.members.retain(|other| other.id != member.id);
            return;
        }
        if let Some(member) = self.member(&member.id) {
            member.enter(Lifecycle::TerminatingProceed, now, None);
            member.activity = None;
            member.waits = Vec::new();
            member.extra = None;
            member.healthy = false;
        }
    }
}
