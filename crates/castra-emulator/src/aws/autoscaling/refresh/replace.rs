//! Which instances a refresh replaces next, and in which order: it terminates first, launches first, or both.

use super::super::activity::at;
use super::super::launch::Reason;
use super::super::member::{Extra, Lifecycle, Member};
use super::super::spread;
use super::super::turn::Turn;
use super::Refresh;
use super::preferences::Obstacle;
use crate::aws::elb::Health;

impl Turn<'_> {
    /// Replaces as many as the healthy percentages and the checkpoint allow
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html>).
    pub(super) fn replace_some(&mut self, refresh: &mut Refresh, allowed: usize) -> bool {
        let desired = self.group.desired;
        let min = ceiling(desired, refresh.preferences.min_healthy);
        let healthy = self.healthy(refresh);
        let idle = !self.group.busy() && self.settled(refresh);
        let mut to_terminate = usize::try_from(healthy - min).unwrap_or(0);
        let mut changed = false;
        match refresh.preferences.max_healthy {
            // Terminated and launched at the same time; one at a time if the minimum allows for nothing.
            None if to_terminate == 0 && idle => to_terminate = 1,
            None => {}
            Some(max) => {
                let most = desired * max / 100;
                let mut to_launch = usize::try_from(most - self.group.capacity()).unwrap_or(0);
                // It can't be done within both bounds: one more is launched first.
                if to_launch == 0 && to_terminate == 0 && idle && self.group.extra() == 0 {
                    to_launch = 1;
                }
                let left = self.eligible(refresh).len().min(allowed);
                let under_way = self.group.members.iter().filter(|member| member.extra == Some(Extra::Refresh)).count();
                changed |= self.launch_extra(refresh, to_launch.min(left.saturating_sub(under_way)));
            }
        }
        for _ in 0..to_terminate.min(allowed) {
            let Some(id) = self.next_old(refresh) else { break };
            self.retire(refresh, &id);
            changed = true;
        }
        changed |= self.retire_standby(refresh);
        if !changed && idle {
            self.note_obstacle(refresh);
        }
        changed
    }

    /// How many serve and are healthy; the new ones when they are warm.
    fn healthy(&mut self, refresh: &Refresh) -> i64 {
        let generation = Some(refresh.generation());
        let new: i64 = self.new_and_healthy(refresh).iter().map(|member| member.weight).sum();
        let serves =
            |member: &&Member| member.state == Lifecycle::InService && member.healthy && member.ailing.is_none();
        let old = self.group.members.iter().filter(serves).filter(|member| member.refresh != generation);
        new + old.map(|member| member.weight).sum::<i64>()
    }

    /// Those that it has launched and that are done: in service, healthy and warm.
    pub(super) fn new_and_healthy(&mut self, refresh: &Refresh) -> Vec<Member> {
        let generation = Some(refresh.generation());
        let (now, warmup) = (self.now, refresh.preferences.warmup);
        let is_done = |member: &&Member| {
            member.refresh == generation
                && member.state == Lifecycle::InService
                && member.healthy
                && member.ailing.is_none()
                && member.warm(now, warmup)
        };
        let mut done: Vec<Member> = self.group.members.iter().filter(is_done).cloned().collect();
        done.retain(|member| self.passes_checks(&member.id));
        done
    }

    /// Whether a load balancer's health checks, if they matter to the group, let a new instance pass.
    pub(super) fn passes_checks(&mut self, id: &str) -> bool {
        if !self.group.options.health_check_type.contains("ELB") {
            return true;
        }
        matches!(self.target_health(id), None | Some(Health::Healthy | Health::Unused))
    }

    fn launch_extra(&mut self, refresh: &Refresh, count: usize) -> bool {
        let mut launched = false;
        for _ in 0..count {
            if !self.may_launch() {
                break;
            }
            let cause = format!("At {} an instance was launched in response to an instance refresh.", at(self.now));
            let zone = self.zone_to_renew(refresh);
            let reason = Reason { cause, extra: Some(Extra::Refresh), refresh: Some(refresh.generation()), zone };
            if self.launch_one(&reason).is_none() {
                break;
            }
            launched = true;
        }
        launched
    }

    /// The zone with the most old instances that nobody has been launched for yet: a new one there leaves the zones
    /// in balance when an old one goes.
    fn zone_to_renew(&self, refresh: &Refresh) -> Option<String> {
        let old = self.eligible(refresh);
        let left = |zone: &str| {
            let launched = self.group.members.iter().filter(|member| member.extra == Some(Extra::Refresh));
            let launched = launched.filter(|member| member.zone == zone).count();
            old.iter().filter(|member| member.zone == zone).count().saturating_sub(launched)
        };
        let zones = spread::zones(&self.group.places);
        zones.into_iter().rev().max_by_key(|zone| left(zone)).map(str::to_owned)
    }

    /// Old instances that may be replaced now.
    fn eligible(&self, refresh: &Refresh) -> Vec<&Member> {
        let may_go = |member: &&Member| {
            let protected = member.protected && refresh.preferences.protected == Obstacle::Wait;
            member.state == Lifecycle::InService && !protected
        };
        refresh.old.iter().filter_map(|id| self.group.member(id)).filter(may_go).collect()
    }

    /// The old instance that goes next: an unhealthy one, else the oldest of the fullest zone.
    fn next_old(&self, refresh: &Refresh) -> Option<String> {
        let counts = spread::counts(&self.group);
        let key = |member: &&Member| {
            (member.healthy, std::cmp::Reverse(counts.get(&member.zone).copied().unwrap_or(0)), member.joined)
        };
        self.eligible(refresh).into_iter().min_by_key(key).map(|member| member.id.clone())
    }

    /// Terminates an old instance; one that was launched in addition takes its place if it serves.
    fn retire(&mut self, refresh: &mut Refresh, id: &str) {
        let now = at(self.now);
        let cause = format!(
            "At {now} an instance was taken out of service in response to an instance refresh.  At {now} instance {id} was \
             selected for termination."
        );
        self.terminate(id, cause);
        refresh.old.remove(id);
        refresh.progressed = self.now;
        let stands_in =
            |member: &&mut Member| member.extra == Some(Extra::Refresh) && member.state == Lifecycle::InService;
        if let Some(member) = self.group.members.iter_mut().find(stands_in) {
            member.extra = None;
        }
    }

    /// Those in standby go without replacement, if they are to: they count for nothing.
    fn retire_standby(&mut self, refresh: &mut Refresh) -> bool {
        if refresh.preferences.standby != Obstacle::Replace {
            return false;
        }
        let stands_by = |id: &&String| self.group.member(id).is_some_and(|member| member.state == Lifecycle::Standby);
        let ids: Vec<String> = refresh.old.iter().filter(stands_by).cloned().collect();
        for id in &ids {
            self.retire(refresh, id);
        }
        !ids.is_empty()
    }

    /// Says what is in the way.
    fn note_obstacle(&self, refresh: &mut Refresh) {
        let Some(member) = refresh.old.iter().find_map(|id| self.group.member(id)) else { return };
        let why = match member.state {
            Lifecycle::Standby => "is in Standby. Return it to service to continue.",
            _ if member.protected => "is protected. Remove instance scale-in protection to continue.",
            _ => return,
        };
        refresh.reason =
            Some(format!("Waiting for remaining instances to be available. For example: {} {why}", member.id));
    }
}

fn ceiling(count: i64, percentage: i64) -> i64 {
    (count * percentage + 99) / 100
}
