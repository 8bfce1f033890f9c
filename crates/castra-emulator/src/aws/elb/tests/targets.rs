use serde_json::{Value, json};

use super::{ELB, balancer, group, listener, network};
use crate::aws::testing::Lab;
use crate::workload::{Instances, Listens, Ports};
use crate::{Seconds, Workload};

/// An instance that runs, in the first zone; its id.
pub(super) fn instance(lab: &mut Lab) -> String {
    let (_, subnets) = network(lab);
    let images = json!({ "Owners": ["amazon"], "Filters": [{ "Name": "architecture", "Values": ["x86_64"] }] });
    let image = Lab::text(&lab.ok("ec2", "DescribeImages", images), "/Images/0/ImageId");
    let input = json!({
        "ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "SubnetId": subnets[0],
    });
    let id = Lab::text(&lab.ok("ec2", "RunInstances", input), "/Instances/0/InstanceId");
    lab.step(60.0);
    id
}

/// Everything listens on port 80, so long after it runs.
pub(super) fn web(lab: &mut Lab, after: f64) {
    let rule = Listens {
        instances: Instances::All,
        ports: Ports::These(vec![80]),
        after: Seconds(after),
        ..Listens::default()
    };
    lab.account.settings.workload = Workload::default();
    lab.account.settings.workload.listens.push(rule);
    lab.account.settle();
}

/// Everyone may reach port 80 of what is in the default group; or nobody any more.
pub(super) fn open(lab: &mut Lab, open: bool) {
    let groups = lab.ok("ec2", "DescribeSecurityGroups", json!({}));
    let input = json!({
        "GroupId": groups["SecurityGroups"][0]["GroupId"],
        "IpPermissions": [{
            "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{ "CidrIp": "172.31.0.0/16" }],
        }],
    });
    let operation = if open { "AuthorizeSecurityGroupIngress" } else { "RevokeSecurityGroupIngress" };
    lab.ok("ec2", operation, input);
}

fn targets(group: &str, id: &str) -> Value {
    json!({ "TargetGroupArn": group, "Targets": [{ "Id": id }] })
}

/// State and reason of a target.
pub(super) fn health(lab: &mut Lab, group: &str, id: &str) -> (String, String) {
    let answer = lab.ok(ELB, "DescribeTargetHealth", targets(group, id));
    let health = answer["TargetHealthDescriptions"][0]["TargetHealth"].clone();
    (Lab::text(&health, "/State"), health["Reason"].as_str().unwrap_or_default().to_owned())
}

fn pair(state: &str, reason: &str) -> (String, String) {
    (state.to_owned(), reason.to_owned())
}

/// A load balancer of that kind that has been set up, with a listener and a target group; ARNs of balancer and group.
fn served(lab: &mut Lab, kind: &str, protocol: &str) -> (String, String) {
    let balancer = balancer(lab, "web", kind);
    let to = group(lab, "web", protocol);
    listener(lab, &balancer, protocol, &to);
    lab.step(300.0);
    (balancer, to)
}

#[test]
fn only_what_runs_in_the_vpc_can_be_one() {
    let mut lab = Lab::new();
    let to = group(&mut lab, "web", "HTTP");
    let message = lab.refused(ELB, "RegisterTargets", targets(&to, "10.0.0.1"), "ValidationError");
    assert_eq!(message, "Instance ID '10.0.0.1' is not valid");
    lab.refused(ELB, "RegisterTargets", targets(&to, "i-0123456789abcdef0"), "InvalidTarget");
    let id = instance(&mut lab);
    let vpc = Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId");
    let input = json!({ "Name": "other", "Protocol": "HTTP", "Port": 80, "VpcId": vpc });
    let other = Lab::text(&lab.ok(ELB, "CreateTargetGroup", input), "/TargetGroups/0/TargetGroupArn");
    let message = lab.refused(ELB, "RegisterTargets", targets(&other, &id), "InvalidTarget");
    assert_eq!(message, format!("The following targets are not in the target group VPC '{vpc}': '{id}'"));
    lab.ok("ec2", "StopInstances", json!({ "InstanceIds": [id] }));
    let message = lab.refused(ELB, "RegisterTargets", targets(&to, &id), "InvalidTarget");
    assert_eq!(message, format!("The following targets are not in a running state and cannot be registered: '{id}'"));
}

