//! Refreshes started, cancelled, rolled back and described.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::source::Source;
use super::super::turn;
use super::super::validate::{self, error};
use super::super::{page, state::Group};
use super::preferences::Preferences;
use super::{Refresh, Status};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// How many refreshes a group remembers.
const KEPT: usize = 100;

pub(in super::super) const OPERATIONS: Operations = &[
    ("CancelInstanceRefresh", cancel),
    ("DescribeInstanceRefreshes", describe),
    ("RollbackInstanceRefresh", rollback),
    ("StartInstanceRefresh", start),
];

/// StartInstanceRefresh
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StartInstanceRefresh.html>).
fn start(call: &mut Call<'_>) -> Answer {
    let input = call.input;
    let group = validate::changeable(call)?;
    let name = group.name.clone();
    if group.refresh().is_some() {
        let message = "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.";
        return Err(ApiError::new("InstanceRefreshInProgress", message));
    }
    if input.get("Strategy").is_some_and(|strategy| strategy != "Rolling") {
        return Err(error("The ReplaceRootVolume strategy is not available here."));
    }
    let (before, places) = (group.source.clone(), group.places.clone());
    let preferences = Preferences::read(group, input.get("Preferences"))?;
    check_alarms(call, &preferences)?;
    let desired = match input.get("DesiredConfiguration") {
        Some(desired) => Source::read(call.account, call.region, desired)?,
        None => None,
    };
    if let Some(desired) = &desired {
        desired.check(call.account, call.region, &places)?;
    }
    if preferences.auto_rollback {
        reversible(call, desired.as_ref(), &before)
            .map_err(|reason| error(format!("AutoRollback cannot be enabled: {reason}")))?;
    }
    let (now, id) = (call.now(), call.account.chance.uuid());
    let refresh = Refresh {
        id: id.clone(),
        status: Status::Pending,
        reason: None,
        requested: now,
        start: None,
        end: None,
        preferences,
        desired,
        before,
        old: BTreeSet::new(),
        total: 0,
        updated: 0,
        checkpoint: 0,
        paused_until: None,
        bake_until: None,
        progressed: now,
        rollback: None,
    };
    let group = validate::changeable(call)?;
    group.refreshes.push_front(refresh);
    group.refreshes.truncate(KEPT);
    turn::soon(call, &name);
    Ok(json!({ "InstanceRefreshId": id }))
}

/// The alarms must be there and not be ringing already
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/start-instance-refresh.html>).
fn check_alarms(call: &mut Call<'_>, preferences: &Preferences) -> Result<(), ApiError> {
    if preferences.alarms.len() > 10 {
        return Err(error("At most 10 alarms can be specified."));
    }
    for alarm in &preferences.alarms {
        match call.here().cloudwatch.alarm_state(alarm) {
            None => return Err(error(format!("The CloudWatch alarm {alarm} does not exist."))),
            Some("ALARM") => return Err(error(format!("The CloudWatch alarm {alarm} is in the ALARM state."))),
            Some(_) => {}
        }
    }
    Ok(())
}

/// Whether there is a way back: it needs a desired configuration to come back from, and a numbered version with an
/// image of its own to go back to
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html>).
fn reversible(call: &mut Call<'_>, desired: Option<&Source>, before: &Source) -> Result<(), &'static str> {
    if desired.is_none() {
        return Err("a desired configuration was not found for the instance refresh.");
    }
    if !before.numbered() {
        return Err("the Auto Scaling group uses the $Latest or $Default version of its launch template.");
    }
    if before.resolves_image(call.ec2()) {
        return Err("the Auto Scaling group's launch template uses a Systems Manager parameter instead of an AMI ID.");
    }
    Ok(())
}

/// The refresh that is under way, or the refusal.
fn active(group: &mut Group) -> Result<&mut Refresh, ApiError> {
    let name = group.name.clone();
    group.refreshes.front_mut().filter(|refresh| refresh.status.active()).ok_or_else(|| {
        let message = format!("No in progress or pending Instance Refresh found for Auto Scaling group {name}");
        ApiError::new("ActiveInstanceRefreshNotFound", message)
    })
}

fn cancel(call: &mut Call<'_>) -> Answer {
    let now = call.now();
    let wait = call.input.get("WaitForTransitioningInstances").is_none_or(|flag| flag != false);
    let group = validate::group(call)?;
    let name = group.name.clone();
    let refresh = active(group)?;
    let id = refresh.id.clone();
    if wait {
        refresh.status = Status::Cancelling;
        refresh.reason = Some("Cancelled due to user request.".to_owned());
        refresh.old.clear();
    } else {
        refresh.cancel(now, "Cancelled due to user request.");
    }
    // What was launched in addition counts from now on as any.
    group.members.iter_mut().for_each(|member| member.extra = None);
    turn::soon(call, &name);
    Ok(json!({ "InstanceRefreshId": id }))
}

fn rollback(call: &mut Call<'_>) -> Answer {
    let group = validate::group(call)?;
    let name = group.name.clone();
    let refresh = active(group)?;
    if !matches!(refresh.status, Status::Pending | Status::InProgress | Status::Baking) {
        let message = format!("No Instance Refresh that can be rolled back found for Auto Scaling group {name}");
        return Err(ApiError::new("ActiveInstanceRefreshNotFound", message));
    }
    let (id, desired, before) = (refresh.id.clone(), refresh.desired.clone(), refresh.before.clone());
    reversible(call, desired.as_ref(), &before).map_err(|reason| {
        ApiError::new("IrreversibleInstanceRefresh", format!("The instance refresh cannot be rolled back: {reason}"))
    })?;
    turn::with(call, &name, |turn| turn.roll_back("Manual rollback initiated by user."));
    Ok(json!({ "InstanceRefreshId": id }))
}

fn describe(call: &mut Call<'_>) -> Answer {
    let ids = call.texts("InstanceRefreshIds");
    let group = validate::group(call)?;
    let wanted = |refresh: &&Refresh| ids.is_empty() || ids.contains(&refresh.id.as_str());
    let shown: Vec<Value> = group.refreshes.iter().filter(wanted).map(|refresh| refresh.show(&group.name)).collect();
    page::of(call, "InstanceRefreshes", shown, 50)
}
