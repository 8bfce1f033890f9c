//! The control API.

use castra_emulator::{Emulator, Options};
use serde_json::json;

use crate::client::{control, ec2, send};

const ACCOUNT: &str = "100000000001";

#[test]
fn settings_are_patched_and_wrong_ones_refused() {
    let emulator = Emulator::start(Options::default()).unwrap();
    let endpoint = emulator.endpoint();
    let path = format!("accounts/{ACCOUNT}/settings");
    let before = control(&endpoint, "GET", &path, "").1;
    assert_eq!(control(&endpoint, "PATCH", &path, r#"{"consistency": {"window": 0}}"#).0, 200);
    let after = control(&endpoint, "GET", &path, "").1;
    assert_eq!(after["consistency"]["window"].as_f64(), Some(0.0));
    assert_eq!(after["consistency"]["flapping"], before["consistency"]["flapping"]);
    let (status, refusal) = control(&endpoint, "PATCH", &path, r#"{"consistensy": {}}"#);
    assert_eq!(status, 400);
    assert!(refusal["error"].as_str().unwrap().contains("consistensy"), "{refusal}");
    assert_eq!(control(&endpoint, "GET", &path, "").1, after);
}

#[test]
fn faults_and_holds_and_the_log_over_http() {
    let emulator = Emulator::start(Options::default()).unwrap();
    let endpoint = emulator.endpoint();
    let fault = r#"{"when": {"service": "ec2", "operation": "Describe*"}, "effect": {"hold": "request"}, "times": 1}"#;
    let (status, answer) = control(&endpoint, "POST", "faults", fault);
    assert_eq!(status, 200, "{answer}");
    let caller = {
        let endpoint = endpoint.clone();
        std::thread::spawn(move || ec2(&endpoint, ACCOUNT, "Action=DescribeVpcs"))
    };
    let (_, held) = control(&endpoint, "GET", "held?at_least=1", "");
    let id = held["held"][0]["id"].as_u64().unwrap();
    assert_eq!(control(&endpoint, "POST", &format!("held/{id}/release"), "").0, 200);
    assert_eq!(caller.join().unwrap().unwrap().status, 200);
    assert_eq!(control(&endpoint, "DELETE", &format!("faults/{}", answer["id"]), "").0, 200);
    assert_eq!(control(&endpoint, "GET", "faults", "").1, json!({ "faults": [] }));

    ec2(&endpoint, ACCOUNT, "Action=Nonsense").unwrap();
    ec2(&endpoint, ACCOUNT, "Action=AcceptAddressTransfer").unwrap();
    let (_, log) = control(&endpoint, "GET", "log?unknown=1", "");
    let unserved: Vec<_> = log["entries"].as_array().unwrap().iter().map(|entry| &entry["outcome"]).collect();
    assert_eq!(
        unserved,
        [&json!({ "kind": "unknown", "unserved": false }), &json!({ "kind": "unknown", "unserved": true })]
    );
    let (_, log) = control(&endpoint, "GET", "log?operation=DescribeVpcs", "");
    assert_eq!(log["entries"].as_array().unwrap().len(), 1);
    for (method, path) in [("GET", "nothing"), ("DELETE", "faults/77"), ("POST", "held/x/release")] {
        assert_eq!(control(&endpoint, method, path, "").0, 404, "{path}");
    }
    assert_eq!(control(&endpoint, "GET", "accounts/12/settings", "").0, 400);
}

#[test]
fn secrets_and_user_data_stay_out_of_the_log() {
    let emulator = Emulator::start(Options::default()).unwrap();
    let parameters = "Action=RunInstances&MinCount=1&MaxCount=1&ImageId=ami-12345678&UserData=Y2FuYXJ5";
    ec2(&emulator.endpoint(), ACCOUNT, parameters).unwrap();
    let log = send(&emulator.endpoint(), "GET", "/_castra/log", "", "").unwrap().body;
    assert!(log.contains("ami-12345678") && !log.contains("Y2FuYXJ5"), "{log}");
}
