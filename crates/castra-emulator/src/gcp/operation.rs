//! Compute Engine's operations: what a change takes, from its request to its end
//! (<https://cloud.google.com/compute/docs/api/how-tos/api-requests-responses#handling_api_responses>).

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::compute;
use super::error::ApiError;
use super::project::{Project, rfc3339};
use super::resource::Document;
use super::scope::{BASE, Key, Scope};
use crate::Seconds;

/// An operation.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) scope: Scope,
    /// What is shown of it.
    pub(crate) document: Document,
    effect: Effect,
    /// What it ends with instead of its effect, as the project's settings say.
    failure: Option<OperationError>,
    /// When it was over.
    pub(crate) ended: Option<Timestamp>,
    /// The request's id, if it had one.
    request: Option<String>,
}

/// What an operation does when it ends.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    /// Nothing more: what it is for was done at once.
    None,
    /// The resource can be used from then on.
    Created(Key),
    /// The resource goes, unless something uses it by then.
    Deleted(Key),
    /// The resource has this document from then on.
    Changed(Key, Box<Document>),
    /// This is done with the resource and what is given here; it may fail.
    Then(Key, Value, fn(&mut Project, &Key, &Value) -> Result<(), OperationError>),
}

/// Why an operation failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OperationError {
    /// `RESOURCE_IN_USE_BY_ANOTHER_RESOURCE`.
    pub(crate) code: String,
    pub(crate) message: String,
    /// The HTTP status that a refusal at once would have had.
    pub(crate) status: u16,
}

impl OperationError {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), status }
    }
}

impl From<ApiError> for OperationError {
    /// The same in an operation's words: `resourceInUseByAnotherResource` is `RESOURCE_IN_USE_BY_ANOTHER_RESOURCE`.
    fn from(error: ApiError) -> Self {
        let mut code = String::new();
        for character in error.reason.chars() {
            if character.is_ascii_uppercase() {
                code.push('_');
            }
            code.push(character.to_ascii_uppercase());
        }
        let code = match code.as_str() {
            "NOT_FOUND" => "RESOURCE_NOT_FOUND".to_owned(),
            "ALREADY_EXISTS" => "RESOURCE_ALREADY_EXISTS".to_owned(),
            _ => code,
        };
        Self { code, message: error.message, status: error.status }
    }
}

/// What is next for an operation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Run,
    End,
    Forget,
}

/// What is to become an operation.
#[derive(Debug)]
pub(crate) struct Start {
    /// Where it is asked for: in the place of its path.
    pub(crate) scope: Scope,
    /// `insert`, `compute.instanceGroupManagers.resize`.
    pub(crate) kind: String,
    /// The method that it comes from: `networks.insert`.
    pub(crate) method: String,
    /// What it is about; none = the project itself.
    pub(crate) target: Option<Key>,
    pub(crate) effect: Effect,
    /// How long it runs.
    pub(crate) takes: Seconds,
    /// Who asked.
    pub(crate) user: String,
}

/// The operations of a project.
#[derive(Debug, Clone, Default)]
pub(crate) struct Operations {
    by_name: BTreeMap<String, Operation>,
    /// By the id of their request: what was asked for, and the operation's name.
    requests: HashMap<String, (String, String)>,
}

