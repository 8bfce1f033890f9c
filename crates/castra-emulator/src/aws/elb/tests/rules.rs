use serde_json::{Value, json};

use super::{ELB, balancer, group, listener};
use crate::aws::testing::Lab;

fn rule(listener: &str, priority: i64, group: &str) -> Value {
    json!({
        "ListenerArn": listener,
        "Priority": priority,
        "Conditions": [{ "Field": "path-pattern", "Values": ["/img/*"] }],
        "Actions": [{ "Type": "forward", "TargetGroupArn": group }],
    })
}

#[test]
fn priorities_are_their_own() {
    let mut lab = Lab::new();
    let (web, to) = (balancer(&mut lab, "web", "application"), group(&mut lab, "web", "HTTP"));
    let listener = listener(&mut lab, &web, "HTTP", &to);
    let mut arns = Vec::new();
    for priority in [10, 5] {
        let answer = lab.ok(ELB, "CreateRule", rule(&listener, priority, &to));
        arns.push(Lab::text(&answer, "/Rules/0/RuleArn"));
    }
    let message = lab.refused(ELB, "CreateRule", rule(&listener, 5, &to), "PriorityInUse");
    assert_eq!(message, "Priority '5' is currently in use");
    let priorities = |lab: &mut Lab| {
        let answer = lab.ok(ELB, "DescribeRules", json!({ "ListenerArn": listener }));
        let rules = answer["Rules"].as_array().unwrap().clone();
        rules.iter().map(|rule| Lab::text(rule, "/Priority")).collect::<Vec<_>>()
    };
    assert_eq!(priorities(&mut lab), ["5", "10", "default"]);
    let swap = json!({ "RulePriorities": [
        { "RuleArn": arns[0], "Priority": 5 }, { "RuleArn": arns[1], "Priority": 10 },
    ] });
    lab.ok(ELB, "SetRulePriorities", swap);
    let answer = lab.ok(ELB, "DescribeRules", json!({ "RuleArns": [arns[0]] }));
    assert_eq!(answer["Rules"][0]["Priority"], "5");
    assert_eq!(answer["Rules"][0]["Conditions"][0]["PathPatternConfig"]["Values"], json!(["/img/*"]));
    lab.ok(ELB, "DeleteRule", json!({ "RuleArn": arns[0] }));
    assert_eq!(priorities(&mut lab), ["10", "default"]);
}

#[test]
fn the_default_rule_stays() {
    let mut lab = Lab::new();
    let (web, to) = (balancer(&mut lab, "web", "application"), group(&mut lab, "web", "HTTP"));
    let listener = listener(&mut lab, &web, "HTTP", &to);
    let answer = lab.ok(ELB, "DescribeRules", json!({ "ListenerArn": listener }));
    let arn = Lab::text(&answer, "/Rules/0/RuleArn");
    lab.refused(ELB, "DeleteRule", json!({ "RuleArn": arn }), "OperationNotPermitted");
    let input = json!({ "RulePriorities": [{ "RuleArn": arn, "Priority": 1 }] });
    lab.refused(ELB, "SetRulePriorities", input, "OperationNotPermitted");
}

#[test]
fn conditions_have_rules() {
    let mut lab = Lab::new();
    let (web, to) = (balancer(&mut lab, "web", "application"), group(&mut lab, "web", "HTTP"));
    let listener = listener(&mut lab, &web, "HTTP", &to);
    let mut refused = |conditions: Value, message: &str| {
        let mut input = rule(&listener, 1, &to);
        input["Conditions"] = conditions;
        assert_eq!(lab.refused(ELB, "CreateRule", input, "ValidationError"), message);
    };
    refused(
        json!([{ "Field": "colour", "Values": ["red"] }]),
        "Condition field 'colour' must be one of '[path-pattern,host-header,http-header,http-request-method,\
         query-string,source-ip]'",
    );
    refused(json!([{ "Field": "path-pattern", "Values": [] }]), "A condition value must be specified");
    refused(
        json!([{ "Field": "path-pattern", "PathPatternConfig": { "Values": ["a", "b", "c", "d", "e", "f"] } }]),
        "A rule can only have '5' condition values",
    );
    refused(
        json!([{ "Field": "source-ip", "SourceIpConfig": { "Values": ["nowhere"] } }]),
        "The 'source-ip' value 'nowhere' is not a valid CIDR block",
    );
    let net = balancer(&mut lab, "net", "network");
    let tcp = group(&mut lab, "tcp", "TCP");
    let listener = super::listener(&mut lab, &net, "TCP", &tcp);
    lab.refused(ELB, "CreateRule", rule(&listener, 1, &tcp), "UnsupportedProtocol");
}
