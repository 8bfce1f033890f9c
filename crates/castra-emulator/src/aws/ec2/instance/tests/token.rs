use serde_json::json;

use super::launch;
use crate::aws::testing::Lab;

#[test]
fn the_same_token_is_the_same_instances() {
    let mut lab = Lab::new();
    let input = launch(json!({ "ClientToken": "mine", "MinCount": 2, "MaxCount": 2 }));
    let first = lab.ok("ec2", "RunInstances", input.clone());
    lab.step(20.0);
    let again = lab.ok("ec2", "RunInstances", input.clone());
    assert_eq!(first["ReservationId"], again["ReservationId"]);
    assert_eq!(Lab::text(&first, "/Instances/1/InstanceId"), Lab::text(&again, "/Instances/1/InstanceId"));
    assert_eq!(Lab::text(&again, "/Instances/0/State/Name"), "running");
    let all = lab.ok("ec2", "DescribeInstances", json!({}));
    assert_eq!(all["Reservations"].as_array().unwrap().len(), 1);

    let other = launch(json!({ "ClientToken": "mine", "MinCount": 1, "MaxCount": 2 }));
    lab.refused("ec2", "RunInstances", other, "IdempotentParameterMismatch");

    let one = Lab::text(&first, "/Instances/0/InstanceId");
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [one] }));
    lab.ok("ec2", "RunInstances", input.clone());
    let two = Lab::text(&first, "/Instances/1/InstanceId");
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [two] }));
    lab.refused("ec2", "RunInstances", input.clone(), "IdempotentInstanceTerminated");
    // Long after they are forgotten.
    lab.step(23.0 * 3600.0);
    lab.refused("ec2", "RunInstances", input, "IdempotentInstanceTerminated");
}

#[test]
fn a_token_is_each_zones_own() {
    let mut lab = Lab::new();
    let of = |zone: &str| launch(json!({ "ClientToken": "mine", "Placement": { "AvailabilityZone": zone } }));
    let one = lab.ok("ec2", "RunInstances", of("eu-central-1a"));
    let other = lab.ok("ec2", "RunInstances", of("eu-central-1b"));
    assert_ne!(one["ReservationId"], other["ReservationId"]);
    assert_eq!(one["ReservationId"], lab.ok("ec2", "RunInstances", of("eu-central-1a"))["ReservationId"]);
}

#[test]
fn a_token_has_at_most_64_characters() {
    let mut lab = Lab::new();
    lab.refused("ec2", "RunInstances", launch(json!({ "ClientToken": "x".repeat(65) })), "InvalidParameterValue");
    lab.ok("ec2", "RunInstances", launch(json!({ "ClientToken": "x".repeat(64) })));
}

#[test]
fn a_refused_launch_leaves_its_token_free() {
    let mut lab = Lab::new();
    let wrong = launch(json!({ "ClientToken": "mine", "KeyName": "nobody's" }));
    lab.refused("ec2", "RunInstances", wrong, "InvalidKeyPair.NotFound");
    lab.ok("ec2", "RunInstances", launch(json!({ "ClientToken": "mine" })));
}
