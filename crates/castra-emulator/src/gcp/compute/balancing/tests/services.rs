//! Health checks and backend services, and the URL maps before them.

use serde_json::json;

use super::*;

#[test]
fn a_health_check_has_defaults_and_keeps_its_rules() {
    let mut lab = Lab::new();
    check(&mut lab, "global");
    let made = lab.get("global/healthChecks/check");
    assert_eq!(made["checkIntervalSec"], 5);
    assert_eq!((&made["timeoutSec"], &made["healthyThreshold"]), (&json!(5), &json!(2)));
    assert_eq!(made["httpHealthCheck"], json!({ "port": 8080, "proxyHeader": "NONE", "requestPath": "/" }));
    let mut refuse = |body: serde_json::Value, reason: &str, word: &str| {
        let message = lab.refused("POST", "global/healthChecks", body, 400, reason);
        assert!(message.contains(word), "{message}");
    };
    let tcp = json!({ "port": 80 });
    let body = json!({ "name": "h", "type": "TCP", "tcpHealthCheck": tcp, "timeoutSec": 6 });
    refuse(body, "invalid", "TimeoutSec should be less than checkIntervalSec");
    refuse(json!({ "name": "h", "type": "TCP", "httpHealthCheck": tcp }), "invalid", "httpHealthCheck");
    refuse(json!({ "name": "h", "type": "TCP" }), "required", "tcpHealthCheck");
    refuse(json!({ "name": "h", "tcpHealthCheck": tcp }), "required", "type");
    refuse(json!({ "name": "h", "type": "TCP", "tcpHealthCheck": { "port": 0 } }), "invalid", "port");
    refuse(json!({ "name": "h", "type": "GRPC", "grpcHealthCheck": {} }), "required", "port");
    let body = json!({ "name": "h", "type": "TCP", "tcpHealthCheck": tcp, "unhealthyThreshold": 11 });
    refuse(body, "invalid", "unhealthyThreshold");
    let part = json!({ "port": 80, "portSpecification": "USE_SERVING_PORT" });
    refuse(json!({ "name": "h", "type": "TCP", "tcpHealthCheck": part }), "invalid", "USE_SERVING_PORT");
}

#[test]
fn a_health_check_is_patched_and_held() {
    let mut lab = Lab::new();
    let place = regional("healthChecks/check");
    service(&mut lab, &format!("regions/{REGION}"), "EXTERNAL_MANAGED");
    lab.done("PATCH", &place, json!({ "unhealthyThreshold": 5 }));
    assert_eq!(lab.get(&place)["unhealthyThreshold"], 5);
    assert_eq!(lab.get(&place)["httpHealthCheck"]["port"], 8080);
    lab.done("PATCH", &place, json!({ "type": "TCP", "tcpHealthCheck": { "port": 1 } }));
    assert!(lab.get(&place).get("httpHealthCheck").is_none());
    let message = lab.refused("DELETE", &place, json!(null), 400, "resourceInUseByAnotherResource");
    assert!(message.starts_with("The health_check resource 'projects/p1/regions/"), "{message}");
    assert!(message.contains("backendServices/service"), "{message}");
    lab.done("DELETE", &regional("backendServices/service"), json!(null));
    lab.done("DELETE", &place, json!(null));
}

