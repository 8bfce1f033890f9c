//! Secrets and their versions.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::gcp::error::Answer;
use crate::gcp::testing::Lab;

fn with_secret() -> Lab {
    let mut lab = Lab::new();
    send(&mut lab, "POST", "secrets?secretId=s", json!({ "replication": { "automatic": {} } })).unwrap();
    lab
}

fn send(lab: &mut Lab, method: &str, path: &str, body: Value) -> Answer {
    lab.send(method, &format!("/v1/projects/p1/{path}"), body)
}

#[track_caller]
fn refused(lab: &mut Lab, method: &str, path: &str, body: Value) -> (u16, &'static str) {
    let error = send(lab, method, path, body).unwrap_err();
    (error.status, error.rpc_status())
}

#[test]
fn versions_hold_payloads_until_they_are_destroyed() {
    let mut lab = with_secret();
    let add = |data: &str| json!({ "payload": { "data": data } });
    let first = send(&mut lab, "POST", "secrets/s:addVersion", add("aGVsbG8=")).unwrap();
    assert!(Lab::text(&first, "/name").ends_with("/secrets/s/versions/1"));
    send(&mut lab, "POST", "secrets/s:addVersion", add("d29ybGQ=")).unwrap();
    let latest = send(&mut lab, "GET", "secrets/s/versions/latest:access", Value::Null).unwrap();
    assert_eq!(latest["payload"]["data"], "d29ybGQ=");
    assert!(Lab::text(&latest, "/name").ends_with("/versions/2"));
    send(&mut lab, "POST", "secrets/s/versions/2:disable", json!({})).unwrap();
    let access = "secrets/s/versions/2:access";
    assert_eq!(refused(&mut lab, "GET", access, Value::Null), (400, "FAILED_PRECONDITION"));
    send(&mut lab, "POST", "secrets/s/versions/2:enable", json!({})).unwrap();
    send(&mut lab, "GET", access, Value::Null).unwrap();
    send(&mut lab, "POST", "secrets/s/versions/2:destroy", json!({})).unwrap();
    assert_eq!(refused(&mut lab, "GET", access, Value::Null), (400, "FAILED_PRECONDITION"));
    assert_eq!(refused(&mut lab, "POST", "secrets/s/versions/2:enable", json!({})), (400, "FAILED_PRECONDITION"));
    let versions = send(&mut lab, "GET", "secrets/s/versions", Value::Null).unwrap();
    assert_eq!((&versions["versions"][0]["state"], &versions["totalSize"]), (&json!("DESTROYED"), &json!(2)));
    assert_eq!(refused(&mut lab, "GET", "secrets/s/versions/3", Value::Null), (404, "NOT_FOUND"));
}

#[test]
fn payloads_are_checked() {
    let mut lab = with_secret();
    let with = |checksum: &str| json!({ "payload": { "data": "MTIzNDU2Nzg5", "dataCrc32c": checksum } });
    assert_eq!(refused(&mut lab, "POST", "secrets/s:addVersion", with("1")), (400, "INVALID_ARGUMENT"));
    let added = send(&mut lab, "POST", "secrets/s:addVersion", with("3808858755")).unwrap();
    assert_eq!(added["clientSpecifiedPayloadChecksum"], true);
    let access = send(&mut lab, "GET", "secrets/s/versions/1:access", Value::Null).unwrap();
    assert_eq!(access["payload"]["dataCrc32c"], "3808858755");
    assert_eq!(refused(&mut lab, "POST", "secrets/s:addVersion", json!({})), (400, "INVALID_ARGUMENT"));
}

#[test]
fn secrets_are_created_once_changed_and_deleted() {
    let mut lab = with_secret();
    let body = json!({ "replication": { "automatic": {} } });
    assert_eq!(refused(&mut lab, "POST", "secrets?secretId=s", body.clone()), (409, "ALREADY_EXISTS"));
    assert_eq!(refused(&mut lab, "POST", "secrets?secretId=a.b", body.clone()), (400, "INVALID_ARGUMENT"));
    assert_eq!(refused(&mut lab, "POST", "secrets?secretId=t", json!({})), (400, "INVALID_ARGUMENT"));
    let changed = send(&mut lab, "PATCH", "secrets/s?updateMask=labels", json!({ "labels": { "a": "b" } })).unwrap();
    assert_eq!(changed["labels"], json!({ "a": "b" }));
    assert_eq!(refused(&mut lab, "PATCH", "secrets/s?updateMask=replication", body), (400, "INVALID_ARGUMENT"));
    let listed = send(&mut lab, "GET", "secrets?filter=labels.a=b", Value::Null).unwrap();
    assert_eq!(listed["secrets"].as_array().map(Vec::len), Some(1));
    assert_eq!(refused(&mut lab, "DELETE", "secrets/s?etag=%22x%22", Value::Null), (400, "FAILED_PRECONDITION"));
    send(&mut lab, "DELETE", "secrets/s", Value::Null).unwrap();
    assert_eq!(refused(&mut lab, "GET", "secrets/s", Value::Null), (404, "NOT_FOUND"));
}
