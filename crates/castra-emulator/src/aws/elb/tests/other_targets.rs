use serde_json::json;

use super::targets::{health, instance, open, web};
use super::{ELB, balancer, group, listener, listener_input, network};
use crate::aws::elb::{self, Health};
use crate::aws::testing::{Lab, REGION};

#[test]
fn addresses_are_targets_too() {
    let mut lab = Lab::new();
    open(&mut lab, true);
    web(&mut lab, 0.0);
    let (vpc, _) = network(&mut lab);
    let input = json!({ "Name": "ip", "Protocol": "HTTP", "Port": 80, "VpcId": vpc, "TargetType": "ip" });
    let to = Lab::text(&lab.ok(ELB, "CreateTargetGroup", input), "/TargetGroups/0/TargetGroupArn");
    let balancer = balancer(&mut lab, "web", "application");
    listener(&mut lab, &balancer, "HTTP", &to);
    let id = instance(&mut lab);
    let answer = lab.ok("ec2", "DescribeInstances", json!({ "InstanceIds": [id] }));
    let address = Lab::text(&answer, "/Reservations/0/Instances/0/PrivateIpAddress");
    let register = |address: &str, zone: Option<&str>| {
        let mut target = json!({ "Id": address });
        if let Some(zone) = zone {
            target["AvailabilityZone"] = json!(zone);
        }
        json!({ "TargetGroupArn": to, "Targets": [target] })
    };
    lab.refused(ELB, "RegisterTargets", register("8.8.8.8", None), "ValidationError");
    lab.refused(ELB, "RegisterTargets", register("10.1.2.3", None), "ValidationError");
    lab.refused(ELB, "RegisterTargets", register("here", None), "ValidationError");
    lab.ok(ELB, "RegisterTargets", register(&address, None));
    lab.ok(ELB, "RegisterTargets", register("10.1.2.3", Some("all")));
    lab.step(300.0);
    assert_eq!(health(&mut lab, &to, &address).0, "healthy");
    assert_eq!(health(&mut lab, &to, "10.1.2.3").1, "Target.Timeout");
    let answer = lab.ok(ELB, "DescribeTargetHealth", json!({ "TargetGroupArn": to }));
    let zones: Vec<_> = answer["TargetHealthDescriptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| Lab::text(it, "/Target/AvailabilityZone"))
        .collect();
    assert_eq!(zones, ["all", "eu-central-1a"]);
}

#[test]
fn an_application_load_balancer_is_a_target_where_it_listens() {
    let mut lab = Lab::new();
    let (vpc, _) = network(&mut lab);
    let (web, net) = (balancer(&mut lab, "web", "application"), balancer(&mut lab, "net", "network"));
    let input = json!({ "Name": "alb", "Protocol": "TCP", "Port": 80, "VpcId": vpc, "TargetType": "alb" });
    let to = Lab::text(&lab.ok(ELB, "CreateTargetGroup", input), "/TargetGroups/0/TargetGroupArn");
    listener(&mut lab, &net, "TCP", &to);
    let input = json!({ "TargetGroupArn": to, "Targets": [{ "Id": web }] });
    lab.refused(ELB, "RegisterTargets", input.clone(), "InvalidTarget");
    let http = group(&mut lab, "http", "HTTP");
    lab.ok(ELB, "CreateListener", listener_input(&web, "HTTP", 80, &http));
    lab.ok(ELB, "RegisterTargets", input);
    lab.step(600.0);
    assert_eq!(health(&mut lab, &to, &web).0, "healthy");
}

#[test]
fn services_register_and_deregister_too() {
    let mut lab = Lab::new();
    open(&mut lab, true);
    web(&mut lab, 0.0);
    let (balancer, to) = (balancer(&mut lab, "web", "application"), group(&mut lab, "web", "HTTP"));
    listener(&mut lab, &balancer, "HTTP", &to);
    lab.step(300.0);
    let id = instance(&mut lab);
    let now = |lab: &mut Lab| elb::health(&mut lab.account, REGION, &to, &id);
    assert_eq!(now(&mut lab), Health::Unused);
    elb::register(&mut lab.account, REGION, &to, &id).unwrap();
    assert_eq!(now(&mut lab), Health::Initial);
    lab.step(60.0);
    assert_eq!(now(&mut lab), Health::Healthy);
    elb::register(&mut lab.account, REGION, &to, &id).unwrap();
    assert_eq!(now(&mut lab), Health::Healthy);
    assert_eq!(elb::deregister(&mut lab.account, REGION, &to, &id).as_secs(), 300);
    assert_eq!(now(&mut lab), Health::Draining);
    lab.step(301.0);
    assert_eq!(now(&mut lab), Health::Unused);
    assert!(elb::deregister(&mut lab.account, REGION, &to, &id).is_zero());
    let error = elb::register(&mut lab.account, REGION, &to, "i-0123456789abcdef0").unwrap_err();
    assert_eq!(error.code, "InvalidTarget");
    assert!(elb::target_group_exists(&mut lab.account, REGION, &to));
}
