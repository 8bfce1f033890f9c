use serde_json::{Value, json};

use super::{ELB, balancer, group, listener, network};
use crate::aws::testing::Lab;

#[test]
fn health_checks_have_defaults_by_protocol() {
    let mut lab = Lab::new();
    let http = group(&mut lab, "http", "HTTP");
    let tcp = group(&mut lab, "tcp", "TCP");
    let answer = lab.ok(ELB, "DescribeTargetGroups", json!({ "TargetGroupArns": [http] }));
    let shown = &answer["TargetGroups"][0];
    for (member, value) in [
        ("HealthCheckProtocol", json!("HTTP")),
        ("HealthCheckPort", json!("traffic-port")),
        ("HealthCheckPath", json!("/")),
        ("HealthCheckIntervalSeconds", json!(30)),
        ("HealthCheckTimeoutSeconds", json!(5)),
        ("HealthyThresholdCount", json!(5)),
        ("UnhealthyThresholdCount", json!(2)),
        ("Matcher", json!({ "HttpCode": "200" })),
        ("ProtocolVersion", json!("HTTP1")),
        ("TargetType", json!("instance")),
        ("LoadBalancerArns", json!([])),
    ] {
        assert_eq!(shown[member], value, "{member}");
    }
    let answer = lab.ok(ELB, "DescribeTargetGroups", json!({ "Names": ["tcp"] }));
    let shown = &answer["TargetGroups"][0];
    assert_eq!(shown["TargetGroupArn"], json!(tcp));
    assert_eq!(shown["HealthCheckProtocol"], "TCP");
    assert_eq!(shown["HealthCheckTimeoutSeconds"], 10);
    assert!(shown.get("Matcher").is_none() && shown.get("HealthCheckPath").is_none());
}

#[test]
fn the_same_again_finds_it_and_other_settings_are_refused() {
    let mut lab = Lab::new();
    let (vpc, _) = network(&mut lab);
    let first = group(&mut lab, "web", "HTTP");
    assert_eq!(group(&mut lab, "web", "HTTP"), first);
    let other = json!({ "Name": "web", "Protocol": "HTTP", "Port": 81, "VpcId": vpc });
    let message = lab.refused(ELB, "CreateTargetGroup", other, "DuplicateTargetGroupName");
    assert_eq!(message, "A target group with the same name 'web' exists, but with different settings");
}

#[test]
fn what_it_can_not_be_made_from() {
    let mut lab = Lab::new();
    let (vpc, _) = network(&mut lab);
    let mut refused = |changes: Value, code: &str, message: &str| {
        let mut input = json!({ "Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": vpc });
        for (member, value) in changes.as_object().unwrap() {
            if value.is_null() {
                input.as_object_mut().unwrap().remove(member);
            } else {
                input[member] = value.clone();
            }
        }
        assert_eq!(lab.refused(ELB, "CreateTargetGroup", input, code), message);
    };
    let invalid = "ValidationError";
    refused(json!({ "Name": "-web" }), invalid, "Target group name '-web' cannot begin or end with '-'");
    refused(
        json!({ "Name": "web_1" }),
        invalid,
        "Target group name 'web_1' can only contain characters that are alphanumeric characters or hyphens(-)",
    );
    refused(json!({ "Protocol": null }), invalid, "A protocol must be specified");
    refused(json!({ "Port": null }), invalid, "A port must be specified");
    refused(json!({ "VpcId": null }), invalid, "A VPC ID must be specified");
    refused(json!({ "VpcId": "vpc-0123" }), invalid, "The VPC ID 'vpc-0123' is not found");
    refused(
        json!({ "HealthCheckProtocol": "TCP" }),
        invalid,
        "Health check protocol 'TCP' not supported for target groups with the HTTP protocol. Must be one of the \
         following values '[HTTP, HTTPS]'.",
    );
    refused(
        json!({ "HealthCheckIntervalSeconds": 5, "HealthCheckTimeoutSeconds": 5 }),
        invalid,
        "Health check timeout '5' must be smaller than the interval '5'",
    );
    refused(json!({ "HealthCheckPath": "x" }), invalid, "Health check path 'x' must begin with a '/' character");
    refused(
        json!({ "Matcher": { "HttpCode": "500" } }),
        invalid,
        "Health check matcher code '500' must be within '200-499' inclusive",
    );
    refused(
        json!({ "HealthCheckEnabled": false }),
        "InvalidConfigurationRequest",
        "Health check enabled must be true with groups with target type \"instance\"",
    );
    refused(
        json!({ "Protocol": "TCP", "Matcher": { "HttpCode": "200" } }),
        invalid,
        "Health check matcher cannot be specified for health checks with the TCP protocol",
    );
}

#[test]
fn network_groups_check_by_http_too() {
    let mut lab = Lab::new();
    let (vpc, _) = network(&mut lab);
    let input = json!({
        "Name": "web", "Protocol": "TCP", "Port": 80, "VpcId": vpc,
        "HealthCheckProtocol": "HTTP", "HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 10,
    });
    let answer = lab.ok(ELB, "CreateTargetGroup", input);
    let shown = &answer["TargetGroups"][0];
    assert_eq!(shown["Matcher"], json!({ "HttpCode": "200-399" }));
    let arn = Lab::text(shown, "/TargetGroupArn");
    let answer = lab.ok(ELB, "ModifyTargetGroup", json!({ "TargetGroupArn": arn, "HealthCheckProtocol": "TCP" }));
    assert!(answer["TargetGroups"][0].get("HealthCheckPath").is_none());
}

#[test]
fn in_use_it_can_not_be_deleted() {
    let mut lab = Lab::new();
    let (web, arn) = (balancer(&mut lab, "web", "application"), group(&mut lab, "web", "HTTP"));
    let listener = listener(&mut lab, &web, "HTTP", &arn);
    let answer = lab.ok(ELB, "DescribeTargetGroups", json!({ "LoadBalancerArn": web }));
    assert_eq!(answer["TargetGroups"][0]["LoadBalancerArns"], json!([web]));
    let delete = json!({ "TargetGroupArn": arn });
    let message = lab.refused(ELB, "DeleteTargetGroup", delete.clone(), "ResourceInUse");
    assert_eq!(message, format!("Target group '{arn}' is currently in use by a listener or a rule"));
    lab.ok(ELB, "DeleteListener", json!({ "ListenerArn": listener }));
    lab.ok(ELB, "DeleteTargetGroup", delete);
    lab.refused(ELB, "DescribeTargetGroups", json!({ "TargetGroupArns": [arn] }), "TargetGroupNotFound");
}

#[test]
fn a_deleted_load_balancer_frees_it() {
    let mut lab = Lab::new();
    let (web, arn) = (balancer(&mut lab, "web", "application"), group(&mut lab, "web", "HTTP"));
    listener(&mut lab, &web, "HTTP", &arn);
    lab.ok(ELB, "DeleteLoadBalancer", json!({ "LoadBalancerArn": web }));
    lab.ok(ELB, "DeleteTargetGroup", json!({ "TargetGroupArn": arn }));
}
