//! Launching, spreading, scaling in, balancing, and doing without capacity.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::json;

use super::{AS, Site};
use crate::aws::Shortage;
use crate::registry::Holding as _;

#[test]
fn instances_come_into_service_over_time() {
    let mut site = Site::new();
    site.create(3, json!({}));
    assert_eq!(site.members().len(), 0);
    site.lab.step(5.0);
    assert_eq!(site.ids("Pending").len(), 3);
    assert_eq!(site.activities()[0]["StatusCode"], "PreInService");
    site.lab.step(20.0);
    assert_eq!(site.ids("InService").len(), 0);
    site.lab.step(20.0);
    assert_eq!(site.ids("InService").len(), 3);
    let activities = site.activities();
    assert_eq!(activities[0]["StatusCode"], "Successful");
    assert_eq!(activities[0]["Progress"], 100);
    let cause = activities[0]["Cause"].as_str().unwrap();
    assert_eq!(
        cause,
        "At 2026-01-05T08:00:00Z a user request created an AutoScalingGroup changing the desired capacity from 0 to 3.  \
         At 2026-01-05T08:00:04Z an instance was started in response to a difference between desired and actual \
         capacity, increasing the capacity from 0 to 3."
    );
    site.lab.step(3600.0);
    assert_eq!(site.lab.account.due(), None, "nobody looks at a group that is as it should be");
}

#[test]
fn everything_at_once_if_told_so() {
    let mut site = Site::in_lab(crate::aws::testing::Lab::with(crate::aws::Settings::instant()));
    site.create(6, json!({}));
    site.lab.step(0.0);
    site.assert_spread(&[("a", 2), ("b", 2), ("c", 2)]);
    site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": 3 }));
    site.lab.step(0.0);
    assert_eq!(site.members().len(), 3);
    let dead = site.ids("InService").remove(0);
    site.lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [dead] }));
    site.lab.step(0.0);
    site.assert_spread(&[("a", 1), ("b", 1), ("c", 1)]);
    site.ok("DeleteAutoScalingGroup", json!({ "ForceDelete": true }));
    site.lab.step(0.0);
    assert!(site.group().is_null());
}

#[test]
fn six_over_three_zones_also_after_scale_in_and_healing() {
    let mut site = Site::with_group(6, json!({}));
    site.assert_spread(&[("a", 2), ("b", 2), ("c", 2)]);
    for (desired, expected) in [(9, 3), (6, 2), (3, 1), (6, 2)] {
        site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": desired }));
        site.lab.step(300.0);
        site.assert_spread(&[("a", expected), ("b", expected), ("c", expected)]);
    }
    for _ in 0..3 {
        let dead = site.ids("InService").remove(0);
        site.lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [dead] }));
        site.lab.step(300.0);
        site.assert_spread(&[("a", 2), ("b", 2), ("c", 2)]);
        assert!(!site.ids("InService").contains(&dead));
    }
}

#[test]
fn a_group_that_lost_two_of_a_zone_with_decrement_is_balanced_again() {
    let mut site = Site::with_group(6, json!({}));
    let of_a: Vec<String> = site
        .members()
        .iter()
        .filter(|member| member["AvailabilityZone"] == "eu-central-1a")
        .map(|member| member["InstanceId"].as_str().unwrap().to_owned())
        .collect();
    for id in of_a {
        let input = json!({ "InstanceId": id, "ShouldDecrementDesiredCapacity": true });
        site.lab.ok(AS, "TerminateInstanceInAutoScalingGroup", input);
    }
    site.lab.step(50.0);
    site.assert_spread(&[("b", 2), ("c", 2)]);
    let mut fewest = usize::MAX;
    for _ in 0..30 {
        site.lab.step(10.0);
        fewest = fewest.min(site.ids("InService").len());
    }
    let mut spread: Vec<usize> = site.spread().into_values().collect();
    spread.sort_unstable();
    assert_eq!(spread, [1, 1, 2]);
    assert_eq!(fewest, 4, "one is launched before one goes");
    let causes = site.causes().join("\n");
    assert!(causes.contains("An instance was launched to aid in balancing the group's zones."), "{causes}");
}

