//! Rules are read and written without loss.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use castra_core::plan::differences;

use super::*;

fn https() -> IpPermission {
    IpPermission::builder()
        .ip_protocol("tcp")
        .from_port(443)
        .to_port(443)
        .ip_ranges(IpRange::builder().cidr_ip("0.0.0.0/0").description("the world").build())
        .user_id_group_pairs(UserIdGroupPair::builder().group_id("sg-2").user_id("1").build())
        .build()
}

fn all() -> IpPermission {
    IpPermission::builder().ip_protocol("-1").ip_ranges(IpRange::builder().cidr_ip("0.0.0.0/0").build()).build()
}

#[test]
fn rules_are_flattened_to_single_peers() {
    let rules = flatten(&[https(), all()]);
    let lines: Vec<String> =
        rules.iter().map(|(key, why)| format!("{} {:?} {} {why}", key.protocol, key.ports, key.peer)).collect();
    assert_eq!(lines, ["-1 (-1, -1) 0.0.0.0/0 ", "tcp (443, 443) 0.0.0.0/0 the world", "tcp (443, 443) sg-2 "]);
}

#[test]
fn gathering_is_the_opposite_of_flattening() {
    let strange = IpPermission::builder()
        .ip_protocol("udp")
        .from_port(53)
        .to_port(53)
        .ipv6_ranges(aws_sdk_ec2::types::Ipv6Range::builder().cidr_ipv6("::/0").build())
        .prefix_list_ids(aws_sdk_ec2::types::PrefixListId::builder().prefix_list_id("pl-1").build())
        .build();
    let rules = flatten(&[https(), all(), strange]);
    assert_eq!(rules.len(), 5);
    assert_eq!(flatten(&gather(&rules)), rules);
}

#[test]
fn wanted_and_live_rules_compare_equal_in_any_order() {
    let rule = |protocol: &str, port, peer, description: &str| Rule {
        protocol: protocol.into(),
        from_port: port,
        to_port: port,
        peer,
        description: description.into(),
    };
    let anywhere = || RulePeer::Cidr("0.0.0.0/0".parse().unwrap());
    let wanted = SecurityGroupRules {
        group: Ref::existing("sg-1".into()),
        ingress: vec![rule("tcp", 443, RulePeer::Group(Ref::to("app")), ""), rule("tcp", 443, anywhere(), "the world")],
        egress: vec![rule("-1", -1, anywhere(), "")],
    };
    let group = Ec2SecurityGroup::builder().ip_permissions(https()).ip_permissions_egress(all()).build();
    let resolve =
        |address: &castra_core::Address| (address.to_string() == "security_group/app").then(|| "sg-2".to_owned());
    let wanted = serde_json::to_value(&wanted).unwrap();
    assert_eq!(differences(&wanted, &live("sg-1", &group), &resolve), []);
    let closed = Ec2SecurityGroup::builder().ip_permissions_egress(all()).build();
    let changed = differences(&wanted, &live("sg-1", &closed), &resolve);
    assert_eq!(changed.iter().map(|change| change.field.as_str()).collect::<Vec<_>>(), ["ingress"]);
}
