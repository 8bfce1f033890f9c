//! Groups with target groups.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use super::{AS, Site};
use crate::aws::testing::Lab;
use crate::workload::{Instances, Listens};

const ELB: &str = "elasticloadbalancing";

/// A network load balancer over the site's subnets, and the target group that it forwards to.
fn target_group(site: &mut Site) -> String {
    let subnets = site.lab.ok("ec2", "DescribeSubnets", json!({ "SubnetIds": [site.subnets[0]] }));
    let vpc = Lab::text(&subnets, "/Subnets/0/VpcId");
    let filter = json!({ "Filters": [{ "Name": "vpc-id", "Values": [vpc] }] });
    let security = Lab::text(&site.lab.ok("ec2", "DescribeSecurityGroups", filter), "/SecurityGroups/0/GroupId");
    let rule = json!({ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{ "CidrIp": "10.0.0.0/16" }] });
    let input = json!({ "GroupId": security, "IpPermissions": [rule] });
    site.lab.ok("ec2", "AuthorizeSecurityGroupIngress", input);
    let input = json!({ "Name": "web", "Protocol": "TCP", "Port": 80, "VpcId": vpc });
    let group = Lab::text(&site.lab.ok(ELB, "CreateTargetGroup", input), "/TargetGroups/0/TargetGroupArn");
    let input = json!({ "Name": "web", "Type": "network", "Scheme": "internal", "Subnets": site.subnets });
    let balancer = Lab::text(&site.lab.ok(ELB, "CreateLoadBalancer", input), "/LoadBalancers/0/LoadBalancerArn");
    let actions = json!([{ "Type": "forward", "TargetGroupArn": group }]);
    let input = json!({ "LoadBalancerArn": balancer, "Protocol": "TCP", "Port": 80, "DefaultActions": actions });
    site.lab.ok(ELB, "CreateListener", input);
    let attributes = json!([{ "Key": "deregistration_delay.timeout_seconds", "Value": "60" }]);
    site.lab.ok(ELB, "ModifyTargetGroupAttributes", json!({ "TargetGroupArn": group, "Attributes": attributes }));
    site.lab.step(600.0);
    group
}

fn listen(site: &mut Site) {
    site.lab.account.settings.workload.listens = vec![Listens::default()];
    site.lab.account.settle();
}

/// How many targets are in each state.
fn targets(site: &mut Site, group: &str, state: &str) -> usize {
    let answer = site.lab.ok(ELB, "DescribeTargetHealth", json!({ "TargetGroupArn": group }));
    let targets = answer["TargetHealthDescriptions"].as_array().unwrap();
    targets.iter().filter(|target| target["TargetHealth"]["State"] == state).count()
}

fn attachment(site: &mut Site) -> Value {
    site.ok("DescribeTrafficSources", json!({}))["TrafficSources"].clone()
}

#[test]
fn members_are_registered_drained_and_deregistered() {
    let mut site = Site::new();
    listen(&mut site);
    let group = target_group(&mut site);
    site.create(3, json!({ "TargetGroupARNs": [group] }));
    assert_eq!(attachment(&mut site)[0]["State"], "InService");
    site.lab.step(400.0);
    assert_eq!(targets(&mut site, &group, "healthy"), 3);
    site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": 2 }));
    site.lab.step(30.0);
    assert_eq!((site.ids("Terminating").len(), targets(&mut site, &group, "draining")), (1, 1));
    assert_eq!(site.activities()[0]["StatusCode"], "WaitingForELBConnectionDraining");
    let id = site.ids("Terminating").remove(0);
    assert_eq!(
        site.lab.account.region("eu-central-1").ec2.instances[&id].state,
        crate::aws::ec2::InstanceState::Running
    );
    site.lab.step(200.0);
    assert_eq!((site.members().len(), targets(&mut site, &group, "healthy")), (2, 2));
    assert_eq!(targets(&mut site, &group, "draining"), 0);
}

