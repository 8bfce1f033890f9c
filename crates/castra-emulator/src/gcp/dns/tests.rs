//! Zones, their records and changes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::gcp::error::Answer;
use crate::gcp::testing::Lab;

fn send(lab: &mut Lab, method: &str, path: &str, body: Value) -> Answer {
    lab.send(method, &format!("/dns/v1/projects/p1/managedZones{path}"), body)
}

fn with_zone() -> Lab {
    let mut lab = Lab::new();
    let zone = json!({ "name": "z", "dnsName": "example.com.", "description": "" });
    let made = send(&mut lab, "POST", "", zone).unwrap();
    assert_eq!(made["nameServers"].as_array().map(Vec::len), Some(4));
    lab
}

fn a(name: &str, address: &str) -> Value {
    json!({ "name": name, "type": "A", "ttl": 60, "rrdatas": [address] })
}

#[track_caller]
fn refused(lab: &mut Lab, method: &str, path: &str, body: Value, status: u16, reason: &str) {
    let error = send(lab, method, path, body).unwrap_err();
    assert_eq!((error.status, error.reason.as_str()), (status, reason), "{}", error.message);
}

#[test]
fn records_come_change_and_go() {
    let mut lab = with_zone();
    send(&mut lab, "POST", "/z/rrsets", a("www.example.com.", "198.18.0.1")).unwrap();
    refused(&mut lab, "POST", "/z/rrsets", a("www.example.com.", "198.18.0.2"), 409, "alreadyExists");
    refused(&mut lab, "POST", "/z/rrsets", a("www.example.org.", "198.18.0.2"), 400, "invalid");
    refused(&mut lab, "POST", "/z/rrsets", a("www..example.com.", "198.18.0.2"), 400, "invalid");
    refused(&mut lab, "POST", "/z/rrsets", a("ftp.example.com.", "somewhere"), 400, "invalid");
    let path = "/z/rrsets/www.example.com./A";
    let changed = send(&mut lab, "PATCH", path, json!({ "rrdatas": ["198.18.0.9"] })).unwrap();
    assert_eq!((&changed["rrdatas"], &changed["ttl"]), (&json!(["198.18.0.9"]), &json!(60)));
    let listed = send(&mut lab, "GET", "/z/rrsets?name=www.example.com.&type=A", Value::Null).unwrap();
    assert_eq!(listed["rrsets"].as_array().map(Vec::len), Some(1));
    refused(&mut lab, "DELETE", "/z", Value::Null, 400, "containerNotEmpty");
    send(&mut lab, "DELETE", path, Value::Null).unwrap();
    refused(&mut lab, "GET", path, Value::Null, 404, "notFound");
    refused(&mut lab, "DELETE", "/z/rrsets/example.com./NS", Value::Null, 400, "invalid");
    send(&mut lab, "DELETE", "/z", Value::Null).unwrap();
    refused(&mut lab, "GET", "/z", Value::Null, 404, "notFound");
}

#[test]
fn a_change_happens_as_a_whole_and_takes_its_time() {
    let mut lab = with_zone();
    let first =
        send(&mut lab, "POST", "/z/changes", json!({ "additions": [a("a.example.com.", "198.18.0.1")] })).unwrap();
    assert_eq!((&first["status"], &first["id"]), (&json!("pending"), &json!("1")));
    lab.step(200.0);
    assert_eq!(send(&mut lab, "GET", "/z/changes/1", Value::Null).unwrap()["status"], "done");
    let (old, new) = (a("a.example.com.", "198.18.0.1"), a("a.example.com.", "198.18.0.2"));
    // What is deleted must be what is there.
    refused(&mut lab, "POST", "/z/changes", json!({ "deletions": [new] }), 412, "conditionNotMet");
    refused(
        &mut lab,
        "POST",
        "/z/changes",
        json!({ "deletions": [a("b.example.com.", "198.18.0.1")] }),
        404,
        "notFound",
    );
    let both = json!({ "additions": [a("b.example.com.", "198.18.0.1"), old] });
    refused(&mut lab, "POST", "/z/changes", both, 409, "alreadyExists");
    refused(&mut lab, "GET", "/z/rrsets/b.example.com./A", Value::Null, 404, "notFound");
    send(&mut lab, "POST", "/z/changes", json!({ "additions": [new], "deletions": [old] })).unwrap();
    let alias = json!({ "name": "a.example.com.", "type": "CNAME", "ttl": 5, "rrdatas": ["b.example.com."] });
    refused(&mut lab, "POST", "/z/rrsets", alias, 400, "cnameResourceRecordSetConflict");
    let changes = send(&mut lab, "GET", "/z/changes", Value::Null).unwrap();
    assert_eq!(changes["changes"][0]["id"], "2");
    refused(&mut lab, "POST", "/z/changes", json!({}), 400, "required");
}

#[test]
fn zones_have_names_of_their_own() {
    let mut lab = with_zone();
    let zone = |name: &str, dns: &str| json!({ "name": name, "dnsName": dns, "description": "d" });
    refused(&mut lab, "POST", "", zone("z", "example.org."), 409, "alreadyExists");
    refused(&mut lab, "POST", "", zone("y", "example.org"), 400, "invalid");
    refused(&mut lab, "POST", "", json!({ "name": "y", "dnsName": "example.org." }), 400, "required");
    let mut private = zone("p", "internal.");
    private["visibility"] = "private".into();
    private["privateVisibilityConfig"] = json!({ "networks": [{ "networkUrl": "global/networks/none" }] });
    refused(&mut lab, "POST", "", private, 400, "invalid");
    let patched = send(&mut lab, "PATCH", "/z", json!({ "description": "new" })).unwrap();
    assert_eq!(patched["zoneContext"]["newValue"]["description"], "new");
    let listed = send(&mut lab, "GET", "?dnsName=example.com.", Value::Null).unwrap();
    assert_eq!(listed["managedZones"][0]["name"], "z");
}
