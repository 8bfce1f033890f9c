//! Why a pool isn't up: which of its machines are late, and what Google Cloud says about them.

use std::collections::BTreeSet;
use std::time::Duration;

use castra_core::context::elapsed;
use castra_core::resource::At;
use castra_core::{Error, ErrorKind, Result, Seen, shortened};
use google_cloud_compute_v1::model::managed_instance::CurrentAction;
use google_cloud_compute_v1::model::managed_instance_instance_health::DetailedHealthState as Health;
use google_cloud_compute_v1::model::{
    InstanceGroupManager as Model, InstanceManagedByIgmError as Failure, ManagedInstance,
};
use jiff::Timestamp;

use super::read;
use crate::call::list;
use crate::client::Clients;
use crate::error::of_code;
use crate::links;

/// After how long a pool that isn't up is asked why: a machine takes less than a minute.
const LATE: Duration = Duration::from_secs(60);

/// What went wrong with a group.
#[derive(Debug)]
struct Setback {
    error: Error,
    /// Whether waiting doesn't mend it: it happened while we waited, and will again.
    permanent: bool,
}

/// Looks at a group that is to have so many machines: exactly `size` of them, where the count is fixed, and at least
/// `wanted` else.
///
/// # Errors
/// A cause that waiting doesn't mend.
pub(super) async fn look(
    at: &At<'_, Clients>,
    group: &Model,
    size: Option<u32>,
    wanted: u32,
    began: Timestamp,
) -> Result<Seen<()>> {
    let serving = read::serving(group);
    let done = match size {
        Some(_) => serving == wanted && read::stable(group),
        None => serving >= wanted,
    };
    if done && read::reached(group) {
        return Ok(Seen::Done(()));
    }
    let told = read::told(group);
    if elapsed(began, at.cx.now()) < LATE {
        return Ok(Seen::Not(told));
    }
    let name = group.name.as_deref().unwrap_or_default();
    let machines = read::managed(at, name).await?;
    let late: Vec<&ManagedInstance> = machines.iter().filter(|machine| is_late(machine)).collect();
    let seen = match late.as_slice() {
        [] => told,
        late => format!("{told}; {}", shortened(&late.iter().map(|machine| self::told(machine)).collect::<Vec<_>>())),
    };
    let Some(Setback { error, permanent }) = setback(name, &late, &failures(at, name).await?, began) else {
        return Ok(Seen::Not(seen));
    };
    let error = error.preceded_by(&seen);
    if permanent { Err(error) } else { Ok(Seen::Hindered(error)) }
}

/// What failed lately, the latest first.
async fn failures(at: &At<'_, Clients>, name: &str) -> Result<Vec<Failure>> {
    let Clients { project, region, .. } = at.cloud;
    let request = at.cloud.region_instance_group_managers.list_errors().set_project(project).set_region(region);
    list!(at, "regionInstanceGroupManagers.listErrors", request.set_instance_group_manager(name))
}

fn is_late(machine: &ManagedInstance) -> bool {
    machine.current_action.as_ref() != Some(&CurrentAction::None)
}

fn zone(machine: &ManagedInstance) -> &str {
    machine.instance.as_deref().and_then(|link| links::after(link, "zones")).unwrap_or("a zone that isn't told")
}

/// A machine with all that is known: `camp-secondary-1 in europe-west1-b is CREATING (STAGING)`.
fn told(machine: &ManagedInstance) -> String {
    let name = machine.instance.as_deref().map(links::name).unwrap_or_default();
    let action = machine.current_action.as_ref().and_then(CurrentAction::name).unwrap_or("waited for");
    let status = machine.instance_status.as_ref().and_then(|status| status.name());
    let status = status.map_or_else(String::new, |status| format!(" ({status})"));
    format!("{name} in {} is {action}{status}", zone(machine))
}

/// The code and the message of a machine's last attempt, if that failed.
fn attempt(machine: &ManagedInstance) -> Option<(&str, &str)> {
    let first = machine.last_attempt.as_ref()?.errors.as_ref()?.errors.first()?;
    Some((first.code.as_deref().unwrap_or_default(), first.message.as_deref().unwrap_or("no reason given")))
}

/// What keeps late machines from running: attempts that failed, or else health checks that do.
fn setback(name: &str, late: &[&ManagedInstance], failures: &[Failure], began: Timestamp) -> Option<Setback> {
    let failed: Vec<_> = late.iter().filter_map(|machine| Some((*machine, attempt(machine)?))).collect();
    let Some((_, (code, message))) = failed.first() else {
        return unhealthy(late).map(|error| Setback { error, permanent: false });
    };
    let kind = of_code(code, message).kind();
    let alike: Vec<&ManagedInstance> = failed
        .iter()
        .filter(|(_, (code, message))| of_code(code, message).kind() == kind)
        .map(|(one, _)| *one)
        .collect();
    let places: BTreeSet<&str> = alike.iter().map(|machine| zone(machine)).collect();
    let places: Vec<&str> = places.into_iter().collect();
    let error = of_code(code, &format!("{name} can't make machines in {}: {message}", places.join(", ")));
    // What failed before we came may have been mended since: the next attempt will tell.
    let fresh = failures.iter().any(|failure| is_since(failure, began) && concerns(failure, &alike));
    Some(Setback { error, permanent: fresh && is_permanent(kind) })
}