#[test]
fn it_is_unused_until_a_listener_uses_its_group() {
    let mut lab = Lab::new();
    let (id, to) = (instance(&mut lab), group(&mut lab, "web", "HTTP"));
    assert_eq!(health(&mut lab, &to, &id), pair("unused", "Target.NotRegistered"));
    lab.ok(ELB, "RegisterTargets", targets(&to, &id));
    assert_eq!(health(&mut lab, &to, &id), pair("unused", "Target.NotInUse"));
    let balancer = balancer(&mut lab, "web", "application");
    listener(&mut lab, &balancer, "HTTP", &to);
    assert_eq!(health(&mut lab, &to, &id), pair("initial", "Elb.RegistrationInProgress"));
    lab.step(160.0);
    assert_eq!(health(&mut lab, &to, &id), pair("initial", "Elb.InitialHealthChecking"));
}

#[test]
fn nothing_listens_unless_it_is_said() {
    let mut lab = Lab::new();
    open(&mut lab, true);
    let (_, to) = served(&mut lab, "application", "HTTP");
    let id = instance(&mut lab);
    lab.ok(ELB, "RegisterTargets", targets(&to, &id));
    lab.step(600.0);
    assert_eq!(health(&mut lab, &to, &id), pair("unhealthy", "Target.FailedHealthChecks"));
    web(&mut lab, 0.0);
    lab.step(140.0);
    assert_eq!(health(&mut lab, &to, &id).0, "unhealthy");
    lab.step(20.0);
    assert_eq!(health(&mut lab, &to, &id), pair("healthy", ""));
}

#[test]
fn one_good_check_makes_a_new_one_healthy() {
    let mut lab = Lab::new();
    open(&mut lab, true);
    web(&mut lab, 0.0);
    let (_, to) = served(&mut lab, "application", "HTTP");
    let id = instance(&mut lab);
    lab.ok(ELB, "RegisterTargets", targets(&to, &id));
    lab.step(34.0);
    assert_eq!(health(&mut lab, &to, &id).0, "initial");
    lab.step(2.0);
    assert_eq!(health(&mut lab, &to, &id).0, "healthy");
}

#[test]
fn network_load_balancers_take_longer() {
    let mut lab = Lab::new();
    open(&mut lab, true);
    web(&mut lab, 0.0);
    let (_, to) = served(&mut lab, "network", "TCP");
    let id = instance(&mut lab);
    lab.ok(ELB, "RegisterTargets", targets(&to, &id));
    lab.step(119.0);
    assert_eq!(health(&mut lab, &to, &id), pair("initial", "Elb.RegistrationInProgress"));
    lab.step(150.0);
    assert_eq!(health(&mut lab, &to, &id), pair("initial", "Elb.InitialHealthChecking"));
    lab.step(2.0);
    assert_eq!(health(&mut lab, &to, &id).0, "healthy");
}

#[test]
fn security_groups_count() {
    let mut lab = Lab::new();
    web(&mut lab, 0.0);
    let (_, to) = served(&mut lab, "network", "TCP");
    let id = instance(&mut lab);
    lab.ok(ELB, "RegisterTargets", targets(&to, &id));
    lab.step(600.0);
    assert_eq!(health(&mut lab, &to, &id), pair("unhealthy", "Target.FailedHealthChecks"));
    open(&mut lab, true);
    lab.step(151.0);
    assert_eq!(health(&mut lab, &to, &id).0, "healthy");
    open(&mut lab, false);
    lab.step(59.0);
    assert_eq!(health(&mut lab, &to, &id).0, "healthy");
    lab.step(2.0);
    assert_eq!(health(&mut lab, &to, &id).0, "unhealthy");
}

