#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
use castra_core::plan::differences;

use super::*;

fn wanted(protocol: Protocol, path: Option<&str>) -> TargetGroup {
    TargetGroup {
        name: "demo".into(),
        vpc: Ref::existing("vpc-1".into()),
        protocol,
        port: 443,
        target_type: TargetType::Instance,
        health_check: TargetHealthCheck {
            protocol,
            port: "traffic-port".into(),
            path: path.map(str::to_owned),
            interval_seconds: 30,
            timeout_seconds: 5,
            healthy_threshold: 2,
            unhealthy_threshold: 3,
            matcher: path.map(|_| "200".to_owned()),
        },
        attributes: BTreeMap::from([("deregistration_delay.timeout_seconds".into(), "60".into())]),
        tags: BTreeMap::new(),
    }
}

fn described(protocol: Protocol) -> Described {
    Described::builder()
        .target_group_arn("arn")
        .target_group_name("demo")
        .vpc_id("vpc-1")
        .protocol(protocol.to_elb())
        .port(443)
        .target_type(TargetTypeEnum::Instance)
        .health_check_protocol(protocol.to_elb())
        .health_check_port("traffic-port")
        .health_check_path("/")
        .health_check_interval_seconds(30)
        .health_check_timeout_seconds(5)
        .healthy_threshold_count(2)
        .unhealthy_threshold_count(3)
        .matcher(Matcher::builder().http_code("200").build())
        .build()
}

fn changes(wanted: &TargetGroup, described: &Described, drain: &str) -> Vec<String> {
    let attributes = BTreeMap::from([
        ("deregistration_delay.timeout_seconds".to_owned(), drain.to_owned()),
        ("stickiness.enabled".to_owned(), "false".to_owned()),
    ]);
    let live = live(described, &attributes, BTreeMap::new()).unwrap();
    let wanted = serde_json::to_value(wanted).unwrap();
    differences(&wanted, &live.fields, &|_| None).into_iter().map(|change| change.field).collect()
}

#[test]
fn a_target_group_as_wanted_has_no_differences() {
    assert!(changes(&wanted(Protocol::Https, Some("/")), &described(Protocol::Https), "60").is_empty());
}

#[test]
fn without_a_path_whatever_is_there_is_not_ours() {
    assert!(changes(&wanted(Protocol::Tcp, None), &described(Protocol::Tcp), "60").is_empty());
}

#[test]
fn each_part_of_the_health_check_and_each_attribute_is_a_field() {
    let mut live = described(Protocol::Https);
    live.health_check_interval_seconds = Some(10);
    live.matcher = Some(Matcher::builder().http_code("200-299").build());
    let wanted = wanted(Protocol::Https, Some("/_health_check"));
    assert_eq!(
        changes(&wanted, &live, "300"),
        [
            "deregistration_delay.timeout_seconds",
            "health_check_interval_seconds",
            "health_check_matcher",
            "health_check_path",
        ]
    );
}

#[test]
fn what_cannot_change_is_among_the_fields() {
    let fields = serde_json::to_value(wanted(Protocol::Https, Some("/"))).unwrap();
    for field in TargetGroup::REPLACE {
        assert!(fields.get(field).is_some(), "{field}");
    }
}
