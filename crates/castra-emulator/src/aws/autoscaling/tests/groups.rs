//! Groups made, changed and deleted.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::json;

use super::{AS, Site};
use crate::aws::testing::Lab;

#[test]
fn a_group_is_described_as_it_was_made() {
    let tags = json!([{ "Key": "env", "Value": "test", "PropagateAtLaunch": true }]);
    let mut site = Site::with_group(2, json!({ "Tags": tags, "HealthCheckGracePeriod": 60 }));
    let group = site.group();
    assert_eq!((&group["MinSize"], &group["MaxSize"], &group["DesiredCapacity"]), (&json!(0), &json!(12), &json!(2)));
    assert_eq!(group["HealthCheckType"], "EC2");
    assert_eq!(group["HealthCheckGracePeriod"], 60);
    assert_eq!(group["TerminationPolicies"], json!(["Default"]));
    assert_eq!(group["LaunchTemplate"]["Version"], "1");
    assert_eq!(group["AvailabilityZones"], json!(["eu-central-1a", "eu-central-1b", "eu-central-1c"]));
    assert_eq!(group["Tags"][0]["ResourceType"], "auto-scaling-group");
    let id = site.ids("InService").remove(0);
    let answer = site.lab.ok("ec2", "DescribeInstances", json!({ "InstanceIds": [id] }));
    let instance = &answer["Reservations"][0]["Instances"][0];
    for (key, value) in [("env", "test"), ("aws:autoscaling:groupName", "web"), ("aws:ec2launchtemplate:version", "1")]
    {
        let tags = instance["Tags"].as_array().unwrap();
        assert!(tags.iter().any(|tag| tag["Key"] == key && tag["Value"] == value), "{key}: {tags:?}");
    }
    let roles =
        site.lab.ok("iam", "ListRoles", json!({ "PathPrefix": "/aws-service-role/autoscaling.amazonaws.com/" }));
    assert_eq!(roles["Roles"][0]["RoleName"], "AWSServiceRoleForAutoScaling");
}

#[test]
fn what_a_new_group_is_refused_for() {
    let mut site = Site::new();
    let cases = [
        (json!({ "MinSize": 13 }), "Max bound, 12, must be greater than or equal to min bound, 13"),
        (
            json!({ "DesiredCapacity": 13 }),
            "Desired capacity:13 must be between the specified min size:0 and max size:12",
        ),
        (
            json!({ "VPCZoneIdentifier": "subnet-0123456789abcdef0" }),
            "The subnet ID 'subnet-0123456789abcdef0' does not exist",
        ),
        (
            json!({ "LaunchTemplate": { "Version": "1" } }),
            "Valid requests must contain either launchTemplateId or LaunchTemplateName",
        ),
        (
            json!({ "LaunchTemplate": { "LaunchTemplateName": "nothing" } }),
            "You must use a valid fully-formed launch template.",
        ),
        (
            json!({ "LaunchTemplate": { "LaunchTemplateName": "web", "Version": "9" } }),
            "You must use a valid fully-formed launch template.",
        ),
        (json!({ "TerminationPolicies": ["Newest"] }), "Invalid termination policy"),
        (
            json!({ "AvailabilityZones": ["eu-central-1a"] }),
            "The availability zones of the specified subnets and the Auto Scaling group do not match",
        ),
        (json!({ "LaunchConfigurationName": "lc" }), "Launch configuration name not found"),
        (json!({ "LoadBalancerNames": ["classic"] }), "Provided Load Balancers may not be valid."),
    ];
    for (more, message) in cases {
        let input = site.group_input(1, &more);
        let said = site.lab.refused(AS, "CreateAutoScalingGroup", input, "ValidationError");
        assert!(said.starts_with(message), "{more}: {said}");
    }
    let mut input = site.group_input(1, &json!({}));
    input.as_object_mut().unwrap().remove("VPCZoneIdentifier");
    let said = site.lab.refused(AS, "CreateAutoScalingGroup", input, "ValidationError");
    assert_eq!(said, "At least one Availability Zone or VPC Subnet is required.");
    let mut input = site.group_input(1, &json!({}));
    input.as_object_mut().unwrap().remove("LaunchTemplate");
    site.lab.refused(AS, "CreateAutoScalingGroup", input, "ValidationError");
    site.create(1, json!({}));
    let input = site.group_input(1, &json!({}));
    let said = site.lab.refused(AS, "CreateAutoScalingGroup", input, "AlreadyExists");
    assert_eq!(said, "AutoScalingGroup by this name already exists - A group with the name web already exists");
    let configuration =
        json!({ "LaunchConfigurationName": "lc", "ImageId": super::image(), "InstanceType": "t3.micro" });
    site.lab.refused(AS, "CreateLaunchConfiguration", configuration, "UnsupportedOperation");
}

