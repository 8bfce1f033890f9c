//! The life of instances: `PROVISIONING`, `STAGING`, `RUNNING`, `STOPPING`, `TERMINATED`
//! (<https://cloud.google.com/compute/docs/instances/instance-life-cycle>).

use jiff::Timestamp;
use serde_json::Value;

use super::{Instances, account, capacity, interfaces};
use crate::Seconds;
use crate::gcp::call::Call;
use crate::gcp::compute::kind::Kind as _;
use crate::gcp::compute::{fingerprint, reference, target};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::{Effect, OperationError, Start};
use crate::gcp::project::{Project, rfc3339};
use crate::gcp::resource::{Document, Phase, Resource};
use crate::gcp::scope::Key;

/// Where an instance's hidden part holds since when it runs, and what it was before an operation that is under way.
const RUNNING_SINCE: &str = "runningSince";
const BEFORE: &str = "statusBefore";

/// Since when an instance runs, if it does: each start counts anew.
pub(crate) fn running_since(instance: &Resource) -> Option<Timestamp> {
    if instance.text("status") != "RUNNING" {
        return None;
    }
    instance.hidden.get(RUNNING_SINCE)?.as_str()?.parse().ok()
}

/// Changes an instance's document.
pub(super) fn edit(project: &mut Project, key: &Key, with: impl FnOnce(&mut Project, &mut Document)) {
    let Some(resource) = project.resources.get_mut(key) else { return };
    let mut document = std::mem::take(&mut resource.document);
    with(project, &mut document);
    fingerprint::put("Instance", &mut document);
    if let Some(resource) = project.resources.get_mut(key) {
        resource.document = document;
    }
}

fn set_status(project: &mut Project, key: &Key, status: &str) {
    edit(project, key, |_, document| {
        document.insert("status".to_owned(), status.into());
    });
}

fn status(project: &Project, key: &Key) -> String {
    project.resources.get(key).map(|resource| resource.text("status").to_owned()).unwrap_or_default()
}

/// The resources of a new or starting instance are there.
pub(super) fn stage(project: &mut Project, key: &Key) {
    if status(project, key) == "PROVISIONING" {
        set_status(project, key, "STAGING");
    }
}

/// An instance's insertion ends: it runs, unless there is no room for it.
pub(super) fn ready(project: &mut Project, key: &Key) -> Result<(), OperationError> {
    let missing = || ApiError::not_found(&key.path(&project.id));
    let instance = project.resources.get(key).ok_or_else(missing)?;
    if instance.phase == Phase::Going {
        return Ok(());
    }
    account::check(project, instance)?;
    capacity::check(project, instance)?;
    run(project, key);
    Ok(())
}

/// An instance runs from now on.
fn run(project: &mut Project, key: &Key) {
    edit(project, key, |project, document| {
        document.insert("status".to_owned(), "RUNNING".into());
        document.insert("lastStartTimestamp".to_owned(), rfc3339(project.now).into());
        interfaces::open(project, document);
    });
    let now = project.now.to_string();
    if let Some(resource) = project.resources.get_mut(key) {
        resource.hidden.insert(RUNNING_SINCE.to_owned(), now.into());
    }
}

/// An instance has stopped.
fn terminate(project: &mut Project, key: &Key) {
    edit(project, key, |project, document| {
        document.insert("status".to_owned(), "TERMINATED".into());
        document.insert("lastStopTimestamp".to_owned(), rfc3339(project.now).into());
        interfaces::close(project, key, document);
    });
}

/// An operation that was to change an instance's status has failed: it is what it was before.
pub(super) fn undone(project: &mut Project, key: &Key) {
    let before = project.resources.get_mut(key).and_then(|resource| resource.hidden.remove(BEFORE));
    if let Some(Value::String(before)) = before {
        set_status(project, key, &before);
    }
}

/// Starts an operation on an instance, whose status is another until the operation ends.
fn operate(project: &mut Project, key: &Key, verb: &str, during: Option<&str>, user: &str, effect: Effect) -> Value {
    if let Some(during) = during {
        let before = status(project, key);
        if let Some(resource) = project.resources.get_mut(key) {
            resource.hidden.insert(BEFORE.to_owned(), before.into());
        }
        set_status(project, key, during);
    }
    let takes = Instances.takes(&project.settings.timings, verb);
    project.start(Start {
        scope: key.scope.clone(),
        kind: verb.to_owned(),
        method: format!("instances.{verb}"),
        target: Some(key.clone()),
        effect,
        takes,
        user: user.to_owned(),
    })
}

fn done(project: &mut Project, key: &Key) {
    if let Some(resource) = project.resources.get_mut(key) {
        resource.hidden.remove(BEFORE);
    }
}

fn then(key: &Key, then: fn(&mut Project, &Key, &Value) -> Result<(), OperationError>) -> Effect {
    Effect::Then(key.clone(), Value::Null, then)
}

