//! URL maps (<https://cloud.google.com/load-balancing/docs/url-map-concepts>).

use serde_json::{Value, json};

use super::super::kind::{Kind, New, Reference};
use super::super::reference;
use super::place;
use super::scheme::{self, Balancing};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::field;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, list, text};
use crate::gcp::scope::Key;

pub(in crate::gcp::compute) struct UrlMaps;

/// Where a map leads to backend services.
const SERVICES: &[&str] = &[
    "defaultService",
    "defaultRouteAction.weightedBackendServices[].backendService",
    "defaultRouteAction.requestMirrorPolicy.backendService",
    "pathMatchers[].defaultService",
    "pathMatchers[].defaultRouteAction.weightedBackendServices[].backendService",
    "pathMatchers[].pathRules[].service",
    "pathMatchers[].pathRules[].routeAction.weightedBackendServices[].backendService",
    "pathMatchers[].routeRules[].service",
    "pathMatchers[].routeRules[].routeAction.weightedBackendServices[].backendService",
    "tests[].service",
];

/// What requests go to: exactly one of these (the discovery document's `defaultService`), but that a route's action
/// without weighted services only changes what goes to the service.
const ENDS: &[&str] = &["defaultService", "defaultUrlRedirect"];

impl Kind for UrlMaps {
    fn collection(&self) -> &'static str {
        "urlMaps"
    }

    fn schema(&self) -> &'static str {
        "UrlMap"
    }

    fn noun(&self) -> &'static str {
        "url_map"
    }

    fn references(&self) -> &'static [Reference] {
        const TO: &[&str] = &["backendServices"];
        const {
            &[
                Reference::to(SERVICES[0], TO),
                Reference::to(SERVICES[1], TO),
                Reference::to(SERVICES[2], TO),
                Reference::to(SERVICES[3], TO),
                Reference::to(SERVICES[4], TO),
                Reference::to(SERVICES[5], TO),
                Reference::to(SERVICES[6], TO),
                Reference::to(SERVICES[7], TO),
                Reference::to(SERVICES[8], TO),
                Reference::to(SERVICES[9], TO),
            ]
        }
    }

    fn quota(&self) -> Option<&'static str> {
        Some("URL_MAPS")
    }

    fn needs_fingerprint(&self, verb: &str) -> bool {
        verb == "update"
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.balancing
    }

    fn prepare(&self, call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        check(call.project, key, &new.document)
    }

    fn amend(&self, call: &mut Call<'_>, key: &Key, _before: &Document, after: &mut Document) -> Result<(), ApiError> {
        check(call.project, key, after)
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[("validate", validate)]
    }
}

/// The links of the backend services that a map leads to.
pub(super) fn services(document: &Document) -> Vec<&str> {
    let mut services = Vec::new();
    for path in SERVICES {
        field::each(document, path, &mut |_, value| services.extend(value.as_str()));
    }
    services
}

fn check(project: &Project, key: &Key, document: &Document) -> Result<(), ApiError> {
    ends(document, "")?;
    place::same(key, document, SERVICES)?;
    for path in SERVICES {
        let mut wrong = None;
        field::each(document, path, &mut |at, value| {
            let link = value.as_str().unwrap_or_default();
            let service = reference::follow(project, link);
            if service.is_some_and(|one| scheme::balancing(&one.key.scope, &one.document) == Balancing::Passthrough) {
                wrong.get_or_insert_with(|| {
                    let why = "A backend service of a passthrough load balancer cannot be used in a URL map.";
                    ApiError::field(at, value, why)
                });
            }
        });
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
    }
    matchers(document)
}

/// Refuses what has no end for requests, or two.
fn ends(document: &Document, at: &str) -> Result<(), ApiError> {
    let mut has: Vec<&str> = ENDS.iter().copied().filter(|field| document.contains_key(*field)).collect();
    let action = document.get("defaultRouteAction").and_then(Value::as_object);
    if action.is_some_and(|action| !list(action, "weightedBackendServices").is_empty()) {
        has.push("defaultRouteAction");
    }
    if has.len() == 1 {
        return Ok(());
    }
    let why = "Exactly one of defaultService, defaultUrlRedirect and defaultRouteAction with weightedBackendServices \
               must be specified.";
    let value = document.get("defaultService").cloned().unwrap_or_else(|| json!(""));
    Err(ApiError::field(&format!("{at}defaultService"), &value, why))
}