#[test]
fn zones_by_name_and_id() {
    let mut site = Site::new();
    let zones = site.lab.ok("ec2", "DescribeAvailabilityZones", json!({}));
    let (name, id) =
        (Lab::text(&zones, "/AvailabilityZones/0/ZoneName"), Lab::text(&zones, "/AvailabilityZones/0/ZoneId"));
    for (member, value) in [("AvailabilityZones", &name), ("AvailabilityZoneIds", &id)] {
        let mut input = site.group_input(1, &json!({ "AutoScalingGroupName": member, member: [value] }));
        input.as_object_mut().unwrap().remove("VPCZoneIdentifier");
        site.lab.ok(AS, "CreateAutoScalingGroup", input);
        site.lab.step(120.0);
        let answer = site.lab.ok(AS, "DescribeAutoScalingGroups", json!({ "AutoScalingGroupNames": [member] }));
        let group = &answer["AutoScalingGroups"][0];
        assert_eq!((&group["AvailabilityZones"], &group["AvailabilityZoneIds"]), (&json!([name]), &json!([id])));
        assert_eq!(group["Instances"][0]["AvailabilityZoneId"], id, "in the zone's default subnet");
    }
    let input = site.group_input(1, &json!({ "VPCZoneIdentifier": "", "AvailabilityZones": ["eu-central-1z"] }));
    assert!(
        matches!(site.lab.call(AS, "CreateAutoScalingGroup", input), Err(error) if error.code == "ValidationError")
    );
}

#[test]
fn a_template_that_cannot_launch_is_refused() {
    let mut site = Site::new();
    let data = json!({ "ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro" });
    site.lab.ok("ec2", "CreateLaunchTemplate", json!({ "LaunchTemplateName": "bad", "LaunchTemplateData": data }));
    let input = site.group_input(1, &json!({ "LaunchTemplate": { "LaunchTemplateName": "bad" } }));
    let said = site.lab.refused(AS, "CreateAutoScalingGroup", input, "ValidationError");
    assert!(said.starts_with("You must use a valid fully-formed launch template. "), "{said}");
    let instances = site.lab.ok("ec2", "DescribeInstances", json!({}));
    assert_eq!(instances["Reservations"], json!([]), "the check launches nothing");
}

#[test]
fn sizes_are_changed_within_bounds() {
    let mut site = Site::with_group(2, json!({}));
    let said = site.refused("SetDesiredCapacity", json!({ "DesiredCapacity": 13 }), "ValidationError");
    assert_eq!(said, "New SetDesiredCapacity value 13 is above max value 12 for the AutoScalingGroup.");
    site.ok("UpdateAutoScalingGroup", json!({ "MinSize": 1 }));
    let said = site.refused("SetDesiredCapacity", json!({ "DesiredCapacity": 0 }), "ValidationError");
    assert_eq!(said, "New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.");
    site.ok("UpdateAutoScalingGroup", json!({ "MinSize": 3 }));
    assert_eq!(site.group()["DesiredCapacity"], 3, "a new minimum moves the desired capacity");
    site.refused("UpdateAutoScalingGroup", json!({ "DesiredCapacity": 2 }), "ValidationError");
    site.lab.refused(
        AS,
        "SetDesiredCapacity",
        json!({ "AutoScalingGroupName": "x", "DesiredCapacity": 1 }),
        "ValidationError",
    );
    site.lab.step(120.0);
    let causes = site.causes();
    assert!(
        causes[0].contains("a user request update of AutoScalingGroup constraints to min: 3, max: 12, desired: 3 changing the desired capacity from 2 to 3.  At ")
            && causes[0].ends_with("an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 2 to 3."),
        "{causes:?}"
    );
}

#[test]
fn deletion_needs_force_while_there_are_instances() {
    let mut site = Site::with_group(2, json!({ "DeletionProtection": "prevent-force-deletion" }));
    let said = site.refused("DeleteAutoScalingGroup", json!({}), "ResourceInUse");
    assert!(said.starts_with("You cannot delete an AutoScalingGroup while there are instances"));
    site.refused("DeleteAutoScalingGroup", json!({ "ForceDelete": true }), "ValidationError");
    site.ok("UpdateAutoScalingGroup", json!({ "DeletionProtection": "none" }));
    site.ok("DeleteAutoScalingGroup", json!({ "ForceDelete": true }));
    assert_eq!(site.group()["Status"], "Delete in progress");
    site.refused("SetDesiredCapacity", json!({ "DesiredCapacity": 1 }), "ValidationError");
    site.lab.step(300.0);
    assert!(site.group().is_null());
    let input = json!({ "AutoScalingGroupName": "web", "IncludeDeletedGroups": true });
    let answer = site.lab.ok(AS, "DescribeScalingActivities", input);
    assert_eq!(answer["Activities"][0]["AutoScalingGroupState"], "Deleted");
    assert!(site.lab.account.regions.values().all(|region| {
        region.ec2.instances.values().all(|instance| instance.state == crate::aws::ec2::InstanceState::Terminated)
    }));
    site.create(1, json!({}));
}

