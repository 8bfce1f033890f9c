//! Groups of instances (<https://cloud.google.com/compute/docs/instance-groups>): zonal ones whose members are chosen,
//! and those that managers make and keep, zonal or regional.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::kind::{Kind, New, Reference};
use super::{change, insert, lists, reference, target};
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::field;
use crate::gcp::operation::{Effect, OperationError};
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Resource, list, text};
use crate::gcp::scope::Key;

pub(super) struct InstanceGroups;

/// Where a group's hidden part holds links to its members, and to its manager if it has one.
const MEMBERS: &str = "instances";
const MANAGER: &str = "manager";

/// How many members a group may have that no manager keeps
/// (<https://cloud.google.com/compute/docs/instance-groups/creating-groups-of-unmanaged-instances>).
const MOST: usize = 2000;

impl Kind for InstanceGroups {
    fn collection(&self) -> &'static str {
        "instanceGroups"
    }

    fn schema(&self) -> &'static str {
        "InstanceGroup"
    }

    fn noun(&self) -> &'static str {
        "instance_group"
    }

    fn references(&self) -> &'static [Reference] {
        const { &[Reference::to("network", &["networks"]), Reference::loosely("subnetwork", &["subnetworks"])] }
    }

    /// Members come and go independently of each other.
    fn exclusive(&self) -> bool {
        false
    }

    fn quota(&self) -> Option<&'static str> {
        Some("INSTANCE_GROUPS")
    }

    fn prepare(&self, _call: &mut Call<'_>, _key: &Key, new: &mut New) -> Result<(), ApiError> {
        named_ports(&new.document, "namedPorts")
    }

    fn keeps(&self, project: &Project, resource: &Resource) -> Result<(), ApiError> {
        match resource.hidden.get(MANAGER).and_then(Value::as_str).and_then(|link| reference::follow(project, link)) {
            Some(manager) => {
                let (path, by) = (resource.key.path(&project.id), manager.key.path(&project.id));
                Err(ApiError::in_use(self.noun(), &path, &by))
            }
            None => Ok(()),
        }
    }

    fn show(&self, _project: &Project, resource: &Resource) -> Document {
        let mut document = resource.document.clone();
        document.insert("size".to_owned(), members(resource).len().into());
        document
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[
            ("addInstances", add_instances),
            ("removeInstances", remove_instances),
            ("listInstances", list_instances),
            ("setNamedPorts", set_named_ports),
        ]
    }
}

/// Links to the members of a group.
pub(crate) fn members(group: &Resource) -> Vec<&str> {
    list(&group.hidden, MEMBERS).iter().filter_map(Value::as_str).collect()
}

/// An instance is a member of a group from now on; the first one brings the group its network.
pub(crate) fn join(project: &mut Project, group: &Key, instance: &Key) {
    let Some(member) = project.resources.get(instance) else { return };
    let (link, interface) = (member.link().to_owned(), primary(member).clone());
    let Some(group) = project.resources.get_mut(group) else { return };
    if !members(group).contains(&link.as_str())
        && let Value::Array(members) = group.hidden.entry(MEMBERS).or_insert_with(|| json!([]))
    {
        members.push(link.into());
    }
    if group.text("network").is_empty() {
        for field in ["network", "subnetwork"] {
            if let Some(value) = interface.get(field) {
                group.document.insert(field.to_owned(), value.clone());
            }
        }
    }
}

/// An instance is no member of a group any more.
pub(crate) fn leave(project: &mut Project, group: &Key, instance: &Key) {
    let link = instance.link(&project.id);
    if let Some(group) = project.resources.get_mut(group)
        && let Some(Value::Array(members)) = group.hidden.get_mut(MEMBERS)
    {
        members.retain(|member| *member != *link);
    }
}

/// An instance is gone, and no group has it any more.
pub(super) fn forget(project: &mut Project, instance: &str) {
    let groups = project.resources.of("instanceGroups").filter(|group| members(group).contains(&instance));
    let groups: Vec<Key> = groups.map(|group| group.key.clone()).collect();
    let Some(instance) = reference::key_of(instance) else { return };
    for group in groups {
        leave(project, &group, &instance);
    }
}

/// Refuses that an instance is in more than one group that is a backend: of those that are, and of those of these links,
/// which are about to be
/// (<https://cloud.google.com/load-balancing/docs/backend-service#instance_groups>; the text is that of
/// <https://github.com/GoogleCloudPlatform/continuous-deployment-on-kubernetes/issues/49>).
pub(crate) fn once_balanced(project: &Project, also: &[&str]) -> Result<(), ApiError> {
    let mut groups: BTreeSet<&str> = also.iter().copied().collect();
    groups.extend(balanced(project));
    let mut group_of: BTreeMap<&str, &str> = BTreeMap::new();
    for group in groups.iter().filter_map(|link| reference::follow(project, link)) {
        for member in members(group) {
            if group_of.insert(member, group.link()).is_some() {
                return Err(twice(project, member));
            }
        }
    }
    Ok(())
}

