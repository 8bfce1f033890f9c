//! Lifecycle hooks.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use super::Site;

fn hook(transition: &str, more: Value) -> Value {
    let mut hook = json!({
        "LifecycleHookName": "ready",
        "LifecycleTransition": format!("autoscaling:EC2_INSTANCE_{transition}"),
        "HeartbeatTimeout": 300,
    });
    hook.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    hook
}

fn with_hook(desired: i64, transition: &str, more: Value) -> Site {
    let mut site = Site::new();
    site.create(desired, json!({ "LifecycleHookSpecificationList": [hook(transition, more)] }));
    site.lab.step(60.0);
    site
}

fn result(site: &mut Site, id: &str, result: &str) {
    let input = json!({ "LifecycleHookName": "ready", "InstanceId": id, "LifecycleActionResult": result });
    site.ok("CompleteLifecycleAction", input);
}

#[test]
fn a_launching_instance_waits_to_be_let_on() {
    let mut site = with_hook(2, "LAUNCHING", json!({}));
    let waiting = site.ids("Pending:Wait");
    assert_eq!(waiting.len(), 2);
    assert_eq!(site.activities()[0]["StatusCode"], "MidLifecycleAction");
    result(&mut site, &waiting[0], "CONTINUE");
    site.lab.step(5.0);
    assert_eq!(site.ids("InService"), [waiting[0].clone()]);
    let again = json!({ "LifecycleHookName": "ready", "InstanceId": waiting[0], "LifecycleActionResult": "CONTINUE" });
    let said = site.refused("CompleteLifecycleAction", again, "ValidationError");
    assert_eq!(said, format!("No active Lifecycle Action found with instance ID {}", waiting[0]));
    result(&mut site, &waiting[1], "ABANDON");
    site.lab.step(200.0);
    assert!(!site.members().iter().any(|member| member["InstanceId"] == waiting[1].as_str()));
    assert_eq!(site.ids("Pending:Wait").len(), 1, "another one is launched instead");
    let activities = site.activities();
    let cancelled =
        activities.as_array().unwrap().iter().find(|activity| activity["StatusCode"] == "Cancelled").unwrap();
    let message = cancelled["StatusMessage"].as_str().unwrap();
    assert!(message.ends_with("was abandoned: Lifecycle Action Completed with ABANDON Result"), "{message}");
}

#[test]
fn heartbeats_put_the_timeout_off() {
    let mut site = with_hook(1, "LAUNCHING", json!({ "DefaultResult": "CONTINUE" }));
    let id = site.ids("Pending:Wait").remove(0);
    for _ in 0..4 {
        site.lab.step(200.0);
        site.ok("RecordLifecycleActionHeartbeat", json!({ "LifecycleHookName": "ready", "InstanceId": id }));
    }
    assert_eq!(site.ids("Pending:Wait"), std::slice::from_ref(&id));
    site.lab.step(310.0);
    assert_eq!(site.ids("InService"), [id]);
    let none = json!({ "LifecycleHookName": "ready", "LifecycleActionToken": "0e151305-1e57-4a32-a256-1fd14157c5ec" });
    site.refused("RecordLifecycleActionHeartbeat", none, "ValidationError");
}

#[test]
fn a_timeout_abandons_by_default() {
    let mut site = with_hook(1, "LAUNCHING", json!({}));
    let id = site.ids("Pending:Wait").remove(0);
    site.lab.step(400.0);
    assert!(
        !site
            .members()
            .iter()
            .any(|member| member["InstanceId"] == id.as_str() && member["LifecycleState"] == "InService")
    );
    let activities = site.activities().to_string();
    assert!(activities.contains("was abandoned: Heartbeat Timeout"), "{activities}");
}

#[test]
fn a_terminating_instance_waits_too() {
    let mut site = with_hook(1, "TERMINATING", json!({}));
    let id = site.ids("InService").remove(0);
    site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": 0 }));
    site.lab.step(60.0);
    assert_eq!(site.ids("Terminating:Wait"), std::slice::from_ref(&id));
    let running = site.lab.account.region("eu-central-1").ec2.instances[&id].state;
    assert_eq!(running, crate::aws::ec2::InstanceState::Running);
    result(&mut site, &id, "CONTINUE");
    site.lab.step(120.0);
    assert_eq!(site.members().len(), 0);
}

#[test]
fn forced_deletion_waits_for_no_hook() {
    let mut site = with_hook(2, "TERMINATING", json!({}));
    site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": 1 }));
    site.lab.step(30.0);
    assert_eq!(site.ids("Terminating:Wait").len(), 1);
    site.ok("DeleteAutoScalingGroup", json!({ "ForceDelete": true }));
    site.lab.step(200.0);
    assert!(site.group().is_null());
}

#[test]
fn hooks_are_kept() {
    let mut site = Site::with_group(0, json!({}));
    site.ok("PutLifecycleHook", hook("LAUNCHING", json!({})));
    site.ok("PutLifecycleHook", json!({ "LifecycleHookName": "ready", "HeartbeatTimeout": 60 }));
    let answer = site.ok("DescribeLifecycleHooks", json!({}));
    let shown = &answer["LifecycleHooks"][0];
    assert_eq!((&shown["HeartbeatTimeout"], &shown["GlobalTimeout"]), (&json!(60), &json!(6000)));
    assert_eq!(
        (&shown["DefaultResult"], &shown["LifecycleTransition"]),
        (&json!("ABANDON"), &json!("autoscaling:EC2_INSTANCE_LAUNCHING"))
    );
    site.refused("PutLifecycleHook", hook("LAUNCHING", json!({ "HeartbeatTimeout": 10 })), "ValidationError");
    site.refused("PutLifecycleHook", json!({ "LifecycleHookName": "new" }), "ValidationError");
    site.ok("DeleteLifecycleHook", json!({ "LifecycleHookName": "ready" }));
    site.refused("DeleteLifecycleHook", json!({ "LifecycleHookName": "ready" }), "ValidationError");
}