#[test]
fn new_zones_get_their_share() {
    let mut site = Site::new();
    let first = site.subnets[0].clone();
    site.create(6, json!({ "VPCZoneIdentifier": first }));
    site.lab.step(120.0);
    site.assert_spread(&[("a", 6)]);
    let all = site.subnets.join(",");
    site.ok("UpdateAutoScalingGroup", json!({ "VPCZoneIdentifier": all }));
    site.lab.step(1800.0);
    site.assert_spread(&[("a", 2), ("b", 2), ("c", 2)]);
    let last = site.subnets[2].clone();
    site.ok("UpdateAutoScalingGroup", json!({ "VPCZoneIdentifier": last }));
    site.lab.step(1800.0);
    site.assert_spread(&[("c", 6)]);
}

#[test]
fn rebalancing_can_be_suspended() {
    let mut site = Site::new();
    let first = site.subnets[0].clone();
    site.create(4, json!({ "VPCZoneIdentifier": first }));
    site.lab.step(120.0);
    site.ok("SuspendProcesses", json!({ "ScalingProcesses": ["AZRebalance"] }));
    let all = site.subnets.join(",");
    site.ok("UpdateAutoScalingGroup", json!({ "VPCZoneIdentifier": all }));
    site.lab.step(1800.0);
    site.assert_spread(&[("a", 4)]);
    site.ok("ResumeProcesses", json!({}));
    site.lab.step(1800.0);
    assert_eq!(site.spread().len(), 3);
}

#[test]
fn a_zone_without_capacity_is_made_up_for_and_balanced_later() {
    let mut site = Site::new();
    site.lab.account.settings.shortages = vec![Shortage::new("eu-central-1b", "t3.micro", 0)];
    site.create(6, json!({}));
    site.lab.step(200.0);
    site.assert_spread(&[("a", 3), ("c", 3)]);
    let activities = site.activities();
    let failed = activities.as_array().unwrap().iter().find(|activity| activity["StatusCode"] == "Failed").unwrap();
    let message = failed["StatusMessage"].as_str().unwrap();
    assert!(message.starts_with("We currently do not have sufficient t3.micro capacity"), "{message}");
    assert!(
        failed["Description"]
            .as_str()
            .unwrap()
            .starts_with("Launching a new EC2 instance.  Status Reason: We currently")
    );
    site.lab.account.settings.shortages.clear();
    site.lab.step(3600.0);
    site.assert_spread(&[("a", 2), ("b", 2), ("c", 2)]);
}

#[test]
fn without_any_capacity_the_group_keeps_trying_ever_more_slowly() {
    let mut site = Site::new();
    let none = |zone: &str| Shortage::new(zone, "t3.micro", 0);
    site.lab.account.settings.shortages = vec![none("eu-central-1a"), none("eu-central-1b"), none("eu-central-1c")];
    site.create(2, json!({}));
    site.lab.step(3600.0);
    let failed = site.activities().as_array().unwrap().len();
    assert!((12..=60).contains(&failed), "{failed}");
    assert_eq!(site.members().len(), 0);
    site.refused("DeleteAutoScalingGroup", json!({}), "ScalingActivityInProgress");
    site.lab.account.settings.shortages.clear();
    site.lab.step(400.0);
    assert_eq!(site.ids("InService").len(), 2);
    site.lab.account.settings.shortages = vec![none("eu-central-1a"), none("eu-central-1b"), none("eu-central-1c")];
    site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": 3 }));
    site.lab.step(25.0 * 3600.0);
    let suspended = site.group()["SuspendedProcesses"].clone();
    assert_eq!(suspended[0]["ProcessName"], "Launch", "a group that fails for a day is suspended");
}

