#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod backends;
mod front;
mod policies;
mod services;

use serde_json::{Value, json};

use crate::gcp::testing::{Lab, REGION};
use crate::x509::tests::{GOOD, key};

/// Where a regional resource is.
fn regional(path: &str) -> String {
    format!("regions/{REGION}/{path}")
}

/// A network `n` with a subnetwork `n` and one for proxies.
fn place() -> Lab {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    lab.done("POST", &regional("subnetworks"), proxies());
    lab
}

fn proxies() -> Value {
    json!({
        "name": "proxies", "network": "global/networks/n", "ipCidrRange": "10.1.0.0/23",
        "purpose": "REGIONAL_MANAGED_PROXY", "role": "ACTIVE",
    })
}

/// A health check `check`, regional or global.
fn check(lab: &mut Lab, place: &str) {
    let body = json!({ "name": "check", "type": "HTTP", "httpHealthCheck": { "port": 8080 } });
    lab.done("POST", &format!("{place}/healthChecks"), body);
}

/// A backend service of that scheme with `check`, and without backends.
fn service(lab: &mut Lab, place: &str, scheme: &str) {
    check(lab, place);
    lab.done("POST", &format!("{place}/backendServices"), service_body(place, scheme));
}

fn service_body(place: &str, scheme: &str) -> Value {
    let protocol = if scheme == "INTERNAL" { "TCP" } else { "HTTP" };
    json!({
        "name": "service", "protocol": protocol, "loadBalancingScheme": scheme,
        "healthChecks": [format!("{place}/healthChecks/check")],
    })
}

/// A URL map and a target proxy `proxy` before a service.
fn front(lab: &mut Lab, place: &str, scheme: &str) {
    service(lab, place, scheme);
    let body = json!({ "name": "map", "defaultService": format!("{place}/backendServices/service") });
    lab.done("POST", &format!("{place}/urlMaps"), body);
    let body = json!({ "name": "proxy", "urlMap": format!("{place}/urlMaps/map") });
    lab.done("POST", &format!("{place}/targetHttpProxies"), body);
}

fn rule(scheme: &str, more: &Value) -> Value {
    let mut body = json!({
        "name": "rule", "loadBalancingScheme": scheme, "portRange": "80", "network": "global/networks/n",
        "target": regional("targetHttpProxies/proxy"),
    });
    crate::merge::merge(&mut body, more.clone());
    body
}

fn certificate(name: &str) -> Value {
    json!({ "name": name, "certificate": GOOD, "privateKey": key() })
}
