//! Managers of instance groups, in a zone or a region: managed instance groups
//! (<https://cloud.google.com/compute/docs/instance-groups/instance-groups-api>).

use serde_json::{Value, json};

use super::member::Managed;
use super::wants::{instance_group, size};
use super::{asks, policy, report, verbs};
use crate::gcp::call::{Call, Handler};
use crate::gcp::compute::kind::{Kind, New, Reference};
use crate::gcp::compute::{insert, places, reference};
use crate::gcp::error::ApiError;
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Phase, Resource, list, text};
use crate::gcp::scope::{BASE, Key, Scope};

pub(crate) struct Managers;

impl Kind for Managers {
    fn collection(&self) -> &'static str {
        "instanceGroupManagers"
    }

    fn schema(&self) -> &'static str {
        "InstanceGroupManager"
    }

    fn noun(&self) -> &'static str {
        "instance_group_manager"
    }

    fn references(&self) -> &'static [Reference] {
        const {
            &[
                Reference::to("instanceTemplate", &["instanceTemplates"]),
                Reference::to("versions[].instanceTemplate", &["instanceTemplates"]),
                Reference::to("autoHealingPolicies[].healthCheck", &["healthChecks"]),
                Reference::to("targetPools[]", &["targetPools"]),
            ]
        }
    }

    /// Groups are resized while they are being changed otherwise.
    fn exclusive(&self) -> bool {
        false
    }

    fn shows_early(&self) -> bool {
        true
    }

    fn quota(&self) -> Option<&'static str> {
        Some("INSTANCE_GROUP_MANAGERS")
    }

    fn operation_type(&self, verb: &str) -> String {
        format!("compute.instanceGroupManagers.{verb}")
    }

    fn prepare(&self, call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        let document = &mut new.document;
        let group = instance_group(key);
        if call.project.resources.contains(&group) {
            return Err(ApiError::exists(&group.path(&call.project.id)));
        }
        document.remove("fingerprint");
        // "The managed instance group's name, if it isn't given", cut to what leaves room for a hyphen and four letters.
        let base = key.name.get(..58).unwrap_or(&key.name).trim_end_matches('-').to_owned();
        document.entry("baseInstanceName").or_insert(base.into());
        document.entry("listManagedInstancesResults").or_insert("PAGELESS".into());
        let lifecycle = document.entry("instanceLifecyclePolicy").or_insert_with(|| json!({}));
        if let Some(lifecycle) = lifecycle.as_object_mut() {
            lifecycle.entry("defaultActionOnFailure").or_insert("REPAIR".into());
            lifecycle.entry("forceUpdateOnRepair").or_insert("NO".into());
        }
        document.insert("instanceGroup".to_owned(), group.link(&call.project.id).into());
        distribute(&call.project.id, key, document)?;
        complete(key, None, document)
    }

    fn amend(&self, _call: &mut Call<'_>, key: &Key, before: &Document, after: &mut Document) -> Result<(), ApiError> {
        let zones =
            |document: &Document| document.get("distributionPolicy").and_then(|policy| policy.get("zones").cloned());
        if zones(before) != zones(after) {
            let value = zones(after).unwrap_or_default();
            let why = "The zones of a managed instance group can't be changed after its creation.";
            return Err(ApiError::field("distributionPolicy.zones", &value, why));
        }
        complete(key, Some(before), after)
    }

    fn ready(&self, project: &mut Project, key: &Key) -> Result<(), OperationError> {
        let group = instance_group(key);
        if project.resources.contains(&group) {
            return Err(ApiError::exists(&group.path(&project.id)).into());
        }
        let mut new = New::default();
        new.document.insert("namedPorts".to_owned(), json!([]));
        new.hidden.insert("manager".to_owned(), key.link(&project.id).into());
        insert::add(project, &group, new);
        if let Some(group) = project.resources.get_mut(&group) {
            group.phase = Phase::There;
        }
        project.managers.insert(key.clone(), Managed::default());
        Ok(())
    }

    /// What uses its instance group uses it: a backend service.
    fn keeps(&self, project: &Project, resource: &Resource) -> Result<(), ApiError> {
        let Some(group) = project.resources.get(&instance_group(&resource.key)) else { return Ok(()) };
        match reference::holders(project, group).next() {
            Some(holder) => {
                let (path, by) = (resource.key.path(&project.id), holder.key.path(&project.id));
                Err(ApiError::in_use(self.noun(), &path, &by))
            }
            None => Ok(()),
        }
    }

    /// Its deletion takes until its instances are gone.
    fn lingers(&self, project: &Project, key: &Key) -> bool {
        project.managers.get(key).is_some_and(|group| !group.members.is_empty())
    }

    fn gone(&self, project: &mut Project, resource: Resource) {
        project.managers.remove(&resource.key);
        project.resources.remove(&instance_group(&resource.key));
    }

    fn show(&self, project: &Project, resource: &Resource) -> Document {
        report::shown(project, resource)
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[
            ("patch", verbs::patch),
            ("resize", verbs::resize),
            ("setInstanceTemplate", verbs::set_template),
            ("createInstances", asks::create),
            ("deleteInstances", asks::delete),
            ("abandonInstances", asks::abandon),
            ("recreateInstances", asks::recreate),
            ("applyUpdatesToInstances", asks::apply_updates),
            ("listManagedInstances", report::members),
            ("listErrors", report::errors),
        ]
    }
}

