//! Health: what is found out about members, what users say of them, and the replacement of the unhealthy
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html>).

use serde_json::json;

use super::activity::at;
use super::launch::Reason;
use super::member::{Ailment, Extra, Lifecycle, Member};
use super::turn::{self, Turn};
use super::validate;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::{self, InstanceState};
use crate::aws::elb::Health;
use crate::aws::error::Answer;
use crate::clock::later;

pub(super) const OPERATIONS: Operations = &[("SetInstanceHealth", set)];

impl Turn<'_> {
    /// Marks members unhealthy that have failed a check for long enough to be seen.
    pub(super) fn check_health(&mut self) -> bool {
        if self.group.suspends("HealthCheck") {
            return false;
        }
        let interval = self.account.settings.timings.autoscaling_health_check;
        let serving = |member: &&Member| member.state == Lifecycle::InService && member.healthy;
        let ids: Vec<String> = self.group.members.iter().filter(serving).map(|member| member.id.clone()).collect();
        let mut changed = false;
        for id in ids {
            let found = self.ailment(&id);
            let now = self.now;
            let Some(member) = self.member(&id) else { continue };
            member.ailing = match (found, member.ailing) {
                (None, _) => None,
                (Some(found), Some((since, known))) if known == found => Some((since, known)),
                (Some(found), _) => Some((now, found)),
            };
            if let Some((since, _)) = member.ailing
                && self.has_come(later(since, interval.into()))
                && let Some(member) = self.member(&id)
            {
                member.healthy = false;
                changed = true;
            }
        }
        changed
    }

    /// Which check a member fails now. An instance that doesn't run is unhealthy at once; the other checks count after
    /// the grace period
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-check-grace-period.html>).
    fn ailment(&mut self, id: &str) -> Option<Ailment> {
        if !matches!(self.instance_state(id), Some(InstanceState::Running | InstanceState::Pending)) {
            return Some(Ailment::Gone);
        }
        let grace = self.group.options.grace_period;
        let in_service = self.group.member(id).and_then(|member| member.in_service)?;
        let instance = self.account.region(self.region).ec2.instances.get(id).cloned();
        let ailment = if instance.is_some_and(|instance| ec2::impaired(self.account, &instance)) {
            Some(Ailment::StatusCheck)
        } else if self.group.options.health_check_type.contains("ELB")
            && self.target_health(id) == Some(Health::Unhealthy)
        {
            Some(Ailment::LoadBalancer)
        } else {
            None
        };
        ailment.filter(|_| self.has_come(Self::seconds_after(in_service, grace)))
    }

    /// Replaces the unhealthy: they go, and their vacancies are filled. A group whose maintenance policy keeps all its
    /// capacity in service launches first
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-maintenance-policy.html>).
    pub(super) fn replace_unhealthy(&mut self) -> bool {
        if self.group.suspends("ReplaceUnhealthy") || self.group.suspends("Terminate") || self.group.deleting {
            return false;
        }
        let unhealthy = |member: &&Member| member.state == Lifecycle::InService && !member.healthy;
        let ill: Vec<(String, Option<Ailment>)> = self
            .group
            .members
            .iter()
            .filter(unhealthy)
            .map(|member| (member.id.clone(), member.ailing.map(|(_, ailment)| ailment)))
            .collect();
        if ill.is_empty() {
            // Who was launched for somebody that is gone by now is a member as any.
            for member in &mut self.group.members {
                member.extra.take_if(|extra| *extra == Extra::Replacement);
            }
        }
        let launch_first = self.group.options.maintenance.is_some_and(|(min, max)| min == 100 && max > 100);
        let mut changed = false;
        for (id, ailment) in ill {
            let ailment = ailment.unwrap_or(Ailment::User);
            if launch_first && ailment != Ailment::Gone && !self.stand_in(&mut changed) {
                continue;
            }
            let cause = format!(
                "At {} an instance was taken out of service in response to {}.",
                at(self.now),
                ailment.sentence()
            );
            self.terminate(&id, cause);
            if !launch_first || ailment == Ailment::Gone {
                self.group.replacements += 1;
            }
            changed = true;
        }
        changed
    }

    /// Whether a replacement serves already, which from now on is a member as any; if none is on its way, one is
    /// launched.
    fn stand_in(&mut self, changed: &mut bool) -> bool {
        let stands_in = |member: &&mut Member| member.extra == Some(Extra::Replacement);
        if let Some(member) = self.group.members.iter_mut().find(stands_in) {
            let serves = member.state == Lifecycle::InService && member.healthy;
            if serves {
                member.extra = None;
            }
            return serves;
        }
        if self.may_launch() {
            let cause = format!(
                "At {} an instance was launched in response to an unhealthy instance needing to be replaced.",
                at(self.now)
            );
            let reason = Reason { cause, extra: Some(Extra::Replacement), refresh: None, zone: None };
            *changed |= self.launch_one(&reason).is_some();
        }
        false
    }
}

/// SetInstanceHealth (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetInstanceHealth.html>).
fn set(call: &mut Call<'_>) -> Answer {
    let (id, status) = (call.required("InstanceId"), call.required("HealthStatus"));
    let healthy = match status {
        "Healthy" => true,
        "Unhealthy" => false,
        _ => {
            return Err(validate::error(format!(
                "Invalid value for HealthStatus: {status}. Valid values are Healthy and Unhealthy."
            )));
        }
    };
    let respect_grace = call.input.get("ShouldRespectGracePeriod").is_none_or(|flag| flag != false);
    let now = call.now();
    let groups = &mut call.here().autoscaling.groups;
    let Some(group) = groups.values_mut().find(|group| group.member(id).is_some()) else {
        return Err(validate::error(format!("Instance Id not found - No managed instance found for instance ID {id}")));
    };
    let (name, grace) = (group.name.clone(), group.options.grace_period);
    if let Some(member) = group.member_mut(id)
        && (healthy || !respect_grace || member.warm(now, grace))
    {
        member.healthy = healthy;
        member.ailing = (!healthy).then_some((now, Ailment::User));
    }
    turn::soon(call, &name);
    Ok(json!({}))
}
