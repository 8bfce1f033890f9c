//! What a group's activities tell: launches that failed, and members that were taken away.

use std::collections::BTreeSet;

use aws_sdk_autoscaling::types::{Activity, ScalingActivityStatusCode};
use castra_core::resource::At;
use castra_core::{Call, Error, ErrorKind, Result, shortened};
use jiff::Timestamp;
use serde_json::Value;

use super::SERVICE;
use crate::call::send;
use crate::client::Clients;
use crate::error::failed_launch;

/// How AWS begins the description of a launch and of a removal ("Verify a scaling activity", Auto Scaling User Guide).
const LAUNCHING: &str = "Launching a new EC2 instance";
const TERMINATING: &str = "Terminating EC2 instance: ";

/// Between what happened and the check that was the cause, in an activity's cause.
const BECAUSE: &str = "in response to ";

/// What went wrong with a group.
#[derive(Debug)]
pub(super) struct Setback {
    /// The error of the latest failure.
    pub(super) error: Error,
    /// Whether waiting doesn't mend it: it happened while we waited, and will again.
    pub(super) permanent: bool,
}

/// The group's activities, the newest first.
pub(super) async fn latest(at: &At<'_, Clients>, group: &str) -> Result<Vec<Activity>> {
    let request = at.cloud.autoscaling.describe_scaling_activities().auto_scaling_group_name(group).max_records(50);
    let answer = send!(at.cx, Call::read(SERVICE, "DescribeScalingActivities"), request)?;
    Ok(answer.activities.unwrap_or_default())
}

/// What keeps the group from having its machines, if its activities tell: launches that failed since the last one
/// that went well, or else machines that its health check took away since `began`.
pub(super) fn setback(group: &str, zones: &[String], activities: &[Activity], began: Timestamp) -> Option<Setback> {
    let failed: Vec<&Activity> = activities
        .iter()
        .filter(|activity| activity.description().is_some_and(|text| text.starts_with(LAUNCHING)))
        .take_while(|activity| activity.status_code() != Some(&ScalingActivityStatusCode::Successful))
        .filter(|activity| has_failed(activity))
        .collect();
    let Some(latest) = failed.first() else {
        return losses(activities, began).map(|error| Setback { error, permanent: false });
    };
    let kind = cause(group, None, latest).kind();
    let alike = failed.iter().filter(|activity| cause(group, None, activity).kind() == kind);
    let places: BTreeSet<String> = alike.filter_map(|activity| zone(activity)).collect();
    let everywhere = zones.iter().all(|zone| places.contains(zone));
    let error = cause(group, Some(&places), latest);
    // What failed before we came may have been mended since: the next launch will tell.
    Some(Setback { error, permanent: is_since(latest, began) && is_permanent(kind, everywhere) })
}

/// The machines that the group's health check took away since `began`.
pub(super) fn losses(activities: &[Activity], began: Timestamp) -> Option<Error> {
    let lost: Vec<String> = activities.iter().filter(|activity| is_since(activity, began)).filter_map(loss).collect();
    (!lost.is_empty()).then(|| {
        Error::new(ErrorKind::Unhealthy, shortened(&lost))
            .remedy("see in their console output why they fail, mend image or machine type, and apply again")
    })
}

fn is_since(activity: &Activity, began: Timestamp) -> bool {
    activity.start_time().is_some_and(|start| start.secs() >= began.as_second())
}

/// A launch that is refused is failed, one whose machine ends before it is in service is cancelled.
fn has_failed(activity: &Activity) -> bool {
    matches!(activity.status_code(), Some(ScalingActivityStatusCode::Failed | ScalingActivityStatusCode::Cancelled))
}

/// Whether waiting doesn't mend it. Machines that are short may be there later; a new instance profile becomes known;
/// a zone that doesn't have the machine type at all is passed over for others, if there are others.
fn is_permanent(kind: ErrorKind, everywhere: bool) -> bool {
    match kind {
        ErrorKind::Denied | ErrorKind::Quota | ErrorKind::Invalid => true,
        ErrorKind::Unsupported => everywhere,
        _ => false,
    }
}

fn cause(group: &str, places: Option<&BTreeSet<String>>, activity: &Activity) -> Error {
    let message = activity.status_message().unwrap_or("no reason given").trim_end_matches('.');
    let places: Vec<&str> = places.into_iter().flatten().map(String::as_str).collect();
    let places = if places.is_empty() { String::new() } else { format!(" in {}", places.join(", ")) };
    failed_launch(code(message), &format!("{group} cannot launch machines{places}: {message}"))
}

/// The zone of an activity: its details are a JSON document.
fn zone(activity: &Activity) -> Option<String> {
    let details: Value = serde_json::from_str(activity.details()?).ok()?;
    Some(details.get("Availability Zone")?.as_str()?.to_owned())
}

/// A machine that was taken away because it failed a check: `i-1 was taken out of service (an ELB system health check
/// failure)`.
fn loss(activity: &Activity) -> Option<String> {
    let id = activity.description()?.strip_prefix(TERMINATING)?.split(' ').next()?;
    let (_, check) = activity.cause()?.rsplit_once(BECAUSE)?;
    let check = check.trim_end_matches('.');
    check.contains("check").then(|| format!("{id} was taken out of service ({check})"))
}

