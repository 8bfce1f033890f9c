//! Compute Engine.

mod address;
mod autoscaler;
mod balancing;
mod change;
mod delete;
mod disk;
mod disk_type;
mod fingerprint;
mod firewall;
mod image;
mod insert;
mod instance;
mod instance_group;
mod instance_template;
mod kind;
mod kinds;
mod labels;
mod lists;
mod machine_type;
mod managed;
mod network;
mod operations;
mod place_methods;
mod places;
mod quota;
mod ranges;
mod reference;
mod route;
mod router;
mod subnetwork;
mod target;
#[cfg(test)]
mod tests;

use serde_json::Value;

pub(crate) use balancing::Health;
pub(crate) use change::replace;
pub(crate) use delete::{lingers, remove};
pub(crate) use managed::Groups;
pub(crate) use operations::{LONGEST_WAIT, is_over};
pub(crate) use place_methods::no_metadata;

use super::call::{Call, Handler};
use super::contract::Method;
use super::error::Answer;
use super::operation::OperationError;
use super::project::Project;
use super::resource::Phase;
use super::scope::Key;

/// Those who look, after every change and whenever time has passed, whether something is for them to do.
pub(crate) static WATCHERS: &[fn(&mut Project)] = &[autoscaler::scale, managed::converge, balancing::watch];

/// The handler of a method: its kind's own, or the one that all kinds share.
pub(crate) fn handler(method: &'static Method) -> Option<Handler> {
    let verb = method.verb();
    let collection = target::collection(method);
    if collection == "operations" {
        return operations::handler(verb);
    }
    let catalogues = [place_methods::handler, machine_type::handler, disk_type::handler, image::handler];
    if let Some(handler) = catalogues.iter().find_map(|catalogue| catalogue(collection, verb)) {
        return Some(handler);
    }
    let kind = kinds::kind(collection)?;
    let own = kind.methods().iter().find(|(name, _)| *name == verb).map(|(_, handler)| *handler);
    own.or(match verb {
        "insert" => Some(insert::insert as Handler),
        "get" => Some(get),
        "list" => Some(lists::list),
        "aggregatedList" => Some(lists::aggregated),
        "patch" => Some(change::patch),
        "update" => Some(change::update),
        "setLabels" => Some(change::set_labels),
        "delete" => Some(delete::delete),
        _ => None,
    })
}

/// `get`, of any kind.
fn get(call: &mut Call<'_>) -> Answer {
    let resource = target::visible(call)?;
    let kind = kinds::kind(resource.key.collection);
    Ok(Value::Object(kind.map_or_else(|| resource.document.clone(), |kind| kind.show(call.project, resource))))
}

/// An insertion ends: the resource can be used from now on, if it isn't on its way out already.
pub(crate) fn ready(project: &mut Project, key: &Key) -> Result<(), OperationError> {
    let now = project.now;
    if let Some(resource) = project.resources.get_mut(key)
        && resource.phase == Phase::Coming
    {
        resource.phase = Phase::There;
        resource.since = now;
    }
    let ended = kinds::kind(key.collection).map_or(Ok(()), |kind| kind.ready(project, key));
    if ended.is_err() {
        discard(project, key);
    }
    ended
}

/// A resource that didn't come to be goes.
pub(crate) fn discard(project: &mut Project, key: &Key) {
    if let Some(resource) = project.resources.remove(key)
        && let Some(kind) = kinds::kind(key.collection)
    {
        kind.gone(project, resource);
    }
}

/// An operation on a resource has failed.
pub(crate) fn undone(project: &mut Project, key: &Key) {
    match project.resources.get_mut(key) {
        Some(resource) if resource.phase == Phase::Coming => discard(project, key),
        Some(resource) => {
            resource.phase = Phase::There;
            if let Some(kind) = kinds::kind(key.collection) {
                kind.undone(project, key);
            }
        }
        None => {}
    }
}
