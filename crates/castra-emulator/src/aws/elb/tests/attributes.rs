use serde_json::{Value, json};

use super::{ELB, balancer, group, listener};
use crate::aws::testing::Lab;

fn value(answer: &Value, key: &str) -> Option<String> {
    let attributes = answer["Attributes"].as_array().unwrap();
    Some(Lab::text(attributes.iter().find(|it| it["Key"] == key)?, "/Value"))
}

#[test]
fn they_have_defaults() {
    let mut lab = Lab::new();
    let web = balancer(&mut lab, "web", "application");
    let answer = lab.ok(ELB, "DescribeLoadBalancerAttributes", json!({ "LoadBalancerArn": web }));
    assert_eq!(value(&answer, "idle_timeout.timeout_seconds").as_deref(), Some("60"));
    assert_eq!(value(&answer, "load_balancing.cross_zone.enabled").as_deref(), Some("true"));
    let net = balancer(&mut lab, "net", "network");
    let answer = lab.ok(ELB, "DescribeLoadBalancerAttributes", json!({ "LoadBalancerArn": net }));
    assert_eq!(value(&answer, "load_balancing.cross_zone.enabled").as_deref(), Some("false"));
    assert_eq!(value(&answer, "idle_timeout.timeout_seconds"), None);
    let tcp = group(&mut lab, "tcp", "TCP");
    let answer = lab.ok(ELB, "DescribeTargetGroupAttributes", json!({ "TargetGroupArn": tcp }));
    assert_eq!(value(&answer, "preserve_client_ip.enabled").as_deref(), Some("true"));
    assert_eq!(value(&answer, "deregistration_delay.timeout_seconds").as_deref(), Some("300"));
    let listener = listener(&mut lab, &net, "TCP", &tcp);
    let answer = lab.ok(ELB, "DescribeListenerAttributes", json!({ "ListenerArn": listener }));
    assert_eq!(value(&answer, "tcp.idle_timeout.seconds").as_deref(), Some("350"));
}

#[test]
fn values_are_checked() {
    let mut lab = Lab::new();
    let web = balancer(&mut lab, "web", "application");
    let net = balancer(&mut lab, "net", "network");
    let change = |arn: &str, key: &str, value: &str| json!({ "LoadBalancerArn": arn, "Attributes": [{ "Key": key, "Value": value }] });
    let mut refused = |input: Value, code: &str, message: &str| {
        assert_eq!(lab.refused(ELB, "ModifyLoadBalancerAttributes", input, code), message);
    };
    refused(
        change(&web, "idle_timeout.timeout_seconds", "4001"),
        "ValidationError",
        "'idle_timeout.timeout_seconds' value '4001' must be between '1-4000' inclusive",
    );
    refused(change(&web, "colour", "red"), "ValidationError", "Load balancer attribute key 'colour' is not recognized");
    refused(
        change(&net, "idle_timeout.timeout_seconds", "60"),
        "InvalidConfigurationRequest",
        "Load balancer attribute key 'idle_timeout.timeout_seconds' is not supported by load balancers with type \
         'network'",
    );
    let http = group(&mut lab, "http", "HTTP");
    let change =
        |key: &str, value: &str| json!({ "TargetGroupArn": http, "Attributes": [{ "Key": key, "Value": value }] });
    let input = change("deregistration_delay.timeout_seconds", "3601");
    let message = lab.refused(ELB, "ModifyTargetGroupAttributes", input, "ValidationError");
    assert_eq!(message, "'deregistration_delay.timeout_seconds' value '3601' must be between '0-3600' inclusive");
    let input = change("preserve_client_ip.enabled", "true");
    let message = lab.refused(ELB, "ModifyTargetGroupAttributes", input, "InvalidConfigurationRequest");
    assert_eq!(message, "The provided target group attribute is not supported");
    let answer = lab.ok(ELB, "ModifyTargetGroupAttributes", change("deregistration_delay.timeout_seconds", "5"));
    assert_eq!(value(&answer, "deregistration_delay.timeout_seconds").as_deref(), Some("5"));
}

#[test]
fn logs_need_a_bucket_that_lets_them_in() {
    let mut lab = Lab::new();
    let web = balancer(&mut lab, "web", "application");
    let input = json!({ "LoadBalancerArn": web, "Attributes": [
        { "Key": "access_logs.s3.enabled", "Value": "true" }, { "Key": "access_logs.s3.bucket", "Value": "our-logs" },
    ] });
    let operation = "ModifyLoadBalancerAttributes";
    let refusal = "Access Denied for bucket: our-logs. Please check S3bucket permission";
    assert_eq!(lab.refused(ELB, operation, input.clone(), "InvalidConfigurationRequest"), refusal);
    let place = json!({ "LocationConstraint": "eu-central-1" });
    lab.ok("s3", "CreateBucket", json!({ "Bucket": "our-logs", "CreateBucketConfiguration": place }));
    lab.refused(ELB, operation, input.clone(), "InvalidConfigurationRequest");
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::our-logs/*",
        "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" },
    }] });
    lab.ok("s3", "PutBucketPolicy", json!({ "Bucket": "our-logs", "Policy": policy.to_string() }));
    let answer = lab.ok(ELB, operation, input);
    assert_eq!(value(&answer, "access_logs.s3.enabled").as_deref(), Some("true"));
}
