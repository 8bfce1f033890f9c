//! Resources that change.

use serde_json::{Value, json};

use super::kind::Kind;
use super::{fingerprint, insert, kinds, labels, reference, target};
use crate::gcp::call::Call;
use crate::gcp::contracts;
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::Effect;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, text};
use crate::gcp::scope::Key;
use crate::merge::merge;

/// `patch`, of any kind: what the body names changes, and `null` removes
/// (<https://cloud.google.com/compute/docs/api/how-tos/performance#patch>).
pub(crate) fn patch(call: &mut Call<'_>) -> Answer {
    let (kind, key, before) = begin(call, "patch")?;
    let mut after = Value::Object(before.clone());
    merge(&mut after, Value::Object(call.body.clone()));
    let Value::Object(after) = after else { return Err(ApiError::invalid("Invalid patch.")) };
    finish(call, "patch", kind, key, &before, after)
}

/// `update`, of any kind: the body is what is there from then on, besides what only the server writes.
pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let (kind, key, before) = begin(call, "update")?;
    let mut after = call.body.clone();
    if let Some(schema) = contracts::compute().schemas.get(kind.schema()) {
        for (name, value) in &before {
            let servers = schema.properties.get(name).is_some_and(|part| part.read_only);
            let always = ["id", "kind", "name", "selfLink", "creationTimestamp", "region", "zone", "labelFingerprint"];
            if servers || always.contains(&name.as_str()) || kind.fixed().contains(&name.as_str()) {
                after.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
    }
    finish(call, "update", kind, key, &before, after)
}

/// `setLabels`, of any kind: needs the latest fingerprint of the labels
/// (<https://cloud.google.com/compute/docs/labeling-resources>).
pub(crate) fn set_labels(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let before = document(call, &key)?;
    if !fingerprint::same(text(call.body, "labelFingerprint"), text(&before, "labelFingerprint")) {
        let message = "Labels fingerprint either invalid or resource labels have changed";
        return Err(ApiError::condition_not_met(message));
    }
    labels::check(call.body, "labels")?;
    let mut after = before;
    let labels = call.body.get("labels").cloned().unwrap_or_else(|| json!({}));
    after.insert("labels".to_owned(), labels);
    Ok(apply(call, "setLabels", key, after))
}

/// A change that a custom method makes: the whole new document, which is there when the operation ends.
pub(crate) fn apply(call: &mut Call<'_>, verb: &str, key: Key, after: Document) -> Value {
    let scope = key.scope.clone();
    insert::start(call, verb, key.clone(), scope, Effect::Changed(key, Box::new(after)))
}

/// The document of a resource, to be changed.
pub(crate) fn document(call: &Call<'_>, key: &Key) -> Result<Document, ApiError> {
    let missing = || ApiError::not_found(&key.path(&call.project.id));
    call.project.resources.get(key).map(|resource| resource.document.clone()).ok_or_else(missing)
}

fn begin(call: &Call<'_>, verb: &str) -> Result<(&'static dyn Kind, Key, Document), ApiError> {
    let key = target::changeable(call)?;
    let kind = kinds::kind(key.collection).ok_or_else(|| ApiError::not_found(key.collection))?;
    let before = document(call, &key)?;
    fingerprint::check(&before, call.body, kind.needs_fingerprint(verb))?;
    Ok((kind, key, before))
}

fn finish(
    call: &mut Call<'_>,
    verb: &str,
    kind: &dyn Kind,
    key: Key,
    before: &Document,
    mut after: Document,
) -> Answer {
    reference::resolve(call.project, &key.scope, kind.references(), &mut after)?;
    for field in kind.fixed().iter().chain(&["name"]) {
        if let Some(value) = after.get(*field).filter(|value| before.get(*field) != Some(value)) {
            return Err(ApiError::field(field, value, "The field cannot be changed after creation."));
        }
    }
    kind.amend(call, &key, before, &mut after)?;
    Ok(apply(call, verb, key, after))
}

/// A change ends: the resource has that document from now on.
pub(crate) fn replace(project: &mut Project, key: &Key, mut document: Document) {
    let Some(kind) = kinds::kind(key.collection) else { return };
    fingerprint::put(kind.schema(), &mut document);
    if let Some(resource) = project.resources.get_mut(key) {
        resource.document = document;
        kind.changed(project, key);
    }
}
