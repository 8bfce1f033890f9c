//! References from one resource to another.

use serde_json::Value;

use super::kind::Reference;
use super::{kinds, target};
use crate::gcp::error::ApiError;
use crate::gcp::field;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Phase, Resource};
use crate::gcp::scope::{self, Key, Scope};

/// Makes the references of a document links, each to something that is there and can be used from that place.
pub(crate) fn resolve(
    project: &Project,
    scope: &Scope,
    references: &[Reference],
    document: &mut Document,
) -> Result<(), ApiError> {
    references.iter().try_for_each(|reference| {
        field::each_mut(document, reference.field, &mut |at, value| {
            if let Value::String(link) = value
                && !link.is_empty()
            {
                let key = find(project, scope, reference.to, at, link)?;
                *link = key.link(&project.id);
            }
            Ok(())
        })
    })
}

/// What a link in a field of a body leads to. It may be a whole link, or one without host or project.
pub(crate) fn find(
    project: &Project,
    scope: &Scope,
    to: &[&'static str],
    at: &str,
    link: &str,
) -> Result<Key, ApiError> {
    let malformed = || ApiError::field(at, &Value::from(link), "The URL is malformed.");
    let (owner, path) = scope::parse(link);
    let (place, collection, name) = scope::place(path).ok_or_else(malformed)?;
    let collection = *to.iter().find(|known| **known == collection).ok_or_else(malformed)?;
    let key = Key::new(collection, place, name);
    let missing = |owner: &str| ApiError::not_found(&key.path(owner));
    if let Some(owner) = owner.filter(|owner| *owner != project.id && *owner != project.number.to_string()) {
        return Err(missing(owner));
    }
    let resource = project.resources.get(&key).ok_or_else(|| missing(&project.id))?;
    if !scope.reaches(&key.scope) {
        let (what, here) = match scope {
            Scope::Global => ("scope", "global"),
            scope => ("region", scope.region().unwrap_or_default()),
        };
        let why = format!("The resource must be in {what} '{here}'.");
        return Err(ApiError::field(at, &Value::from(link), why));
    }
    if resource.phase == Phase::Going || !target::is_visible(resource) {
        return Err(ApiError::not_ready(&key.path(&project.id)));
    }
    Ok(key)
}

/// The resource that a link in a document leads to.
pub(crate) fn follow<'p>(project: &'p Project, link: &str) -> Option<&'p Resource> {
    project.resources.get(&key_of(link)?)
}

/// What a link leads to, if it is to a resource of a kind that is served.
pub(crate) fn key_of(link: &str) -> Option<Key> {
    let (_, path) = scope::parse(link);
    let (place, collection, name) = scope::place(path)?;
    Some(Key::new(kinds::kind(collection)?.collection(), place, name))
}

/// Resources that hold this one by a reference.
pub(crate) fn holders<'p>(project: &'p Project, resource: &'p Resource) -> impl Iterator<Item = &'p Resource> {
    let link = resource.link();
    project.resources.iter().filter(move |other| {
        let references = kinds::kind(other.key.collection).map_or(&[][..], |kind| kind.references());
        let collection = resource.key.collection;
        let mut holding = references.iter().filter(|reference| reference.holds && reference.to.contains(&collection));
        holding.any(|reference| {
            let mut found = false;
            field::each(&other.document, reference.field, &mut |_, value| found |= value.as_str() == Some(link));
            found
        })
    })
}

/// Refuses what something uses.
pub(crate) fn unused(project: &Project, resource: &Resource) -> Result<(), ApiError> {
    let Some(kind) = kinds::kind(resource.key.collection) else { return Ok(()) };
    if let Some(holder) = holders(project, resource).next() {
        let (path, by) = (resource.key.path(&project.id), holder.key.path(&project.id));
        return Err(ApiError::in_use(kind.noun(), &path, &by));
    }
    kind.keeps(project, resource)
}
