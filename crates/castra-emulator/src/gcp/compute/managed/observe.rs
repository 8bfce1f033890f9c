//! What a managed group sees of its members' instances, and what follows from it.

use std::time::Duration;

use serde_json::Value;

use super::converge::Turn;
use super::health::{self, Finding, Probe};
use super::member::{Action, Member, Stage, instance};
use super::spread::Shape;
use crate::clock::later;
use crate::gcp::compute::instance as instances;
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::Phase;

/// What can be seen of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Missing,
    Running,
    /// It doesn't run, and won't by itself.
    Stopped,
    /// It is on its way to somewhere else.
    Moving,
    /// It is being deleted.
    Going,
}

/// Looks at a member, and begins what follows. False if the member is gone.
pub(super) fn member(turn: &mut Turn<'_>, name: &str, member: &mut Member) -> bool {
    let seen = see(turn.project, name, member);
    let now = turn.project.now;
    match member.stage.clone() {
        Stage::Due(at) if at <= now && !turn.wants.ends => {
            if seen == Seen::Missing {
                turn.make(name, member);
            } else {
                // Someone else's instance has the name, or its own is still going.
                turn.retry_leaving();
            }
            true
        }
        Stage::Due(at) => {
            turn.look_again(at);
            !elsewhere(turn, member)
        }
        Stage::Coming(operation) => {
            coming(turn, name, member, seen, &operation);
            true
        }
        Stage::Here => here(turn, name, member, seen),
        Stage::Changing(until) if until <= now || seen == Seen::Missing => {
            arrived(turn, member);
            true
        }
        Stage::Changing(until) => {
            turn.look_again(until);
            true
        }
        stage @ Stage::Leaving { again, .. } => match seen {
            Seen::Missing if again => {
                member.stage = Stage::Due(now);
                true
            }
            Seen::Missing => false,
            // Its deletion failed, or couldn't begin.
            Seen::Running | Seen::Stopped | Seen::Moving => turn.begin_leaving(name, member, stage),
            Seen::Going => true,
        },
    }
}

/// Whether a new member had better be made in another zone: its own has no machines, another may have some, and the
/// group's shape doesn't mind.
fn elsewhere(turn: &Turn<'_>, member: &Member) -> bool {
    let aim = &turn.wants.aim;
    let exhausted = &turn.group.exhausted;
    aim.shape != Shape::Even
        && member.action == Action::Creating
        && exhausted.contains_key(&member.zone)
        && aim.zones.iter().any(|zone| !exhausted.contains_key(zone))
}

fn see(project: &Project, name: &str, member: &Member) -> Seen {
    let Some(resource) = project.resources.get(&instance(&member.zone, name)) else { return Seen::Missing };
    match resource.text("status") {
        _ if resource.phase == Phase::Going => Seen::Going,
        "RUNNING" => Seen::Running,
        "TERMINATED" | "STOPPED" | "SUSPENDED" => Seen::Stopped,
        _ => Seen::Moving,
    }
}

/// Its instance is being made.
fn coming(turn: &mut Turn<'_>, name: &str, member: &mut Member, seen: Seen, operation: &str) {
    match seen {
        Seen::Running => {
            member.failures = 0;
            member.error = None;
            arrived(turn, member);
        }
        Seen::Stopped => member.stage = Stage::Here,
        Seen::Missing => {
            let now = turn.project.now;
            match ended(turn.project, operation) {
                Some(error) => turn.not_made(name, member, error),
                None => member.stage = Stage::Due(now),
            }
        }
        Seen::Moving | Seen::Going => {}
    }
}

/// Its instance runs, and has to prove itself if the group has a health check.
fn arrived(turn: &Turn<'_>, member: &mut Member) {
    member.stage = Stage::Here;
    member.probe = Probe::default();
    member.action = if turn.wants.healing.is_some() { Action::Verifying } else { Action::None };
}

/// Its instance was there: one that has gone, stopped or fallen ill comes again
/// (<https://cloud.google.com/compute/docs/instance-groups/about-repair>).
fn here(turn: &mut Turn<'_>, name: &str, member: &mut Member, seen: Seen) -> bool {
    match seen {
        Seen::Running => {
            if check(turn, name, member) {
                return true;
            }
            repair(turn, name, member)
        }
        Seen::Missing | Seen::Stopped if turn.wants.repairs => repair(turn, name, member),
        _ => true,
    }
}

/// The instance comes again, with its name; with its version too, unless the group wants repairs to update
/// (<https://cloud.google.com/compute/docs/instance-groups/update-on-repair>).
fn repair(turn: &mut Turn<'_>, name: &str, member: &mut Member) -> bool {
    if turn.wants.renews
        && let Some(version) = turn.version_for(Some(name))
    {
        member.version = version;
    }
    turn.begin_leaving(name, member, Stage::Leaving { again: true, for_update: false })
}

/// Checks a running instance's health. False if it is to be repaired.
fn check(turn: &mut Turn<'_>, name: &str, member: &mut Member) -> bool {
    let Some((check, delay)) = &turn.wants.healing else {
        if member.action == Action::Verifying {
            member.action = Action::None;
            turn.changed = true;
        }
        return true;
    };
    let Some(resource) = turn.project.resources.get(&instance(&member.zone, name)) else { return true };
    let Some(since) = instances::running_since(resource) else { return true };
    let again = health::look(turn.project, &mut member.probe, check, &turn.wants.named_ports, resource, since);
    let (now, patient_until) = (turn.project.now, later(since, Duration::from_secs(*delay)));
    if let Some(again) = again {
        turn.look_again(again);
    }
    match member.probe.state {
        Some(Finding::Healthy) => {
            member.action = Action::None;
            true
        }
        // "During a VM's initial delay, the MIG ignores unsuccessful health checks" (autohealing's page).
        Some(_) if patient_until <= now => !turn.wants.heals,
        _ => {
            if patient_until > now {
                turn.look_again(patient_until);
            }
            true
        }
    }
}

/// What an operation that has ended failed with.
fn ended(project: &Project, operation: &str) -> Option<OperationError> {
    let operation = project.operations.get(operation).filter(|operation| operation.ended.is_some())?;
    let error = operation.document.get("error")?.get("errors")?.get(0)?;
    let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    let status = operation.document.get("httpErrorStatusCode").and_then(Value::as_u64);
    let status = status.and_then(|status| u16::try_from(status).ok()).unwrap_or(500);
    Some(OperationError::new(status, text("code"), text("message")))
}
