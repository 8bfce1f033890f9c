//! Single members: terminated, attached, detached, in standby, with target groups.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::json;

use super::{AS, Site, image};
use crate::aws::testing::Lab;

#[test]
fn a_member_is_terminated_and_replaced_or_not() {
    let mut site = Site::with_group(3, json!({ "MinSize": 2 }));
    let id = site.ids("InService").remove(0);
    let input = |id: &str, decrement: bool| json!({ "InstanceId": id, "ShouldDecrementDesiredCapacity": decrement });
    let answer = site.lab.ok(AS, "TerminateInstanceInAutoScalingGroup", input(&id, false));
    assert_eq!(answer["Activity"]["Description"], format!("Terminating EC2 instance: {id}"));
    let cause = Lab::text(&answer, "/Activity/Cause");
    assert!(
        cause.ends_with(&format!("instance {id} was taken out of service in response to a user request.")),
        "{cause}"
    );
    site.lab.refused(AS, "TerminateInstanceInAutoScalingGroup", input(&id, false), "ScalingActivityInProgress");
    site.lab.step(200.0);
    assert_eq!(site.ids("InService").len(), 3);
    let id = site.ids("InService").remove(0);
    let answer = site.lab.ok(AS, "TerminateInstanceInAutoScalingGroup", input(&id, true));
    let cause = Lab::text(&answer, "/Activity/Cause");
    assert!(cause.ends_with("in response to a user request, shrinking the capacity from 3 to 2."), "{cause}");
    site.lab.step(200.0);
    assert_eq!(site.ids("InService").len(), 2);
    let id = site.ids("InService").remove(0);
    let said = site.lab.refused(AS, "TerminateInstanceInAutoScalingGroup", input(&id, true), "ValidationError");
    assert!(said.starts_with("Currently, desiredSize equals minSize (2)."), "{said}");
    let nobody = input("i-0123456789abcdef0", false);
    let said = site.lab.refused(AS, "TerminateInstanceInAutoScalingGroup", nobody, "ValidationError");
    assert_eq!(said, "Instance Id not found - No managed instance found for instance ID: i-0123456789abcdef0");
}

#[test]
fn standby_and_back() {
    let mut site = Site::with_group(2, json!({ "MinSize": 1 }));
    let id = site.ids("InService").remove(0);
    let input = json!({ "InstanceIds": [id], "ShouldDecrementDesiredCapacity": true });
    let answer = site.ok("EnterStandby", input.clone());
    assert_eq!(answer["Activities"][0]["Description"], format!("Moving EC2 instance to Standby: {id}"));
    site.lab.step(60.0);
    assert_eq!((site.ids("Standby"), site.ids("InService").len()), (vec![id.clone()], 1));
    site.refused("EnterStandby", input, "ValidationError");
    let other = site.ids("InService").remove(0);
    let said = site.refused(
        "EnterStandby",
        json!({ "InstanceIds": [other], "ShouldDecrementDesiredCapacity": true }),
        "ValidationError",
    );
    assert_eq!(
        said,
        "AutoScalingGroup web has min-size=1, max-size=12, and desired-size=1. To place into standby 1 instance, please \
         update the AutoScalingGroup sizes appropriately."
    );
    let answer = site.ok("ExitStandby", json!({ "InstanceIds": [id] }));
    assert_eq!(answer["Activities"][0]["StatusCode"], "PreInService");
    site.lab.step(60.0);
    assert_eq!((site.ids("InService").len(), &site.group()["DesiredCapacity"]), (2, &json!(2)));
    let id = site.ids("InService").remove(0);
    site.ok("EnterStandby", json!({ "InstanceIds": [id], "ShouldDecrementDesiredCapacity": false }));
    site.lab.step(120.0);
    assert_eq!((site.ids("InService").len(), site.ids("Standby").len()), (2, 1));
}

#[test]
fn detached_and_attached() {
    let mut site = Site::with_group(2, json!({}));
    let id = site.ids("InService").remove(0);
    let answer = site.ok("DetachInstances", json!({ "InstanceIds": [id], "ShouldDecrementDesiredCapacity": true }));
    let cause = Lab::text(&answer, "/Activities/0/Cause");
    assert!(
        cause.ends_with("was detached in response to a user request, shrinking the capacity from 2 to 1."),
        "{cause}"
    );
    site.lab.step(60.0);
    assert_eq!(site.members().len(), 1);
    let said = site.refused(
        "DetachInstances",
        json!({ "InstanceIds": [id], "ShouldDecrementDesiredCapacity": true }),
        "ValidationError",
    );
    assert_eq!(said, format!("The instance {id} is not part of Auto Scaling group web."));
    site.ok("AttachInstances", json!({ "InstanceIds": [id] }));
    site.lab.step(60.0);
    assert!(site.ids("InService").contains(&id));
    assert_eq!(site.group()["DesiredCapacity"], 2);
    site.refused("AttachInstances", json!({ "InstanceIds": [id] }), "ValidationError");
    site.ok("UpdateAutoScalingGroup", json!({ "MaxSize": 2 }));
    let run = json!({ "ImageId": image(), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "SubnetId": site.subnets[0] });
    let other = Lab::text(&site.lab.ok("ec2", "RunInstances", run), "/Instances/0/InstanceId");
    site.lab.step(60.0);
    let said = site.refused("AttachInstances", json!({ "InstanceIds": [other] }), "ValidationError");
    assert_eq!(
        said,
        "AutoScalingGroup web has min-size=0, max-size=2, and desired-size=2. To attach 1 instance, please update the \
         AutoScalingGroup sizes appropriately."
    );
    let answer = site.lab.ok(AS, "DescribeAutoScalingInstances", json!({ "InstanceIds": [id, other] }));
    assert_eq!(answer["AutoScalingInstances"].as_array().unwrap().len(), 1);
    assert_eq!(answer["AutoScalingInstances"][0]["HealthStatus"], "HEALTHY");
}