#[test]
fn a_backend_service_has_defaults() {
    let mut lab = Lab::new();
    let place = format!("regions/{REGION}");
    service(&mut lab, &place, "EXTERNAL_MANAGED");
    let made = lab.get(&regional("backendServices/service"));
    for (field, value) in [
        ("timeoutSec", json!(30)),
        ("sessionAffinity", json!("NONE")),
        ("portName", json!("http")),
        ("port", json!(80)),
        ("connectionDraining", json!({ "drainingTimeoutSec": 0 })),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    assert!(made["fingerprint"].is_string() && made.get("backends").is_none());
    let passes = json!({ "name": "inside", "loadBalancingScheme": "INTERNAL" });
    lab.done("POST", &regional("backendServices"), passes);
    let made = lab.get(&regional("backendServices/inside"));
    assert_eq!((&made["protocol"], made.get("portName")), (&json!("TCP"), None));
}

#[test]
fn a_backend_service_keeps_its_rules() {
    let mut lab = Lab::new();
    let place = format!("regions/{REGION}");
    service(&mut lab, &place, "EXTERNAL_MANAGED");
    let mut refuse = |path: &str, body: serde_json::Value, reason: &str, word: &str| {
        let status = if reason == "notFound" { 404 } else { 400 };
        let message = lab.refused("POST", path, body, status, reason);
        assert!(message.contains(word), "{message}");
    };
    let regional = regional("backendServices");
    let check = self::regional("healthChecks/check");
    let body = json!({ "name": "s", "loadBalancingScheme": "EXTERNAL_MANAGED", "healthChecks": [check] });
    refuse("global/backendServices", body, "invalid", "healthChecks[0]");
    let body = json!({ "name": "s", "loadBalancingScheme": "INTERNAL" });
    refuse("global/backendServices", body, "invalid", "loadBalancingScheme");
    let body = json!({ "name": "s", "loadBalancingScheme": "INTERNAL", "protocol": "HTTP" });
    refuse(&regional, body, "invalid", "protocol");
    let body = json!({ "name": "s", "loadBalancingScheme": "INTERNAL", "portName": "http" });
    refuse(&regional, body, "invalid", "portName");
    let body = json!({ "name": "s", "healthChecks": [check, check] });
    refuse(&regional, body, "invalid", "healthChecks");
    let body = json!({ "name": "s", "healthChecks": [self::regional("healthChecks/none")] });
    refuse(&regional, body, "notFound", "healthChecks/none");
    let body = json!({ "name": "s", "timeoutSec": 0 });
    refuse(&regional, body, "invalid", "timeoutSec");
}

#[test]
fn a_backend_service_is_patched_from_its_latest_state() {
    let mut lab = Lab::new();
    service(&mut lab, "global", "EXTERNAL_MANAGED");
    let path = "global/backendServices/service";
    let before = lab.get(path)["fingerprint"].clone();
    let body = json!({ "timeoutSec": 45, "fingerprint": before });
    lab.done("PATCH", path, body.clone());
    assert_eq!(lab.get(path)["timeoutSec"], 45);
    lab.refused("PATCH", path, body, 412, "conditionNotMet");
    lab.refused("PATCH", path, json!({ "loadBalancingScheme": "EXTERNAL" }), 400, "invalid");
}

#[test]
fn a_url_map_leads_somewhere() {
    let mut lab = Lab::new();
    let place = format!("regions/{REGION}");
    service(&mut lab, &place, "EXTERNAL_MANAGED");
    let link = regional("backendServices/service");
    let full = format!("https://www.googleapis.com/compute/v1/projects/p1/{link}");
    let maps = regional("urlMaps");
    let matcher = json!({
        "name": "api", "defaultService": link, "pathRules": [{ "paths": ["/v1/*"], "service": link }],
    });
    let host = json!({ "hosts": ["api.example.com"], "pathMatcher": "api" });
    let body = json!({ "name": "map", "defaultService": link, "hostRules": [host], "pathMatchers": [matcher] });
    lab.done("POST", &maps, body.clone());
    let made = lab.get(&regional("urlMaps/map"));
    assert_eq!(made["pathMatchers"][0]["pathRules"][0]["service"], json!(full));
    let message = lab.refused("DELETE", &link, json!(null), 400, "resourceInUseByAnotherResource");
    assert!(message.contains("urlMaps/map"), "{message}");
    let mut refuse = |path: &str, body: serde_json::Value, word: &str| {
        let message = lab.refused("POST", path, body, 400, "invalid");
        assert!(message.contains(word), "{message}");
    };
    refuse(&maps, json!({ "name": "m" }), "defaultService");
    refuse("global/urlMaps", json!({ "name": "m", "defaultService": link }), "global");
    refuse(&maps, json!({ "name": "m", "defaultService": link, "hostRules": [host] }), "hostRules[0].pathMatcher");
    refuse(&maps, json!({ "name": "m", "defaultService": link, "pathMatchers": [matcher] }), "pathMatchers[0]");
    let redirect = json!({ "httpsRedirect": true });
    refuse(&maps, json!({ "name": "m", "defaultService": link, "defaultUrlRedirect": redirect }), "Exactly one");
    lab.done("POST", &maps, json!({ "name": "m", "defaultUrlRedirect": redirect }));
    let told = lab.compute("POST", &regional("urlMaps/map/validate"), json!({ "resource": body })).unwrap();
    assert_eq!(told["result"]["loadSucceeded"], json!(true));
    let told = lab.compute("POST", &regional("urlMaps/map/validate"), json!({ "resource": { "name": "m" } })).unwrap();
    assert_eq!(told["result"]["loadSucceeded"], json!(false));
}

#[test]
fn a_passthrough_service_has_no_url_map() {
    let mut lab = Lab::new();
    let place = format!("regions/{REGION}");
    service(&mut lab, &place, "INTERNAL");
    let body = json!({ "name": "map", "defaultService": regional("backendServices/service") });
    let message = lab.refused("POST", &regional("urlMaps"), body, 400, "invalid");
    assert!(message.contains("passthrough"), "{message}");
}
