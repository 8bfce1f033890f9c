//! What changes what a managed group wants. Each is done when the group wants it: its instances follow over time, as "the
//! resize operation is marked DONE if the resize request is successful" (the discovery document).

use serde_json::{Value, json};

use crate::gcp::call::Call;
use crate::gcp::compute::kind::Kind as _;
use crate::gcp::compute::{autoscaler, change, fingerprint, insert, reference, target};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::{Effect, OperationError};
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, text};
use crate::gcp::scope::{Key, Scope};
use crate::merge::merge;

use super::manager::Managers;

/// `patch`: what is patched is what is there when the operation ends, as the group may be resized in between.
pub(super) fn patch(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let before = change::document(call, &key)?;
    fingerprint::check(&before, call.body, false)?;
    let mut patch = call.body.clone();
    patch.remove("fingerprint");
    if patch.get("name").is_some_and(|name| *name != key.name.as_str()) {
        let name = patch.get("name").cloned().unwrap_or_default();
        return Err(ApiError::field("name", &name, "The field cannot be changed after creation."));
    }
    if patch.contains_key("targetSize") && patch.get("targetSize") != before.get("targetSize") {
        autoscaler::may_resize(call.project, &key)?;
    }
    links(call.project, &key, &mut patch)?;
    let mut after = patched(before.clone(), &patch);
    reference::resolve(call.project, &key.scope, Managers.references(), &mut after)?;
    Managers.amend(call, &key, &before, &mut after)?;
    Ok(start(call, "patch", key, Value::Object(patch), |project, key, patch| {
        let Value::Object(patch) = patch else { return Ok(()) };
        with(project, key, |before, after| {
            *after = patched(before.clone(), patch);
            super::manager::complete(key, Some(before), after)
        })
    }))
}

/// Zones are compared with those that are there, which are links.
fn links(project: &Project, key: &Key, patch: &mut Document) -> Result<(), ApiError> {
    reference::resolve(project, &key.scope, Managers.references(), patch)?;
    let zones = patch.get_mut("distributionPolicy").and_then(|policy| policy.get_mut("zones")?.as_array_mut());
    for zone in zones.into_iter().flatten().filter_map(|zone| zone.get_mut("zone")) {
        let name = zone.as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        *zone = format!("{}projects/{}/zones/{name}", crate::gcp::scope::BASE, project.id).into();
    }
    Ok(())
}

/// A share is either fixed or a percentage: the new one takes the place of the old.
fn patched(mut before: Document, patch: &Document) -> Document {
    for name in ["maxSurge", "maxUnavailable"] {
        if patch.get("updatePolicy").is_some_and(|policy| policy.get(name).is_some())
            && let Some(policy) = before.get_mut("updatePolicy").and_then(Value::as_object_mut)
        {
            policy.remove(name);
        }
    }
    let mut after = Value::Object(before);
    merge(&mut after, Value::Object(patch.clone()));
    match after {
        Value::Object(after) => after,
        _ => Document::new(),
    }
}

/// `resize`.
pub(super) fn resize(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let size = call.number("size").unwrap_or(0);
    if size < 0 {
        let message = format!("Invalid value for field 'size': '{size}'. Must be greater than or equal to 0.");
        return Err(ApiError::invalid(message));
    }
    autoscaler::may_resize(call.project, &key)?;
    Ok(start(call, "resize", key, size.into(), |project, key, size| {
        with(project, key, |_, after| {
            after.insert("targetSize".to_owned(), size.clone());
            Ok(())
        })
    }))
}

/// `setInstanceTemplate`: instances follow if the group's updates are proactive.
pub(super) fn set_template(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let link = text(call.body, "instanceTemplate");
    if link.is_empty() {
        return Err(ApiError::required("instanceTemplate"));
    }
    let template = reference::find(call.project, &key.scope, &["instanceTemplates"], "instanceTemplate", link)?;
    let link = Value::from(template.link(&call.project.id));
    Ok(start(call, "setInstanceTemplate", key, link, |project, key, link| {
        with(project, key, |_, after| {
            after.insert("instanceTemplate".to_owned(), link.clone());
            after.insert("versions".to_owned(), json!([{ "instanceTemplate": link }]));
            Ok(())
        })
    }))
}

/// What an operation does to a manager when it ends.
pub(super) type Then = fn(&mut Project, &Key, &Value) -> Result<(), OperationError>;

/// Starts an operation that does something to a manager when it ends.
pub(super) fn start(call: &mut Call<'_>, verb: &str, key: Key, with: Value, then: Then) -> Value {
    let scope = key.scope.clone();
    insert::start(call, verb, key.clone(), scope, Effect::Then(key, with, then))
}

/// Changes a manager's document at once; it is given as it was and to be changed.
pub(super) fn with(
    project: &mut Project,
    key: &Key,
    change: impl FnOnce(&Document, &mut Document) -> Result<(), ApiError>,
) -> Result<(), OperationError> {
    let missing = || ApiError::not_found(&key.path(&project.id));
    let before = project.resources.get(key).map(|resource| resource.document.clone()).ok_or_else(missing)?;
    let mut after = before.clone();
    change(&before, &mut after)?;
    change::replace(project, key, after);
    Ok(())
}

/// Wants so many members more, or fewer.
pub(super) fn grow(project: &mut Project, key: &Key, by: i64) -> Result<(), OperationError> {
    with(project, key, |before, after| {
        let size = before.get("targetSize").and_then(Value::as_i64).unwrap_or(0);
        after.insert("targetSize".to_owned(), size.saturating_add(by).max(0).into());
        Ok(())
    })
}

/// Wants another size: what autoscalers do.
pub(crate) fn set_size(project: &mut Project, key: &Key, size: usize) {
    // A manager that is gone wants nothing.
    let _gone = with(project, key, |_, after| {
        after.insert("targetSize".to_owned(), size.into());
        Ok(())
    });
}

/// Whether a manager is regional.
pub(crate) fn is_regional(key: &Key) -> bool {
    matches!(key.scope, Scope::Region(_))
}