#[test]
fn another_type_of_the_policy_is_taken_where_the_first_is_short() {
    let mut site = Site::new();
    site.lab.account.settings.shortages =
        vec![Shortage { instance_types: vec!["t3.small".to_owned()], ..Shortage::default() }];
    let policy = json!({
        "LaunchTemplate": {
            "LaunchTemplateSpecification": { "LaunchTemplateName": "web", "Version": "1" },
            "Overrides": [{ "InstanceType": "t3.small" }, { "InstanceType": "t3.micro" }],
        },
    });
    let mut input = site.group_input(3, &json!({ "MixedInstancesPolicy": policy }));
    input.as_object_mut().unwrap().remove("LaunchTemplate");
    site.lab.ok(AS, "CreateAutoScalingGroup", input);
    site.lab.step(120.0);
    assert!(site.members().iter().all(|member| member["InstanceType"] == "t3.micro"));
    site.assert_spread(&[("a", 1), ("b", 1), ("c", 1)]);
    let policy = &site.group()["MixedInstancesPolicy"];
    assert_eq!(policy["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"], 100);
}

#[test]
fn who_goes_first() {
    for (policy, expected) in [("OldestInstance", 0), ("NewestInstance", 2)] {
        let mut site = Site::with_group(1, json!({ "TerminationPolicies": [policy] }));
        for desired in [2, 3] {
            site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": desired }));
            site.lab.step(120.0);
        }
        let before = site.ids("InService");
        site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": 2 }));
        site.lab.step(120.0);
        let after = site.ids("InService");
        let gone = before.iter().position(|id| !after.contains(id));
        assert_eq!(gone, Some(expected), "{policy}");
    }
}

#[test]
fn the_oldest_version_goes_first_by_default() {
    let mut site = Site::with_group(3, json!({}));
    let version = site.new_version();
    site.ok("UpdateAutoScalingGroup", json!({ "LaunchTemplate": { "LaunchTemplateName": "web", "Version": version } }));
    site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": 6 }));
    site.lab.step(120.0);
    assert_eq!(site.versions().into_iter().collect::<Vec<_>>(), [("1".to_owned(), 3), ("2".to_owned(), 3)]);
    site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": 3 }));
    site.lab.step(300.0);
    assert_eq!(site.versions().into_iter().collect::<Vec<_>>(), [("2".to_owned(), 3)]);
    site.assert_spread(&[("a", 1), ("b", 1), ("c", 1)]);
}

#[test]
fn the_protected_stay() {
    let mut site = Site::with_group(3, json!({ "NewInstancesProtectedFromScaleIn": true }));
    site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": 1 }));
    site.lab.step(120.0);
    assert_eq!(site.ids("InService").len(), 3);
    let one = site.ids("InService").remove(1);
    site.ok("SetInstanceProtection", json!({ "InstanceIds": [one], "ProtectedFromScaleIn": false }));
    site.lab.step(120.0);
    assert_eq!(site.ids("InService").len(), 2);
    assert!(!site.ids("InService").contains(&one));
}

#[test]
fn launching_and_terminating_can_be_suspended() {
    let mut site = Site::with_group(2, json!({}));
    site.ok("SuspendProcesses", json!({ "ScalingProcesses": ["Launch", "Terminate"] }));
    assert_eq!(site.group()["SuspendedProcesses"].as_array().unwrap().len(), 2);
    site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": 4 }));
    site.lab.step(300.0);
    assert_eq!(site.members().len(), 2);
    site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": 1 }));
    site.lab.step(300.0);
    assert_eq!(site.members().len(), 2);
    site.ok("ResumeProcesses", json!({ "ScalingProcesses": ["Terminate"] }));
    site.lab.step(300.0);
    assert_eq!(site.members().len(), 1);
    site.refused("SuspendProcesses", json!({ "ScalingProcesses": ["Sleep"] }), "ValidationError");
}
