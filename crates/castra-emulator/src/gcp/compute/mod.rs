//! Compute Engine.

mod address;
mod change;
mod delete;
mod fingerprint;
mod firewall;
mod insert;
mod kind;
mod kinds;
mod lists;
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

pub(crate) use change::replace;
pub(crate) use delete::remove;
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
pub(crate) static WATCHERS: &[fn(&mut Project)] = &[];

/// The handler of a method: its kind's own, or the one that all kinds share.
pub(crate) fn handler(method: &'static Method) -> Option<Handler> {
    let verb = method.verb();
    let collection = target::collection(method);
    if collection == "operations" {
        return operations::handler(verb);
    }
    if let Some(handler) = place_methods::handler(collection, verb) {
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

/// An insertion ends: the resource can be used from now on.
pub(crate) fn ready(project: &mut Project, key: &Key) -> Result<(), OperationError> {
    let now = project.now;
    if let Some(resource) = project.resources.get_mut(key) {
        resource.phase = Phase::There;
        resource.since = now;
    }
    let ended = kinds::kind(key.collection).map_or(Ok(()), |kind| kind.ready(project, key));
    if ended.is_err() {
        project.resources.remove(key);
    }
    ended
}
