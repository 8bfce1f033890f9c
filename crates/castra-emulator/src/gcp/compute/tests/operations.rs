//! What a change takes, from its request to its end.

use serde_json::{Value, json};

use crate::Seconds;
use crate::gcp::testing::{Lab, REGION};
use crate::gcp::{OperationFailure, OperationRule};

fn network(name: &str) -> Value {
    json!({ "name": name, "autoCreateSubnetworks": false })
}

#[test]
fn a_change_is_pending_then_runs_then_is_done_then_forgotten() {
    let mut lab = Lab::new();
    let pending = lab.compute("POST", "global/networks", network("n")).unwrap();
    assert_eq!((&pending["status"], &pending["operationType"]), (&json!("PENDING"), &json!("insert")));
    assert_eq!(pending["kind"], "compute#operation");
    assert!(Lab::text(&pending, "/targetLink").ends_with("/projects/p1/global/networks/n"));
    let path = format!("global/operations/{}", Lab::text(&pending, "/name"));
    // Until it is done nobody sees what it makes, nobody can use it, and its name is taken.
    lab.refused("GET", "global/networks/n", Value::Null, 404, "notFound");
    lab.refused("POST", "global/networks", network("n"), 409, "alreadyExists");
    let body = json!({ "name": "s", "network": "global/networks/n", "ipCidrRange": "10.0.0.0/24" });
    lab.refused("POST", &format!("regions/{REGION}/subnetworks"), body, 400, "resourceNotReady");
    lab.step(1.0);
    assert_eq!(lab.get(&path)["status"], "RUNNING");
    lab.step(30.0);
    let done = lab.get(&path);
    assert_eq!((&done["status"], &done["progress"]), (&json!("DONE"), &json!(100)));
    assert_eq!(done["targetId"], lab.get("global/networks/n")["id"]);
    lab.step(3600.0);
    lab.refused("GET", &path, Value::Null, 404, "notFound");
}

#[test]
fn an_operation_is_only_where_it_was_asked_for() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    let delete = lab.compute("DELETE", &format!("regions/{REGION}/subnetworks/n"), Value::Null).unwrap();
    let name = Lab::text(&delete, "/name");
    assert!(Lab::text(&delete, "/region").ends_with(REGION));
    lab.get(&format!("regions/{REGION}/operations/{name}"));
    lab.refused("GET", &format!("global/operations/{name}"), Value::Null, 404, "notFound");
    lab.refused("GET", &format!("regions/us-east1/operations/{name}"), Value::Null, 404, "notFound");
    lab.end(&delete);
}

#[test]
fn what_changes_is_not_ready_for_another_change() {
    let mut lab = Lab::new();
    lab.network("n", "10.0.0.0/24");
    let first = lab.compute("PATCH", "global/networks/n", json!({ "mtu": 1500 })).unwrap();
    lab.refused("PATCH", "global/networks/n", json!({ "mtu": 1400 }), 400, "resourceNotReady");
    assert_eq!(lab.get("global/networks/n")["mtu"], 1460, "it is changed when the operation ends");
    lab.end(&first);
    assert_eq!(lab.get("global/networks/n")["mtu"], 1500);
    lab.compute("DELETE", &format!("regions/{REGION}/subnetworks/n"), Value::Null).unwrap();
    lab.get(&format!("regions/{REGION}/subnetworks/n"));
    lab.refused("DELETE", &format!("regions/{REGION}/subnetworks/n"), Value::Null, 400, "resourceNotReady");
}

#[test]
fn settings_make_operations_fail_or_last() {
    let mut lab = Lab::new();
    let failing = OperationRule {
        method: Some("networks.*".to_owned()),
        target: Some("*/bad".to_owned()),
        error: Some(OperationFailure { code: "INTERNAL_ERROR".to_owned(), message: "No.".to_owned(), status: 500 }),
        ..OperationRule::default()
    };
    let lasting =
        OperationRule { target: Some("*/slow".to_owned()), takes: Some(Seconds(500.0)), ..OperationRule::default() };
    lab.project.settings.operations = vec![failing, lasting];
    assert_eq!(lab.failed("POST", "global/networks", network("bad")), ("INTERNAL_ERROR".into(), "No.".into()));
    lab.refused("GET", "global/networks/bad", Value::Null, 404, "notFound");
    let slow = lab.compute("POST", "global/networks", network("slow")).unwrap();
    lab.step(400.0);
    assert_eq!(lab.get(&format!("global/operations/{}", Lab::text(&slow, "/name")))["status"], "RUNNING");
    lab.end(&slow);
    lab.get("global/networks/slow");
    // A deletion that fails leaves everything as it was.
    lab.project.settings.operations[0].target = None;
    lab.failed("DELETE", "global/networks/slow", Value::Null);
    lab.project.settings.operations.clear();
    lab.done("DELETE", "global/networks/slow", Value::Null);
}

#[test]
fn operations_are_listed_and_deleted_when_they_are_over() {
    let mut lab = Lab::new();
    let insert = lab.compute("POST", "global/networks", network("n")).unwrap();
    let name = Lab::text(&insert, "/name");
    let path = format!("global/operations/{name}");
    lab.refused("DELETE", &path, Value::Null, 400, "resourceNotReady");
    lab.end(&insert);
    assert_eq!(lab.names("global/operations?filter=status=DONE"), [name.as_str()]);
    let aggregated = lab.get("aggregated/operations");
    assert_eq!(aggregated["items"]["global"]["operations"][0]["name"], name.as_str());
    assert_eq!(aggregated["items"]["zones/europe-west1-b"]["warning"]["code"], "NO_RESULTS_ON_PAGE");
    lab.compute("DELETE", &path, Value::Null).unwrap();
    lab.refused("GET", &path, Value::Null, 404, "notFound");
}
