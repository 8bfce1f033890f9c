//! What Auto Scaling refuses, and how it says so. Its reference has only the codes; the messages are those that its
//! users report.

use serde_json::Value;

use super::state::Group;
use crate::aws::ApiError;
use crate::aws::call::Call;

/// A `ValidationError`, the code of most refusals
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/CommonErrors.html>).
pub(super) fn error(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationError", message)
}

/// There is no group of that name.
pub(super) fn no_group(name: &str) -> ApiError {
    error(format!("AutoScalingGroup name not found - AutoScalingGroup {name} not found"))
}

/// The group that the call names.
pub(super) fn group<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Group, ApiError> {
    let name = call.required("AutoScalingGroupName");
    group_named(call, name)
}

/// The group of that name, or of that ARN.
pub(super) fn group_named<'a>(call: &'a mut Call<'_>, name: &str) -> Result<&'a mut Group, ApiError> {
    let name = name.rsplit_once("autoScalingGroupName/").map_or(name, |(_, name)| name);
    call.here().autoscaling.groups.get_mut(name).ok_or_else(|| no_group(name))
}

/// The group that the call names, if it may be changed: it isn't once its deletion was asked for.
pub(super) fn changeable<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Group, ApiError> {
    let group = group(call)?;
    if group.deleting {
        return Err(pending_delete(&group.name));
    }
    Ok(group)
}

/// The group is going.
pub(super) fn pending_delete(name: &str) -> ApiError {
    error(format!("AutoScalingGroup {name} is pending delete and cannot be changed."))
}

/// Something is under way that must end first.
pub(super) fn in_progress(group: &Group) -> ApiError {
    let activity = group.activities.iter().find(|activity| activity.end.is_none());
    let message = match activity {
        Some(activity) => format!("Scaling activity {} is in progress and blocks this action", activity.id),
        None => format!("AutoScalingGroup {} is in its cooldown period, which blocks this action", group.name),
    };
    ApiError::new("ScalingActivityInProgress", message)
}

/// Sizes that don't fit together.
pub(super) fn sizes(min: i64, max: i64, desired: i64) -> Result<(), ApiError> {
    if let Some(size) = [min, max, desired].into_iter().find(|size| !(0..=i64::from(i32::MAX)).contains(size)) {
        return Err(error(format!("The group size {size} is out of range.")));
    }
    if min > max {
        return Err(error(format!("Max bound, {max}, must be greater than or equal to min bound, {min}")));
    }
    if !(min..=max).contains(&desired) {
        return Err(error(format!(
            "Desired capacity:{desired} must be between the specified min size:{min} and max size:{max}"
        )));
    }
    Ok(())
}

/// The capacity can't change by `by` without leaving the group's bounds; `what` is what was wanted, such as
/// `To attach 1 instance`.
pub(super) fn no_room(group: &Group, what: &str) -> ApiError {
    error(format!(
        "AutoScalingGroup {} has min-size={}, max-size={}, and desired-size={}. {what}, please update the \
         AutoScalingGroup sizes appropriately.",
        group.name, group.min, group.max, group.desired
    ))
}

/// `1 instance`, `2 instances`.
pub(super) fn instances(count: usize) -> String {
    if count == 1 { "1 instance".to_owned() } else { format!("{count} instances") }
}

/// An instance that isn't a member of the group.
pub(super) fn not_member(instance: &str, group: &str) -> ApiError {
    error(format!("The instance {instance} is not part of Auto Scaling group {group}."))
}

/// The call's filters: names and values.
pub(super) fn filters<'a>(call: &Call<'a>) -> Vec<(&'a str, Vec<String>)> {
    let filter = |filter: &'a Value| {
        let name = filter.get("Name").and_then(Value::as_str).unwrap_or_default();
        let values = filter.get("Values").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        (name, values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    call.list("Filters").iter().map(filter).collect()
}

/// A filter that the operation doesn't know.
pub(super) fn bad_filter(name: &str) -> ApiError {
    error(format!("Filter type {name} is not valid for this operation."))
}