#[test]
fn target_groups_come_and_go() {
    let mut site = Site::with_group(2, json!({}));
    listen(&mut site);
    let group = target_group(&mut site);
    site.ok("AttachTrafficSources", json!({ "TrafficSources": [{ "Identifier": group, "Type": "elbv2" }] }));
    assert_eq!(attachment(&mut site)[0]["State"], "Adding");
    site.lab.step(10.0);
    assert_eq!(attachment(&mut site)[0]["State"], "Added");
    site.lab.step(400.0);
    assert_eq!(attachment(&mut site)[0]["State"], "InService");
    assert_eq!(site.group()["TargetGroupARNs"], json!([group]));
    site.ok("DetachLoadBalancerTargetGroups", json!({ "TargetGroupARNs": [group] }));
    assert_eq!(attachment(&mut site)[0]["State"], "Removing");
    assert_eq!(targets(&mut site, &group, "draining"), 2);
    site.lab.step(120.0);
    assert_eq!(attachment(&mut site), json!([]));
    assert_eq!(site.ids("InService").len(), 2);
    let said = site.refused("DetachLoadBalancerTargetGroups", json!({ "TargetGroupARNs": [group] }), "ValidationError");
    assert_eq!(said, "Trying to remove Target Groups that are not part of the group");
    let unknown = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/x/0123456789abcdef";
    site.refused("AttachLoadBalancerTargetGroups", json!({ "TargetGroupARNs": [unknown] }), "ValidationError");
    let classic = json!({ "TrafficSources": [{ "Identifier": "classic", "Type": "elb" }] });
    site.refused("AttachTrafficSources", classic, "ValidationError");
    let input = site.group_input(1, &json!({ "AutoScalingGroupName": "other", "TargetGroupARNs": [unknown] }));
    site.lab.refused(AS, "CreateAutoScalingGroup", input, "ValidationError");
}

#[test]
fn who_fails_the_load_balancers_checks_is_replaced_after_the_grace_period() {
    let mut site = Site::new();
    let group = target_group(&mut site);
    let more = json!({ "TargetGroupARNs": [group], "HealthCheckType": "ELB", "HealthCheckGracePeriod": 300 });
    site.create(2, more);
    site.lab.step(300.0);
    let first = site.ids("InService");
    assert_eq!((first.len(), targets(&mut site, &group, "unhealthy")), (2, 2));
    site.lab.step(300.0);
    assert!(!site.ids("InService").iter().any(|id| first.contains(id)), "they are replaced");
    let causes = site.causes().join("\n");
    assert!(causes.contains("in response to an ELB system health check failure."), "{causes}");
    listen(&mut site);
    site.lab.step(1200.0);
    let now = site.ids("InService");
    site.lab.step(3600.0);
    assert_eq!(site.ids("InService"), now);
}

#[test]
fn a_refresh_waits_for_the_load_balancers_checks_and_turns_back_without_them() {
    let mut site = Site::new();
    listen(&mut site);
    let group = target_group(&mut site);
    let more = json!({ "TargetGroupARNs": [group], "HealthCheckType": "ELB", "HealthCheckGracePeriod": 120 });
    site.create(6, more);
    site.lab.step(600.0);
    let old = site.ids("InService");
    let only_old = Listens { instances: Instances::Ids(old.clone()), ..Listens::default() };
    site.lab.account.settings.workload.listens = vec![only_old];
    let version = site.new_version();
    let desired = json!({ "LaunchTemplate": { "LaunchTemplateName": "web", "Version": version } });
    let preferences = json!({ "MinHealthyPercentage": 66, "InstanceWarmup": 0, "AutoRollback": true });
    site.ok("StartInstanceRefresh", json!({ "DesiredConfiguration": desired, "Preferences": preferences }));
    for _ in 0..100 {
        site.lab.step(30.0);
        let serving = site.ids("InService");
        assert!(serving.iter().filter(|id| old.contains(id)).count() >= 4, "two at a time, healthy first");
    }
    site.lab.step(1200.0);
    let status = site.ok("DescribeInstanceRefreshes", json!({}))["InstanceRefreshes"][0]["Status"].clone();
    assert_eq!(status, "RollbackInProgress", "nothing new gets healthy");
    listen(&mut site);
    site.lab.step(1200.0);
    let status = site.ok("DescribeInstanceRefreshes", json!({}))["InstanceRefreshes"][0]["Status"].clone();
    assert_eq!(status, "RollbackSuccessful");
    assert_eq!(site.versions().into_iter().collect::<Vec<_>>(), [("1".to_owned(), 6)]);
}
