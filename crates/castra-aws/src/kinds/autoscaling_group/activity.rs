//! Why a group doesn't launch what it should.

use aws_sdk_autoscaling::types::{Activity, ScalingActivityStatusCode};
use castra_core::resource::At;
use castra_core::{Call, Error, ErrorKind, Result};
use jiff::Timestamp;

use super::SERVICE;
use crate::call::send;
use crate::client::Clients;
use crate::error::failed_launch;

/// The group's latest failure since `began`, if it failed since.
pub(super) async fn failure(at: &At<'_, Clients>, group: &str, began: Timestamp) -> Result<Option<Error>> {
    // The newest activities come first.
    let request = at.cloud.autoscaling.describe_scaling_activities().auto_scaling_group_name(group).max_records(20);
    let answer = send!(at.cx, Call::read(SERVICE, "DescribeScalingActivities"), request)?;
    let began = began.as_second();
    let recent = |activity: &&Activity| activity.start_time().is_some_and(|start| start.secs() >= began);
    let failed = |activity: &&Activity| activity.status_code() == Some(&ScalingActivityStatusCode::Failed);
    Ok(answer.activities().iter().filter(recent).find(failed).map(|activity| cause(group, activity.status_message())))
}

/// Whether waiting doesn't mend it. Machines that are short in one zone now may be there later or in another; a new
/// instance profile becomes known.
pub(super) fn permanent(cause: &Error) -> bool {
    matches!(cause.kind(), ErrorKind::Denied | ErrorKind::Quota | ErrorKind::Invalid | ErrorKind::Unsupported)
}

fn cause(group: &str, message: Option<&str>) -> Error {
    let message = message.unwrap_or("no reason given").trim_end_matches('.');
    failed_launch(code(message), &format!("{group} cannot launch machines: {message}"))
}

/// The error code in an activity's message: `Could not launch On-Demand Instances. VcpuLimitExceeded - You have
/// requested ...`, or with the code first: `Client.InternalError: Client error on launch`.
fn code(message: &str) -> &str {
    let before = message.split(" - ").next().unwrap_or_default();
    let last = before.rsplit(' ').next().unwrap_or_default();
    if before.len() < message.len() {
        return last;
    }
    message.split(':').next().filter(|word| !word.contains(' ')).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_found_in_the_message() {
        let quota = "Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity \
                     than your current vCPU limit of 32 allows. Launching EC2 instance failed.";
        assert_eq!(code(quota), "VcpuLimitExceeded");
        assert_eq!(code("Client.InternalError: Client error on launch"), "Client.InternalError");
        assert_eq!(code("Instance became unhealthy while waiting for instance to be in InService state."), "");
    }

    #[test]
    fn only_what_waiting_mends_is_waited_for() {
        let verdict = |message: &str| permanent(&cause("demo-secondaries", Some(message)));
        assert!(verdict("Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more."));
        assert!(verdict("You are not authorized. UnauthorizedOperation - You are not authorized."));
        assert!(verdict("Client.InternalError: Client error on launch"));
        assert!(!verdict("Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not."));
        assert!(!verdict("Instance became unhealthy while waiting for instance to be in InService state."));
    }
}