fn twice(project: &Project, member: &str) -> ApiError {
    let path = reference::key_of(member).map(|key| key.path(&project.id)).unwrap_or_default();
    let message = format!(
        "Validation failed for instance '{path}': instance may belong to at most one load-balanced instance group."
    );
    ApiError::new(400, "instanceInMultipleLoadBalancedIgs", message)
}

/// Links to the groups that are backends.
fn balanced(project: &Project) -> BTreeSet<&str> {
    let mut groups = BTreeSet::new();
    for service in project.resources.of("backendServices") {
        field::each(&service.document, "backends[].group", &mut |_, link| groups.extend(link.as_str()));
    }
    groups
}

/// An instance's first interface, which counts for its groups.
fn primary(instance: &Resource) -> Value {
    list(&instance.document, "networkInterfaces").first().cloned().unwrap_or_default()
}

/// Names of ports; several may have the same name
/// (<https://cloud.google.com/load-balancing/docs/backend-service#named_ports>).
fn named_ports(document: &Document, at: &str) -> Result<(), ApiError> {
    for (place, port) in list(document, "namedPorts").iter().filter_map(Value::as_object).enumerate() {
        let name = text(port, "name");
        if insert::named(name).is_err() {
            let why = "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'";
            return Err(ApiError::field(&format!("{at}[{place}].name"), &Value::from(name), why));
        }
        match port.get("port").and_then(Value::as_i64) {
            Some(1..=65_535) => {}
            other => {
                let why = "Must be between 1 and 65535";
                return Err(ApiError::field(&format!("{at}[{place}].port"), &other.into(), why));
            }
        }
    }
    Ok(())
}

/// The names are replaced as a whole; with a fingerprint, only if it is the latest.
fn set_named_ports(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let before = change::document(call, &key)?;
    super::fingerprint::check(&before, call.body, false)?;
    named_ports(call.body, "namedPorts")?;
    let ports = call.body.get("namedPorts").cloned().unwrap_or_else(|| json!([]));
    let effect = Effect::Then(key.clone(), ports, |project, key, ports| {
        if let Some(group) = project.resources.get_mut(key) {
            group.document.insert("namedPorts".to_owned(), ports.clone());
            super::fingerprint::put("InstanceGroup", &mut group.document);
        }
        Ok(())
    });
    let scope = key.scope.clone();
    Ok(insert::start(call, "setNamedPorts", key, scope, effect))
}

/// A group whose members can be chosen, and the links that a body gives, as keys.
fn chosen(call: &Call<'_>) -> Result<(Key, Vec<Key>), ApiError> {
    let key = target::changeable(call)?;
    let group = call.project.resources.get(&key);
    let group = group.ok_or_else(|| ApiError::not_found(&key.path(&call.project.id)))?;
    if group.hidden.contains_key(MANAGER) {
        let message = format!(
            "Invalid resource usage: 'The members of '{}' are managed by its instance group manager.'.",
            key.path(&call.project.id)
        );
        return Err(ApiError::new(400, "invalidResourceUsage", message));
    }
    let mut instances = Vec::new();
    for (place, instance) in list(call.body, "instances").iter().enumerate() {
        let link = instance.get("instance").and_then(Value::as_str).unwrap_or_default();
        let at = format!("instances[{place}].instance");
        if link.is_empty() {
            return Err(ApiError::required(&at));
        }
        let instance = reference::find(call.project, &key.scope, &["instances"], &at, link)?;
        instances.push(instance);
    }
    if instances.is_empty() {
        return Err(ApiError::required("instances"));
    }
    Ok((key, instances))
}

fn add_instances(call: &mut Call<'_>) -> Answer {
    let (key, instances) = chosen(call)?;
    allowed(call.project, &key, &instances)?;
    let links: Vec<String> = instances.iter().map(|instance| instance.link(&call.project.id)).collect();
    let scope = key.scope.clone();
    Ok(insert::start(call, "addInstances", key.clone(), scope, Effect::Then(key, json!(links), add_now)))
}

