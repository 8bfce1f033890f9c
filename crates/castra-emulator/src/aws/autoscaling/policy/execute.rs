//! Policies executed: by alarms and by users.

use jiff::Timestamp;

use super::super::member::Member;
use super::super::state::Group;
use super::super::{turn, validate};
use super::{Kind, Policy};
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::clock::later;

/// What sets a policy off.
pub(super) struct Trigger<'a> {
    /// A sentence's middle: `a monitor alarm .. in state ALARM triggered policy ..`.
    pub(super) reason: &'a str,
    pub(super) honor_cooldown: bool,
    pub(super) threshold: f64,
    /// The metric's value, if it is known.
    pub(super) value: Option<f64>,
}

/// An alarm acts on a policy, named by ARN; or why it doesn't.
pub(crate) fn alarm(
    account: &mut Account,
    region: &str,
    policy: &str,
    alarm: &str,
    threshold: f64,
    value: Option<f64>,
) -> Result<(), String> {
    let groups = &account.region(region).autoscaling.groups;
    let found = groups.values().find_map(|group| {
        let policy = group.policies.values().find(|known| known.arn == policy)?;
        Some((group.name.clone(), policy.clone()))
    });
    let Some((group, policy)) = found else { return Err("The policy does not exist.".to_owned()) };
    let suspended = groups.get(&group).is_some_and(|group| group.suspends("AlarmNotification") || group.deleting);
    if suspended || !policy.enabled {
        return Err("The policy is disabled, or AlarmNotification is suspended.".to_owned());
    }
    let reason = format!("a monitor alarm {alarm} in state ALARM triggered policy {}", policy.name);
    let trigger = Trigger { reason: &reason, honor_cooldown: true, threshold, value };
    execute(account, region, &group, &policy, &trigger).map_err(|refusal| refusal.message)
}

/// Executes a policy.
pub(super) fn execute(
    account: &mut Account,
    region: &str,
    group: &str,
    policy: &Policy,
    trigger: &Trigger<'_>,
) -> Result<(), ApiError> {
    let now = account.now;
    let act_after = later(now, account.settings.timings.autoscaling_reaction.into());
    let Some(found) = account.region(region).autoscaling.groups.get_mut(group) else { return Ok(()) };
    let settled = found.desired - warming(found, now);
    let (wanted, warmup) = match &policy.kind {
        Kind::Simple { adjustment, by, cooldown } => {
            let cooling = found.cooling.is_some() || found.cooldown_until.is_some_and(|until| until > now);
            if trigger.honor_cooldown && cooling {
                return Err(validate::in_progress(found));
            }
            let wanted = adjustment.apply(found.desired, *by).clamp(found.min, found.max);
            if wanted != found.desired {
                found.cooling = Some(cooldown.unwrap_or(found.options.cooldown));
            }
            (wanted, None)
        }
        Kind::Step { adjustment, steps, warmup } => {
            let beyond = trigger.value.map_or(0.0, |value| value - trigger.threshold);
            let step = steps.iter().find(|step| step.holds(beyond));
            let step = step.ok_or_else(|| validate::error("No step adjustment found for the metric value"))?;
            (weigh(found, adjustment.apply(settled, step.by), settled), Some(*warmup))
        }
        Kind::Target { value: target, scale_in, warmup } => {
            let Some(value) = trigger.value else { return Ok(()) };
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "group sizes are small")]
            let wanted = (settled as f64 * value / target).ceil() as i64;
            let wanted = weigh(found, wanted, settled);
            (if wanted < found.desired && !scale_in { found.desired } else { wanted }, Some(*warmup))
        }
    };
    if wanted != found.desired {
        found.want(wanted, trigger.reason, now, act_after);
        let own = |warmup: Option<i64>| warmup.or(found.options.default_warmup).unwrap_or(found.options.cooldown);
        found.warmup = warmup.map(own);
        turn::wake_at(account, region, group, now);
    }
    Ok(())
}

/// What a group wants of a new capacity that was worked out from `settled`: instances that are warming up count on top,
/// so that one breach isn't answered twice, and while any is there is no scale-in
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html#step-scaling-warmup>).
fn weigh(group: &Group, wanted: i64, settled: i64) -> i64 {
    let wanted = wanted.clamp(group.min, group.max);
    if wanted > settled {
        return wanted.max(group.desired);
    }
    if settled < group.desired { group.desired } else { wanted }
}

/// How much of the desired capacity is not yet there or not yet warm, as policies have only just asked for it.
fn warming(group: &Group, now: Timestamp) -> i64 {
    let cold = |member: &&Member| member.state.counts() && member.warmup > 0 && !member.warm(now, member.warmup);
    let cold: i64 = group.members.iter().filter(cold).map(|member| member.weight).sum();
    let coming = if group.warmup.is_some() { (group.desired - group.capacity()).max(0) } else { 0 };
    cold + coming
}