/// Host rules lead to path matchers of the map; each matcher has to be led to, and each host is in one rule only.
fn matchers(document: &Document) -> Result<(), ApiError> {
    let mut names: Vec<&str> = Vec::new();
    for (place, matcher) in list(document, "pathMatchers").iter().enumerate() {
        let Value::Object(matcher) = matcher else { continue };
        let at = format!("pathMatchers[{place}]");
        let name = text(matcher, "name");
        if name.is_empty() {
            return Err(ApiError::required(&format!("{at}.name")));
        }
        if names.contains(&name) {
            let why = "Names of path matchers must be unique in a URL map.";
            return Err(ApiError::field(&format!("{at}.name"), &Value::from(name), why));
        }
        names.push(name);
        ends(matcher, &format!("{at}."))?;
        if !list(matcher, "pathRules").is_empty() && !list(matcher, "routeRules").is_empty() {
            let why = "Only one of pathRules and routeRules can be specified.";
            return Err(ApiError::field(&format!("{at}.routeRules"), &Value::from(name), why));
        }
        for (number, rule) in list(matcher, "pathRules").iter().enumerate() {
            let paths = rule.get("paths").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            if paths.is_empty() {
                return Err(ApiError::required(&format!("{at}.pathRules[{number}].paths")));
            }
            if let Some(path) = paths.iter().find(|path| !is_path(path.as_str().unwrap_or_default())) {
                let why = "A path must begin with '/'; a '*' is only allowed at its end, after a '/'.";
                return Err(ApiError::field(&format!("{at}.pathRules[{number}].paths"), path, why));
            }
        }
    }
    let (mut used, mut hosts): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for (place, rule) in list(document, "hostRules").iter().enumerate() {
        let Value::Object(rule) = rule else { continue };
        let matcher = text(rule, "pathMatcher");
        if !names.contains(&matcher) {
            let why = "The path matcher is not in the URL map.";
            return Err(ApiError::field(&format!("hostRules[{place}].pathMatcher"), &Value::from(matcher), why));
        }
        used.push(matcher);
        if list(rule, "hosts").is_empty() {
            return Err(ApiError::required(&format!("hostRules[{place}].hosts")));
        }
        for host in list(rule, "hosts").iter().filter_map(Value::as_str) {
            if hosts.contains(&host) {
                let why = "A host can be in one host rule only.";
                return Err(ApiError::field(&format!("hostRules[{place}].hosts"), &Value::from(host), why));
            }
            hosts.push(host);
        }
    }
    match names.iter().enumerate().find(|(_, name)| !used.contains(name)) {
        Some((place, name)) => {
            let why = "The path matcher is not used by any host rule.";
            Err(ApiError::field(&format!("pathMatchers[{place}].name"), &Value::from(*name), why))
        }
        None => Ok(()),
    }
}

/// "Each must start with / and the only place a * is allowed is at the end following a /" (the discovery document).
fn is_path(path: &str) -> bool {
    let fixed = path.strip_suffix("/*").unwrap_or(path);
    path.starts_with('/') && !fixed.contains(['*', '?', '#'])
}

/// `validate`: whether a map could be used. What it is told is a map, and the answer is never a refusal
/// (<https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps/validate>).
fn validate(call: &mut Call<'_>) -> Answer {
    let scope = super::super::target::scope(call)?;
    let key = Key::new("urlMaps", scope, call.required("urlMap"));
    let mut document = match call.body.get("resource") {
        Some(Value::Object(document)) => document.clone(),
        _ => return Err(ApiError::required("resource")),
    };
    let checked = reference::resolve(call.project, &key.scope, UrlMaps.references(), &mut document)
        .and_then(|()| check(call.project, &key, &document));
    Ok(match checked {
        Ok(()) => json!({ "result": { "loadSucceeded": true, "testPassed": true } }),
        Err(error) => json!({ "result": { "loadSucceeded": false, "loadErrors": [error.message] } }),
    })
}