/// The error code in an activity's message: `Could not launch On-Demand Instances. VcpuLimitExceeded - You have
/// requested ...`; `Client.InternalError: Client error on launch`; `Instance became unhealthy while waiting for
/// instance to be in InService state. Termination Reason: Client.InternalError: Client error on launch`. Most have none.
fn code(message: &str) -> &str {
    if let Some((before, _)) = message.split_once(" - ") {
        return before.rsplit(' ').next().unwrap_or_default();
    }
    let reason = message.split_once("Termination Reason: ").map_or(message, |(_, reason)| reason);
    reason.split(':').next().filter(|word| !word.contains(' ')).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use aws_sdk_autoscaling::primitives::DateTime;

    use super::*;

    const SHORT: &str = "We currently do not have sufficient m7i.xlarge capacity in the Availability Zone you \
                         requested (eu-central-1a). Launching EC2 instance failed.";
    const KEY: &str = "Instance became unhealthy while waiting for instance to be in InService state. Termination \
                       Reason: Client.InternalError: Client error on launch";

    fn launch(second: i64, status: ScalingActivityStatusCode, zone: &str, message: &str) -> Activity {
        Activity::builder()
            .description(format!("{LAUNCHING}.  Status Reason: {message}"))
            .start_time(DateTime::from_secs(second))
            .status_code(status)
            .details(format!("{{\"Subnet ID\":\"subnet-1\",\"Availability Zone\":\"{zone}\"}}"))
            .status_message(message)
            .build()
    }

    fn taken(second: i64, id: &str, cause: &str) -> Activity {
        Activity::builder()
            .description(format!("{TERMINATING}{id}"))
            .start_time(DateTime::from_secs(second))
            .status_code(ScalingActivityStatusCode::Successful)
            .cause(cause)
            .build()
    }

    fn told(activities: &[Activity]) -> Option<Setback> {
        let zones = ["eu-central-1a", "eu-central-1b"].map(str::to_owned);
        setback("demo-secondaries", &zones, activities, Timestamp::from_second(100).unwrap())
    }

    #[test]
    fn the_code_is_found_in_the_message() {
        let quota = "Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity \
                     than your current vCPU limit of 32 allows. Launching EC2 instance failed.";
        assert_eq!(code(quota), "VcpuLimitExceeded");
        assert_eq!(code("Client.InternalError: Client error on launch"), "Client.InternalError");
        assert_eq!(code(KEY), "Client.InternalError");
        assert_eq!(code("Instance became unhealthy while waiting for instance to be in InService state."), "");
        assert_eq!(code(SHORT), "");
    }

    #[test]
    fn only_what_waiting_mends_is_waited_for() {
        use ScalingActivityStatusCode::{Cancelled, Failed};
        let verdict = |status, message: &str| {
            let setback = told(&[launch(200, status, "eu-central-1a", message)]).unwrap();
            (setback.error.kind(), setback.permanent)
        };
        let quota = "You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance \
                     bucket that the specified instance type belongs to. Launching EC2 instance failed.";
        assert_eq!(verdict(Failed, quota), (ErrorKind::Quota, true));
        assert_eq!(verdict(Failed, "The image id '[ami-1]' does not exist"), (ErrorKind::Invalid, true));
        let denied = "You are not authorized. UnauthorizedOperation - You are not authorized to perform this.";
        assert_eq!(verdict(Failed, denied), (ErrorKind::Denied, true));
        assert_eq!(verdict(Cancelled, KEY), (ErrorKind::Denied, true));
        assert_eq!(verdict(Failed, SHORT), (ErrorKind::Capacity, false));
        let elsewhere = "Your requested instance type (m7i.xlarge) is not supported in your requested Availability \
                         Zone (eu-central-1a). Launching EC2 instance failed.";
        assert_eq!(verdict(Failed, elsewhere), (ErrorKind::Unsupported, false));
        let ended = "Instance became unhealthy while waiting for instance to be in InService state. Termination \
                     Reason: Client.InstanceInitiatedShutdown: Instance initiated shutdown";
        assert_eq!(verdict(Cancelled, ended), (ErrorKind::Unhealthy, false));
    }

    #[test]
    fn all_zones_that_are_short_are_named() {
        use ScalingActivityStatusCode::{Failed, Successful};
        let short = |second, zone| launch(second, Failed, zone, SHORT);
        let fine = launch(150, Successful, "eu-central-1c", "");
        let two = [short(201, "eu-central-1b"), short(200, "eu-central-1a"), fine.clone(), short(90, "eu-central-1c")];
        let message = told(&two).unwrap().error.message().to_owned();
        assert!(message.contains(" in eu-central-1a, eu-central-1b: We currently"), "{message}");
        // A launch that went well came after.
        assert!(told(&[fine, short(120, "eu-central-1b")]).is_none());
    }

    #[test]
    fn what_failed_before_is_told_and_decides_nothing() {
        let old = launch(50, ScalingActivityStatusCode::Failed, "eu-central-1a", "VcpuLimitExceeded - You have");
        let setback = told(&[old]).unwrap();
        assert_eq!((setback.error.kind(), setback.permanent), (ErrorKind::Quota, false));
    }

    #[test]
    fn machines_that_were_taken_away_are_named() {
        let check = "At 2026-01-01T00:00:00Z an instance was taken out of service in response to an EC2 instance \
                     status check failure.";
        let shrunk = "At 2026-01-01T00:00:00Z an instance was taken out of service in response to a difference \
                      between desired and actual capacity, shrinking the capacity from 3 to 2.";
        let setback = told(&[taken(200, "i-1", check), taken(200, "i-2", shrunk), taken(50, "i-3", check)]).unwrap();
        assert_eq!(setback.error.kind(), ErrorKind::Unhealthy);
        assert_eq!(setback.error.message(), "i-1 was taken out of service (an EC2 instance status check failure)");
        assert!(told(&[taken(200, "i-2", shrunk)]).is_none());
    }
}
