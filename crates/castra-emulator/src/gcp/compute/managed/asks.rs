//! What a managed group is asked to do with single instances.

use serde_json::{Value, json};

use super::level::Level;
use super::member::{Action, Stage, instance};
use super::verbs::{grow, start};
use super::wants::instance_group;
use crate::gcp::call::Call;
use crate::gcp::compute::{insert, instance_group as instance_groups, places, target};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::project::Project;
use crate::gcp::resource::{list, text};
use crate::gcp::scope::{self, Key, Scope};

/// The members that a body names, by name. Each must be one, unless those that aren't are to be skipped.
fn named(call: &Call<'_>, key: &Key) -> Result<Vec<String>, ApiError> {
    let links = list(call.body, "instances");
    if links.is_empty() {
        return Err(ApiError::required("instances"));
    }
    let skips = call.body.get("skipInstancesOnValidationError") == Some(&Value::Bool(true));
    let mut names = Vec::new();
    for (place, link) in links.iter().enumerate() {
        match member(call.project, key, link.as_str().unwrap_or_default()) {
            Some(name) if names.contains(&name) => {
                let why = "The instance is there twice.";
                return Err(ApiError::field(&format!("instances[{place}]"), link, why));
            }
            Some(name) => names.push(name),
            None if skips => {}
            None => {
                let why = format!("The instance is not a member of the group '{}'.", key.path(&call.project.id));
                return Err(ApiError::field(&format!("instances[{place}]"), link, why));
            }
        }
    }
    Ok(names)
}

/// The name of the member that a link leads to: `zones/z/instances/i`, or the whole link.
fn member(project: &Project, key: &Key, link: &str) -> Option<String> {
    let (owner, path) = scope::parse(link);
    let (Scope::Zone(zone), "instances", name) = scope::place(path)? else { return None };
    let ours = owner.is_none_or(|owner| owner == project.id || owner == project.number.to_string());
    let member = project.managers.get(key)?.members.get(name)?;
    (ours && member.zone == zone).then(|| name.to_owned())
}

/// The names in an operation's value.
fn names(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// `deleteInstances`: "the list of instances to delete is removed from the group and deleted; the target size is reduced
/// by the number of instances" (the discovery document).
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let members = named(call, &key)?;
    Ok(start(call, "deleteInstances", key, json!(members), |project, key, members| {
        let removed = mark(project, key, members, |member| {
            let staying = !matches!(member.stage, Stage::Leaving { again: false, .. });
            member.action = Action::Deleting;
            member.stage = Stage::Leaving { again: false, for_update: false };
            staying
        });
        grow(project, key, -removed)
    }))
}

/// `recreateInstances`: deleted, and created from the latest template under its name.
pub(super) fn recreate(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let members = named(call, &key)?;
    Ok(start(call, "recreateInstances", key, json!(members), |project, key, members| {
        let latest = latest(project, key);
        mark(project, key, members, |member| {
            if !matches!(member.stage, Stage::Leaving { .. } | Stage::Due(_)) {
                member.action = Action::Recreating;
                member.stage = Stage::Leaving { again: true, for_update: false };
            }
            if let Some(latest) = &latest {
                member.version = latest.clone();
            }
            true
        });
        Ok(())
    }))
}

/// The version that takes what no other wants.
fn latest(project: &Project, key: &Key) -> Option<super::member::Version> {
    let versions = super::versions::of(&project.resources.get(key)?.document);
    versions.into_iter().find(|(_, share)| share.is_none()).map(|(version, _)| version)
}

/// `abandonInstances`: they leave the group and go on running; the target size is reduced by their number.
pub(super) fn abandon(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let members = named(call, &key)?;
    Ok(start(call, "abandonInstances", key, json!(members), |project, key, members| {
        let mut left = 0;
        for name in names(members) {
            let Some(group) = project.managers.get_mut(key) else { break };
            if let Some(member) = group.members.remove(&name) {
                left += i64::from(!matches!(member.stage, Stage::Leaving { again: false, .. }));
                instance_groups::leave(project, &instance_group(key), &instance(&member.zone, &name));
            }
        }
        grow(project, key, -left)
    }))
}

