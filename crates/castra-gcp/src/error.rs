//! What Google Cloud's errors mean, decided once.
//!
//! Compute Engine answers with an HTTP status and a `reason` for each error, and its operations end with a code that is
//! the same in capitals (<https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-api-errors>). The other
//! services answer with google.rpc's codes (<https://cloud.google.com/apis/design/errors>).

use std::time::Duration;

use castra_core::error::CloudDetail;
use castra_core::{Access, Call, Error, ErrorKind};
use google_cloud_compute_v1::model::Operation;
use google_cloud_gax::error::Error as SdkError;
use google_cloud_gax::error::rpc::{Code, StatusDetails};

/// What reasons and codes mean, written in lower case without separators. Those of managed groups' instances
/// (`listErrors`) are among them.
const REASONS: &[(&str, ErrorKind)] = &[
    ("accessnotconfigured", ErrorKind::Denied),
    ("alreadyexists", ErrorKind::AlreadyExists),
    ("autherror", ErrorKind::Credentials),
    ("backenderror", ErrorKind::Unavailable),
    ("conditionnotmet", ErrorKind::Stale),
    ("duplicate", ErrorKind::AlreadyExists),
    // A service account that isn't known everywhere yet, in an instance or template that names it.
    ("externalresourcenotfound", ErrorKind::NotYetPropagated),
    ("failedprecondition", ErrorKind::Invalid),
    ("forbidden", ErrorKind::Denied),
    ("iampermissiondenied", ErrorKind::Denied),
    ("insufficientpermissions", ErrorKind::Denied),
    ("internalerror", ErrorKind::Unavailable),
    ("inusedbyanotherresource", ErrorKind::InUse),
    ("invalid", ErrorKind::Invalid),
    ("invalidfieldvalue", ErrorKind::Invalid),
    ("invalidparameter", ErrorKind::Invalid),
    ("invalidusage", ErrorKind::Invalid),
    ("ipinusebyanotherresource", ErrorKind::InUse),
    ("ipspaceexhausted", ErrorKind::Quota),
    ("ipspaceexhaustedwithdetails", ErrorKind::Quota),
    ("limitexceeded", ErrorKind::Quota),
    ("memberalreadyexists", ErrorKind::AlreadyExists),
    ("membernotfound", ErrorKind::NotFound),
    ("notfound", ErrorKind::NotFound),
    ("permissionsdenied", ErrorKind::Denied),
    ("permissionserror", ErrorKind::Denied),
    ("quotaexceeded", ErrorKind::Quota),
    ("quotapolicyerror", ErrorKind::Quota),
    ("ratelimitexceeded", ErrorKind::Throttled),
    ("resourcealreadyexists", ErrorKind::AlreadyExists),
    ("resourceinusebyanotherresource", ErrorKind::InUse),
    ("resourcenotfound", ErrorKind::NotFound),
    ("resourcenotready", ErrorKind::NotYetPropagated),
    ("resourceoperationratelimitexceeded", ErrorKind::Throttled),
    ("resourcepoolexhausted", ErrorKind::Capacity),
    ("serviceaccountaccessdenied", ErrorKind::Denied),
    ("servicedisabled", ErrorKind::Denied),
    ("stockout", ErrorKind::Capacity),
    ("unsupportedoperation", ErrorKind::Unsupported),
    ("userratelimitexceeded", ErrorKind::Throttled),
    ("zonedoesnothaveenoughresources", ErrorKind::Capacity),
    ("zoneresourcepoolexhausted", ErrorKind::Capacity),
    ("zoneresourcepoolexhaustedwithdetails", ErrorKind::Capacity),
];

/// Turns an SDK error into ours. It never holds a body of a request.
pub(crate) fn classify(call: &Call, error: SdkError) -> Error {
    let mut cloud = detail(call);
    let mutates = call.access == Access::Mutate;
    if let Some(status) = error.http_status_code() {
        let (reason, said) = words(&error);
        cloud.status = Some(status);
        cloud.code.clone_from(&reason);
        let kind = kind(reason.as_deref().unwrap_or_default(), Some(status), &said);
        let mut ours = remedied(Error::new(kind, said).cloud(cloud), reason.as_deref());
        if let Some(after) = retry_after(&error) {
            ours = ours.retry_after(after);
        }
        // A server-side failure says nothing about whether the work was done.
        return if mutates && kind == ErrorKind::Unavailable { ours.ambiguous() } else { ours }.source(error);
    }
    let (ours, maybe_done) = if error.is_timeout() || error.is_exhausted() {
        (Error::new(ErrorKind::Timeout, "no answer in time"), true)
    } else if error.is_authentication() {
        let ours = Error::new(ErrorKind::Credentials, chain(&error));
        (ours.remedy("run `gcloud auth application-default login`, or check GOOGLE_APPLICATION_CREDENTIALS"), false)
    } else if error.is_binding() || error.is_serialization() {
        (Error::new(ErrorKind::Invalid, chain(&error)), false)
    } else if error.is_connect() {
        let ours = Error::new(ErrorKind::Unavailable, chain(&error));
        (ours.remedy("check the network and CASTRA_GCP_ENDPOINT"), false)
    } else if error.is_io() || error.is_transport() {
        (Error::new(ErrorKind::Unavailable, "the answer was cut short"), true)
    } else {
        (Error::new(ErrorKind::Unexpected, chain(&error)), true)
    };
    let ours = ours.cloud(cloud);
    if mutates && maybe_done { ours.ambiguous() } else { ours }.source(error)
}