fn is_since(failure: &Failure, began: Timestamp) -> bool {
    let at: Option<Timestamp> = failure.timestamp.as_deref().and_then(|at| at.parse().ok());
    at.is_some_and(|at| at >= began)
}

fn concerns(failure: &Failure, machines: &[&ManagedInstance]) -> bool {
    let about = failure.instance_action_details.as_ref().and_then(|details| details.instance.as_deref());
    about.is_some_and(|about| {
        machines.iter().any(|machine| machine.instance.as_deref().map(links::relative) == Some(links::relative(about)))
    })
}

/// Whether waiting doesn't mend it. Machines that are short may be there later, and a new service account becomes known.
fn is_permanent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Denied | ErrorKind::Quota | ErrorKind::Invalid | ErrorKind::Unsupported)
}

/// Machines that run and fail the group's health check.
fn unhealthy(late: &[&ManagedInstance]) -> Option<Error> {
    let ill = |machine: &&&ManagedInstance| {
        machine.instance_health.iter().any(|health| {
            matches!(health.detailed_health_state, Some(Health::Unhealthy | Health::Timeout | Health::Draining))
        })
    };
    let ill: Vec<String> = late.iter().filter(ill).map(|machine| told(machine)).collect();
    (!ill.is_empty()).then(|| {
        Error::new(ErrorKind::Unhealthy, format!("{}: the health check fails", shortened(&ill))).remedy(
            "its group makes it again after its boot time; if that one fails as well, see its serial port's output",
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use serde_json::{Value, json};

    use super::*;

    fn link(zone: &str, name: &str) -> String {
        format!("https://www.googleapis.com/compute/v1/projects/p1/zones/{zone}/instances/{name}")
    }

    fn machine(zone: &str, name: &str, action: &str, rest: Value) -> ManagedInstance {
        let mut machine = json!({ "instance": link(zone, name), "currentAction": action });
        machine.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        serde_json::from_value(machine).unwrap()
    }

    fn failed(zone: &str, name: &str, code: &str, message: &str) -> ManagedInstance {
        let errors = json!({ "errors": [{ "code": code, "message": message }] });
        machine(zone, name, "CREATING", json!({ "lastAttempt": { "errors": errors } }))
    }

    fn failure(second: i64, zone: &str, name: &str) -> Failure {
        let at = Timestamp::from_second(second).unwrap().to_string();
        serde_json::from_value(json!({ "timestamp": at, "instanceActionDetails": { "instance": link(zone, name) } }))
            .unwrap()
    }

    fn verdict(machines: &[ManagedInstance], failures: &[Failure]) -> Option<Setback> {
        let late: Vec<&ManagedInstance> = machines.iter().collect();
        setback("camp-secondaries", &late, failures, Timestamp::from_second(100).unwrap())
    }

    #[test]
    fn only_what_waiting_mends_is_waited_for() {
        let of = |code: &str| {
            let setback = verdict(&[failed("b", "s-1", code, "words")], &[failure(200, "b", "s-1")]).unwrap();
            (setback.error.kind(), setback.permanent)
        };
        assert_eq!(of("QUOTA_EXCEEDED"), (ErrorKind::Quota, true));
        assert_eq!(of("ZONE_RESOURCE_POOL_EXHAUSTED"), (ErrorKind::Capacity, false));
        assert_eq!(of("ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"), (ErrorKind::Capacity, false));
        assert_eq!(of("invalid"), (ErrorKind::Invalid, true), "an image that isn't there");
        assert_eq!(of("PERMISSIONS_ERROR"), (ErrorKind::Denied, true));
    }

    #[test]
    fn all_zones_that_are_short_are_named() {
        let short = |zone, name| failed(zone, name, "ZONE_RESOURCE_POOL_EXHAUSTED", "no resources");
        let machines = [short("c", "s-2"), short("b", "s-1"), failed("d", "s-3", "QUOTA_EXCEEDED", "words")];
        let message = verdict(&machines, &[]).unwrap().error.message().to_owned();
        assert_eq!(message, "camp-secondaries can't make machines in b, c: no resources");
    }

    #[test]
    fn what_failed_before_or_elsewhere_is_told_and_decides_nothing() {
        let late = [failed("b", "s-1", "QUOTA_EXCEEDED", "words")];
        for failures in [vec![], vec![failure(50, "b", "s-1")], vec![failure(200, "b", "s-9")]] {
            let setback = verdict(&late, &failures).unwrap();
            assert_eq!((setback.error.kind(), setback.permanent), (ErrorKind::Quota, false));
        }
    }

    #[test]
    fn a_failing_health_check_is_told_with_its_machine() {
        let health =
            |state: &str| json!({ "instanceHealth": [{ "detailedHealthState": state }], "instanceStatus": "RUNNING" });
        let setback = verdict(&[machine("b", "s-1", "VERIFYING", health("TIMEOUT"))], &[]).unwrap();
        assert_eq!((setback.error.kind(), setback.permanent), (ErrorKind::Unhealthy, false));
        assert_eq!(setback.error.message(), "s-1 in b is VERIFYING (RUNNING): the health check fails");
        assert!(verdict(&[machine("b", "s-1", "VERIFYING", health("UNKNOWN"))], &[]).is_none());
    }
}
