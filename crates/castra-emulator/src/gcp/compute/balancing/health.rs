//! The health of what serves: nothing but what probes find, over time
//! (<https://cloud.google.com/load-balancing/docs/health-check-concepts>).

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::{instance_group, reference, target};
use super::backend_service::groups;
use super::health_check;
use crate::clock::later;
use crate::gcp::call::Call;
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Phase, Resource, list, text};
use crate::gcp::scope::Key;

/// How members of backend services' groups do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Health {
    /// By service and by the instance's number.
    members: BTreeMap<(Key, u64), Member>,
    /// When to look again, as planned.
    planned: Option<Timestamp>,
}

/// A member begins as unhealthy, and changes after so many probes in a row.
#[derive(Debug, Clone, Copy, Default)]
struct Member {
    healthy: bool,
    /// Since when probes have found otherwise.
    turning: Option<Timestamp>,
}

/// What a probe finds.
struct Probe {
    passes: bool,
    /// When that may change by itself.
    next: Option<Timestamp>,
}

/// Looks at every member of every backend service.
pub(crate) fn watch(project: &mut Project) {
    let now = project.now;
    let before = std::mem::take(&mut project.health);
    let mut health = Health { planned: before.planned.filter(|at| *at > now), ..Health::default() };
    let mut next: Option<Timestamp> = None;
    for service in project.resources.of("backendServices").filter(|service| service.phase != Phase::Coming) {
        let Some(check) = check_of(project, service) else { continue };
        for (group, instance) in instances(project, service) {
            let place = (service.key.clone(), instance.id);
            let mut member = before.members.get(&place).copied().unwrap_or_default();
            let probe = probe(project, check, service, group, instance);
            next = [next, probe.next].into_iter().flatten().min();
            if probe.passes == member.healthy {
                member.turning = None;
            } else {
                let since = *member.turning.get_or_insert(now);
                let patience = health_check::patience(&check.document, probe.passes);
                let due = later(since, Duration::from_secs_f64(patience));
                if due <= now {
                    member = Member { healthy: probe.passes, turning: None };
                } else {
                    next = [next, Some(due)].into_iter().flatten().min();
                }
            }
            health.members.insert(place, member);
        }
    }
    if let Some(at) = next
        && health.planned.is_none_or(|planned| at < planned)
    {
        health.planned = Some(at);
        // Nothing has to be done then but to look, as is done whenever something happens.
        let wait = at.duration_since(now).unsigned_abs();
        project.schedule_other("health", wait, |_, _| {});
    }
    project.health = health;
}

/// The health check of a service.
fn check_of<'p>(project: &'p Project, service: &Resource) -> Option<&'p Resource> {
    reference::follow(project, list(&service.document, "healthChecks").first()?.as_str()?)
}

/// The instances of a service's groups, with their group.
fn instances<'p>(project: &'p Project, service: &'p Resource) -> impl Iterator<Item = (&'p Resource, &'p Resource)> {
    let groups = groups(&service.document).filter_map(|link| reference::follow(project, link));
    groups.flat_map(move |group| {
        let links = instance_group::members(group).into_iter();
        links.filter_map(move |link| Some((group, reference::follow(project, link)?)))
    })
}

/// What a probe of an instance would find now. Nothing listens on an instance that doesn't run.
fn probe(project: &Project, check: &Resource, service: &Resource, group: &Resource, instance: &Resource) -> Probe {
    let none = Probe { passes: false, next: None };
    let started = instance.text("lastStartTimestamp").parse::<Timestamp>();
    let (Some(port), Ok(since)) = (port(check, service, group), started) else { return none };
    if instance.text("status") != "RUNNING" {
        return none;
    }
    let found = project.settings.workload.at(&instance.document, since, port, project.now);
    let passes = match found.status {
        Some(status) => status == 200 || !health_check::is_http(&check.document),
        None => false,
    };
    Probe { passes, next: found.next }
}

/// Where probes go: to a port, to the group's port of a name, or to where the service's traffic goes
/// (<https://cloud.google.com/load-balancing/docs/health-check-concepts#category_and_port_specification>).
fn port(check: &Resource, service: &Resource, group: &Resource) -> Option<u16> {
    let part = health_check::part(&check.document)?;
    let fixed = || u16::try_from(part.get("port")?.as_i64()?).ok();
    match (text(part, "portSpecification"), text(part, "portName")) {
        ("USE_SERVING_PORT", _) => serving(service, group),
        (_, "") => fixed(),
        (_, name) => named(group, name),
    }
}

/// Where a service's traffic goes in a group: to the group's port of the service's name, or else to the service's.
fn serving(service: &Resource, group: &Resource) -> Option<u16> {
    let own = || service.document.get("port").and_then(Value::as_i64).and_then(|port| u16::try_from(port).ok());
    named(group, service.text("portName")).or_else(own)
}

fn named(group: &Resource, name: &str) -> Option<u16> {
    let mut ports = list(&group.document, "namedPorts").iter();
    let found = ports.find(|port| port.get("name").and_then(Value::as_str) == Some(name))?;
    u16::try_from(found.get("port")?.as_i64()?).ok()
}

/// `getHealth`: of one group of a service
/// (<https://cloud.google.com/compute/docs/reference/rest/v1/backendServices/getHealth>).
pub(super) fn get_health(call: &mut Call<'_>) -> Answer {
    let service = target::visible(call)?;
    let link = text(call.body, "group");
    if link.is_empty() {
        return Err(ApiError::required("group"));
    }
    let group = reference::find(call.project, &service.key.scope, &["instanceGroups"], "group", link)?;
    let full = group.link(&call.project.id);
    if !groups(&service.document).any(|link| link == full) {
        let why = format!("The group is not a backend of '{}'.", service.key.path(&call.project.id));
        return Err(ApiError::field("group", &Value::from(full), why));
    }
    let check = check_of(call.project, service);
    let mut statuses = Vec::new();
    for (_, instance) in instances(call.project, service).filter(|(of, _)| of.key == group && check.is_some()) {
        statuses.push(status(call.project, check, service, (&group, instance)));
    }
    let mut answer = json!({ "kind": "compute#backendServiceGroupHealth" });
    if let (Value::Object(answer), false) = (&mut answer, statuses.is_empty()) {
        answer.insert("healthStatus".to_owned(), Value::Array(statuses));
    }
    Ok(answer)
}

fn status(project: &Project, check: Option<&Resource>, service: &Resource, member: (&Key, &Resource)) -> Value {
    let (group, instance) = member;
    let known = project.health.members.get(&(service.key.clone(), instance.id));
    let healthy = known.is_some_and(|member| member.healthy);
    let mut status = Document::new();
    status.insert("instance".to_owned(), instance.link().into());
    status.insert("healthState".to_owned(), if healthy { "HEALTHY" } else { "UNHEALTHY" }.into());
    let address = list(&instance.document, "networkInterfaces").first().and_then(|nic| nic.get("networkIP"));
    if let Some(address) = address {
        status.insert("ipAddress".to_owned(), address.clone());
    }
    let group = project.resources.get(group);
    let serving = group.and_then(|group| serving(service, group).or_else(|| port(check?, service, group)));
    if let Some(port) = serving {
        status.insert("port".to_owned(), port.into());
    }
    Value::Object(status)
}
