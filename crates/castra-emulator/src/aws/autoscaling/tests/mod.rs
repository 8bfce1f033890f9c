//! Groups in the lab, in a network of three zones.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod capacity;
mod groups;
mod health;
mod hooks;
mod members;
mod policies;
mod refresh;
mod schedules;
mod targets;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::aws::testing::{Lab, REGION};

const AS: &str = "autoscaling";

/// A lab with a network, a launch template `web` and, if it is to have any, a group `web` of so many.
struct Site {
    lab: Lab,
    subnets: Vec<String>,
}

/// The current Amazon Linux image.
fn image() -> String {
    crate::aws::ec2::public_parameter(REGION, "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")
        .unwrap()
}

impl Site {
    fn new() -> Self {
        Self::in_lab(Lab::new())
    }

    fn in_lab(mut lab: Lab) -> Self {
        let vpc = lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" }));
        let vpc = Lab::text(&vpc, "/Vpc/VpcId");
        let subnet = |(index, zone): (usize, &str)| {
            let input = json!({
                "VpcId": vpc,
                "CidrBlock": format!("10.0.{index}.0/24"),
                "AvailabilityZone": format!("{REGION}{zone}"),
            });
            Lab::text(&lab.ok("ec2", "CreateSubnet", input), "/Subnet/SubnetId")
        };
        let subnets = ["a", "b", "c"].into_iter().enumerate().map(subnet).collect();
        let mut site = Self { lab, subnets };
        site.lab.ok(
            "ec2",
            "CreateLaunchTemplate",
            json!({
                "LaunchTemplateName": "web",
                "LaunchTemplateData": { "ImageId": image(), "InstanceType": "t3.micro" },
            }),
        );
        site
    }

    /// With a group of so many, in service.
    fn with_group(desired: i64, more: Value) -> Self {
        let mut site = Self::new();
        site.create(desired, more);
        site.lab.step(120.0);
        site
    }

    /// The parameters of a group of so many.
    fn group_input(&self, desired: i64, more: &Value) -> Value {
        let mut input = json!({
            "AutoScalingGroupName": "web",
            "MinSize": 0,
            "MaxSize": 12,
            "DesiredCapacity": desired,
            "VPCZoneIdentifier": self.subnets.join(","),
            "LaunchTemplate": { "LaunchTemplateName": "web", "Version": "1" },
        });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    }

    fn create(&mut self, desired: i64, more: Value) {
        let input = self.group_input(desired, &more);
        self.lab.ok(AS, "CreateAutoScalingGroup", input);
    }

    fn ok(&mut self, operation: &str, more: Value) -> Value {
        let mut input = json!({ "AutoScalingGroupName": "web" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.lab.ok(AS, operation, input)
    }

    #[track_caller]
    fn refused(&mut self, operation: &str, more: Value, code: &str) -> String {
        let mut input = json!({ "AutoScalingGroupName": "web" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.lab.refused(AS, operation, input, code)
    }

    /// The group as it is described.
    fn group(&mut self) -> Value {
        let answer = self.lab.ok(AS, "DescribeAutoScalingGroups", json!({ "AutoScalingGroupNames": ["web"] }));
        answer["AutoScalingGroups"][0].clone()
    }

    fn members(&mut self) -> Vec<Value> {
        self.group()["Instances"].as_array().cloned().unwrap_or_default()
    }

    /// Ids of members in that state.
    fn ids(&mut self, state: &str) -> Vec<String> {
        let members = self.members();
        let in_state = members.iter().filter(|member| member["LifecycleState"] == state);
        in_state.map(|member| member["InstanceId"].as_str().unwrap().to_owned()).collect()
    }

    /// How many members in service each zone has, by its letter.
    fn spread(&mut self) -> BTreeMap<String, usize> {
        let mut spread = BTreeMap::new();
        for member in self.members().iter().filter(|member| member["LifecycleState"] == "InService") {
            let zone = member["AvailabilityZone"].as_str().unwrap().trim_start_matches(REGION);
            *spread.entry(zone.to_owned()).or_default() += 1;
        }
        spread
    }

    #[track_caller]
    fn assert_spread(&mut self, expected: &[(&str, usize)]) {
        let expected: BTreeMap<String, usize> =
            expected.iter().map(|(zone, count)| ((*zone).to_owned(), *count)).collect();
        assert_eq!(self.spread(), expected, "{:#}", self.activities());
    }

    /// Activities, the latest first: status and cause.
    fn activities(&mut self) -> Value {
        self.ok("DescribeScalingActivities", json!({}))["Activities"].clone()
    }

    fn causes(&mut self) -> Vec<String> {
        let activities = self.activities();
        activities.as_array().unwrap().iter().map(|activity| activity["Cause"].as_str().unwrap().to_owned()).collect()
    }

    /// A new version of the launch template.
    fn new_version(&mut self) -> String {
        let data = json!({ "ImageId": image(), "InstanceType": "t3.small" });
        let input = json!({ "LaunchTemplateName": "web", "LaunchTemplateData": data });
        let answer = self.lab.ok("ec2", "CreateLaunchTemplateVersion", input);
        answer["LaunchTemplateVersion"]["VersionNumber"].to_string()
    }

    /// How many members in service each version of the template has.
    fn versions(&mut self) -> BTreeMap<String, usize> {
        let mut versions = BTreeMap::new();
        for member in self.members().iter().filter(|member| member["LifecycleState"] == "InService") {
            *versions.entry(member["LaunchTemplate"]["Version"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        versions
    }
}