/// The zones of a regional group: those it names, or three of its region
/// (<https://cloud.google.com/compute/docs/instance-groups/distributing-instances-with-regional-instance-groups#zone-selection>).
fn distribute(project: &str, key: &Key, document: &mut Document) -> Result<(), ApiError> {
    let Scope::Region(region) = &key.scope else {
        if let Some(policy) = document.get("distributionPolicy") {
            let why = "A distribution policy is only for regional managed instance groups.";
            return Err(ApiError::field("distributionPolicy", policy, why));
        }
        return Ok(());
    };
    let all = places::zones_of(region);
    let policy = document.entry("distributionPolicy").or_insert_with(|| json!({}));
    let Some(policy) = policy.as_object_mut() else { return Ok(()) };
    let mut zones: Vec<String> = Vec::new();
    for (place, configuration) in list(policy, "zones").iter().enumerate() {
        let value = configuration.get("zone").cloned().unwrap_or_default();
        let zone = value.as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
        let field = format!("distributionPolicy.zones[{place}].zone");
        if !all.contains(&zone) {
            return Err(ApiError::field(&field, &value, format!("The zone must be in region '{region}'.")));
        }
        if zones.contains(&zone) {
            return Err(ApiError::field(&field, &value, "The zone is there twice."));
        }
        zones.push(zone);
    }
    if zones.is_empty() {
        zones = all.into_iter().take(3).collect();
    }
    let links = zones.iter().map(|zone| json!({ "zone": format!("{BASE}projects/{project}/zones/{zone}") }));
    policy.insert("zones".to_owned(), links.collect());
    policy.entry("targetShape").or_insert("EVEN".into());
    Ok(())
}

/// Completes a manager's document, or refuses it. `before` is what it was, if it was there.
pub(super) fn complete(key: &Key, before: Option<&Document>, document: &mut Document) -> Result<(), ApiError> {
    let base = text(document, "baseInstanceName");
    // "The value must be 1-58 characters long" (the discovery document).
    if insert::named(base).is_err() || base.len() > 58 {
        let why = "Must be a match of regex '[a-z]([-a-z0-9]{0,56}[a-z0-9])?'";
        return Err(ApiError::field("baseInstanceName", &base.into(), why));
    }
    match document.get("targetSize").map(Value::as_i64) {
        None => return Err(ApiError::required("targetSize")),
        Some(Some(size)) if size < 0 => {
            let why = "Must be greater than or equal to 0.";
            return Err(ApiError::field("targetSize", &size.into(), why));
        }
        Some(_) => {}
    }
    templates(before, document)?;
    healing(document)?;
    let zones = match key.scope {
        Scope::Region(_) => {
            let policy = document.get("distributionPolicy").and_then(Value::as_object);
            Some(policy.map_or(0, |policy| list(policy, "zones").len()))
        }
        _ => None,
    };
    let size = size(document);
    // A policy that was right when the group was larger stays right.
    if before.is_some_and(|before| before.get("updatePolicy") == document.get("updatePolicy")) {
        return Ok(());
    }
    policy::complete(document, zones, size)
}

/// A group has one template, or two versions of which one takes what the other leaves
/// (the discovery document's `versions`).
fn templates(before: Option<&Document>, document: &mut Document) -> Result<(), ApiError> {
    let template = text(document, "instanceTemplate").to_owned();
    let changed = |name: &str| before.is_none_or(|before| before.get(name) != document.get(name));
    let single = !list(document, "versions").is_empty();
    if !template.is_empty() && (!single || (before.is_some() && changed("instanceTemplate") && !changed("versions"))) {
        document.insert("versions".to_owned(), json!([{ "instanceTemplate": template }]));
        return Ok(());
    }
    let versions = list(document, "versions");
    if versions.is_empty() {
        return Err(ApiError::required("instanceTemplate"));
    }
    if versions.len() > 2 {
        let value = document.get("versions").cloned().unwrap_or_default();
        return Err(ApiError::field("versions", &value, "At most two versions can be specified."));
    }
    if let Some(place) = versions.iter().position(|version| version.get("instanceTemplate").is_none()) {
        return Err(ApiError::required(&format!("versions[{place}].instanceTemplate")));
    }
    let rest: Vec<&Value> = versions.iter().filter(|version| version.get("targetSize").is_none()).collect();
    let [rest] = rest.as_slice() else {
        let value = document.get("versions").cloned().unwrap_or_default();
        return Err(ApiError::field("versions", &value, "Exactly one version must not have a target size."));
    };
    let main = rest.get("instanceTemplate").cloned().unwrap_or_default();
    if !template.is_empty() && changed("instanceTemplate") && main != template.as_str() {
        let why = "The template differs from that of the versions.";
        return Err(ApiError::field("instanceTemplate", &template.into(), why));
    }
    document.insert("instanceTemplate".to_owned(), main);
    Ok(())
}

/// "You can specify only one of its kind"; the delay is from 0 to 3600 seconds
/// (<https://cloud.google.com/compute/docs/instance-groups/autohealing-instances-in-migs>).
fn healing(document: &Document) -> Result<(), ApiError> {
    let policies = list(document, "autoHealingPolicies");
    if policies.len() > 1 {
        let value = document.get("autoHealingPolicies").cloned().unwrap_or_default();
        return Err(ApiError::field("autoHealingPolicies", &value, "Only one autohealing policy can be specified."));
    }
    let Some(delay) = policies.first().and_then(|policy| policy.get("initialDelaySec")) else { return Ok(()) };
    if delay.as_i64().is_some_and(|delay| (0..=3600).contains(&delay)) {
        return Ok(());
    }
    Err(ApiError::field("autoHealingPolicies[0].initialDelaySec", delay, "Must be between 0 and 3600."))
}
