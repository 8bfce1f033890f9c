//! Health checks (<https://cloud.google.com/load-balancing/docs/health-check-concepts>).

use serde_json::Value;

use super::super::kind::{Kind, New};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::Call;
use crate::gcp::error::ApiError;
use crate::gcp::resource::{Document, text};
use crate::gcp::scope::Key;

pub(in crate::gcp::compute) struct HealthChecks;

/// What a type of health check has to itself.
struct Form {
    kind: &'static str,
    field: &'static str,
    /// The port if none is given; the discovery document's.
    port: Option<u16>,
    http: bool,
}

const fn form(kind: &'static str, field: &'static str, port: Option<u16>, http: bool) -> Form {
    Form { kind, field, port, http }
}

const FORMS: &[Form] = &[
    form("TCP", "tcpHealthCheck", Some(80), false),
    form("SSL", "sslHealthCheck", Some(443), false),
    form("HTTP", "httpHealthCheck", Some(80), true),
    form("HTTPS", "httpsHealthCheck", Some(443), true),
    form("HTTP2", "http2HealthCheck", Some(443), true),
    form("GRPC", "grpcHealthCheck", None, false),
    form("GRPC_WITH_TLS", "grpcTlsHealthCheck", None, false),
];

/// Whole numbers of a health check: their default, and the least and the most that they may be
/// (<https://cloud.google.com/load-balancing/docs/health-checks#optional-flags>).
const NUMBERS: &[(&str, i64, i64, i64)] = &[
    ("checkIntervalSec", 5, 1, 300),
    ("timeoutSec", 5, 1, 300),
    ("healthyThreshold", 2, 1, 10),
    ("unhealthyThreshold", 2, 1, 10),
];

impl Kind for HealthChecks {
    fn collection(&self) -> &'static str {
        "healthChecks"
    }

    fn schema(&self) -> &'static str {
        "HealthCheck"
    }

    fn noun(&self) -> &'static str {
        "health_check"
    }

    fn quota(&self) -> Option<&'static str> {
        Some("HEALTH_CHECKS")
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.health_check
    }

    fn prepare(&self, _call: &mut Call<'_>, _key: &Key, new: &mut New) -> Result<(), ApiError> {
        complete(&mut new.document)
    }

    fn amend(&self, _call: &mut Call<'_>, _key: &Key, before: &Document, after: &mut Document) -> Result<(), ApiError> {
        // One of another type leaves behind what belonged to the old one, unless that is said as well.
        if before.get("type") != after.get("type") {
            for form in FORMS.iter().filter(|form| form.kind == text(before, "type")) {
                if before.get(form.field) == after.get(form.field) {
                    after.remove(form.field);
                }
            }
        }
        complete(after)
    }
}

/// What a health check's document says of probes, with its own part.
pub(super) fn part(document: &Document) -> Option<&Document> {
    let form = FORMS.iter().find(|form| form.kind == text(document, "type"))?;
    document.get(form.field)?.as_object()
}

/// Whether probes are HTTP requests, which only an answer of 200 passes
/// (<https://cloud.google.com/load-balancing/docs/health-check-concepts#criteria-protocol-http>).
pub(super) fn is_http(document: &Document) -> bool {
    FORMS.iter().any(|form| form.http && form.kind == text(document, "type"))
}

/// Holds a health check against the rules, and puts in what isn't said.
fn complete(document: &mut Document) -> Result<(), ApiError> {
    for (field, default, least, most) in NUMBERS {
        let value = document.entry(*field).or_insert((*default).into());
        if !value.as_i64().is_some_and(|number| (*least..=*most).contains(&number)) {
            return Err(ApiError::field(field, value, format!("Must be between {least} and {most}.")));
        }
    }
    let seconds = |field: &str| document.get(field).and_then(Value::as_i64).unwrap_or_default();
    let timeout = seconds("timeoutSec");
    if timeout > seconds("checkIntervalSec") {
        let why = "TimeoutSec should be less than checkIntervalSec.";
        return Err(ApiError::field("timeoutSec", &Value::from(timeout), why));
    }
    let kind = text(document, "type").to_owned();
    if kind.is_empty() {
        return Err(ApiError::required("type"));
    }
    let Some(form) = FORMS.iter().find(|form| form.kind == kind) else {
        return Err(ApiError::field("type", &Value::from(kind), "Unknown type of health check."));
    };
    // "Exactly one of the protocol-specific health check fields must be specified, which must match type field" (the
    // discovery document).
    if let Some(other) = FORMS.iter().find(|other| other.field != form.field && document.contains_key(other.field)) {
        let why = format!("A health check of type {kind} cannot have {}.", other.field);
        return Err(ApiError::invalid(format!("Invalid value for field 'resource.{}': ''. {why}", other.field)));
    }
    match document.get_mut(form.field) {
        Some(Value::Object(part)) => complete_part(form, part),
        _ => Err(ApiError::required(form.field)),
    }
}

/// The part that belongs to a type
/// (<https://cloud.google.com/load-balancing/docs/health-check-concepts#category_and_port_specification>).
fn complete_part(form: &Form, part: &mut Document) -> Result<(), ApiError> {
    let at = |field: &str| format!("{}.{field}", form.field);
    let named = !text(part, "portName").is_empty();
    let specified = text(part, "portSpecification").to_owned();
    let wrong = |why: &str| Err(ApiError::field(&at("portSpecification"), &Value::from(specified.as_str()), why));
    match specified.as_str() {
        "USE_SERVING_PORT" if named || part.contains_key("port") => {
            return wrong("Neither port nor portName can be specified with USE_SERVING_PORT.");
        }
        "USE_SERVING_PORT" => {}
        "USE_NAMED_PORT" if !named => return wrong("A port name must be specified with USE_NAMED_PORT."),
        "USE_NAMED_PORT" if part.contains_key("port") => return wrong("The port cannot be specified as well."),
        "USE_FIXED_PORT" if named => return wrong("The port name cannot be specified with USE_FIXED_PORT."),
        _ if named => {}
        _ => match (part.get("port"), form.port) {
            (Some(port), _) if !port.as_i64().is_some_and(|port| (1..=65535).contains(&port)) => {
                return Err(ApiError::field(&at("port"), port, "Must be between 1 and 65535."));
            }
            (Some(_), _) => {}
            (None, Some(port)) => {
                part.insert("port".to_owned(), port.into());
            }
            (None, None) => return Err(ApiError::required(&at("port"))),
        },
    }
    if !form.kind.starts_with("GRPC") {
        part.entry("proxyHeader").or_insert("NONE".into());
    }
    if form.http {
        let path = part.entry("requestPath").or_insert("/".into());
        if !path.as_str().is_some_and(|path| path.starts_with('/')) {
            return Err(ApiError::field(&at("requestPath"), path, "Must begin with '/'."));
        }
    }
    Ok(())
}

/// For how many seconds probes have to pass, or to fail, until a member counts as healthy or unhealthy: so many in a
/// row decide (<https://cloud.google.com/load-balancing/docs/health-check-concepts#health_state>).
pub(super) fn patience(document: &Document, healthy: bool) -> f64 {
    let number = |field: &str| document.get(field).and_then(Value::as_f64).unwrap_or(1.0);
    number(if healthy { "healthyThreshold" } else { "unhealthyThreshold" }) * number("checkIntervalSec")
}
