//! Why a pool isn't up: which of its machines are late, and what EC2 says about them.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_autoscaling::types::{AutoScalingGroup as Described, Instance as Member};
use castra_core::context::elapsed;
use castra_core::resource::At;
use castra_core::{Error, ErrorKind, Result, Seen, shortened};
use jiff::Timestamp;

use super::activity::{self, Setback};
use super::read::Members;
use crate::client::Clients;
use crate::kinds::instance::{Checks, statuses};

/// After how long a pool that has too few machines, not even pending ones, is asked why: a group begins to launch
/// within seconds.
const SHORT: Duration = Duration::from_secs(15);

/// After how long one whose machines don't come into service is: a machine takes about a minute.
const LATE: Duration = Duration::from_secs(60);

/// Looks at a group that is to have `wanted` machines in service, and no others where they are to be so many exactly.
///
/// # Errors
/// A cause that waiting doesn't mend.
pub(super) async fn look(
    at: &At<'_, Clients>,
    group: &Described,
    wanted: usize,
    exactly: bool,
    began: Timestamp,
) -> Result<Seen<()>> {
    let name = group.auto_scaling_group_name().unwrap_or_default();
    let members = Members::of(group);
    let mut seen = members.told();
    let waited = elapsed(began, at.cx.now());
    if members.serving.len() >= wanted {
        if exactly && members.all() != wanted {
            // Those who leave are too many, or had to be replaced.
            let lost = match waited >= LATE {
                true => activity::losses(&activity::latest(at, name).await?, began),
                false => None,
            };
            return Ok(lost.map_or(Seen::Not(seen.clone()), |lost| Seen::Hindered(lost.preceded_by(&seen))));
        }
        // A group takes a machine for well as soon as it runs; EC2's checks may know better.
        let ill = impaired(at, &members.serving).await?;
        if members.serving.len() - ill.len() >= wanted {
            return Ok(Seen::Done(()));
        }
        return Ok(Seen::Hindered(unhealthy(format!("{seen}; {}", shortened(&ill)))));
    }
    if let Some(suspended) = group.suspended_processes().iter().find(|one| one.process_name() == Some("Launch")) {
        let why = suspended.suspension_reason().unwrap_or("no reason given");
        return Err(Error::new(ErrorKind::Conflict, format!("{seen}, and {name} launches no more: {why}"))
            .remedy(format!("resume the process Launch of {name}")));
    }
    let few = members.serving.len() + members.coming.len() < wanted;
    if waited < if few { SHORT } else { LATE } {
        return Ok(Seen::Not(seen));
    }
    if !members.coming.is_empty() {
        let statuses = statuses(at, &ids(&members.coming)).await?;
        let coming = members.coming.iter().map(|member| late(member, &statuses));
        seen = format!("{seen}; {}", shortened(&coming.collect::<Vec<_>>()));
    }
    let activities = activity::latest(at, name).await?;
    let setback = activity::setback(name, group.availability_zones(), &activities, began);
    let Some(Setback { error, permanent }) = setback else { return Ok(Seen::Not(seen)) };
    let error = error.preceded_by(&seen);
    if permanent { Err(error) } else { Ok(Seen::Hindered(error)) }
}

/// Those of a group's members that fail a status check, told as such.
async fn impaired(at: &At<'_, Clients>, members: &[&Member]) -> Result<Vec<String>> {
    let statuses = statuses(at, &ids(members)).await?;
    let ill = |member: &&&Member| statuses.get(id(member)).is_some_and(Checks::failed);
    Ok(members.iter().filter(ill).map(|member| late(member, &statuses)).collect())
}

fn unhealthy(seen: String) -> Error {
    Error::new(ErrorKind::Unhealthy, seen).remedy(
        "its group replaces it after its grace period; if its successors fail as well, see their console output",
    )
}

fn ids(members: &[&Member]) -> Vec<String> {
    members.iter().map(|member| id(member).to_owned()).collect()
}

fn id(member: &Member) -> &str {
    member.instance_id().unwrap_or_default()
}

/// A member with all that is known: `i-1 in eu-central-1a is Pending (running, instance check initializing, system
/// check initializing)`.
fn late(member: &Member, statuses: &BTreeMap<String, Checks>) -> String {
    let zone = member.availability_zone().unwrap_or("a zone that isn't told");
    let state = member.lifecycle_state().map_or("unknown", |state| state.as_str());
    let health = member.health_status().filter(|health| !health.eq_ignore_ascii_case("healthy"));
    let health = health.map_or_else(String::new, |health| format!(", {health}"));
    let checks = statuses.get(id(member)).map_or_else(String::new, |checks| format!(" ({checks})"));
    format!("{} in {zone} is {state}{health}{checks}", id(member))
}