/// The error that an operation ended with; none if it did what was asked for. `call` is the one that began it.
pub(crate) fn of_operation(call: &Call, operation: &Operation) -> Option<Error> {
    let first = operation.error.as_ref().and_then(|error| error.errors.first());
    let status = operation.http_error_status_code.and_then(|status| u16::try_from(status).ok());
    if first.is_none() && status.is_none() && operation.http_error_message.is_none() {
        return None;
    }
    let code = first.and_then(|error| error.code.clone());
    let said = first.and_then(|error| error.message.clone()).or_else(|| operation.http_error_message.clone());
    let said = said.unwrap_or_else(|| "no message".to_owned());
    let mut cloud = detail(call);
    cloud.status = status;
    cloud.code.clone_from(&code);
    cloud.request_id.clone_from(&operation.name);
    let kind = kind(code.as_deref().unwrap_or_default(), status, &said);
    Some(remedied(Error::new(kind, tidy(&said)).cloud(cloud), code.as_deref()))
}

/// What a code means by itself, for failures that Google reports as a state instead of an error.
pub(crate) fn of_code(code: &str, message: &str) -> Error {
    remedied(Error::new(kind(code, None, message), tidy(message)), Some(code))
}

/// Whether a change was refused because the object had changed since it was read: read it again, change it again.
pub(crate) fn changed_meanwhile(error: &Error) -> bool {
    error.kind() == ErrorKind::Stale
}

fn detail(call: &Call) -> CloudDetail {
    CloudDetail { service: call.service.to_owned(), operation: call.operation.to_owned(), ..CloudDetail::default() }
}

/// The reason or code, and what the cloud said.
fn words(error: &SdkError) -> (Option<String>, String) {
    let Some(status) = error.status() else { return (None, "no message".to_owned()) };
    let reason = status.details.iter().find_map(|detail| match detail {
        StatusDetails::ErrorInfo(info) if !info.reason.is_empty() => Some(info.reason.clone()),
        _ => None,
    });
    // Compute Engine's own errors have no code that the SDK knows.
    let code = (status.code != Code::Unknown).then(|| status.code.name().to_owned());
    (reason.or(code), tidy(&status.message))
}

fn tidy(said: &str) -> String {
    said.trim().trim_end_matches('.').to_owned()
}

fn kind(code: &str, status: Option<u16>, message: &str) -> ErrorKind {
    let bare: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    // "required" is said of a missing field with 400 and of missing credentials with 401. A change of a policy that
    // another one overtook is ABORTED (Resource Manager API reference, `setIamPolicy`).
    match (bare.as_str(), status) {
        (_, Some(401)) => return ErrorKind::Credentials,
        ("aborted", _) => return ErrorKind::Stale,
        ("invalid", _) if message.contains("is not ready") => return ErrorKind::NotYetPropagated,
        // A policy with a new account is refused so until the account is known
        // (<https://cloud.google.com/iam/docs/service-accounts-create>).
        ("invalidargument", _) if message.starts_with("Service account ") && message.ends_with(" does not exist") => {
            return ErrorKind::NotYetPropagated;
        }
        _ => {}
    }
    match REASONS.iter().find(|(reason, _)| *reason == bare) {
        Some((_, kind)) => *kind,
        None => by_status(status),
    }
}

fn by_status(status: Option<u16>) -> ErrorKind {
    match status {
        Some(400) => ErrorKind::Invalid,
        Some(403) => ErrorKind::Denied,
        Some(404) => ErrorKind::NotFound,
        Some(408) => ErrorKind::Timeout,
        Some(409) => ErrorKind::AlreadyExists,
        Some(412) => ErrorKind::Stale,
        Some(429) => ErrorKind::Throttled,
        Some(501) => ErrorKind::Unsupported,
        Some(500..) => ErrorKind::Unavailable,
        _ => ErrorKind::Unexpected,
    }
}

fn remedied(error: Error, code: Option<&str>) -> Error {
    let remedy = match (error.kind(), code) {
        (ErrorKind::Denied, Some("accessNotConfigured" | "SERVICE_DISABLED")) => {
            "enable this API for the project, with `gcloud services enable`"
        }
        (ErrorKind::Denied, _) => "give the identity that castra runs as a role with this permission",
        (ErrorKind::Credentials, _) => {
            "run `gcloud auth application-default login`, then run again: it goes on from there"
        }
        (ErrorKind::Capacity, _) => "choose another machine type or other zones, reserve capacity, or try again later",
        (ErrorKind::Quota, _) => {
            "ask for a higher quota on the console's page of quotas, or remove what is no longer used"
        }
        (ErrorKind::Stale, _) => "something else changes it too: apply again",
        (ErrorKind::NotYetPropagated, _) => "apply again in a few minutes",
        _ => return error,
    };
    error.remedy(remedy)
}

fn retry_after(error: &SdkError) -> Option<Duration> {
    error.http_headers()?.get("retry-after")?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

/// The innermost causes in one line: the outer layers of an SDK error only say that there was one.
fn chain(error: &dyn std::error::Error) -> String {
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        texts.push(error.to_string());
        next = error.source();
    }
    texts.drain(..texts.len().saturating_sub(2));
    texts.join(": ")
}

#[cfg(test)]
mod tests;
