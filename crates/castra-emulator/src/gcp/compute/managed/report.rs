//! What a managed group tells of itself.

use serde_json::{Map, Value, json};

use super::health::{self, Finding};
use super::member::{Action, Managed, Member, Version, instance};
use super::wants::{instance_group, size};
use super::{policy, versions};
use crate::gcp::call::Call;
use crate::gcp::compute::{autoscaler, lists, target};
use crate::gcp::error::Answer;
use crate::gcp::filter::Filter;
use crate::gcp::project::{Project, rfc3339};
use crate::gcp::resource::{Document, Phase, Resource, list, text};

/// A manager's document, with what only the server knows.
pub(super) fn shown(project: &Project, resource: &Resource) -> Document {
    let mut document = resource.document.clone();
    let size = size(&document);
    let none = Managed::default();
    let group = project.managers.get(&resource.key).unwrap_or(&none);
    policy::calculated(&mut document, size);
    document.insert("currentActions".to_owned(), actions(group));
    // "isStable: none of the instances in the managed instance group is currently undergoing any type of change; no
    // future changes are scheduled; and the managed instance group itself is not being modified" (the discovery
    // document).
    let stable = resource.phase == Phase::There && resource.busy == 0 && group.is_idle(size);
    let mut status = json!({
        "isStable": stable,
        "versionTarget": { "isReached": reached(&document, group, size) },
        "stateful": { "hasStatefulConfig": false, "perInstanceConfigs": { "allEffective": true } },
        "allInstancesConfig": { "effective": true },
        "currentInstanceStatuses": statuses(project, group),
    });
    if let Some(autoscaler) = autoscaler::of(project, resource)
        && let Some(status) = status.as_object_mut()
    {
        status.insert("autoscaler".to_owned(), autoscaler.link().into());
    }
    document.insert("status".to_owned(), status);
    // Its instance group's own (the discovery document).
    let ports = project.resources.get(&instance_group(&resource.key)).map(|group| list(&group.document, "namedPorts"));
    if let Some(ports) = ports.filter(|ports| !ports.is_empty()) {
        document.insert("namedPorts".to_owned(), ports.into());
    }
    document
}

/// Whether all members are of the versions that are wanted, in the numbers that are wanted.
fn reached(document: &Document, group: &Managed, size: usize) -> bool {
    let wanted = versions::of(document);
    let counts = versions::counts(&wanted, size.max(group.members.len()));
    let members = group.members.iter().map(|(name, member)| (name.as_str(), &member.version));
    versions::outdated(&wanted, &counts, members).values().all(|outdated| !outdated)
}

/// How many members something is being done to.
fn actions(group: &Managed) -> Value {
    let mut counts = Map::new();
    for name in [
        "abandoning",
        "creating",
        "creatingWithoutRetries",
        "deleting",
        "none",
        "recreating",
        "refreshing",
        "restarting",
        "resuming",
        "starting",
        "stopping",
        "suspending",
        "verifying",
    ] {
        let count = group.members.values().filter(|member| member.action.name().eq_ignore_ascii_case(name)).count();
        counts.insert(name.to_owned(), count.into());
    }
    Value::Object(counts)
}

/// How many instances are in which state.
fn statuses(project: &Project, group: &Managed) -> Value {
    let mut counts: Map<String, Value> = Map::new();
    for name in [
        "deprovisioning",
        "nonExistent",
        "pending",
        "pendingStop",
        "provisioning",
        "repairing",
        "running",
        "staging",
        "stopped",
        "stopping",
        "suspended",
        "suspending",
        "terminated",
    ] {
        let is = |(member_name, member): &(&String, &Member)| {
            let found = project.resources.get(&instance(&member.zone, member_name));
            let status = found.map_or("NON_EXISTENT", |instance| instance.text("status"));
            status.replace('_', "").eq_ignore_ascii_case(name)
        };
        counts.insert(name.to_owned(), group.members.iter().filter(is).count().into());
    }
    Value::Object(counts)
}

fn version(version: &Version) -> Value {
    match &version.name {
        Some(name) => json!({ "instanceTemplate": version.template, "name": name }),
        None => json!({ "instanceTemplate": version.template }),
    }
}

/// `listManagedInstances`. Unless the group is to give pages, "maxResults and pageToken are ignored and all instances
/// are returned in a single response" (the discovery document's `listManagedInstancesResults`).
pub(super) fn members(call: &mut Call<'_>) -> Answer {
    let resource = target::visible(call)?;
    let heals = health::healing(&resource.document).map(|(check, _)| check.to_owned());
    let paginated = resource.text("listManagedInstancesResults") == "PAGINATED";
    let none = Managed::default();
    let group = call.project.managers.get(&resource.key).unwrap_or(&none);
    let all = group.members.iter();
    let mut documents: Vec<Document> =
        all.map(|(name, member)| managed_instance(call.project, name, member, heals.as_deref())).collect();
    let mut answer = Map::new();
    if paginated {
        let (chosen, token) = lists::choose(call, documents)?;
        documents = chosen;
        if let Some(token) = token {
            answer.insert("nextPageToken".to_owned(), token.into());
        }
    } else {
        let filter = Filter::parse(call.text("filter").unwrap_or_default())?;
        documents.retain(|document| filter.passes(document));
    }
    answer.insert("managedInstances".to_owned(), documents.into_iter().map(Value::Object).collect());
    Ok(Value::Object(answer))
}

fn managed_instance(project: &Project, name: &str, member: &Member, heals: Option<&str>) -> Document {
    let key = instance(&member.zone, name);
    let mut document = Document::new();
    let mut put = |field: &str, value: Value| document.insert(field.to_owned(), value);
    put("instance", key.link(&project.id).into());
    put("name", name.into());
    put("currentAction", member.action.name().into());
    put("targetStatus", if member.action == Action::Deleting { "DELETED" } else { "RUNNING" }.into());
    put("version", version(&member.version));
    if let Some(resource) = project.resources.get(&key) {
        put("id", resource.id.to_string().into());
        if !text(&resource.document, "status").is_empty() {
            put("instanceStatus", resource.text("status").into());
        }
    }
    if let Some(check) = heals {
        let state: Option<Finding> = member.probe.state;
        put("instanceHealth", json!([{ "healthCheck": check, "detailedHealthState": Finding::name(state) }]));
    }
    if let Some(error) = &member.error {
        let errors = json!([{ "code": error.code, "message": error.message }]);
        put("lastAttempt", json!({ "errors": { "errors": errors } }));
    }
    document
}

/// `listErrors`: the latest first.
pub(super) fn errors(call: &mut Call<'_>) -> Answer {
    let resource = target::visible(call)?;
    let group = call.project.managers.get(&resource.key);
    let failures = group.into_iter().flat_map(|group| group.errors.iter().rev());
    let items = failures.map(|failure| {
        json!({
            "error": { "code": failure.error.code, "message": failure.error.message },
            "instanceActionDetails": {
                "action": failure.action.name(),
                "instance": failure.instance.link(&call.project.id),
                "version": version(&failure.version),
            },
            "timestamp": rfc3339(failure.at),
        })
    });
    Ok(json!({ "items": items.collect::<Vec<_>>() }))
}
