//! Security policies.

use serde_json::json;

use super::*;

fn sources(priority: i64, range: &str, action: &str) -> Value {
    json!({
        "priority": priority, "action": action,
        "match": { "versionedExpr": "SRC_IPS_V1", "config": { "srcIpRanges": [range] } },
    })
}

fn priorities(lab: &mut Lab, path: &str) -> Vec<i64> {
    lab.get(path)["rules"].as_array().unwrap().iter().map(|rule| rule["priority"].as_i64().unwrap()).collect()
}

#[test]
fn a_policy_has_a_last_rule() {
    let mut lab = Lab::new();
    lab.done("POST", "global/securityPolicies", json!({ "name": "p" }));
    assert_eq!(priorities(&mut lab, "global/securityPolicies/p"), [2_147_483_647]);
    let made = lab.get("global/securityPolicies/p");
    assert_eq!(made["type"], "CLOUD_ARMOR");
    assert_eq!(lab.names("global/securityPolicies"), ["p"]);
    assert!(lab.get("aggregated/securityPolicies")["items"]["global"]["securityPolicies"].is_array());
    assert_eq!(made["rules"][0]["match"]["config"]["srcIpRanges"], json!(["*"]));
    let remove = "global/securityPolicies/p/removeRule?priority=2147483647";
    lab.refused("POST", remove, json!(null), 400, "invalid");
    let body = json!({ "name": "q", "rules": [sources(1, "10.0.0.0/8", "allow")] });
    lab.refused("POST", "global/securityPolicies", body, 400, "invalid");
}

#[test]
fn rules_are_added_changed_and_removed() {
    let mut lab = Lab::new();
    let path = regional("securityPolicies/p");
    let rules = [sources(2_147_483_647, "*", "deny(403)"), sources(1000, "10.0.0.0/8", "allow")];
    lab.done("POST", &regional("securityPolicies"), json!({ "name": "p", "rules": rules }));
    lab.done("POST", &format!("{path}/addRule"), sources(500, "192.0.2.0/24", "allow"));
    assert_eq!(priorities(&mut lab, &path), [500, 1000, 2_147_483_647]);
    let message =
        lab.refused("POST", &format!("{path}/addRule"), sources(500, "192.0.2.0/24", "allow"), 400, "invalid");
    assert!(message.contains("same priorities"), "{message}");
    lab.done("POST", &format!("{path}/patchRule?priority=500"), json!({ "action": "deny(403)" }));
    let found = lab.get(&format!("{path}/getRule?priority=500"));
    assert_eq!((&found["action"], &found["preview"]), (&json!("deny(403)"), &json!(false)));
    assert_eq!(found["match"]["config"]["srcIpRanges"], json!(["192.0.2.0/24"]));
    lab.done("POST", &format!("{path}/removeRule?priority=500"), json!(null));
    assert_eq!(priorities(&mut lab, &path), [1000, 2_147_483_647]);
    let message = lab.refused("GET", &format!("{path}/getRule?priority=500"), json!(null), 400, "invalid");
    assert!(message.contains("does not contain a rule at priority 500"), "{message}");
    for (rule, reason) in [
        (sources(-1, "10.0.0.0/8", "allow"), "invalid"),
        (sources(1, "10.0.0.0/33", "allow"), "invalid"),
        (sources(1, "10.0.0.0/8", "perhaps"), "invalid"),
        (json!({ "priority": 1, "action": "allow" }), "required"),
        (json!({ "action": "allow" }), "required"),
    ] {
        lab.refused("POST", &format!("{path}/addRule"), rule, 400, reason);
    }
    let many: Vec<String> = (0..11).map(|place| format!("10.0.{place}.0/24")).collect();
    let mut rule = sources(1, "", "allow");
    rule["match"]["config"]["srcIpRanges"] = json!(many);
    lab.refused("POST", &format!("{path}/addRule"), rule, 400, "invalid");
}

#[test]
fn a_policy_that_a_service_has_stays() {
    let mut lab = Lab::new();
    let region = format!("regions/{REGION}");
    service(&mut lab, &region, "EXTERNAL_MANAGED");
    lab.done("POST", &regional("securityPolicies"), json!({ "name": "p" }));
    lab.done("POST", "global/securityPolicies", json!({ "name": "p" }));
    let set = regional("backendServices/service/setSecurityPolicy");
    lab.refused("POST", &set, json!({ "securityPolicy": "global/securityPolicies/p" }), 400, "invalid");
    lab.done("POST", &set, json!({ "securityPolicy": regional("securityPolicies/p") }));
    let shown = lab.get(&regional("backendServices/service"))["securityPolicy"].clone();
    assert!(shown.as_str().unwrap().ends_with(&regional("securityPolicies/p")));
    // What only the server writes stays through a change.
    lab.done("PATCH", &regional("backendServices/service"), json!({ "timeoutSec": 7 }));
    let in_use = "resourceInUseByAnotherResource";
    lab.refused("DELETE", &regional("securityPolicies/p"), json!(null), 400, in_use);
    lab.done("POST", &set, json!({}));
    assert!(lab.get(&regional("backendServices/service")).get("securityPolicy").is_none());
    lab.done("DELETE", &regional("securityPolicies/p"), json!(null));
}
