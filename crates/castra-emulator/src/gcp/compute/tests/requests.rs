//! What requests have to be like, whatever they are about.

use serde_json::{Value, json};

use crate::gcp::testing::Lab;

const NETWORKS: &str = "global/networks";
const ID: &str = "7b0d4a52-0b5e-4c33-9a0c-000000000001";

fn network(name: &str) -> Value {
    json!({ "name": name, "autoCreateSubnetworks": false })
}

#[test]
fn a_request_id_makes_a_change_happen_once() {
    let mut lab = Lab::new();
    let path = format!("{NETWORKS}?requestId={ID}");
    let first = lab.compute("POST", &path, network("n")).unwrap();
    let again = lab.compute("POST", &path, network("n")).unwrap();
    assert_eq!(first["name"], again["name"]);
    lab.end(&first);
    // The second request is ignored, whatever it says.
    assert_eq!(lab.compute("POST", &path, network("m")).unwrap()["name"], first["name"]);
    assert_eq!(lab.names(NETWORKS), ["n"]);
    assert_eq!(Lab::text(&first, "/clientOperationId"), ID);
    lab.refused("DELETE", &format!("{NETWORKS}/n?requestId={ID}"), Value::Null, 400, "invalid");
    for id in ["x", "00000000-0000-0000-0000-000000000000", "7b0d4a520b5e4c339a0c000000000001"] {
        lab.refused("POST", &format!("{NETWORKS}?requestId={id}"), network("o"), 400, "invalid");
    }
}

#[test]
fn a_refused_request_uses_up_no_id() {
    let mut lab = Lab::new();
    let path = format!("{NETWORKS}?requestId={ID}");
    lab.refused("POST", &path, json!({ "name": "n" }), 400, "invalid");
    lab.compute("POST", &path, network("n")).unwrap();
}

#[test]
fn bodies_are_held_against_the_contract() {
    let mut lab = Lab::new();
    for (body, reason, text) in [
        (json!({ "name": "N", "autoCreateSubnetworks": false }), "invalid", "Must be a match of regex"),
        (json!({ "autoCreateSubnetworks": false }), "required", "resource.name"),
        (json!({ "name": "n", "autoCreateSubnetworks": "yes" }), "invalid", "TYPE_BOOL"),
        (json!({ "name": "N", "nothing": 1 }), "invalid", "Unknown name \"nothing\": Cannot find field."),
        (
            json!({ "name": "n", "routingConfig": { "x": 1 } }),
            "invalid",
            "Unknown name \"x\" at 'resource.routingConfig': Cannot find field.",
        ),
        (json!({ "name": "n", "routingConfig": { "routingMode": "NEAR" } }), "invalid", "routingConfig.routingMode"),
        (json!({ "name": "n", "routingConfig": [] }), "invalid", "a message is expected"),
    ] {
        let message = lab.refused("POST", NETWORKS, body, 400, reason);
        assert!(message.contains(text), "{message}");
    }
    // What only the server writes is ignored.
    let body = json!({ "name": "n", "autoCreateSubnetworks": false, "id": "5", "selfLink": "x", "kind": "y" });
    lab.done("POST", NETWORKS, body);
    let found = lab.get("global/networks/n");
    assert_ne!(found["id"], "5");
    assert_eq!(found["kind"], "compute#network");
}

/// A number may come as a text, and must be one that JSON has: what is kept is shown again.
#[test]
fn a_text_that_is_no_finite_number_is_refused() {
    let mut lab = Lab::new();
    for text in ["NaN", "inf", "-infinity", "1e999", ""] {
        let policy = json!({ "maxNumReplicas": 3, "cpuUtilization": { "utilizationTarget": text } });
        let body = json!({ "name": "a", "target": "x", "autoscalingPolicy": policy });
        let message = lab.refused("POST", "regions/europe-west1/autoscalers", body, 400, "invalid");
        assert!(message.contains("TYPE_DOUBLE"), "{text}: {message}");
    }
}

#[test]
fn parameters_are_held_against_the_contract() {
    let mut lab = Lab::new();
    let message = lab.refused("GET", "global/networks?nothing=1", Value::Null, 400, "invalid");
    assert!(message.contains("Cannot bind query parameter"), "{message}");
    lab.refused("GET", "global/networks?maxResults=x", Value::Null, 400, "invalid");
    lab.refused("GET", "global/networks?maxResults=501", Value::Null, 400, "invalid");
    lab.refused("GET", "regions/nowhere/subnetworks", Value::Null, 400, "invalid");
    lab.refused("GET", "regions/nowhere", Value::Null, 404, "notFound");
    // Clients of all ages send these.
    lab.get("global/networks?$alt=json&alt=json&prettyPrint=true&$apiVersion=2026-09-01&returnPartialSuccess=true");
}

#[test]
fn a_stale_fingerprint_is_refused() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    let path = "regions/europe-west1/subnetworks/n";
    lab.refused("PATCH", path, json!({ "privateIpGoogleAccess": true }), 412, "conditionNotMet");
    let fingerprint = lab.get(path)["fingerprint"].clone();
    let body = json!({ "privateIpGoogleAccess": true, "fingerprint": fingerprint });
    lab.done("PATCH", path, body.clone());
    lab.refused("PATCH", path, body, 412, "conditionNotMet");
}

#[test]
fn labels_need_their_latest_fingerprint() {
    let mut lab = Lab::new();
    lab.done("POST", "global/addresses", json!({ "name": "a", "labels": { "k": "v" } }));
    let fingerprint = lab.get("global/addresses/a")["labelFingerprint"].clone();
    let body = json!({ "labels": { "k": "w" }, "labelFingerprint": fingerprint });
    lab.refused("POST", "global/addresses/a/setLabels", json!({ "labels": {} }), 412, "conditionNotMet");
    lab.done("POST", "global/addresses/a/setLabels", body.clone());
    assert_eq!(lab.get("global/addresses/a")["labels"]["k"], "w");
    lab.refused("POST", "global/addresses/a/setLabels", body, 412, "conditionNotMet");
}

#[test]
fn resources_are_found_by_name_and_by_number() {
    let mut lab = Lab::new();
    lab.done("POST", NETWORKS, network("n"));
    let id = Lab::text(&lab.get("global/networks/n"), "/id");
    assert_eq!(lab.get(&format!("global/networks/{id}"))["name"], "n");
}

#[test]
fn quotas_are_kept() {
    let mut lab = Lab::new();
    lab.project.settings.quotas.global.insert("NETWORKS".to_owned(), 1.0);
    lab.done("POST", NETWORKS, network("n"));
    let message = lab.refused("POST", NETWORKS, network("m"), 403, "quotaExceeded");
    assert!(message.contains("NETWORKS") && message.contains("globally"), "{message}");
    let project = lab.send("GET", "/compute/v1/projects/p1", Value::Null).unwrap();
    let quotas = project["quotas"].as_array().unwrap();
    assert!(quotas.contains(&json!({ "metric": "NETWORKS", "limit": 1.0, "usage": 1.0 })), "{quotas:?}");
}
