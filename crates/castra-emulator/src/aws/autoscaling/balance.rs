//! Rebalancing between zones: one is launched where there are fewest, then one goes where there are most
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-availability-zone-balanced.html>).

use super::activity::at;
use super::launch::Reason;
use super::member::{Extra, Lifecycle, Member};
use super::turn::Turn;
use super::{spread, termination};
use crate::clock::later;

impl Turn<'_> {
    /// Rebalances the group if it has been at rest and out of balance for a while.
    pub(super) fn balance(&mut self) -> bool {
        if self.give_up_surplus() {
            return true;
        }
        let suspended = ["AZRebalance", "Launch", "Terminate"].iter().any(|process| self.group.suspends(process));
        let at_rest = !self.group.busy() && self.group.capacity() == self.group.desired && !self.group.deleting;
        if suspended || !at_rest || self.group.refresh().is_some() {
            self.group.unbalanced = None;
            return false;
        }
        self.await_recovery();
        let Some((to, from)) = spread::imbalance(&self.group, self.now) else {
            self.group.unbalanced = None;
            return false;
        };
        let since = *self.group.unbalanced.get_or_insert(self.now);
        if !self.has_come(later(since, self.account.settings.timings.autoscaling_rebalance.into()))
            || !self.may_launch()
        {
            return false;
        }
        self.group.unbalanced = None;
        // As many as may exceed the maximum: ten percent or one.
        let margin = (self.group.max / 10).max(1);
        let mut launched = false;
        for _ in 0..margin {
            let Some((next_to, next_from)) = spread::imbalance(&self.group, self.now) else { break };
            if (next_to != to && next_from != from) || !self.launch_for_balance() {
                break;
            }
            launched = true;
        }
        launched
    }

    fn launch_for_balance(&mut self) -> bool {
        let cause = format!(
            "At {} availability zones {}.  An instance was launched to aid in balancing the group's zones.",
            at(self.now),
            self.distribution()
        );
        let reason = Reason { cause, extra: Some(Extra::Rebalance), refresh: None, zone: None };
        self.launch_one(&reason).is_some()
    }

    /// A balancing instance serves: one of the fullest zone goes.
    fn give_up_surplus(&mut self) -> bool {
        if self.group.suspends("Terminate") {
            return false;
        }
        let serves = |member: &&Member| member.extra == Some(Extra::Rebalance) && member.state == Lifecycle::InService;
        let Some(new) = self.group.members.iter().find(serves).map(|member| member.id.clone()) else { return false };
        let own = spread::zones(&self.group.places);
        let counts = spread::counts(&self.group);
        let fullest = counts.iter().max_by_key(|(zone, count)| (!own.contains(&zone.as_str()) && **count > 0, **count));
        let zone = fullest.map(|(zone, _)| zone.clone()).unwrap_or_default();
        let old = termination::choose_in(&self.group, &zone, self.now, &mut self.account.chance);
        if let Some(member) = self.member(&new) {
            member.extra = None;
        }
        // If all of them are protected, the group scales in as it can.
        let Some(id) = old else { return true };
        let now = at(self.now);
        let cause = format!(
            "At {now} availability zones {}.  An instance was terminated to aid in balancing the group's zones.  At \
             {now} instance {id} was selected for termination.",
            self.distribution()
        );
        self.terminate(&id, cause);
        true
    }

    /// `eu-central-1a eu-central-1b had 2 0 instances respectively`.
    fn distribution(&self) -> String {
        let counts = spread::counts(&self.group);
        let zones: Vec<&str> = counts.keys().map(String::as_str).collect();
        let numbers: Vec<String> = counts.values().map(usize::to_string).collect();
        format!("{} had {} instances respectively", zones.join(" "), numbers.join(" "))
    }

    /// A zone that lacked capacity is tried again when its time has come, if the group would be out of balance with it.
    fn await_recovery(&mut self) {
        let now = self.now;
        self.group.failures.zones.retain(|_, until| *until > now);
        if spread::uneven(&self.group)
            && let Some(until) = self.group.failures.zones.values().min().copied()
        {
            self.at(until);
        }
    }
}
