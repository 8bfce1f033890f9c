//! What a path is about.

use super::{kinds, places};
use crate::gcp::call::Call;
use crate::gcp::contract::Method;
use crate::gcp::error::ApiError;
use crate::gcp::resource::{Resource, text};
use crate::gcp::scope::{Key, Scope};

/// The collection in a method's path: `networks` of `projects/{project}/global/networks/{network}`.
pub(crate) fn collection(method: &'static Method) -> &'static str {
    // What a project does itself: `projects/{project}/setCommonInstanceMetadata`.
    if method.resource() == "projects" {
        return "projects";
    }
    let mut parts = method.path.split('/').skip(2);
    match (parts.next(), parts.next(), parts.next()) {
        (Some("global" | "aggregated"), Some(collection), _) => collection,
        (Some("regions" | "zones"), Some(_), Some(collection)) => collection,
        (Some(collection), ..) => collection,
        _ => "projects",
    }
}

/// The place in a call's path; refused if there is no such region or zone.
pub(crate) fn scope(call: &Call<'_>) -> Result<Scope, ApiError> {
    let unknown = |what: &str, name: &str| {
        Err(ApiError::invalid(format!("Invalid value for field '{what}': '{name}'. Unknown {what}.")))
    };
    let is = |what: &str| call.method.path.starts_with(&format!("projects/{{project}}/{what}/"));
    if is("zones") {
        let zone = call.required("zone");
        return if places::is_zone(zone) { Ok(Scope::Zone(zone.to_owned())) } else { unknown("zone", zone) };
    }
    if is("regions") {
        let region = call.required("region");
        return if places::is_region(region) {
            Ok(Scope::Region(region.to_owned()))
        } else {
            unknown("region", region)
        };
    }
    Ok(Scope::Global)
}

/// The name of the resource in a call's path: the parameter that follows the collection.
pub(crate) fn name<'a>(call: &Call<'a>) -> &'a str {
    let collection = collection(call.method);
    let mut parts = call.method.path.split('/').skip_while(|part| *part != collection).skip(1);
    match parts.next() {
        Some(part) => call.required(part.trim_matches(['{', '}'])),
        // Autoscalers are patched and updated at their collection: a parameter or the body names the one.
        None => call.text(collection.trim_end_matches('s')).unwrap_or_else(|| text(call.body, "name")),
    }
}

/// The resource that a call's path is about, whatever its phase; or what there is instead of it.
pub(crate) fn key(call: &Call<'_>) -> Result<Key, ApiError> {
    let collection = collection(call.method);
    let key = Key::new(collection, scope(call)?, name(call));
    if call.project.resources.contains(&key) {
        return Ok(key);
    }
    // Paths may also name it by its number.
    let by_number = key.name.parse::<u64>().ok().and_then(|id| {
        let mut here = call.project.resources.at(collection, &key.scope);
        here.find(|resource| resource.id == id).map(|resource| resource.key.clone())
    });
    by_number.ok_or_else(|| ApiError::not_found(&key.path(&call.project.id)))
}

/// The resource that a call's path is about, as everyone may see it.
pub(crate) fn visible<'c>(call: &'c Call<'_>) -> Result<&'c Resource, ApiError> {
    let key = key(call)?;
    let missing = || ApiError::not_found(&key.path(&call.project.id));
    let resource = call.project.resources.get(&key).ok_or_else(missing)?;
    if is_visible(resource) { Ok(resource) } else { Err(missing()) }
}

/// Whether a resource is shown.
pub(crate) fn is_visible(resource: &Resource) -> bool {
    use crate::gcp::resource::Phase;
    resource.phase != Phase::Coming || kinds::kind(resource.key.collection).is_some_and(|kind| kind.shows_early())
}

/// The resource that a call's path is about, if it can be changed now: it is there, and nothing that would get in the
/// way is changing it.
pub(crate) fn changeable(call: &Call<'_>) -> Result<Key, ApiError> {
    use crate::gcp::resource::Phase;
    let key = key(call)?;
    let kind = kinds::kind(key.collection);
    if let Some(resource) = call.project.resources.get(&key) {
        let coming = resource.phase == Phase::Coming && !kind.is_some_and(|kind| kind.shows_early());
        let busy = resource.busy > 0 && kind.is_none_or(|kind| kind.exclusive());
        if coming || busy || resource.phase == Phase::Going {
            return Err(ApiError::not_ready(&key.path(&call.project.id)));
        }
    }
    Ok(key)
}
