//! From a request to the handler that answers it.

use std::ops::Deref;

use http::StatusCode;
use serde_json::Value;

use super::call::{Call, Handler};
use super::contracts::Service;
use super::error::{Answer, ApiError, json_response};
use super::project::Project;
use super::recognise::Recognised;
use super::scope::Scope;
use super::{check, compute, iam, partial};
use crate::clock::later;
use crate::cloud::Cloud;
use crate::faults::Done;
use crate::log::Outcome;
use crate::registry::{Holding as _, Registry};

/// Google Cloud: all its projects.
#[derive(Debug)]
pub(crate) struct Gcp {
    pub(crate) projects: Registry<Project>,
}

/// A request for a method that is served, for a project that there is.
pub(crate) struct Asked(Recognised);

impl Cloud for Gcp {
    type Recognised = Recognised;
    type Asked = Asked;

    fn identify(&self, recognised: Recognised) -> Result<Asked, Box<Done>> {
        let id = &recognised.subject.account;
        // Methods of no project, such as those of predefined roles, are answered from a project of nobody's.
        if !id.is_empty() && !is_project(id) && !id.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("Invalid resource field value in the request: project '{id}'.");
            return Err(Box::new(recognised.refuse(&ApiError::invalid(message))));
        }
        if let Err(most) = self.projects.room_for(id) {
            let message = format!("This emulator holds {most} projects and takes no more.");
            return Err(Box::new(recognised.refuse(&ApiError::new(503, "tooManyProjects", message))));
        }
        Ok(Asked(recognised))
    }

    fn awaits(&self, asked: &Asked) -> Option<impl Future<Output = ()> + Send> {
        let waits = asked.service.name == "compute" && asked.method.verb() == "wait";
        waits.then(|| self.wait(asked))
    }

    fn perform(&self, asked: &Asked) -> Done {
        let Asked(recognised) = asked;
        let answer = self.projects.with(&recognised.subject.account, |project| {
            let Recognised { method, handler, parameters, body, subject, .. } = recognised;
            let mut call = Call { project, method, parameters, body, caller: &subject.caller };
            answer(&mut call, recognised.service, *handler)
        });
        match answer.and_then(|value| recognised.shown(value)) {
            Ok(Value::Null) => {
                let mut response = json_response(StatusCode::NO_CONTENT, &Value::Null);
                response.body = bytes::Bytes::new();
                Done { response, outcome: Outcome::Done { status: 204 } }
            }
            Ok(value) => {
                Done { response: json_response(StatusCode::OK, &value), outcome: Outcome::Done { status: 200 } }
            }
            Err(error) => asked.refuse(&error),
        }
    }
}

impl Gcp {
    /// Waits as `wait` of operations does: until the operation has ended, and for two minutes at most.
    async fn wait(&self, asked: &Asked) {
        let text = |name: &str| asked.parameters.get(name).and_then(Value::as_str).unwrap_or_default();
        let scope = match (text("zone"), text("region")) {
            ("", "") => Scope::Global,
            ("", region) => Scope::Region(region.to_owned()),
            (zone, _) => Scope::Zone(zone.to_owned()),
        };
        let clock = self.projects.clock();
        let end = later(clock.now(), compute::LONGEST_WAIT);
        loop {
            let now = clock.now();
            let (over, next) = self.projects.with(&asked.subject.account, |project| {
                (compute::is_over(project, &scope, text("operation")), project.due())
            });
            if over || now >= end {
                return;
            }
            clock.sleep_until(next.map_or(end, |next| next.min(end))).await;
        }
    }
}

/// Answers a call, if its caller may make it: once for each `requestId`.
pub(crate) fn answer(call: &mut Call<'_>, service: &Service, handler: Handler) -> Answer {
    iam::authorize(call, service)?;
    let request = call.text("requestId").filter(|id| !id.is_empty());
    let asked = request.map(|_| asked_for(call));
    if let (Some(request), Some(asked)) = (request, &asked) {
        check_request_id(request)?;
        if let Some(answer) = call.project.operations.replayed(request, asked) {
            return answer;
        }
    }
    let mut answer = handler(call)?;
    if let (Some(request), Some(asked)) = (request, asked)
        && let Some(operation) = answer.as_object_mut()
        && let Some(name) = operation.get("name").and_then(Value::as_str).map(str::to_owned)
    {
        // "The value of requestId if you provided it in the request" (the discovery document).
        operation.insert("clientOperationId".to_owned(), request.into());
        call.project.operations.answered(request, asked, &name);
    }
    if call.method.changes() {
        call.project.settle();
    }
    Ok(answer)
}

/// What a request asks for, by which another with the same id is recognised: the method, and what its path names.
fn asked_for(call: &Call<'_>) -> String {
    let path = call.method.parameters.iter().filter(|(_, of)| of.location == super::contract::Location::Path);
    let named = path.filter_map(|(name, _)| Some(format!(" {name}={}", call.parameters.get(name)?)));
    std::iter::once(call.method.id.clone()).chain(named).collect()
}

/// "The request ID must be a valid UUID with the exception that zero UUID is not supported" (the discovery document).
fn check_request_id(id: &str) -> Result<(), ApiError> {
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    let digits = id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    let zero = id.bytes().all(|byte| byte == b'-' || byte == b'0');
    if parts == [8, 4, 4, 4, 12] && digits && !zero {
        return Ok(());
    }
    let message =
        format!("Invalid value for field 'requestId': '{id}'. The request ID must be a valid, non-zero UUID.");
    Err(ApiError::invalid(message))
}

impl Recognised {
    /// An answer as it leaves: held against the contract, and reduced to the fields that are asked for.
    fn shown(&self, value: Value) -> Answer {
        let broken = check::answer(&self.service.contract, self.method, &value);
        if !broken.is_empty() {
            return Err(violation(&self.method.id, &broken.join("; ")));
        }
        let fields = self.parameters.get("fields").or_else(|| self.parameters.get("$fields"));
        match fields.and_then(Value::as_str) {
            Some(fields) if !fields.is_empty() => partial::partial(value, fields),
            _ => Ok(value),
        }
    }
}

impl Deref for Asked {
    type Target = Recognised;

    fn deref(&self) -> &Recognised {
        &self.0
    }
}

/// Whether a text is a project's id: 6 to 30 lowercase letters, digits and hyphens, the first a letter
/// (<https://cloud.google.com/resource-manager/docs/creating-managing-projects>). Shorter ones are taken as well.
pub(crate) fn is_project(id: &str) -> bool {
    let letters = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    letters && (2..=30).contains(&id.len()) && id.starts_with(|c: char| c.is_ascii_lowercase()) && !id.ends_with('-')
}

/// An answer isn't what Google's contract says: a defect of the emulator, which its tests must not miss.
fn violation(method: &str, broken: &str) -> ApiError {
    ApiError::new(500, "contractViolation", format!("The answer to {method} breaks the contract: {broken}"))
}
