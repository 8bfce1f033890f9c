//! Backend services (<https://cloud.google.com/load-balancing/docs/backend-service>).

use serde_json::{Value, json};

use super::super::kind::{Kind, New, Reference};
use super::super::{change, instance_group, reference, target};
use super::scheme::{self, Balancing};
use super::{backends, health, place, security_policy};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, list, text};
use crate::gcp::scope::{Key, Scope};

pub(in crate::gcp::compute) struct BackendServices;

/// Protocols of proxies to backends, and of what goes through as it is
/// (<https://cloud.google.com/load-balancing/docs/backend-service#protocol_to_backends>).
const PROXIED: &[&str] = &["HTTP", "HTTPS", "HTTP2", "H2C", "GRPC", "TCP", "SSL"];
const PASSED: &[&str] = &["TCP", "UDP", "UNSPECIFIED"];

impl Kind for BackendServices {
    fn collection(&self) -> &'static str {
        "backendServices"
    }

    fn schema(&self) -> &'static str {
        "BackendService"
    }

    fn noun(&self) -> &'static str {
        "backend_service"
    }

    fn references(&self) -> &'static [Reference] {
        const {
            &[
                Reference::to("healthChecks[]", &["healthChecks"]),
                Reference::to("backends[].group", &["instanceGroups"]),
                Reference::to("securityPolicy", &["securityPolicies"]),
                Reference::to("network", &["networks"]),
            ]
        }
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["loadBalancingScheme", "network"]
    }

    fn quota(&self) -> Option<&'static str> {
        Some("BACKEND_SERVICES")
    }

    fn needs_fingerprint(&self, verb: &str) -> bool {
        verb == "update"
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.backend_service
    }

    fn prepare(&self, call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        new.document.remove("params");
        scheme::complete(key, &mut new.document)?;
        complete(call.project, key, &mut new.document)
    }

    fn amend(&self, call: &mut Call<'_>, key: &Key, _before: &Document, after: &mut Document) -> Result<(), ApiError> {
        complete(call.project, key, after)?;
        alone(call.project, after)
    }

    /// Whether its groups' instances are in no other that is balanced is found out at the end
    /// (<https://github.com/terraform-google-modules/terraform-google-lb-http/issues/322>).
    fn ready(&self, project: &mut Project, key: &Key) -> Result<(), OperationError> {
        let Some(resource) = project.resources.get(key) else { return Ok(()) };
        Ok(alone(project, &resource.document)?)
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[("getHealth", health::get_health), ("setSecurityPolicy", set_security_policy)]
    }
}

/// The links of a service's groups.
pub(super) fn groups(document: &Document) -> impl Iterator<Item = &str> {
    list(document, "backends").iter().filter_map(|backend| backend.get("group")?.as_str())
}

/// Whether every instance is in one group at most that is a backend.
fn alone(project: &Project, document: &Document) -> Result<(), ApiError> {
    let groups: Vec<&str> = groups(document).collect();
    instance_group::once_balanced(project, &groups)
}

/// Holds a service against the rules, and puts in what isn't said; the defaults are the discovery document's.
fn complete(project: &Project, key: &Key, document: &mut Document) -> Result<(), ApiError> {
    let balancing = scheme::balancing(&key.scope, document);
    let passthrough = balancing == Balancing::Passthrough;
    let mut put = |field: &str, value: Value| document.entry(field).or_insert(value).clone();
    let protocol = put("protocol", if passthrough { "TCP" } else { "HTTP" }.into());
    put("timeoutSec", 30.into());
    put("sessionAffinity", "NONE".into());
    put("affinityCookieTtlSec", 0.into());
    put("connectionDraining", json!({ "drainingTimeoutSec": 0 }));
    if !passthrough {
        // The ports that go with names if nothing else is said: 443 for what is encrypted.
        let (name, port) = match protocol.as_str() {
            Some("HTTPS" | "HTTP2") => ("https", 443),
            Some("TCP") => ("tcp", 80),
            Some("SSL") => ("ssl", 443),
            _ => ("http", 80),
        };
        put("portName", name.into());
        put("port", port.into());
    }
    if key.scope == Scope::Global {
        put("enableCDN", false.into());
    }
    let scheme = text(document, "loadBalancingScheme");
    let known = if passthrough { PASSED } else { PROXIED };
    if !known.iter().any(|known| protocol == *known) {
        let why = format!("Protocol is not supported by the load balancing scheme {scheme}.");
        return Err(ApiError::field("protocol", &protocol, why));
    }
    if let Some(name) = document.get("portName").filter(|_| passthrough) {
        let why = format!("Port name is not supported by the load balancing scheme {scheme}.");
        return Err(ApiError::field("portName", name, why));
    }
    if let Some(timeout) = document.get("timeoutSec").filter(|seconds| seconds.as_i64().unwrap_or_default() < 1) {
        return Err(ApiError::field("timeoutSec", timeout, "Must be between 1 and 2147483647."));
    }
    let draining = document.get("connectionDraining").and_then(|draining| draining.get("drainingTimeoutSec"));
    if let Some(seconds) = draining.filter(|seconds| !(0..=3600).contains(&seconds.as_i64().unwrap_or_default())) {
        return Err(ApiError::field("connectionDraining.drainingTimeoutSec", seconds, "Must be between 0 and 3600."));
    }
    if document.contains_key("network") && !passthrough {
        let network = document.get("network").cloned().unwrap_or_default();
        let why = "The network can only be specified for passthrough load balancers.";
        return Err(ApiError::field("network", &network, why));
    }
    checked(key, document, passthrough)?;
    backends::complete(project, key, document, balancing)
}

/// "Currently, at most one health check can be specified for each backend service. Backend services with instance group
/// backends must have a health check" (the discovery document). Only passthrough load balancers of a region take global
/// ones (<https://cloud.google.com/load-balancing/docs/health-checks#health_check_categories_protocols_and_ports>).
fn checked(key: &Key, document: &Document, passthrough: bool) -> Result<(), ApiError> {
    let checks = list(document, "healthChecks");
    if checks.len() > 1 {
        let why = "At most one health check can be specified.";
        return Err(ApiError::field("healthChecks", &Value::from(checks.len()), why));
    }
    if checks.is_empty() && !list(document, "backends").is_empty() {
        return Err(ApiError::required("healthChecks"));
    }
    if passthrough { Ok(()) } else { place::same(key, document, &["healthChecks[]"]) }
}

/// `setSecurityPolicy`: an empty reference takes the policy away
/// (<https://cloud.google.com/compute/docs/reference/rest/v1/backendServices/setSecurityPolicy>).
fn set_security_policy(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let mut after = change::document(call, &key)?;
    let link = text(call.body, "securityPolicy");
    if link.is_empty() {
        after.remove("securityPolicy");
        return Ok(change::apply(call, "setSecurityPolicy", key, after));
    }
    let policy = reference::find(call.project, &key.scope, &["securityPolicies"], "securityPolicy", link)?;
    let passthrough = scheme::balancing(&key.scope, &after) == Balancing::Passthrough;
    if let Some(found) = call.project.resources.get(&policy) {
        let scheme = text(&after, "loadBalancingScheme");
        security_policy::fits(&key, scheme, passthrough, &policy, &found.document)?;
    }
    after.insert("securityPolicy".to_owned(), policy.link(&call.project.id).into());
    Ok(change::apply(call, "setSecurityPolicy", key, after))
}
