//! Operations, as their clients watch them.

use std::time::Duration;

use serde_json::{Value, json};

use super::{lists, target};
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::Operation;
use crate::gcp::resource::Document;
use crate::gcp::scope::Scope;

/// The handler of a verb of operations, in any place. `wait` is answered here as it is now: the dispatcher has waited.
pub(super) fn handler(verb: &str) -> Option<Handler> {
    Some(match verb {
        "get" | "wait" => get,
        "list" => list,
        "aggregatedList" => aggregated,
        "delete" => delete,
        _ => return None,
    })
}

/// How long `wait` waits at most: "waits for no more than the 2 minutes"
/// (<https://cloud.google.com/compute/docs/reference/rest/v1/globalOperations/wait>).
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// The operation of a call's path: it is only where it was asked for.
fn named<'c>(call: &'c Call<'_>) -> Result<&'c Operation, ApiError> {
    let (scope, name) = (target::scope(call)?, call.required("operation"));
    let operations = &call.project.operations;
    let by_number = || operations.iter().find(|one| one.document.get("id").and_then(Value::as_str) == Some(name));
    let found = operations.get(name).or_else(by_number).filter(|operation| operation.scope == scope);
    found.ok_or_else(|| ApiError::not_found(&format!("projects/{}/{scope}/operations/{name}", call.project.id)))
}

fn get(call: &mut Call<'_>) -> Answer {
    Ok(Value::Object(named(call)?.document.clone()))
}

fn list(call: &mut Call<'_>) -> Answer {
    let scope = target::scope(call)?;
    let here = call.project.operations.iter().filter(|operation| operation.scope == scope);
    let documents: Vec<Document> = here.map(|operation| operation.document.clone()).collect();
    let listed = lists::choose(call, documents)?;
    Ok(lists::envelope(call, &format!("{scope}/operations"), listed))
}

fn aggregated(call: &mut Call<'_>) -> Answer {
    let documents = call.project.operations.iter().map(|operation| operation.document.clone()).collect();
    lists::by_scope(call, documents)
}

/// Forgets one that has ended; one that runs goes on.
fn delete(call: &mut Call<'_>) -> Answer {
    let operation = named(call)?;
    let name = operation.document.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if operation.ended.is_none() {
        let path = format!("projects/{}/{}/operations/{name}", call.project.id, operation.scope);
        return Err(ApiError::not_ready(&path));
    }
    call.project.operations.remove(&name);
    Ok(json!({}))
}

/// Whether a call to `wait` has nothing more to wait for: the operation has ended, or there is none.
pub(crate) fn is_over(project: &crate::gcp::project::Project, scope: &Scope, name: &str) -> bool {
    let found = project.operations.get(name).filter(|operation| operation.scope == *scope);
    found.is_none_or(|operation| operation.ended.is_some())
}