/// All members of a group are in one network, that of the first
/// (<https://cloud.google.com/compute/docs/instance-groups/creating-groups-of-unmanaged-instances>).
fn allowed(project: &Project, key: &Key, instances: &[Key]) -> Result<(), ApiError> {
    let Some(group) = project.resources.get(key) else { return Err(ApiError::not_found(&key.path(&project.id))) };
    let present = members(group);
    if present.len() + instances.len() > MOST {
        return Err(ApiError::invalid(format!("An instance group can have at most {MOST} instances.")));
    }
    let balanced = balanced(project);
    let mut network = group.text("network").to_owned();
    for instance in instances.iter().filter_map(|instance| project.resources.get(instance)) {
        let (link, path) = (instance.link(), instance.key.path(&project.id));
        if present.contains(&link) {
            // https://github.com/ansible/ansible/issues/72897 shows the text.
            let message = format!("Resource '{path}' is already a member of '{}'.", key.path(&project.id));
            return Err(ApiError::new(400, "memberAlreadyExists", message));
        }
        let interface = primary(instance);
        let own = interface.get("network").and_then(Value::as_str).unwrap_or_default();
        if network.is_empty() {
            own.clone_into(&mut network);
        }
        if own != network {
            let why = format!("The instance must be in the network of the instance group, '{network}'.");
            return Err(ApiError::field("instances[].instance", &Value::from(link), why));
        }
        let elsewhere = |other: &str| {
            other != group.link() && reference::follow(project, other).is_some_and(|it| members(it).contains(&link))
        };
        if balanced.contains(group.link()) && balanced.iter().any(|other| elsewhere(other)) {
            return Err(twice(project, link));
        }
    }
    Ok(())
}

fn keys(links: &Value) -> Vec<Key> {
    links.as_array().into_iter().flatten().filter_map(Value::as_str).filter_map(reference::key_of).collect()
}

fn add_now(project: &mut Project, group: &Key, links: &Value) -> Result<(), OperationError> {
    let present: Vec<Key> = keys(links).into_iter().filter(|key| project.resources.contains(key)).collect();
    allowed(project, group, &present)?;
    for instance in present {
        join(project, group, &instance);
    }
    Ok(())
}

fn remove_instances(call: &mut Call<'_>) -> Answer {
    let (key, instances) = chosen(call)?;
    let links: Vec<String> = instances.iter().map(|instance| instance.link(&call.project.id)).collect();
    if let Some(group) = call.project.resources.get(&key) {
        let present = members(group);
        if let Some(stranger) = instances.iter().find(|one| !present.contains(&one.link(&call.project.id).as_str())) {
            let (path, group) = (stranger.path(&call.project.id), key.path(&call.project.id));
            let message = format!("Resource '{path}' is not a member of '{group}'.");
            return Err(ApiError::new(400, "memberNotFound", message));
        }
    }
    let effect = Effect::Then(key.clone(), json!(links), |project, group, links| {
        for instance in keys(links) {
            leave(project, group, &instance);
        }
        Ok(())
    });
    let scope = key.scope.clone();
    Ok(insert::start(call, "removeInstances", key, scope, effect))
}

