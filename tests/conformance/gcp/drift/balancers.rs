//! Load balancers: where they listen, what they do with requests, and where they send them.

use serde_json::{Value, json};

use super::world::{Case, World, called, case, deleted, labelled, patched};

const CHECK: &str = "health_check/application";
const SERVICE: &str = "backend_service/application-public";
const CONTROL: &str = "backend_service/control-6443";
const HTTPS: &str = "target_https_proxy/application-public-443";
const LISTENER: &str = "forwarding_rule/application-public-443";

pub(super) fn cases() -> Vec<Case> {
    let checks = vec![
        patched(CHECK, "port", json!({ "httpsHealthCheck": { "port": 8443 } })),
        patched(CHECK, "path", json!({ "httpsHealthCheck": { "requestPath": "/elsewhere" } })),
        patched(CHECK, "interval_seconds", json!({ "checkIntervalSec": 61 })),
        patched(CHECK, "timeout_seconds", json!({ "timeoutSec": 1 })),
        patched(CHECK, "healthy_threshold", json!({ "healthyThreshold": 9 })),
        patched(CHECK, "unhealthy_threshold", json!({ "unhealthyThreshold": 9 })),
        patched(CHECK, "logging", json!({ "logConfig": { "enable": true } })),
        case(CHECK, "protocol", |w| async move {
            let mut check = w.cloud.read(&w.me).await?;
            let https = check["httpsHealthCheck"].take();
            check["type"] = json!("HTTP");
            check["httpHealthCheck"] = json!({ "port": https["port"], "requestPath": https["requestPath"] });
            check.as_object_mut().map(|check| check.remove("httpsHealthCheck"));
            w.cloud.meddle("PUT", &w.me, check).await
        }),
    ];
    let everyone = json!({ "versionedExpr": "SRC_IPS_V1", "config": { "srcIpRanges": ["*"] } });
    let rule = json!({ "priority": 7, "action": "allow", "match": everyone });
    let services = vec![
        called("security_policy/application", "rules", "addRule", rule),
        called(SERVICE, "security_policy", "setSecurityPolicy", json!({})),
        service(SERVICE, json!({ "protocol": "HTTP" }), "protocol"),
        service(SERVICE, json!({ "portName": "other" }), "port_name"),
        service(SERVICE, json!({ "timeoutSec": 31 }), "timeout_seconds"),
        service(SERVICE, json!({ "connectionDraining": { "drainingTimeoutSec": 5 } }), "drain_seconds"),
        case(SERVICE, "health_check", |w| async move {
            let other = w.id("health_check/control-6443");
            w.patch(&w.me, json!({ "healthChecks": [other], "fingerprint": "" })).await
        }),
        case(CONTROL, "backends", |w| async move {
            let mut backends = w.cloud.read(&w.me).await?["backends"].clone();
            backends.as_array_mut().map(Vec::pop);
            w.patch(&w.me, json!({ "backends": backends, "fingerprint": "" })).await
        }),
    ];
    let elsewhere = json!({ "httpsRedirect": true, "hostRedirect": "example.com" });
    let ways = vec![
        patched(
            "url_map/application-public-80",
            "action",
            json!({ "defaultUrlRedirect": elsewhere, "fingerprint": "" }),
        ),
        case(HTTPS, "url_map", |w| async move {
            let other = w.id("url_map/application-public-80");
            w.call(&w.me, "setUrlMap", json!({ "urlMap": other })).await
        }),
        case("target_http_proxy/application-public-80", "url_map", |w| async move {
            let other = w.id("url_map/application-public-443");
            w.call(&w.me, "setUrlMap", json!({ "urlMap": other })).await
        }),
        labelled(LISTENER),
        patched("forwarding_rule/control-6443", "global_access", json!({ "allowGlobalAccess": true })),
        deleted("forwarding_rule/control-23010"),
    ];
    [checks, services, ways].into_iter().flatten().collect()
}

/// A change of a backend service.
fn service(address: &'static str, mut body: Value, field: &'static str) -> Case {
    body["fingerprint"] = "".into();
    patched(address, field, body)
}

/// What leaves another certificate and another proxy behind.
pub(super) fn last() -> Vec<Case> {
    vec![
        case(HTTPS, "certificates", |w| async move {
            w.cloud.bring_certificate("others").await?;
            let other = format!("projects/{}/{}", w.cloud.project, World::here("sslCertificates/others"));
            w.call(&w.me, "setSslCertificates", json!({ "sslCertificates": [other] })).await
        }),
        case("forwarding_rule/application-public-80", "target", |w| async move {
            let other = json!({ "name": "others", "urlMap": w.id("url_map/application-public-80") });
            w.cloud.meddle("POST", &World::here("targetHttpProxies"), other).await?;
            let other = format!("projects/{}/{}", w.cloud.project, World::here("targetHttpProxies/others"));
            w.call(&w.me, "setTarget", json!({ "target": other })).await
        }),
    ]
}
