//! Load balancing, as a client sees it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod attributes;
mod listeners;
mod load_balancers;
mod nodes;
mod other_targets;
mod rules;
mod tags;
mod target_groups;
mod targets;

use serde_json::{Value, json};

use crate::aws::testing::Lab;

/// The name of the service in signatures.
pub(super) const ELB: &str = "elasticloadbalancing";

/// The VPC and subnets that an account has from the start, by zone.
pub(super) fn network(lab: &mut Lab) -> (String, Vec<String>) {
    let answer = lab.ok("ec2", "DescribeSubnets", json!({}));
    let mut subnets: Vec<(String, String, String)> = answer["Subnets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (Lab::text(it, "/AvailabilityZone"), Lab::text(it, "/SubnetId"), Lab::text(it, "/VpcId")))
        .collect();
    subnets.sort();
    (subnets[0].2.clone(), subnets.into_iter().map(|(_, subnet, _)| subnet).collect())
}

/// A load balancer over all zones; its ARN.
pub(super) fn balancer(lab: &mut Lab, name: &str, kind: &str) -> String {
    let (_, subnets) = network(lab);
    let input = json!({ "Name": name, "Type": kind, "Subnets": subnets });
    Lab::text(&lab.ok(ELB, "CreateLoadBalancer", input), "/LoadBalancers/0/LoadBalancerArn")
}

/// A target group of instances; its ARN.
pub(super) fn group(lab: &mut Lab, name: &str, protocol: &str) -> String {
    let (vpc, _) = network(lab);
    let input = json!({ "Name": name, "Protocol": protocol, "Port": 80, "VpcId": vpc });
    Lab::text(&lab.ok(ELB, "CreateTargetGroup", input), "/TargetGroups/0/TargetGroupArn")
}

/// What a listener is created from that forwards to a target group.
pub(super) fn listener_input(balancer: &str, protocol: &str, port: i64, group: &str) -> Value {
    json!({
        "LoadBalancerArn": balancer,
        "Protocol": protocol,
        "Port": port,
        "DefaultActions": [{ "Type": "forward", "TargetGroupArn": group }],
    })
}

/// A listener on port 80 that forwards to a target group; its ARN.
pub(super) fn listener(lab: &mut Lab, balancer: &str, protocol: &str, group: &str) -> String {
    let input = listener_input(balancer, protocol, 80, group);
    Lab::text(&lab.ok(ELB, "CreateListener", input), "/Listeners/0/ListenerArn")
}
