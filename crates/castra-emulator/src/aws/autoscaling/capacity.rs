//! As many instances as desired: launches and scale-in.

use super::activity::at;
use super::launch::Reason;
use super::member::{Lifecycle, Member};
use super::termination;
use super::turn::Turn;

impl Turn<'_> {
    /// Launches what is missing and terminates what is too much.
    pub(super) fn fit_capacity(&mut self) -> bool {
        if self.group.deleting {
            return self.clear();
        }
        if let Some(act_after) = self.group.act_after
            && !self.has_come(act_after)
        {
            return false;
        }
        let has = self.group.capacity() - self.group.extra();
        let changed = match self.group.desired - has {
            0 => false,
            missing @ 1.. => self.launch_missing(has, missing),
            _ => self.scale_in(has),
        };
        if self.group.capacity() - self.group.extra() == self.group.desired {
            self.group.reasons.clear();
            self.group.replacements = 0;
        }
        changed
    }

    /// A group that is being deleted takes its members with it, protected or not
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteAutoScalingGroup.html>).
    fn clear(&mut self) -> bool {
        let staying = |member: &&Member| !member.state.terminating() && member.state != Lifecycle::Detaching;
        let ids: Vec<String> = self.group.members.iter().filter(staying).map(|member| member.id.clone()).collect();
        for id in &ids {
            let now = at(self.now);
            let cause = format!(
                "At {now} a user request force deleted AutoScaling group.  At {now} instance {id} was selected for \
                 termination."
            );
            self.terminate(id, cause);
        }
        !ids.is_empty()
    }

    fn launch_missing(&mut self, has: i64, missing: i64) -> bool {
        if !self.may_launch() {
            return false;
        }
        let (mut left, mut changed) = (missing, false);
        let target = self.group.desired;
        while left > 0 {
            let now = at(self.now);
            let refresh = self.group.refresh().map(|refresh| refresh.generation());
            let cause = if self.group.replacements > 0 {
                self.group.replacements -= 1;
                format!(
                    "At {now} an instance was launched in response to an unhealthy instance needing to be replaced."
                )
            } else if refresh.is_some() && self.group.reasons.is_empty() {
                format!("At {now} an instance was launched in response to an instance refresh.")
            } else {
                self.group.begin_cooldown();
                let mut sentences = self.group.reasons.clone();
                sentences.push(format!(
                    "At {now} an instance was started in response to a difference between desired and actual capacity, \
                     increasing the capacity from {has} to {target}."
                ));
                sentences.join("  ")
            };
            match self.launch_one(&Reason { cause, extra: None, refresh, zone: None }) {
                Some(weight) => left -= weight,
                None => return changed,
            }
            changed = true;
        }
        changed
    }

    fn scale_in(&mut self, has: i64) -> bool {
        if self.group.suspends("Terminate") {
            return false;
        }
        let mut left = has;
        while left > self.group.desired {
            let Some(id) = termination::choose(&self.group, self.now, &mut self.account.chance) else { break };
            let weight = self.group.member(&id).map_or(1, |member| member.weight);
            // Weights may not fit: the group rather keeps too much than too little.
            if left - weight < self.group.desired {
                break;
            }
            let (now, desired) = (at(self.now), self.group.desired);
            let mut sentences = self.group.reasons.clone();
            sentences.push(format!(
                "At {now} an instance was taken out of service in response to a difference between desired and actual \
                 capacity, shrinking the capacity from {has} to {desired}."
            ));
            sentences.push(format!("At {now} instance {id} was selected for termination."));
            self.terminate(&id, sentences.join("  "));
            left -= weight;
        }
        if left != has {
            self.group.begin_cooldown();
        }
        left != has
    }
}
