//! The unhealthy and their replacements.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::json;

use super::{AS, Site};

#[test]
fn a_stopped_instance_is_replaced() {
    let mut site = Site::with_group(3, json!({}));
    let dead = site.ids("InService").remove(0);
    site.lab.ok("ec2", "StopInstances", json!({ "InstanceIds": [dead] }));
    site.lab.step(20.0);
    let members = site.members();
    let found = members.iter().find(|member| member["InstanceId"] == dead.as_str()).unwrap();
    assert_eq!((&found["HealthStatus"], &found["LifecycleState"]), (&json!("Unhealthy"), &json!("Terminating")));
    site.lab.step(300.0);
    site.assert_spread(&[("a", 1), ("b", 1), ("c", 1)]);
    let causes = site.causes().join("\n");
    assert!(causes.contains("an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped."), "{causes}");
    assert!(
        causes.contains("an instance was launched in response to an unhealthy instance needing to be replaced."),
        "{causes}"
    );
}

#[test]
fn an_impaired_instance_is_replaced_after_its_grace_period() {
    let mut site = Site::with_group(1, json!({ "HealthCheckGracePeriod": 600 }));
    let ill = site.ids("InService").remove(0);
    site.lab.account.settings.impaired_instances.insert(ill.clone());
    site.lab.account.settle();
    site.lab.step(300.0);
    assert_eq!(site.ids("InService"), std::slice::from_ref(&ill));
    site.lab.step(600.0);
    assert!(!site.ids("InService").contains(&ill));
    assert_eq!(site.ids("InService").len(), 1);
}

#[test]
fn what_users_say_of_health() {
    let mut site = Site::with_group(2, json!({ "HealthCheckGracePeriod": 600 }));
    let id = site.ids("InService").remove(0);
    let say = |status: &str, respect: bool| json!({ "InstanceId": id, "HealthStatus": status, "ShouldRespectGracePeriod": respect });
    site.lab.refused(AS, "SetInstanceHealth", say("Ill", true), "ValidationError");
    site.lab.ok(AS, "SetInstanceHealth", say("Unhealthy", true));
    site.lab.step(60.0);
    assert!(site.ids("InService").contains(&id), "within its grace period");
    site.lab.ok(AS, "SetInstanceHealth", say("Unhealthy", false));
    site.lab.step(200.0);
    assert!(!site.ids("InService").contains(&id));
    assert_eq!(site.ids("InService").len(), 2);
    site.lab.refused(AS, "SetInstanceHealth", say("Healthy", true), "ValidationError");
}

#[test]
fn replacing_can_be_suspended_while_checks_go_on() {
    let mut site = Site::with_group(2, json!({}));
    site.ok("SuspendProcesses", json!({ "ScalingProcesses": ["ReplaceUnhealthy"] }));
    let dead = site.ids("InService").remove(0);
    site.lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [dead] }));
    site.lab.step(120.0);
    let members = site.members();
    let found = members.iter().find(|member| member["InstanceId"] == dead.as_str()).unwrap();
    assert_eq!((&found["HealthStatus"], &found["LifecycleState"]), (&json!("Unhealthy"), &json!("InService")));
    site.ok("ResumeProcesses", json!({}));
    site.lab.step(120.0);
    assert_eq!(site.ids("InService").len(), 2);
    site.ok("SuspendProcesses", json!({ "ScalingProcesses": ["HealthCheck"] }));
    let dead = site.ids("InService").remove(0);
    site.lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [dead] }));
    site.lab.step(120.0);
    assert!(site.members().iter().all(|member| member["HealthStatus"] == "Healthy"));
}

#[test]
fn nobody_serves_longer_than_may_be() {
    let mut site = Site::with_group(2, json!({ "MaxInstanceLifetime": 86400 }));
    let before = site.ids("InService");
    site.lab.step(86_400.0 + 600.0);
    let after = site.ids("InService");
    assert_eq!(after.len(), 2);
    assert!(after.iter().all(|id| !before.contains(id)));
}

#[test]
fn a_maintenance_policy_launches_first() {
    let policy = json!({ "MinHealthyPercentage": 100, "MaxHealthyPercentage": 110 });
    let mut site = Site::with_group(3, json!({ "InstanceMaintenancePolicy": policy }));
    let ill = site.ids("InService").remove(0);
    let input = json!({ "InstanceId": ill, "HealthStatus": "Unhealthy" });
    site.lab.ok(AS, "SetInstanceHealth", input);
    for _ in 0..60 {
        site.lab.step(5.0);
        assert!(site.ids("InService").len() >= 3);
    }
    assert!(!site.ids("InService").contains(&ill));
    assert_eq!(site.ids("InService").len(), 3);
}
