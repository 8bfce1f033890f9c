//! Refusals, in the words and the form of each service.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use crate::http::Response;

/// A refusal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    /// Compute's `reason` (`notFound`); the others' are made from it.
    pub(crate) reason: String,
    pub(crate) message: String,
    /// google.rpc's name of the status, for answers of Compute that have one all the same, and where HTTP's status
    /// leaves it open.
    pub(crate) rpc: Option<&'static str>,
    /// google.rpc's details.
    pub(crate) details: Vec<Value>,
}

/// What a handler says.
pub(crate) type Answer = Result<Value, ApiError>;

/// How a service writes its refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `code`, `message` and `errors`, and no `status` but for what the front end refuses
    /// (<https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-api-errors>).
    Compute,
    /// google.rpc: `code`, `message`, `status`, `details` (<https://cloud.google.com/apis/design/errors>).
    Rpc,
    /// Cloud DNS: as Compute (<https://cloud.google.com/dns/docs/reference/v1>).
    Dns,
}

impl ApiError {
    pub(crate) fn new(status: u16, reason: &str, message: impl Into<String>) -> Self {
        Self { status, reason: reason.to_owned(), message: message.into(), rpc: None, details: Vec::new() }
    }

    /// 400: what was asked for can't be.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid", message)
    }

    /// 400 for a field of the body. `field` is its path below `resource`.
    pub(crate) fn field(field: &str, value: &Value, why: impl AsRef<str>) -> Self {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Self::invalid(format!("Invalid value for field 'resource.{field}': '{shown}'. {}", why.as_ref()))
    }

    /// 400: the body lacks a field.
    pub(crate) fn required(field: &str) -> Self {
        Self::new(400, "required", format!("Required field 'resource.{field}' not specified"))
    }

    /// 404 for what is named by its path: `projects/p/global/networks/n`.
    pub(crate) fn not_found(path: &str) -> Self {
        Self::new(404, "notFound", format!("The resource '{path}' was not found"))
    }

    /// 409 for what is there already.
    pub(crate) fn exists(path: &str) -> Self {
        Self::new(409, "alreadyExists", format!("The resource '{path}' already exists"))
    }

    /// 400 for what another operation is busy with.
    pub(crate) fn not_ready(path: &str) -> Self {
        Self::new(400, "resourceNotReady", format!("The resource '{path}' is not ready"))
    }

    /// 400 for what can't go as something uses it. `noun` is the kind in the text's words: `instance_template`.
    pub(crate) fn in_use(noun: &str, path: &str, by: &str) -> Self {
        let message = format!("The {noun} resource '{path}' is already being used by '{by}'");
        Self::new(400, "resourceInUseByAnotherResource", message)
    }

    /// 412 for a fingerprint that isn't the latest.
    pub(crate) fn condition_not_met(message: &str) -> Self {
        Self::new(412, "conditionNotMet", message)
    }

    /// 403 for what would be too many.
    pub(crate) fn quota(metric: &str, limit: f64, place: &str) -> Self {
        Self::new(403, "quotaExceeded", format!("Quota '{metric}' exceeded.  Limit: {limit:.1} {place}."))
    }

    /// Says google.rpc's status as well, as what the front end refuses does.
    pub(crate) fn rpc(self, status: &'static str) -> Self {
        Self { rpc: Some(status), ..self }
    }

    /// google.rpc's name of its status (<https://cloud.google.com/apis/design/errors#handling_errors>).
    pub(crate) fn rpc_status(&self) -> &'static str {
        self.rpc.unwrap_or(match self.status {
            400 => "INVALID_ARGUMENT",
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            409 => "ALREADY_EXISTS",
            412 => "FAILED_PRECONDITION",
            429 => "RESOURCE_EXHAUSTED",
            501 => "UNIMPLEMENTED",
            503 => "UNAVAILABLE",
            504 => "DEADLINE_EXCEEDED",
            _ => "INTERNAL",
        })
    }

    /// The answer that a service of that style gives.
    pub(crate) fn response(&self, style: Style) -> Response {
        let mut error = Map::new();
        error.insert("code".to_owned(), self.status.into());
        error.insert("message".to_owned(), self.message.as_str().into());
        if style != Style::Rpc {
            let domain = if self.reason.ends_with("LimitExceeded") { "usageLimits" } else { "global" };
            let mut one = json!({ "message": self.message, "domain": domain, "reason": self.reason });
            // A fingerprint counts as the header that it stands for
            // (https://github.com/skypilot-org/skypilot/issues/4571 shows it).
            if let (412, Value::Object(one)) = (self.status, &mut one) {
                one.insert("location".to_owned(), "If-Match".into());
                one.insert("locationType".to_owned(), "header".into());
            }
            error.insert("errors".to_owned(), json!([one]));
        }
        if style == Style::Rpc || self.rpc.is_some() {
            error.insert("status".to_owned(), self.rpc_status().into());
            if !self.details.is_empty() {
                error.insert("details".to_owned(), Value::Array(self.details.clone()));
            }
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        json_response(status, &json!({ "error": error }))
    }

    /// The code under which a service of that style speaks of it: a reason or a status.
    pub(crate) fn code(&self, style: Style) -> String {
        if style == Style::Rpc { self.rpc_status().to_owned() } else { self.reason.clone() }
    }
}

/// An answer that holds JSON.
pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
    Response { status, headers, body: body.to_string().into() }
}
