//! Scaling activities: what a group did, and why.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::state::Group;
use super::{page, validate};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;
use crate::chance::Chance;

/// How many activities a group and the deleted groups of a region keep.
const KEPT: usize = 600;

/// A scaling activity (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html>).
#[derive(Debug, Clone)]
pub(super) struct Activity {
    pub(super) id: String,
    pub(super) group: String,
    pub(super) arn: String,
    pub(super) description: String,
    pub(super) cause: String,
    pub(super) start: Timestamp,
    pub(super) end: Option<Timestamp>,
    pub(super) status: &'static str,
    pub(super) message: Option<String>,
    pub(super) progress: i64,
    pub(super) zone: String,
    pub(super) subnet: Option<String>,
}

/// What an activity starts with.
#[derive(Debug, Clone, Default)]
pub(super) struct Begun {
    pub(super) description: String,
    pub(super) cause: String,
    pub(super) status: &'static str,
    pub(super) progress: i64,
    pub(super) zone: String,
    pub(super) subnet: Option<String>,
}

pub(super) const OPERATIONS: Operations = &[("DescribeScalingActivities", describe)];

/// A moment as causes write it: whole seconds.
pub(super) fn at(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Begins an activity; its id.
pub(super) fn begin(group: &mut Group, chance: &mut Chance, now: Timestamp, begun: Begun) -> String {
    let id = chance.uuid();
    group.activities.push_front(Activity {
        id: id.clone(),
        group: group.name.clone(),
        arn: group.arn.clone(),
        description: begun.description,
        cause: begun.cause.chars().take(1023).collect(),
        start: now,
        end: None,
        status: begun.status,
        message: None,
        progress: begun.progress,
        zone: begun.zone,
        subnet: begun.subnet,
    });
    group.activities.truncate(KEPT);
    id
}

/// Moves an activity on.
pub(super) fn advance(group: &mut Group, id: Option<&str>, status: &'static str, progress: i64) {
    if let Some(activity) = find(group, id) {
        activity.status = status;
        activity.progress = progress;
    }
}

/// Ends an activity well.
pub(super) fn succeed(group: &mut Group, id: Option<&str>, now: Timestamp) {
    if let Some(activity) = find(group, id) {
        activity.status = "Successful";
        activity.progress = 100;
        activity.end = Some(now);
    }
}

/// Ends an activity badly: `Failed` or `Cancelled`.
pub(super) fn fail(group: &mut Group, id: Option<&str>, now: Timestamp, status: &'static str, message: &str) {
    if let Some(activity) = find(group, id) {
        activity.status = status;
        activity.progress = 100;
        activity.end = Some(now);
        activity.description = format!("{}.  Status Reason: {message}", activity.description);
        activity.message = Some(message.chars().take(255).collect());
    }
}

fn find<'a>(group: &'a mut Group, id: Option<&str>) -> Option<&'a mut Activity> {
    let id = id?;
    group.activities.iter_mut().find(|activity| activity.id == id && activity.end.is_none())
}

/// As describes show it; `deleted`: its group is gone.
pub(super) fn show(activity: &Activity, deleted: Option<bool>) -> Value {
    let mut details = Map::new();
    if let Some(subnet) = &activity.subnet {
        details.insert("Subnet ID".to_owned(), subnet.as_str().into());
    }
    if !activity.zone.is_empty() {
        details.insert("Availability Zone".to_owned(), activity.zone.as_str().into());
    }
    let mut shown = json!({
        "ActivityId": activity.id,
        "AutoScalingGroupName": activity.group,
        "AutoScalingGroupARN": activity.arn,
        "Description": activity.description,
        "Cause": activity.cause,
        "StartTime": epoch(activity.start),
        "StatusCode": activity.status,
        "Progress": activity.progress,
        "Details": Value::Object(details).to_string(),
    });
    if let Some(members) = shown.as_object_mut() {
        if let Some(end) = activity.end {
            members.insert("EndTime".to_owned(), epoch(end));
        }
        if let Some(message) = &activity.message {
            members.insert("StatusMessage".to_owned(), message.as_str().into());
        }
        if let Some(deleted) = deleted {
            let state = if deleted { "Deleted" } else { "InService" };
            members.insert("AutoScalingGroupState".to_owned(), state.into());
        }
    }
    shown
}

/// The latest first; those of the last six weeks
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/CHAP_Troubleshooting.html>).
fn describe(call: &mut Call<'_>) -> Answer {
    let name = call.text("AutoScalingGroupName");
    let ids = call.texts("ActivityIds");
    let with_deleted = call.flag("IncludeDeletedGroups");
    let bounds = Bounds::of(call)?;
    let now = call.now();
    let state = &call.here().autoscaling;
    if let Some(name) = name
        && !state.groups.contains_key(name)
        && !(with_deleted && state.past.iter().any(|activity| activity.group == name))
    {
        return Err(validate::no_group(name));
    }
    let present = state.groups.values().flat_map(|group| &group.activities).map(|activity| (activity, false));
    let past = state.past.iter().filter(|_| with_deleted).map(|activity| (activity, true));
    let earliest = now.checked_sub(SignedDuration::from_hours(42 * 24)).ok();
    let mut found: Vec<_> = present
        .chain(past)
        .filter(|(activity, _)| name.is_none_or(|name| activity.group == name))
        .filter(|(activity, _)| ids.is_empty() || ids.contains(&activity.id.as_str()))
        .filter(|(activity, _)| earliest.is_none_or(|earliest| activity.start >= earliest))
        .filter(|(activity, _)| bounds.hold(activity))
        .collect();
    found.sort_by_key(|(activity, _)| Reverse(activity.start));
    let shown = found.iter().map(|(activity, deleted)| show(activity, with_deleted.then_some(*deleted))).collect();
    page::of(call, "Activities", shown, 100)
}

/// The call's filters.
#[derive(Default)]
struct Bounds {
    lower: Option<Timestamp>,
    upper: Option<Timestamp>,
    statuses: Option<Vec<String>>,
}

impl Bounds {
    fn of(call: &Call<'_>) -> Result<Self, ApiError> {
        let mut bounds = Self::default();
        for (name, values) in validate::filters(call) {
            let moment = || {
                let first = values.first().map(String::as_str).unwrap_or_default();
                first.parse::<Timestamp>().map_err(|_| validate::error(format!("Invalid timestamp: {first}")))
            };
            match name {
                "StartTimeLowerBound" => bounds.lower = Some(moment()?),
                "StartTimeUpperBound" => bounds.upper = Some(moment()?),
                "Status" => bounds.statuses = Some(values),
                _ => return Err(validate::bad_filter(name)),
            }
        }
        Ok(bounds)
    }

    fn hold(&self, activity: &Activity) -> bool {
        self.lower.is_none_or(|lower| activity.start >= lower)
            && self.upper.is_none_or(|upper| activity.start <= upper)
            && self.statuses.as_ref().is_none_or(|statuses| statuses.iter().any(|status| status == activity.status))
    }
}
