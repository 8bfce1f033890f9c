use serde_json::json;

use super::{ELB, balancer, group, listener, listener_input};
use crate::aws::testing::Lab;

#[test]
fn its_actions_are_shown_in_full() {
    let mut lab = Lab::new();
    let (web, to) = (balancer(&mut lab, "web", "application"), group(&mut lab, "web", "HTTP"));
    let arn = listener(&mut lab, &web, "HTTP", &to);
    let answer = lab.ok(ELB, "DescribeListeners", json!({ "LoadBalancerArn": web }));
    assert_eq!(
        answer["Listeners"][0],
        json!({
            "ListenerArn": arn,
            "LoadBalancerArn": web,
            "Port": 80,
            "Protocol": "HTTP",
            "DefaultActions": [{
                "Type": "forward",
                "TargetGroupArn": to,
                "ForwardConfig": {
                    "TargetGroups": [{ "TargetGroupArn": to, "Weight": 1 }],
                    "TargetGroupStickinessConfig": { "Enabled": false },
                },
            }],
        })
    );
}

#[test]
fn a_port_has_one_listener() {
    let mut lab = Lab::new();
    let (web, to) = (balancer(&mut lab, "web", "application"), group(&mut lab, "web", "HTTP"));
    let first = listener(&mut lab, &web, "HTTP", &to);
    assert_eq!(listener(&mut lab, &web, "HTTP", &to), first);
    let other = group(&mut lab, "other", "HTTP");
    let message = lab.refused(ELB, "CreateListener", listener_input(&web, "HTTP", 80, &other), "DuplicateListener");
    assert_eq!(message, format!("A listener already exists on this port for this load balancer '{web}'"));
    let second = lab.ok(ELB, "CreateListener", listener_input(&web, "HTTP", 81, &other));
    let second = Lab::text(&second, "/Listeners/0/ListenerArn");
    lab.refused(ELB, "ModifyListener", json!({ "ListenerArn": second, "Port": 80 }), "DuplicateListener");
    let answer = lab.ok(ELB, "ModifyListener", json!({ "ListenerArn": second, "Port": 82 }));
    assert_eq!(answer["Listeners"][0]["Port"], 82);
}

#[test]
fn protocols_go_together() {
    let mut lab = Lab::new();
    let (web, net) = (balancer(&mut lab, "web", "application"), balancer(&mut lab, "net", "network"));
    let (http, tcp) = (group(&mut lab, "http", "HTTP"), group(&mut lab, "tcp", "TCP"));
    let message = lab.refused(ELB, "CreateListener", listener_input(&web, "TCP", 80, &tcp), "ValidationError");
    assert_eq!(message, "Listener protocol 'TCP' must be one of 'HTTPS, HTTP'");
    lab.refused(ELB, "CreateListener", listener_input(&web, "HTTP", 80, &tcp), "IncompatibleProtocols");
    lab.refused(ELB, "CreateListener", listener_input(&net, "TCP", 80, &http), "IncompatibleProtocols");
    lab.refused(ELB, "CreateListener", listener_input(&net, "UDP", 80, &tcp), "IncompatibleProtocols");
    lab.ok(ELB, "CreateListener", listener_input(&net, "TCP", 80, &tcp));
}

#[test]
fn a_target_group_serves_one_load_balancer() {
    let mut lab = Lab::new();
    let (web, other) = (balancer(&mut lab, "web", "application"), balancer(&mut lab, "other", "application"));
    let to = group(&mut lab, "web", "HTTP");
    listener(&mut lab, &web, "HTTP", &to);
    lab.ok(ELB, "CreateListener", listener_input(&web, "HTTP", 81, &to));
    let input = listener_input(&other, "HTTP", 80, &to);
    let message = lab.refused(ELB, "CreateListener", input, "TargetGroupAssociationLimit");
    let subject = "The following target groups cannot be associated with more than one load balancer";
    assert_eq!(message, format!("{subject}: {to}"));
}

#[test]
fn https_takes_a_certificate() {
    let mut lab = Lab::new();
    let (web, to) = (balancer(&mut lab, "web", "application"), group(&mut lab, "web", "HTTP"));
    let mut input = listener_input(&web, "HTTPS", 443, &to);
    let message = lab.refused(ELB, "CreateListener", input.clone(), "ValidationError");
    assert_eq!(message, "A certificate must be specified for HTTPS listeners");
    let missing = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012";
    input["Certificates"] = json!([{ "CertificateArn": missing }]);
    let message = lab.refused(ELB, "CreateListener", input.clone(), "CertificateNotFound");
    assert_eq!(message, format!("Certificate '{missing}' not found"));
    input["Protocol"] = json!("HTTP");
    lab.refused(ELB, "CreateListener", input, "ValidationError");
}

#[test]
fn redirects_and_fixed_responses() {
    let mut lab = Lab::new();
    let web = balancer(&mut lab, "web", "application");
    let input = |config: serde_json::Value| json!({ "LoadBalancerArn": web, "Protocol": "HTTP", "Port": 80, "DefaultActions": [config] });
    let circle = input(json!({ "Type": "redirect", "RedirectConfig": { "StatusCode": "HTTP_301" } }));
    let message = lab.refused(ELB, "CreateListener", circle, "InvalidLoadBalancerAction");
    assert_eq!(message, "The redirect configuration is not valid because it creates a loop.");
    let redirect = input(json!({
        "Type": "redirect", "RedirectConfig": { "Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301" },
    }));
    let answer = lab.ok(ELB, "CreateListener", redirect);
    assert_eq!(answer["Listeners"][0]["DefaultActions"][0]["RedirectConfig"]["Path"], "/#{path}");
    let fixed = |content: &str| {
        input(
            json!({ "Type": "fixed-response", "FixedResponseConfig": { "StatusCode": "404", "ContentType": content } }),
        )
    };
    lab.refused(ELB, "CreateListener", fixed("text/xml"), "InvalidLoadBalancerAction");
    let net = balancer(&mut lab, "net", "network");
    let input = json!({ "LoadBalancerArn": net, "Protocol": "TCP", "Port": 80, "DefaultActions": [
        { "Type": "fixed-response", "FixedResponseConfig": { "StatusCode": "404" } },
    ] });
    lab.refused(ELB, "CreateListener", input, "InvalidLoadBalancerAction");
}

#[test]
fn policies_are_known() {
    let mut lab = Lab::new();
    let answer = lab.ok(ELB, "DescribeSSLPolicies", json!({ "Names": ["ELBSecurityPolicy-TLS13-1-2-2021-06"] }));
    assert_eq!(answer["SslPolicies"][0]["SslProtocols"], json!(["TLSv1.3", "TLSv1.2"]));
    assert_eq!(answer["SslPolicies"][0]["Ciphers"].as_array().unwrap().len(), 11);
    lab.refused(ELB, "DescribeSSLPolicies", json!({ "Names": ["mine"] }), "SSLPolicyNotFound");
}
