//! A look at a group: everything about it moves on as far as it can, and the next look is scheduled for when
//! something is due. Nobody looks at a group that is as it should be.

use std::time::Duration;

use jiff::Timestamp;

use super::Due;
use super::member::Member;
use super::state::{AttachedState, Group};
use crate::Seconds;
use crate::aws::account::{Account, What};
use crate::aws::call::Call;
use crate::aws::elb::{self, Health};
use crate::clock::later;

/// How often a look starts over because something changed; more would be a loop.
const ROUNDS: usize = 50;

/// A group while it is looked at: taken out of the account, so that the rest of the account can be changed with it.
pub(super) struct Turn<'a> {
    pub(super) account: &'a mut Account,
    pub(super) region: &'a str,
    pub(super) now: Timestamp,
    pub(super) group: Group,
    wake: Option<Timestamp>,
}

/// Looks at a group.
pub(super) fn look(account: &mut Account, region: &str, name: &str) {
    let now = account.now;
    let Some(mut group) = account.region(region).autoscaling.groups.remove(name) else { return };
    group.wake = None;
    group.looked = Some(now);
    let mut turn = Turn { account, region, now, group, wake: None };
    turn.run();
    let (group, wake) = (turn.group, turn.wake);
    if group.deleting && group.members.is_empty() && group.act_after.is_none_or(|at| at <= now) {
        bury(account, region, group);
        return;
    }
    account.region(region).autoscaling.groups.insert(name.to_owned(), group);
    if let Some(at) = wake {
        wake_at(account, region, name, at);
    }
}

/// Does something to a group as a look would, and has it looked at then.
pub(super) fn with<R>(call: &mut Call<'_>, name: &str, act: impl FnOnce(&mut Turn<'_>) -> R) -> Option<R> {
    let now = call.now();
    let group = call.here().autoscaling.groups.remove(name)?;
    let mut turn = Turn { account: call.account, region: call.region, now, group, wake: None };
    let done = act(&mut turn);
    let group = turn.group;
    call.here().autoscaling.groups.insert(name.to_owned(), group);
    soon(call, name);
    Some(done)
}

/// The group is gone; its activities stay.
fn bury(account: &mut Account, region: &str, group: Group) {
    super::policy::forget_all(account, region, &group);
    let past = &mut account.region(region).autoscaling.past;
    for activity in group.activities.into_iter().rev() {
        past.push_front(activity);
    }
    past.truncate(1000);
}

/// Has a group looked at by that moment, but not twice within a moment.
pub(super) fn wake_at(account: &mut Account, region: &str, name: &str, at: Timestamp) {
    let (now, least) = (account.now, account.settings.timings.autoscaling_look);
    let Some(group) = account.region(region).autoscaling.groups.get_mut(name) else { return };
    let earliest = group.looked.map_or(now, |looked| later(looked, least.into())).max(now);
    let at = at.max(earliest);
    if group.wake.is_some_and(|wake| wake <= at && wake >= now) {
        return;
    }
    group.wake = Some(at);
    let after = Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO);
    account.schedule(region, after, What::AutoScaling(Due::Look { group: name.to_owned(), at }));
}

/// Has the group of that name looked at as soon as may be: something about it was changed.
pub(super) fn soon(call: &mut Call<'_>, name: &str) {
    let now = call.now();
    wake_at(call.account, call.region, name, now);
}

/// Has all groups of a region looked at, as instances or targets have changed.
pub(crate) fn stir(account: &mut Account, region: &str) {
    let now = account.now;
    let Some(here) = account.regions.get(region) else { return };
    let names: Vec<String> = here.autoscaling.groups.keys().cloned().collect();
    for name in names {
        wake_at(account, region, &name, now);
    }
}

