//! Service accounts, policies, and who may do what.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::gcp::Settings;
use crate::gcp::testing::Lab;

const EMAIL: &str = "robot-1@p1.iam.gserviceaccount.com";

fn create(lab: &mut Lab) -> Value {
    lab.send("POST", "/v1/projects/p1/serviceAccounts", json!({ "accountId": "robot-1" })).unwrap()
}

fn path(rest: &str) -> String {
    format!("/v1/projects/p1/serviceAccounts/{EMAIL}{rest}")
}

fn binding(role: &str, member: &str) -> Value {
    json!({ "policy": { "bindings": [{ "role": role, "members": [member] }] } })
}

#[test]
fn accounts_come_go_and_come_back() {
    let mut lab = Lab::new();
    let made = create(&mut lab);
    assert_eq!(made["email"], EMAIL);
    let error = lab.send("POST", "/v1/projects/p1/serviceAccounts", json!({ "accountId": "robot-1" })).unwrap_err();
    assert_eq!((error.status, error.rpc_status()), (409, "ALREADY_EXISTS"));
    let error = lab.send("POST", "/v1/projects/p1/serviceAccounts", json!({ "accountId": "bot" })).unwrap_err();
    assert_eq!((error.status, error.rpc_status()), (400, "INVALID_ARGUMENT"));
    let body = json!({ "serviceAccount": { "displayName": "Robot" }, "updateMask": "displayName" });
    assert_eq!(lab.send("PATCH", &path(""), body).unwrap()["displayName"], "Robot");
    lab.send("POST", &path(":disable"), json!({})).unwrap();
    assert_eq!(lab.send("GET", &path(""), Value::Null).unwrap()["disabled"], true);
    let policy = binding("roles/viewer", &format!("serviceAccount:{EMAIL}"));
    lab.send("POST", "/v3/projects/p1:setIamPolicy", policy).unwrap();
    lab.send("DELETE", &path(""), Value::Null).unwrap();
    assert_eq!(lab.send("GET", &path(""), Value::Null).unwrap_err().status, 404);
    let shown = lab.send("POST", "/v3/projects/p1:getIamPolicy", json!({})).unwrap();
    assert!(Lab::text(&shown, "/bindings/0/members/0").starts_with("deleted:serviceAccount:robot-1@"));
    let granted = lab.project.objects().into_iter().find(|object| object.kind == "bindings").unwrap();
    assert!(granted.id.contains(" deleted:serviceAccount:robot-1@"), "{granted:?}");
    let id = Lab::text(&made, "/uniqueId");
    lab.send("POST", &format!("/v1/projects/p1/serviceAccounts/{id}:undelete"), json!({})).unwrap();
    lab.send("GET", &path(""), Value::Null).unwrap();
    let listed = lab.send("GET", "/v1/projects/p1/serviceAccounts", Value::Null).unwrap();
    assert_eq!(listed["accounts"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_new_account_shows_after_a_while() {
    let mut settings = Settings::default();
    settings.consistency.flapping = false;
    let mut lab = Lab::with(settings);
    create(&mut lab);
    assert_eq!(lab.send("GET", &path(""), Value::Null).unwrap_err().status, 404);
    let policy = binding("roles/viewer", &format!("serviceAccount:{EMAIL}"));
    let error = lab.send("POST", "/v3/projects/p1:setIamPolicy", policy.clone()).unwrap_err();
    assert_eq!((error.status, error.message), (400, format!("Service account {EMAIL} does not exist.")));
    lab.step(60.0);
    lab.send("GET", &path(""), Value::Null).unwrap();
    lab.send("POST", "/v3/projects/p1:setIamPolicy", policy).unwrap();
}

#[test]
fn a_policy_is_changed_from_its_latest() {
    let mut lab = Lab::new();
    let before = lab.send("POST", "/v3/projects/p1:getIamPolicy", json!({})).unwrap();
    let mut body = binding("roles/viewer", "user:a@example.com");
    body["policy"]["etag"] = before["etag"].clone();
    lab.send("POST", "/v3/projects/p1:setIamPolicy", body.clone()).unwrap();
    let error = lab.send("POST", "/v3/projects/p1:setIamPolicy", body).unwrap_err();
    assert_eq!((error.status, error.rpc_status()), (409, "ABORTED"));
    for wrong in [binding("roles/nothing", "user:a@example.com"), binding("roles/viewer", "a@example.com")] {
        assert_eq!(lab.send("POST", "/v3/projects/p1:setIamPolicy", wrong).unwrap_err().status, 400);
    }
    let shown = lab.send("POST", "/v3/projects/p1:getIamPolicy", json!({})).unwrap();
    assert_eq!(shown["bindings"][0]["members"], json!(["user:a@example.com"]));
}

#[test]
fn roles_count_when_they_are_asked_to_and_after_a_while() {
    let mut settings = Settings::calm();
    settings.enforce_policies = true;
    settings.consistency.policy_window = crate::Seconds(120.0);
    let mut lab = Lab::with(settings);
    create(&mut lab);
    let owner = lab.caller.clone();
    lab.caller = EMAIL.to_owned();
    let network = json!({ "name": "n", "autoCreateSubnetworks": false });
    let message = lab.refused("POST", "global/networks", network.clone(), 403, "forbidden");
    assert_eq!(message, "Required 'compute.networks.create' permission for 'projects/p1/global/networks/n'");
    lab.refused("GET", "global/networks", Value::Null, 403, "forbidden");
    lab.caller = owner;
    let policy = binding("roles/compute.networkAdmin", &format!("serviceAccount:{EMAIL}"));
    lab.send("POST", "/v3/projects/p1:setIamPolicy", policy).unwrap();
    lab.caller = EMAIL.to_owned();
    lab.refused("POST", "global/networks", network.clone(), 403, "forbidden");
    lab.step(120.0);
    lab.done("POST", "global/networks", network);
    lab.refused("POST", "global/firewalls", json!({ "name": "f" }), 403, "forbidden");
    let asked = json!({ "permissions": ["compute.networks.create", "compute.firewalls.create"] });
    let has = lab.send("POST", "/v3/projects/p1:testIamPermissions", asked).unwrap();
    assert_eq!(has["permissions"], json!(["compute.networks.create"]));
}

#[test]
fn a_secret_has_a_policy_of_its_own() {
    let mut settings = Settings::instant();
    settings.enforce_policies = true;
    let mut lab = Lab::with(settings);
    create(&mut lab);
    let secret = json!({ "replication": { "automatic": {} } });
    lab.send("POST", "/v1/projects/p1/secrets?secretId=s", secret).unwrap();
    let payload = json!({ "payload": { "data": "aGVsbG8=" } });
    lab.send("POST", "/v1/projects/p1/secrets/s:addVersion", payload).unwrap();
    let owner = std::mem::replace(&mut lab.caller, EMAIL.to_owned());
    let access = "/v1/projects/p1/secrets/s/versions/1:access";
    assert_eq!(lab.send("GET", access, Value::Null).unwrap_err().rpc_status(), "PERMISSION_DENIED");
    lab.caller = owner;
    let policy = binding("roles/secretmanager.secretAccessor", &format!("serviceAccount:{EMAIL}"));
    lab.send("POST", "/v1/projects/p1/secrets/s:setIamPolicy", policy).unwrap();
    lab.caller = EMAIL.to_owned();
    lab.send("GET", access, Value::Null).unwrap();
    assert_eq!(lab.send("GET", "/v1/projects/p1/secrets/s", Value::Null).unwrap_err().status, 403);
}

#[test]
fn predefined_roles_tell_their_permissions() {
    let mut lab = Lab::new();
    let role = lab.send("GET", "/v1/roles/compute.viewer", Value::Null).unwrap();
    let permissions = role["includedPermissions"].as_array().unwrap();
    assert!(permissions.contains(&json!("compute.networks.get")));
    assert!(!permissions.contains(&json!("compute.networks.create")));
    assert_eq!(lab.send("GET", "/v1/roles/nothing", Value::Null).unwrap_err().status, 404);
    lab.send("GET", "/v1/roles", Value::Null).unwrap();
}

#[test]
fn one_that_takes_a_name_gets_nothing_with_it() {
    let mut lab = Lab::new();
    create(&mut lab);
    let member = format!("serviceAccount:{EMAIL}");
    lab.send("POST", "/v3/projects/p1:setIamPolicy", binding("roles/viewer", &member)).unwrap();
    lab.send("DELETE", &path(""), Value::Null).unwrap();
    create(&mut lab);
    let shown = lab.send("POST", "/v3/projects/p1:getIamPolicy", json!({})).unwrap();
    assert!(Lab::text(&shown, "/bindings/0/members/0").starts_with("deleted:serviceAccount:robot-1@"), "{shown}");
}

#[test]
fn an_account_s_policy_gives_roles_about_accounts() {
    let mut lab = Lab::new();
    create(&mut lab);
    let mut set = |role: &str| lab.send("POST", &path(":setIamPolicy"), binding(role, "user:a@example.com"));
    let refused = set("roles/storage.admin").unwrap_err();
    assert_eq!(refused.message, "Role roles/storage.admin is not supported for this resource.");
    set("roles/iam.serviceAccountUser").unwrap();
    set("roles/editor").unwrap();
}
