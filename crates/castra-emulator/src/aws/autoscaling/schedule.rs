//! Scheduled actions: sizes that change at their time
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html>).

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::cron::Cron;
use super::validate::{self, error};
use super::{Due, page, turn};
use crate::aws::ApiError;
use crate::aws::account::{Account, What};
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;
use crate::clock::later;

/// A scheduled action.
#[derive(Debug, Clone)]
pub(super) struct Scheduled {
    pub(super) name: String,
    arn: String,
    /// When it next acts.
    start: Timestamp,
    end: Option<Timestamp>,
    /// The expression and what it means.
    recurrence: Option<(String, Cron)>,
    time_zone: Option<String>,
    min: Option<i64>,
    max: Option<i64>,
    desired: Option<i64>,
}

/// How many actions a group may have
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html>).
const MOST: usize = 125;

pub(super) const OPERATIONS: Operations = &[
    ("BatchDeleteScheduledAction", batch_delete),
    ("BatchPutScheduledUpdateGroupAction", batch_put),
    ("DeleteScheduledAction", delete),
    ("DescribeScheduledActions", describe),
    ("PutScheduledUpdateGroupAction", put),
];

/// A timestamp of a request.
fn moment(given: &Value, member: &str) -> Result<Option<Timestamp>, ApiError> {
    let Some(seconds) = given.get(member).and_then(Value::as_f64) else { return Ok(None) };
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and what is too far is refused")]
    let millis = (seconds * 1000.0) as i64;
    Timestamp::from_millisecond(millis).map(Some).map_err(|_| error(format!("{member} is out of range.")))
}

/// The time zone of that name
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScheduledUpdateGroupAction.html>).
fn time_zone(name: Option<&str>) -> Result<TimeZone, ApiError> {
    let Some(name) = name else { return Ok(TimeZone::UTC) };
    TimeZone::get(name).map_err(|_| error(format!("Invalid time zone: {name}")))
}

/// Reads an action and puts it in its group.
fn put_one(call: &mut Call<'_>, given: &Value) -> Result<(), ApiError> {
    let text = |member: &str| given.get(member).and_then(Value::as_str);
    let number = |member: &str| given.get(member).and_then(Value::as_i64);
    let name = text("ScheduledActionName").unwrap_or_default();
    let now = call.now();
    let (min, max, desired) = (number("MinSize"), number("MaxSize"), number("DesiredCapacity"));
    let zone = text("TimeZone");
    let start = match moment(given, "StartTime")? {
        Some(start) => Some(start),
        None => moment(given, "Time")?,
    };
    let end = moment(given, "EndTime")?;
    let group = validate::changeable(call)?;
    if min.is_none() && max.is_none() && desired.is_none() {
        return Err(error("At least one of MinSize, MaxSize or DesiredCapacity must be specified."));
    }
    let (least, most) = (min.unwrap_or(0), max.unwrap_or(i64::from(i32::MAX)));
    validate::sizes(least, most, desired.unwrap_or(least))?;
    if start.is_some_and(|start| start < now) {
        return Err(error("Given start time is in the past"));
    }
    if end.is_some_and(|end| end < now || start.is_some_and(|start| end <= start)) {
        return Err(error("Given end time must be in the future and after the start time"));
    }
    let (start, recurrence) = match text("Recurrence") {
        Some(text) => {
            let cron = Cron::parse(text).ok_or_else(|| error(format!("Given recurrence string:{text} is invalid")))?;
            let next = cron.next(now, &time_zone(zone)?);
            let next = start.or(next).ok_or_else(|| error(format!("Given recurrence string:{text} is invalid")))?;
            (next, Some((text.to_owned(), cron)))
        }
        None if zone.is_some() => return Err(error("TimeZone can only be specified together with Recurrence.")),
        None => (start.ok_or_else(|| error("Either StartTime or Recurrence must be specified."))?, None),
    };
    let clashes = group.schedules.values().any(|other| other.name != name && other.start == start);
    if clashes {
        return Err(ApiError::new("AlreadyExists", "An action is already scheduled for this group at that time."));
    }
    if !group.schedules.contains_key(name) && group.schedules.len() >= MOST {
        return Err(ApiError::new("LimitExceeded", format!("Only {MOST} scheduled actions are allowed per group.")));
    }
    let (group, known) = (group.name.clone(), group.schedules.get(name).map(|known| known.arn.clone()));
    let arn = known.unwrap_or_else(|| {
        let id = call.account.chance.uuid();
        let rest = format!("scheduledUpdateGroupAction:{id}:autoScalingGroupName/{group}:scheduledActionName/{name}");
        call.arn("autoscaling", &rest)
    });
    let time_zone = zone.map(str::to_owned);
    let action = Scheduled { name: name.to_owned(), arn, start, end, recurrence, time_zone, min, max, desired };
    validate::group(call)?.schedules.insert(name.to_owned(), action);
    schedule(call.account, call.region, &group, name, start);
    Ok(())
}

fn schedule(account: &mut Account, region: &str, group: &str, action: &str, at: Timestamp) {
    let after = Duration::try_from(at.duration_since(account.now)).unwrap_or(Duration::ZERO);
    let due = Due::Act { group: group.to_owned(), action: action.to_owned(), at };
    account.schedule(region, after, What::AutoScaling(due));
}

