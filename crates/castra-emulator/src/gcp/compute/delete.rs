//! Resources that go.

use super::kind::InUse;
use super::{insert, kinds, reference, target};
use crate::gcp::call::Call;
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::{Effect, OperationError};
use crate::gcp::project::Project;
use crate::gcp::resource::Phase;
use crate::gcp::scope::Key;

/// `delete`, of any kind. What another operation is changing can't be deleted, whatever its kind.
pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let kind = kinds::kind(key.collection).ok_or_else(|| ApiError::not_found(key.collection))?;
    if let Some(resource) = call.project.resources.get(&key)
        && kind.in_use() == InUse::AtOnce
    {
        reference::unused(call.project, resource)?;
    }
    let answer = insert::start(call, "delete", key.clone(), key.scope.clone(), Effect::Deleted(key.clone()));
    if let Some(resource) = call.project.resources.get_mut(&key) {
        resource.phase = Phase::Going;
    }
    kind.going(call.project, &key);
    Ok(answer)
}

/// A deletion ends: the resource goes, unless something has come to use it.
pub(crate) fn remove(project: &mut Project, key: &Key) -> Result<(), OperationError> {
    let Some(kind) = kinds::kind(key.collection) else { return Ok(()) };
    let Some(resource) = project.resources.get(key) else { return Ok(()) };
    reference::unused(project, resource)?;
    if let Some(resource) = project.resources.remove(key) {
        kind.gone(project, resource);
    }
    Ok(())
}

/// Whether a deletion has something to wait for.
pub(crate) fn lingers(project: &Project, key: &Key) -> bool {
    kinds::kind(key.collection).is_some_and(|kind| kind.lingers(project, key))
}