#[test]
fn an_empty_group_is_deleted_without_force() {
    let mut site = Site::with_group(0, json!({}));
    site.ok("DeleteAutoScalingGroup", json!({}));
    site.lab.step(10.0);
    assert!(site.group().is_null());
    site.refused("DeleteAutoScalingGroup", json!({}), "ValidationError");
}

#[test]
fn tags_of_groups() {
    let mut site = Site::with_group(0, json!({}));
    let tag = |key: &str, value: &str| json!({ "ResourceId": "web", "ResourceType": "auto-scaling-group", "Key": key, "Value": value, "PropagateAtLaunch": true });
    site.lab.ok(AS, "CreateOrUpdateTags", json!({ "Tags": [tag("a", "1"), tag("b", "2")] }));
    site.lab.ok(AS, "CreateOrUpdateTags", json!({ "Tags": [tag("a", "3")] }));
    let filter = json!({ "Filters": [{ "Name": "key", "Values": ["a"] }] });
    let answer = site.lab.ok(AS, "DescribeTags", filter);
    assert_eq!((answer["Tags"].as_array().unwrap().len(), &answer["Tags"][0]["Value"]), (1, &json!("3")));
    site.lab.ok(AS, "DeleteTags", json!({ "Tags": [tag("b", "2")] }));
    assert_eq!(site.group()["Tags"].as_array().unwrap().len(), 1);
    site.lab.refused(AS, "CreateOrUpdateTags", json!({ "Tags": [tag("aws:x", "1")] }), "ValidationError");
    let foreign = json!({ "ResourceId": "x", "ResourceType": "auto-scaling-group", "Key": "a" });
    site.lab.refused(AS, "CreateOrUpdateTags", json!({ "Tags": [foreign] }), "ValidationError");
    let filter = json!({ "Filters": [{ "Name": "tag:a", "Values": ["3"] }] });
    assert_eq!(site.lab.ok(AS, "DescribeAutoScalingGroups", filter)["AutoScalingGroups"].as_array().unwrap().len(), 1);
}

#[test]
fn lists_that_hold_no_surprises() {
    let mut site = Site::with_group(0, json!({}));
    for (operation, member) in [
        ("DescribeAdjustmentTypes", "AdjustmentTypes"),
        ("DescribeAutoScalingNotificationTypes", "AutoScalingNotificationTypes"),
        ("DescribeLifecycleHookTypes", "LifecycleHookTypes"),
        ("DescribeMetricCollectionTypes", "Metrics"),
        ("DescribeScalingProcessTypes", "Processes"),
        ("DescribeTerminationPolicyTypes", "TerminationPolicyTypes"),
    ] {
        let answer = site.lab.ok(AS, operation, json!({}));
        assert!(!answer[member].as_array().unwrap().is_empty(), "{operation}");
    }
    assert_eq!(site.lab.ok(AS, "DescribeAccountLimits", json!({}))["NumberOfAutoScalingGroups"], 1);
    assert_eq!(site.lab.ok(AS, "DescribeLaunchConfigurations", json!({}))["LaunchConfigurations"], json!([]));
    assert_eq!(site.ok("DescribeWarmPool", json!({}))["Instances"], json!([]));
    site.ok("EnableMetricsCollection", json!({ "Granularity": "1Minute", "Metrics": ["GroupMinSize"] }));
    assert_eq!(site.group()["EnabledMetrics"][0]["Metric"], "GroupMinSize");
    site.ok("DisableMetricsCollection", json!({}));
    assert_eq!(site.group()["EnabledMetrics"], json!([]));
    let topic = "arn:aws:sns:eu-central-1:111122223333:topic";
    let kinds = json!(["autoscaling:EC2_INSTANCE_LAUNCH"]);
    site.ok("PutNotificationConfiguration", json!({ "TopicARN": topic, "NotificationTypes": kinds }));
    let answer = site.lab.ok(AS, "DescribeNotificationConfigurations", json!({}));
    assert_eq!(Lab::text(&answer, "/NotificationConfigurations/0/TopicARN"), topic);
    site.ok("DeleteNotificationConfiguration", json!({ "TopicARN": topic }));
}