impl Operations {
    pub(crate) fn get(&self, name: &str) -> Option<&Operation> {
        self.by_name.get(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Operation> {
        self.by_name.values()
    }

    /// Forgets one.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Operation> {
        let operation = self.by_name.remove(name)?;
        if let Some(request) = &operation.request {
            self.requests.remove(request);
        }
        Some(operation)
    }

    /// The answer to a request whose id was there before: the operation of the first one, whatever the second says,
    /// as it is ignored (the discovery document's `requestId`); an id that was used for something else is refused.
    pub(crate) fn replayed(&self, request: &str, asked: &str) -> Option<Result<Value, ApiError>> {
        let (before, name) = self.requests.get(request)?;
        if before != asked {
            let message = format!(
                "Invalid value for field 'requestId': '{request}'. The request ID was already used for another request."
            );
            return Some(Err(ApiError::invalid(message)));
        }
        let operation = self.by_name.get(name)?;
        Some(Ok(Value::Object(operation.document.clone())))
    }

    /// Remembers which request an operation answered.
    pub(crate) fn answered(&mut self, request: &str, asked: String, name: &str) {
        if let Some(operation) = self.by_name.get_mut(name) {
            operation.request = Some(request.to_owned());
            operation.document.insert("clientOperationId".to_owned(), request.into());
            self.requests.insert(request.to_owned(), (asked, name.to_owned()));
        }
    }
}

impl Project {
    /// Starts an operation; what is shown of it now.
    pub(crate) fn start(&mut self, start: Start) -> Value {
        let Start { scope, kind, method, target, effect, takes, user } = start;
        let id = self.new_id();
        let (first, second) = (self.chance.hex(13), self.chance.hex(8));
        let name = format!("operation-{}-{first}-{second}-{}", self.now.as_millisecond(), self.chance.hex(8));
        let base = format!("{BASE}projects/{}/{scope}", self.id);
        let mut document = Document::new();
        let mut put = |field: &str, value: Value| document.insert(field.to_owned(), value);
        put("kind", "compute#operation".into());
        put("id", id.to_string().into());
        put("name", name.as_str().into());
        put("operationType", kind.into());
        let path = target.as_ref().map_or_else(|| format!("projects/{}", self.id), |target| target.path(&self.id));
        put("targetLink", format!("{BASE}{path}").into());
        put("status", "PENDING".into());
        put("user", user.into());
        put("progress", 0.into());
        put("insertTime", rfc3339(self.now).into());
        put("selfLink", format!("{base}/operations/{name}").into());
        match &scope {
            Scope::Global => None,
            Scope::Region(_) => put("region", base.into()),
            Scope::Zone(_) => put("zone", base.into()),
        };
        match target.as_ref().map(|target| self.resources.get_mut(target)) {
            Some(Some(resource)) => {
                put("targetId", resource.id.to_string().into());
                resource.busy += 1;
            }
            Some(None) => {}
            None => {
                put("targetId", self.number.to_string().into());
            }
        }
        let rule = self.settings.operations.iter().find(|rule| rule.covers(&method, &path));
        let (failure, slower) = rule.map_or((None, None), |rule| (rule.failure(), rule.takes));
        let takes = slower.unwrap_or(takes);
        let pending = self.settings.timings.operation_pending;
        let shown = Value::Object(document.clone());
        let operation = Operation { scope, document, effect, failure, ended: None, request: None };
        self.operations.by_name.insert(name.clone(), operation);
        self.schedule_operation(&name, pending, Step::Run);
        self.schedule_operation(&name, Seconds(pending.0 + takes.0), Step::End);
        shown
    }
}

/// Does an operation's next step.
pub(super) fn step(project: &mut Project, name: &str, step: Step) {
    if matches!(step, Step::End) && lingers(project, name) {
        project.schedule_operation(name, Seconds(1.0), Step::End);
        return;
    }
    let now = rfc3339(project.now);
    let Some(operation) = project.operations.by_name.get_mut(name) else { return };
    match step {
        Step::Run => {
            operation.document.insert("status".to_owned(), "RUNNING".into());
            operation.document.insert("startTime".to_owned(), now.into());
        }
        Step::End => {
            let effect = std::mem::replace(&mut operation.effect, Effect::None);
            let failure = operation.failure.take();
            let ended = take_effect(project, effect, failure);
            end(project, name, ended);
            let listed = project.settings.timings.operation_listed;
            project.schedule_operation(name, listed, Step::Forget);
        }
        Step::Forget => {
            project.operations.remove(name);
        }
    }
}

/// Whether an operation deletes something that isn't ready to go.
fn lingers(project: &Project, name: &str) -> bool {
    let operation = project.operations.get(name).filter(|operation| operation.failure.is_none());
    operation.is_some_and(|operation| match &operation.effect {
        Effect::Deleted(key) => compute::lingers(project, key),
        _ => false,
    })
}

fn end(project: &mut Project, name: &str, ended: Result<(), OperationError>) {
    let now = project.now;
    let Some(operation) = project.operations.by_name.get_mut(name) else { return };
    operation.ended = Some(now);
    let mut put = |field: &str, value: Value| operation.document.insert(field.to_owned(), value);
    put("status", "DONE".into());
    put("progress", 100.into());
    put("endTime", rfc3339(now).into());
    if let Err(error) = ended {
        put("error", json!({ "errors": [{ "code": error.code, "message": error.message }] }));
        put("httpErrorStatusCode", error.status.into());
        let status = http::StatusCode::from_u16(error.status).ok();
        let reason = status.and_then(|status| status.canonical_reason()).unwrap_or("ERROR");
        put("httpErrorMessage", reason.to_ascii_uppercase().into());
    }
}

/// Does what an operation is for; or undoes what its request did.
fn take_effect(project: &mut Project, effect: Effect, failure: Option<OperationError>) -> Result<(), OperationError> {
    let key = match &effect {
        Effect::None => return failure.map_or(Ok(()), Err),
        Effect::Created(key) | Effect::Deleted(key) | Effect::Changed(key, _) | Effect::Then(key, ..) => key.clone(),
    };
    if let Some(resource) = project.resources.get_mut(&key) {
        resource.busy = resource.busy.saturating_sub(1);
    }
    let ended = match (failure, effect) {
        (Some(failure), _) => Err(failure),
        (None, Effect::None) => Ok(()),
        (None, Effect::Created(key)) => compute::ready(project, &key),
        (None, Effect::Deleted(key)) => compute::remove(project, &key),
        (None, Effect::Changed(key, document)) => {
            compute::replace(project, &key, *document);
            Ok(())
        }
        (None, Effect::Then(key, with, then)) => then(project, &key, &with),
    };
    if ended.is_err() {
        compute::undone(project, &key);
    }
    ended
}
