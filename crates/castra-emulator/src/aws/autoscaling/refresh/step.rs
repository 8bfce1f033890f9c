//! How a refresh goes on.

use super::super::member::{Extra, Lifecycle, Member};
use super::super::turn::Turn;
use super::preferences::Obstacle;
use super::{Refresh, Rollback, Status};
use crate::clock::later;

impl Turn<'_> {
    /// Moves the group's refresh on; whether it changed anything.
    pub(in super::super) fn refresh_step(&mut self) -> bool {
        let Some(mut refresh) = self.group.refreshes.pop_front() else { return false };
        let before = (refresh.status, refresh.updated, refresh.checkpoint);
        // The refresh is back in the list while the group is worked on: launches are made from what it says.
        let acted = match refresh.status {
            Status::Pending => self.begin(&mut refresh),
            Status::InProgress | Status::RollbackInProgress => {
                self.take_stock(&mut refresh);
                self.group.refreshes.push_front(refresh.clone());
                let acted = self.go_on(&mut refresh);
                self.group.refreshes.pop_front();
                acted
            }
            Status::Baking => self.bake(&mut refresh),
            Status::Cancelling => self.wind_up(&mut refresh),
            _ => false,
        };
        let changed = acted || before != (refresh.status, refresh.updated, refresh.checkpoint);
        self.group.refreshes.push_front(refresh);
        changed
    }

    /// Pending: it begins when it has been seen.
    fn begin(&mut self, refresh: &mut Refresh) -> bool {
        let at = later(refresh.requested, self.account.settings.timings.autoscaling_reaction.into());
        if !self.has_come(at) || self.group.suspends("InstanceRefresh") {
            return false;
        }
        (refresh.status, refresh.start, refresh.progressed) = (Status::InProgress, Some(self.now), self.now);
        let ec2 = &self.account.region(self.region).ec2;
        let to_replace = |member: &&Member| {
            let here = member.state.counts() || member.state == Lifecycle::Standby;
            let matches = refresh.preferences.skip_matching
                && refresh.source().made(ec2, member.launched_from.as_ref(), &member.instance_type);
            here && !matches && !ignored(refresh, member)
        };
        refresh.old = self.group.members.iter().filter(to_replace).map(|member| member.id.clone()).collect();
        refresh.total = refresh.old.len();
        true
    }

    /// What has come of it so far: who is left to replace, how many of the new are done.
    fn take_stock(&mut self, refresh: &mut Refresh) {
        let stays = |id: &String| {
            let member = self.group.member(id)?;
            let goes = member.state.terminating() || member.state == Lifecycle::Detaching;
            (!goes && !ignored(refresh, member)).then(|| id.clone())
        };
        refresh.old = refresh.old.iter().filter_map(stays).collect();
        let updated = self.new_and_healthy(refresh).len();
        if updated > refresh.updated {
            refresh.progressed = self.now;
        }
        refresh.updated = updated;
    }

    fn go_on(&mut self, refresh: &mut Refresh) -> bool {
        if let Some(alarm) = self.ringing(refresh) {
            self.fail(refresh, &format!("The CloudWatch alarm {alarm} went into the ALARM state."));
            return true;
        }
        if self.group.suspends("InstanceRefresh") {
            return false;
        }
        if let Some(until) = refresh.paused_until {
            if !self.has_come(until) {
                return false;
            }
            (refresh.paused_until, refresh.progressed) = (None, self.now);
            refresh.checkpoint += 1;
        }
        let settled = self.settled(refresh);
        if refresh.old.is_empty() && settled {
            return self.complete(refresh);
        }
        let replaced = refresh.total.saturating_sub(refresh.old.len());
        let allowed = self.stage(refresh, replaced).saturating_sub(replaced);
        if allowed == 0 && !refresh.old.is_empty() {
            return settled && self.pause(refresh);
        }
        // An hour for what is in the way, as for instances in standby:
        // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html
        let patience = self.account.settings.autoscaling.refresh_patience;
        let given_up = Self::seconds_after(later(refresh.progressed, patience.into()), refresh.preferences.warmup);
        if self.has_come(given_up) {
            let why = self.group.failures.message.clone();
            let waiting = refresh.reason.clone().unwrap_or_default();
            let why = if self.group.failures.count > 0 { why } else { waiting };
            self.fail(refresh, format!("Timed out. {why}").trim_end());
            return true;
        }
        self.replace_some(refresh, allowed)
    }

    /// How many instances may have been replaced before the next checkpoint; checkpoints that have been reached
    /// without a pause are skipped.
    fn stage(&self, refresh: &mut Refresh, replaced: usize) -> usize {
        if refresh.rollback.is_some() {
            return refresh.total;
        }
        let threshold = |percentage: i64| (refresh.total * usize::try_from(percentage).unwrap_or(100)).div_ceil(100);
        let checkpoints = &refresh.preferences.checkpoints;
        let Some(next) = checkpoints.get(refresh.checkpoint) else {
            return if checkpoints.is_empty() { refresh.total } else { replaced };
        };
        // Of several that one batch reaches only the last counts:
        // https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-adding-checkpoints-instance-refresh.html
        let stage = threshold(*next);
        let further = checkpoints.iter().skip(refresh.checkpoint + 1).take_while(|later| threshold(**later) <= stage);
        let skipped = further.count();
        refresh.checkpoint += skipped;
        stage
    }

    /// A checkpoint is reached: it pauses, or ends if it was the last.
    fn pause(&mut self, refresh: &mut Refresh) -> bool {
        if refresh.checkpoint + 1 >= refresh.preferences.checkpoints.len() {
            return self.complete(refresh);
        }
        refresh.paused_until = Some(Self::seconds_after(self.now, refresh.preferences.delay));
        refresh.reason = Some("Waiting at a checkpoint before continuing.".to_owned());
        true
    }

    /// Whether everything that is to serve does: as many as desired, all of the new ones warm.
    pub(super) fn settled(&mut self, refresh: &mut Refresh) -> bool {
        let generation = refresh.generation();
        for member in self.group.members.clone() {
            let new = member.refresh.as_deref() == Some(&generation);
            if member.state.arriving() || (member.state == Lifecycle::InService && !member.healthy) {
                refresh.reason = Some(format!(
                    "Waiting for remaining instances to be available. For example: {} has insufficient data to evaluate \
                     its health with Amazon EC2.",
                    member.id
                ));
                return false;
            }
            if new && let Some(since) = member.in_service {
                let warm = Self::seconds_after(since, refresh.preferences.warmup);
                if !self.has_come(warm) {
                    refresh.reason = Some(format!(
                        "Waiting for instances to warm up before continuing. For example: {} is warming up.",
                        member.id
                    ));
                    return false;
                }
                if !self.passes_checks(&member.id) {
                    refresh.reason = Some(format!(
                        "Waiting for remaining instances to be available. For example: {} has not passed its health \
                         checks.",
                        member.id
                    ));
                    return false;
                }
            }
        }
        self.group.capacity() - self.group.extra() >= self.group.desired
    }

    /// All is replaced: it bakes, if it is to, or is done.
    fn complete(&mut self, refresh: &mut Refresh) -> bool {
        if refresh.rollback.is_some() {
            refresh.end(Status::RollbackSuccessful, self.now, None);
            return true;
        }
        if refresh.preferences.bake > 0 {
            refresh.status = Status::Baking;
            refresh.bake_until = Some(Self::seconds_after(self.now, refresh.preferences.bake));
            refresh.reason = None;
            return true;
        }
        self.succeed(refresh);
        true
    }

    fn bake(&mut self, refresh: &mut Refresh) -> bool {
        if let Some(alarm) = self.ringing(refresh) {
            self.fail(refresh, &format!("The CloudWatch alarm {alarm} went into the ALARM state."));
            return true;
        }
        let due = refresh.bake_until.is_none_or(|until| self.has_come(until));
        if due {
            self.succeed(refresh);
        }
        due
    }

    /// The group launches from the desired configuration from now on.
    fn succeed(&mut self, refresh: &mut Refresh) {
        if let Some(desired) = &refresh.desired {
            self.group.source = desired.clone();
        }
        refresh.end(Status::Successful, self.now, None);
        self.release_extras();
    }

    /// It comes to nothing, or turns back if it was told to.
    fn fail(&mut self, refresh: &mut Refresh, reason: &str) {
        self.release_extras();
        if refresh.rollback.is_some() {
            refresh.end(Status::RollbackFailed, self.now, Some(reason));
        } else if refresh.preferences.auto_rollback {
            self.turn_back(refresh, &format!("Auto rollback was initiated as the instance refresh failed. {reason}"));
        } else {
            refresh.end(Status::Failed, self.now, Some(reason));
        }
    }

    fn release_extras(&mut self) {
        for member in &mut self.group.members {
            member.extra.take_if(|extra| *extra == Extra::Refresh);
        }
    }

    /// Turns the refresh that is under way back.
    pub(super) fn roll_back(&mut self, reason: &str) {
        let Some(mut refresh) = self.group.refreshes.pop_front() else { return };
        self.take_stock(&mut refresh);
        self.release_extras();
        self.turn_back(&mut refresh, reason);
        self.group.refreshes.push_front(refresh);
    }

    /// From now on what it has launched is replaced by what the group launched before.
    fn turn_back(&mut self, refresh: &mut Refresh, reason: &str) {
        let launched = Some(refresh.id.clone());
        let percentage = refresh.percentage();
        refresh.rollback =
            Some(Rollback { reason: reason.to_owned(), start: self.now, percentage, to_update: refresh.old.len() });
        let to_replace = |member: &&Member| member.state.counts() && member.refresh == launched;
        refresh.old = self.group.members.iter().filter(to_replace).map(|member| member.id.clone()).collect();
        (refresh.total, refresh.updated) = (refresh.old.len(), 0);
        (refresh.status, refresh.progressed) = (Status::RollbackInProgress, self.now);
        (refresh.reason, refresh.paused_until) = (None, None);
        // The old configuration is tried at once.
        self.group.failures.count = 0;
        self.group.failures.wait_until = None;
    }

    /// Cancelling: what is under way comes to its end first.
    fn wind_up(&mut self, refresh: &mut Refresh) -> bool {
        if self.group.busy() {
            return false;
        }
        let reason = refresh.reason.clone();
        refresh.end(Status::Cancelled, self.now, reason.as_deref());
        true
    }

    /// An alarm that is to make the refresh fail, and rings.
    fn ringing(&mut self, refresh: &Refresh) -> Option<String> {
        if refresh.rollback.is_some() {
            return None;
        }
        let alarms = &self.account.region(self.region).cloudwatch;
        refresh.preferences.alarms.iter().find(|alarm| alarms.alarm_state(alarm) == Some("ALARM")).cloned()
    }
}

/// Whether a refresh passes a member over.
fn ignored(refresh: &Refresh, member: &Member) -> bool {
    let standby = member.state == Lifecycle::Standby && refresh.preferences.standby == Obstacle::Ignore;
    let protected = member.protected && refresh.preferences.protected == Obstacle::Ignore;
    standby || protected
}