/// The status of an instance that can be operated on.
fn operable(project: &Project, key: &Key) -> Result<String, ApiError> {
    let instance = project.resources.get(key).ok_or_else(|| ApiError::not_found(&key.path(&project.id)))?;
    match instance.phase {
        Phase::There => Ok(instance.text("status").to_owned()),
        Phase::Coming | Phase::Going => Err(ApiError::not_ready(&key.path(&project.id))),
    }
}

/// Starts to stop an instance; one that is stopped stays so
/// (<https://cloud.google.com/compute/docs/instances/stop-start-instance>).
pub(crate) fn begin_stop(project: &mut Project, key: &Key, user: &str) -> Answer {
    match operable(project, key)?.as_str() {
        "RUNNING" => {
            let effect = then(key, |project, key, _| {
                if status(project, key) == "STOPPING" {
                    terminate(project, key);
                }
                done(project, key);
                Ok(())
            });
            Ok(operate(project, key, "stop", Some("STOPPING"), user, effect))
        }
        "TERMINATED" => Ok(operate(project, key, "stop", None, user, Effect::None)),
        _ => Err(ApiError::not_ready(&key.path(&project.id))),
    }
}

/// Starts a stopped instance; one that runs goes on.
pub(crate) fn begin_start(project: &mut Project, key: &Key, user: &str) -> Answer {
    match operable(project, key)?.as_str() {
        "TERMINATED" => {
            let effect = then(key, |project, key, _| {
                let instance = project.resources.get(key).filter(|one| one.phase == Phase::There);
                if let Some(instance) = instance {
                    capacity::check(project, instance)?;
                    run(project, key);
                }
                done(project, key);
                Ok(())
            });
            let operation = operate(project, key, "start", Some("PROVISIONING"), user, effect);
            let timings = &project.settings.timings;
            let staging = timings.instance_provisioning.0.min(timings.instance_start.0);
            let pending = timings.operation_pending.0;
            project.schedule(key, Seconds(pending + staging), stage);
            Ok(operation)
        }
        "RUNNING" => Ok(operate(project, key, "start", None, user, Effect::None)),
        _ => Err(ApiError::not_ready(&key.path(&project.id))),
    }
}

/// Starts to reset an instance that runs (<https://cloud.google.com/compute/docs/instances/reset-instance>).
pub(crate) fn begin_reset(project: &mut Project, key: &Key, user: &str) -> Answer {
    if operable(project, key)? != "RUNNING" {
        return Err(ApiError::not_ready(&key.path(&project.id)));
    }
    let effect = then(key, |project, key, _| {
        if status(project, key) == "RUNNING" {
            run(project, key);
        }
        Ok(())
    });
    Ok(operate(project, key, "reset", None, user, effect))
}

/// Starts to delete an instance; also one whose insertion still runs.
pub(crate) fn begin_delete(project: &mut Project, key: &Key, user: &str) -> Answer {
    let instance = project.resources.get(key).ok_or_else(|| ApiError::not_found(&key.path(&project.id)))?;
    if instance.phase == Phase::Going {
        return Err(ApiError::not_ready(&key.path(&project.id)));
    }
    reference::unused(project, instance)?;
    let operation = operate(project, key, "delete", Some("STOPPING"), user, Effect::Deleted(key.clone()));
    if let Some(resource) = project.resources.get_mut(key) {
        resource.phase = Phase::Going;
    }
    Ok(operation)
}

pub(super) fn start(call: &mut Call<'_>) -> Answer {
    let key = target::key(call)?;
    begin_start(call.project, &key, call.caller)
}

pub(super) fn stop(call: &mut Call<'_>) -> Answer {
    let key = target::key(call)?;
    begin_stop(call.project, &key, call.caller)
}

pub(super) fn reset(call: &mut Call<'_>) -> Answer {
    let key = target::key(call)?;
    begin_reset(call.project, &key, call.caller)
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let key = target::key(call)?;
    begin_delete(call.project, &key, call.caller)
}

/// A host's maintenance: the instance moves and goes on, or is stopped and started again, as its scheduling says
/// (<https://cloud.google.com/compute/docs/instances/simulating-host-maintenance>).
pub(super) fn maintain(call: &mut Call<'_>) -> Answer {
    let key = target::key(call)?;
    if operable(call.project, &key)? != "RUNNING" {
        return Err(ApiError::not_ready(&key.path(&call.project.id)));
    }
    let effect = then(&key, |project, key, _| {
        let Some(instance) = project.resources.get(key).filter(|one| one.text("status") == "RUNNING") else {
            return Ok(());
        };
        let scheduling = |field: &str| instance.document.get("scheduling").and_then(|it| it.get(field)).cloned();
        if scheduling("onHostMaintenance") == Some("TERMINATE".into()) {
            match scheduling("automaticRestart") {
                Some(Value::Bool(true)) => run(project, key),
                _ => terminate(project, key),
            }
        }
        Ok(())
    });
    Ok(operate(call.project, &key, "simulateMaintenanceEvent", None, call.caller, effect))
}