/// The action's moment has come, unless it was changed since. A suspended one is passed over, not made up for.
pub(super) fn act(account: &mut Account, region: &str, group: &str, action: &str, at: Timestamp) {
    let now = account.now;
    let act_after = later(now, account.settings.timings.autoscaling_reaction.into());
    let Some(found) = account.region(region).autoscaling.groups.get_mut(group) else { return };
    let Some(scheduled) = found.schedules.get(action).filter(|scheduled| scheduled.start == at).cloned() else {
        return;
    };
    let next = scheduled
        .recurrence
        .as_ref()
        .and_then(|(_, cron)| cron.next(now, &time_zone(scheduled.time_zone.as_deref()).ok()?));
    let next = next.filter(|next| scheduled.end.is_none_or(|end| *next <= end));
    match next {
        Some(next) => {
            if let Some(scheduled) = found.schedules.get_mut(action) {
                scheduled.start = next;
            }
        }
        None => {
            found.schedules.remove(action);
        }
    }
    if !found.suspends("ScheduledActions") && !found.deleting {
        let min = scheduled.min.unwrap_or(found.min);
        let max = scheduled.max.unwrap_or(found.max).max(min);
        let desired = scheduled.desired.unwrap_or(found.desired).clamp(min, max);
        (found.min, found.max) = (min, max);
        let reason = format!(
            "a scheduled action update of AutoScalingGroup constraints to min: {min}, max: {max}, desired: {desired}"
        );
        found.want(desired, &reason, now, act_after);
        turn::wake_at(account, region, group, now);
    }
    if let Some(next) = next {
        schedule(account, region, group, action, next);
    }
}

fn put(call: &mut Call<'_>) -> Answer {
    put_one(call, call.input)?;
    Ok(json!({}))
}

/// Each action by itself: what is refused is told, the rest is done.
fn batch_put(call: &mut Call<'_>) -> Answer {
    validate::changeable(call)?;
    let mut failed = Vec::new();
    for given in call.list("ScheduledUpdateGroupActions") {
        if let Err(refusal) = put_one(call, given) {
            failed.push(failure(given.get("ScheduledActionName").and_then(Value::as_str), &refusal));
        }
    }
    Ok(json!({ "FailedScheduledUpdateGroupActions": failed }))
}

fn failure(name: Option<&str>, refusal: &ApiError) -> Value {
    json!({
        "ScheduledActionName": name.unwrap_or_default(),
        "ErrorCode": refusal.code,
        "ErrorMessage": refusal.message,
    })
}

fn unknown() -> ApiError {
    error("Scheduled action name not found")
}

fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.required("ScheduledActionName");
    validate::changeable(call)?.schedules.remove(name).ok_or_else(unknown)?;
    Ok(json!({}))
}

fn batch_delete(call: &mut Call<'_>) -> Answer {
    let names = call.texts("ScheduledActionNames");
    let group = validate::changeable(call)?;
    let gone = |name: &&str| group.schedules.remove(*name).is_none();
    let failed: Vec<Value> = names.into_iter().filter(gone).map(|name| failure(Some(name), &unknown())).collect();
    Ok(json!({ "FailedScheduledActions": failed }))
}

fn describe(call: &mut Call<'_>) -> Answer {
    let (group, names) = (call.text("AutoScalingGroupName"), call.texts("ScheduledActionNames"));
    let (from, to) = (moment(call.input, "StartTime")?, moment(call.input, "EndTime")?);
    let groups = &call.here().autoscaling.groups;
    if let Some(group) = group
        && !groups.contains_key(group)
    {
        return Err(validate::no_group(group));
    }
    // The bounds are passed over if names are given.
    let wanted = |scheduled: &&Scheduled| match names.is_empty() {
        false => names.contains(&scheduled.name.as_str()),
        true => from.is_none_or(|from| scheduled.start >= from) && to.is_none_or(|to| scheduled.start <= to),
    };
    let mut shown = Vec::new();
    for found in groups.values().filter(|found| group.is_none_or(|group| found.name == group)) {
        shown.extend(found.schedules.values().filter(wanted).map(|scheduled| show(scheduled, &found.name)));
    }
    page::of(call, "ScheduledUpdateGroupActions", shown, 50)
}

fn show(scheduled: &Scheduled, group: &str) -> Value {
    let mut shown = Map::new();
    let mut set = |member: &str, value: Option<Value>| {
        if let Some(value) = value {
            shown.insert(member.to_owned(), value);
        }
    };
    set("AutoScalingGroupName", Some(group.into()));
    set("ScheduledActionName", Some(scheduled.name.as_str().into()));
    set("ScheduledActionARN", Some(scheduled.arn.as_str().into()));
    set("Time", Some(epoch(scheduled.start)));
    set("StartTime", Some(epoch(scheduled.start)));
    set("EndTime", scheduled.end.map(epoch));
    set("Recurrence", scheduled.recurrence.as_ref().map(|(text, _)| text.as_str().into()));
    set("TimeZone", scheduled.time_zone.as_deref().map(Into::into));
    set("MinSize", scheduled.min.map(Into::into));
    set("MaxSize", scheduled.max.map(Into::into));
    set("DesiredCapacity", scheduled.desired.map(Into::into));
    shown.into()
}