/// `applyUpdatesToInstances`.
pub(super) fn apply_updates(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let level = |name: &str, usual: Level| {
        Some(text(call.body, name)).filter(|level| !level.is_empty()).map_or(Some(usual), Level::parse).unwrap_or(usual)
    };
    let all = call.body.get("allInstances") == Some(&Value::Bool(true));
    let members = match all {
        true if !list(call.body, "instances").is_empty() => {
            let value = call.body.get("instances").cloned().unwrap_or_default();
            return Err(ApiError::field("instances", &value, "Either allInstances or instances can be specified."));
        }
        true => call.project.managers.get(&key).into_iter().flat_map(|group| group.members.keys().cloned()).collect(),
        false => named(call, &key)?,
    };
    // The defaults are the discovery document's.
    let (minimal, most) = (level("minimalAction", Level::None), level("mostDisruptiveAllowedAction", Level::Replace));
    if minimal > most {
        let value = text(call.body, "mostDisruptiveAllowedAction").into();
        let why = "The most disruptive allowed action must not be less disruptive than the minimal action.";
        return Err(ApiError::field("mostDisruptiveAllowedAction", &value, why));
    }
    let with = json!({ "members": members, "minimal": minimal.name(), "most": most.name() });
    Ok(start(call, "applyUpdatesToInstances", key, with, |project, key, with| {
        let level = |name: &str| with.get(name).and_then(Value::as_str).and_then(Level::parse);
        if let (Some(members), Some(minimal), Some(most)) = (with.get("members"), level("minimal"), level("most")) {
            mark(project, key, members, |member| {
                member.asked = Some((minimal, most));
                true
            });
        }
        Ok(())
    }))
}

/// `createInstances`: instances of given names; "this method increases the targetSize by the number of instances that
/// you create" (<https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers/createInstances>).
pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let wanted = list(call.body, "instances");
    if wanted.is_empty() {
        return Err(ApiError::required("instances"));
    }
    let zones = match &key.scope {
        Scope::Zone(zone) => vec![zone.clone()],
        scope => places::zones_of(scope.name()),
    };
    let mut names = Vec::new();
    for (place, configuration) in wanted.iter().enumerate() {
        let name = configuration.get("name").and_then(Value::as_str).unwrap_or_default();
        let field = format!("instances[{place}].name");
        if insert::named(name).is_err() {
            return Err(ApiError::field(&field, &name.into(), "Must be the name of an instance."));
        }
        let members = call.project.managers.get(&key).is_some_and(|group| group.members.contains_key(name));
        let taken = zones.iter().find(|zone| call.project.resources.contains(&instance(zone, name)));
        if members || taken.is_some() || names.contains(&name.to_owned()) {
            let zone = taken.or(zones.first()).cloned().unwrap_or_default();
            return Err(ApiError::exists(&instance(&zone, name).path(&call.project.id)));
        }
        names.push(name.to_owned());
    }
    crate::gcp::compute::autoscaler::may_resize(call.project, &key)?;
    Ok(start(call, "createInstances", key, json!(names), |project, key, wanted| {
        let wanted = names_of(project, key, wanted);
        let added = i64::try_from(wanted.len()).unwrap_or(0);
        let Some(resource) = project.resources.get(key) else { return Ok(()) };
        let wants = super::wants::Wants::of(project, resource);
        let (version, now) = (latest(project, key).unwrap_or_default(), project.now);
        if let Some(group) = project.managers.get_mut(key) {
            let stay: Vec<String> = group.members.values().map(|member| member.zone.clone()).collect();
            let stay: Vec<&str> = stay.iter().map(String::as_str).collect();
            let aim = super::plan::Aim { size: wants.aim.size + wanted.len(), ..wants.aim };
            for (name, zone) in wanted.iter().zip(super::spread::places(&aim, &stay, wanted.len())) {
                group.add(name.clone(), zone, version.clone(), now);
            }
        }
        grow(project, key, added)
    }))
}

/// Names that no member has come to have.
fn names_of(project: &Project, key: &Key, wanted: &Value) -> Vec<String> {
    let taken = |name: &String| project.managers.get(key).is_some_and(|group| group.members.contains_key(name));
    names(wanted).into_iter().filter(|name| !taken(name)).collect()
}

/// Does something to those of the members that are still there; gives how often it said yes.
fn mark(project: &mut Project, key: &Key, members: &Value, with: impl Fn(&mut super::member::Member) -> bool) -> i64 {
    let Some(group) = project.managers.get_mut(key) else { return 0 };
    let mut count = 0;
    for name in names(members) {
        if let Some(member) = group.members.get_mut(&name) {
            count += i64::from(with(member));
        }
    }
    count
}