#[test]
fn a_workload_takes_its_time() {
    let mut lab = Lab::new();
    open(&mut lab, true);
    web(&mut lab, 1000.0);
    let (_, to) = served(&mut lab, "application", "HTTP");
    let id = instance(&mut lab);
    lab.ok(ELB, "RegisterTargets", targets(&to, &id));
    lab.step(600.0);
    assert_eq!(health(&mut lab, &to, &id).0, "unhealthy");
    // It ran 45 s before it was registered; then five good checks, 30 s apart.
    lab.step(355.0 + 149.0);
    assert_eq!(health(&mut lab, &to, &id).0, "unhealthy");
    lab.step(3.0);
    assert_eq!(health(&mut lab, &to, &id).0, "healthy");
}

#[test]
fn stopped_and_terminated_ones_are_unused() {
    let mut lab = Lab::new();
    open(&mut lab, true);
    web(&mut lab, 0.0);
    let (_, to) = served(&mut lab, "application", "HTTP");
    let id = instance(&mut lab);
    lab.ok(ELB, "RegisterTargets", targets(&to, &id));
    lab.step(60.0);
    assert_eq!(health(&mut lab, &to, &id).0, "healthy");
    lab.ok("ec2", "StopInstances", json!({ "InstanceIds": [id] }));
    assert_eq!(health(&mut lab, &to, &id), pair("unused", "Target.InvalidState"));
    lab.step(600.0);
    lab.ok("ec2", "StartInstances", json!({ "InstanceIds": [id] }));
    lab.step(120.0);
    assert_eq!(health(&mut lab, &to, &id).0, "healthy");
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    assert_eq!(health(&mut lab, &to, &id), pair("unused", "Target.InvalidState"));
    lab.step(301.0);
    assert_eq!(health(&mut lab, &to, &id), pair("unused", "Target.NotRegistered"));
}

#[test]
fn it_drains() {
    let mut lab = Lab::new();
    open(&mut lab, true);
    web(&mut lab, 0.0);
    let (_, to) = served(&mut lab, "application", "HTTP");
    let id = instance(&mut lab);
    lab.ok(ELB, "RegisterTargets", targets(&to, &id));
    lab.step(60.0);
    lab.ok(ELB, "DeregisterTargets", targets(&to, &id));
    assert_eq!(health(&mut lab, &to, &id), pair("draining", "Target.DeregistrationInProgress"));
    lab.step(299.0);
    assert_eq!(health(&mut lab, &to, &id).0, "draining");
    lab.step(2.0);
    assert_eq!(health(&mut lab, &to, &id), pair("unused", "Target.NotRegistered"));
    // Of one that isn't there it says nothing.
    lab.ok(ELB, "DeregisterTargets", targets(&to, &id));
}

#[test]
fn its_zone_must_be_enabled() {
    let mut lab = Lab::new();
    let (web, to) = served(&mut lab, "application", "HTTP");
    let id = instance(&mut lab);
    lab.ok(ELB, "RegisterTargets", targets(&to, &id));
    let (_, subnets) = network(&mut lab);
    lab.ok(ELB, "SetSubnets", json!({ "LoadBalancerArn": web, "Subnets": subnets[1..] }));
    assert_eq!(health(&mut lab, &to, &id), pair("unused", "Target.NotInUse"));
    let answer = lab.ok(ELB, "DescribeTargetHealth", json!({ "TargetGroupArn": to }));
    assert_eq!(
        answer["TargetHealthDescriptions"][0]["TargetHealth"]["Description"],
        "Target is in an Availability Zone that is not enabled for the load balancer"
    );
}

#[test]
fn answers_that_are_not_good() {
    let mut lab = Lab::new();
    open(&mut lab, true);
    web(&mut lab, 0.0);
    lab.account.settings.workload.listens[0].status = 503;
    let (_, to) = served(&mut lab, "application", "HTTP");
    let id = instance(&mut lab);
    lab.ok(ELB, "RegisterTargets", targets(&to, &id));
    lab.step(120.0);
    let answer = lab.ok(ELB, "DescribeTargetHealth", targets(&to, &id));
    assert_eq!(
        answer["TargetHealthDescriptions"][0]["TargetHealth"],
        json!({
            "State": "unhealthy",
            "Reason": "Target.ResponseCodeMismatch",
            "Description": "Health checks failed with these codes: [503]",
        })
    );
}