impl Turn<'_> {
    fn run(&mut self) {
        for _ in 0..ROUNDS {
            let changed = self.lives() | self.attachments() | self.check_health() | self.replace_unhealthy();
            let changed = changed | self.replace_aged();
            let changed = changed | self.refresh_step() | self.fit_capacity() | self.balance();
            if !changed {
                self.cool_down();
                return;
            }
        }
        self.poll();
    }

    /// An activity has ended: its cooldown begins
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html>).
    fn cool_down(&mut self) {
        let at_rest = !self.group.busy() && self.group.capacity() == self.group.desired;
        if let Some(seconds) = self.group.cooling.take_if(|_| at_rest) {
            self.group.cooldown_until = Some(Self::seconds_after(self.now, seconds));
        }
        if self.group.deleting
            && let Some(at) = self.group.act_after
        {
            self.at(at);
        }
    }

    /// Has the group looked at again at that moment.
    pub(super) fn at(&mut self, at: Timestamp) {
        self.wake = Some(self.wake.map_or(at, |wake| wake.min(at)));
    }

    /// Has the group looked at again before long, for something whose moment isn't known.
    pub(super) fn poll(&mut self) {
        self.at(later(self.now, Duration::from_secs(5)));
    }

    /// Whether that moment has come; if not, the group is looked at then.
    pub(super) fn has_come(&mut self, at: Timestamp) -> bool {
        if at <= self.now {
            return true;
        }
        self.at(at);
        false
    }

    /// That much after now.
    pub(super) fn after(&self, seconds: Seconds) -> Timestamp {
        later(self.now, seconds.into())
    }

    /// That many seconds after a moment.
    pub(super) fn seconds_after(moment: Timestamp, seconds: i64) -> Timestamp {
        later(moment, Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    }

    /// How an instance does in all the group's target groups: the worst that one of them says.
    pub(super) fn target_health(&mut self, instance: &str) -> Option<Health> {
        let mut worst = None;
        for target in &self.group.targets {
            if matches!(target.state, AttachedState::Removing(_)) {
                continue;
            }
            let health = elb::health(self.account, self.region, &target.arn, instance);
            if worst.is_none_or(|worst| rank(health) > rank(worst)) {
                worst = Some(health);
            }
        }
        worst
    }

    /// The member with that id.
    pub(super) fn member(&mut self, id: &str) -> Option<&mut Member> {
        self.group.member_mut(id)
    }

    /// Moves the attachments of target groups on
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LoadBalancerTargetGroupState.html>).
    fn attachments(&mut self) -> bool {
        let mut changed = false;
        for index in 0..self.group.targets.len() {
            let Some(target) = self.group.targets.get(index) else { break };
            let (arn, state, since) = (target.arn.clone(), target.state, target.since);
            let next = match state {
                AttachedState::Adding => {
                    let at = later(since, self.account.settings.timings.autoscaling_attach.into());
                    self.has_come(at).then_some(AttachedState::Added)
                }
                AttachedState::Added => self.any_healthy(&arn).then_some(AttachedState::InService),
                AttachedState::InService | AttachedState::Removing(_) => None,
            };
            if let (Some(next), Some(target)) = (next, self.group.targets.get_mut(index)) {
                target.state = next;
                changed = true;
            }
        }
        let (now, before) = (self.now, self.group.targets.len());
        self.group.targets.retain(|target| !matches!(target.state, AttachedState::Removing(until) if until <= now));
        let removing: Vec<_> = self.group.targets.iter().map(|target| target.state).collect();
        for state in removing {
            if let AttachedState::Removing(until) = state {
                self.at(until);
            }
        }
        changed || self.group.targets.len() != before
    }

    fn any_healthy(&mut self, target_group: &str) -> bool {
        let ids: Vec<String> = self.group.members.iter().map(|member| member.id.clone()).collect();
        ids.iter().any(|id| elb::health(self.account, self.region, target_group, id) == Health::Healthy)
    }
}

fn rank(health: Health) -> u8 {
    match health {
        Health::Healthy => 0,
        Health::Unused => 1,
        Health::Initial => 2,
        Health::Draining => 3,
        Health::Unhealthy => 4,
    }
}