/// The members, with their states: all of them, or those that run.
fn list_instances(call: &mut Call<'_>) -> Answer {
    let group = target::visible(call)?;
    let path = format!("{}/{}/{}", group.key.scope, group.key.collection, group.key.name);
    let running = text(call.body, "instanceState") == "RUNNING";
    let ports = group.document.get("namedPorts");
    let mut shown = Vec::new();
    for instance in members(group).into_iter().filter_map(|link| reference::follow(call.project, link)) {
        let status = instance.text("status");
        if running && status != "RUNNING" {
            continue;
        }
        // The link is there twice, for the order of the list.
        let mut document = Document::new();
        document.insert("selfLink".to_owned(), instance.link().into());
        document.insert("instance".to_owned(), instance.link().into());
        document.insert("status".to_owned(), status.into());
        if let Some(ports) = ports {
            document.insert("namedPorts".to_owned(), ports.clone());
        }
        shown.push(document);
    }
    let (mut documents, token) = lists::choose(call, shown)?;
    for document in &mut documents {
        document.remove("selfLink");
    }
    Ok(lists::envelope(call, &path, (documents, token)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use crate::gcp::compute::instance::testing::body;
    use crate::gcp::testing::Lab;

    const ZONE: &str = "zones/europe-west1-b";
    const GROUP: &str = "zones/europe-west1-b/instanceGroups/g";

    fn lab() -> Lab {
        let mut lab = Lab::new();
        lab.network("n", "10.0.0.0/24");
        lab.done("POST", &format!("{ZONE}/instances"), body("vm"));
        lab.done("POST", &format!("{ZONE}/instanceGroups"), json!({ "name": "g" }));
        lab
    }

    fn instances(names: &[&str]) -> Value {
        let links: Vec<Value> =
            names.iter().map(|name| json!({ "instance": format!("{ZONE}/instances/{name}") })).collect();
        json!({ "instances": links })
    }

    #[test]
    fn members_come_and_go() {
        let mut lab = lab();
        assert_eq!(lab.get(GROUP)["size"], 0);
        assert!(lab.get(GROUP).get("network").is_none());
        lab.done("POST", &format!("{GROUP}/addInstances"), instances(&["vm"]));
        let group = lab.get(GROUP);
        assert_eq!(group["size"], 1);
        assert!(Lab::text(&group, "/network").ends_with("/global/networks/n"));
        let message =
            lab.refused("POST", &format!("{GROUP}/addInstances"), instances(&["vm"]), 400, "memberAlreadyExists");
        assert_eq!(
            message,
            "Resource 'projects/p1/zones/europe-west1-b/instances/vm' is already a member of \
             'projects/p1/zones/europe-west1-b/instanceGroups/g'."
        );
        let listed = lab.compute("POST", &format!("{GROUP}/listInstances"), json!({})).unwrap();
        assert_eq!(listed["items"][0]["status"], "RUNNING");
        let referrers = lab.get(&format!("{ZONE}/instances/vm/referrers"));
        assert_eq!(referrers["items"][0]["referrer"], group["selfLink"]);
        lab.done("POST", &format!("{ZONE}/instances/vm/stop"), Value::Null);
        let body = json!({ "instanceState": "RUNNING" });
        let listed = lab.compute("POST", &format!("{GROUP}/listInstances"), body).unwrap();
        assert!(listed.get("items").is_none());
        lab.done("POST", &format!("{GROUP}/removeInstances"), instances(&["vm"]));
        assert_eq!(lab.get(GROUP)["size"], 0);
        lab.refused("POST", &format!("{GROUP}/removeInstances"), instances(&["vm"]), 400, "memberNotFound");
        lab.refused("POST", &format!("{GROUP}/addInstances"), instances(&["nobody"]), 404, "notFound");
        lab.refused("POST", &format!("{GROUP}/addInstances"), json!({}), 400, "required");
    }

    #[test]
    fn a_deleted_instance_is_no_member_any_more() {
        let mut lab = lab();
        lab.done("POST", &format!("{GROUP}/addInstances"), instances(&["vm"]));
        lab.done("DELETE", &format!("{ZONE}/instances/vm"), Value::Null);
        assert_eq!(lab.get(GROUP)["size"], 0);
        lab.done("POST", &format!("{ZONE}/instances"), body("vm"));
        assert_eq!(lab.get(GROUP)["size"], 0);
        lab.done("POST", &format!("{GROUP}/addInstances"), instances(&["vm"]));
        lab.done("DELETE", GROUP, Value::Null);
        assert_eq!(lab.get(&format!("{ZONE}/instances/vm"))["status"], "RUNNING");
    }

    #[test]
    fn members_are_of_one_zone_and_one_network() {
        let mut lab = lab();
        lab.network("m", "10.1.0.0/24");
        let mut other = body("other");
        other["networkInterfaces"] = json!([{ "subnetwork": "regions/europe-west1/subnetworks/m" }]);
        lab.done("POST", &format!("{ZONE}/instances"), other);
        lab.refused("POST", &format!("{GROUP}/addInstances"), instances(&["vm", "other"]), 400, "invalid");
        lab.done("POST", &format!("{GROUP}/addInstances"), instances(&["vm"]));
        lab.refused("POST", &format!("{GROUP}/addInstances"), instances(&["other"]), 400, "invalid");
        let mut far = body("far");
        far["machineType"] = json!("zones/europe-west1-c/machineTypes/e2-small");
        lab.done("POST", "zones/europe-west1-c/instances", far);
        let far = json!({ "instances": [{ "instance": "zones/europe-west1-c/instances/far" }] });
        lab.refused("POST", &format!("{GROUP}/addInstances"), far, 400, "invalid");
        // A group that has been given its network takes no other.
        let body = json!({ "name": "of-m", "network": "global/networks/m" });
        lab.done("POST", &format!("{ZONE}/instanceGroups"), body);
        assert!(Lab::text(&lab.get(&format!("{ZONE}/instanceGroups/of-m")), "/network").ends_with("/networks/m"));
        lab.refused("POST", &format!("{ZONE}/instanceGroups/of-m/addInstances"), instances(&["vm"]), 400, "invalid");
    }

    #[test]
    fn ports_have_names() {
        let mut lab = lab();
        let before = Lab::text(&lab.get(GROUP), "/fingerprint");
        let ports = json!({ "namedPorts": [{ "name": "http", "port": 80 }], "fingerprint": before });
        lab.done("POST", &format!("{GROUP}/setNamedPorts"), ports.clone());
        assert_eq!(lab.get(GROUP)["namedPorts"], ports["namedPorts"]);
        lab.refused("POST", &format!("{GROUP}/setNamedPorts"), ports, 412, "conditionNotMet");
        for wrong in
            [json!({ "name": "http", "port": 0 }), json!({ "name": "HTTP", "port": 80 }), json!({ "port": 80 })]
        {
            let body = json!({ "name": "h", "namedPorts": [wrong] });
            lab.refused("POST", &format!("{ZONE}/instanceGroups"), body, 400, "invalid");
        }
    }
}
