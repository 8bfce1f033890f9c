#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::Lab;

fn vpc(lab: &mut Lab) -> String {
    Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId")
}

fn group(lab: &mut Lab, vpc: &str, name: &str) -> String {
    let input = json!({ "VpcId": vpc, "GroupName": name, "Description": "of a test" });
    Lab::text(&lab.ok("ec2", "CreateSecurityGroup", input), "/GroupId")
}

fn https(group: &str, cidr: &str) -> Value {
    let ranges = json!([{ "CidrIp": cidr, "Description": "web" }]);
    let permission = json!({ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": ranges });
    json!({ "GroupId": group, "IpPermissions": [permission] })
}

#[test]
fn names_are_unique_in_a_vpc() {
    let mut lab = Lab::new();
    let vpc = vpc(&mut lab);
    group(&mut lab, &vpc, "web");
    let input = |name: &str| json!({ "VpcId": vpc, "GroupName": name, "Description": "of a test" });
    lab.refused("ec2", "CreateSecurityGroup", input("web"), "InvalidGroup.Duplicate");
    lab.refused("ec2", "CreateSecurityGroup", input("WEB"), "InvalidGroup.Duplicate");
    lab.refused("ec2", "CreateSecurityGroup", input("sg-web"), "InvalidParameterValue");
    lab.refused("ec2", "CreateSecurityGroup", input("default"), "InvalidGroup.Reserved");
    let input = json!({ "VpcId": vpc, "GroupName": "other", "Description": "<>" });
    lab.refused("ec2", "CreateSecurityGroup", input, "InvalidParameterValue");
}

#[test]
fn rules_come_once_and_go_once() {
    let mut lab = Lab::new();
    let vpc = vpc(&mut lab);
    let group = group(&mut lab, &vpc, "web");
    let added = lab.ok("ec2", "AuthorizeSecurityGroupIngress", https(&group, "10.1.2.3/8"));
    assert_eq!(Lab::text(&added, "/SecurityGroupRules/0/CidrIpv4"), "10.0.0.0/8");
    let message =
        lab.refused("ec2", "AuthorizeSecurityGroupIngress", https(&group, "10.0.0.0/8"), "InvalidPermission.Duplicate");
    let expected = r#"the specified rule "peer: 10.0.0.0/8, TCP, from port: 443, to port: 443, ALLOW" already exists"#;
    assert_eq!(message, expected);
    let shown = lab.ok("ec2", "DescribeSecurityGroups", json!({ "GroupIds": [group] }));
    assert_eq!(Lab::text(&shown, "/SecurityGroups/0/IpPermissions/0/IpRanges/0/Description"), "web");
    assert_eq!(Lab::text(&shown, "/SecurityGroups/0/IpPermissionsEgress/0/IpProtocol"), "-1");
    lab.ok("ec2", "RevokeSecurityGroupIngress", https(&group, "10.0.0.0/8"));
    lab.refused("ec2", "RevokeSecurityGroupIngress", https(&group, "10.0.0.0/8"), "InvalidPermission.NotFound");
    let id = Lab::text(&added, "/SecurityGroupRules/0/SecurityGroupRuleId");
    let input = json!({ "GroupId": group, "SecurityGroupRuleIds": [id] });
    lab.refused("ec2", "RevokeSecurityGroupIngress", input, "InvalidSecurityGroupRuleId.NotFound");
}

#[test]
fn a_default_vpc_forgives_unknown_rules() {
    let mut lab = Lab::new();
    let made = lab.ok("ec2", "CreateSecurityGroup", json!({ "GroupName": "web", "Description": "of a test" }));
    let input = https(&Lab::text(&made, "/GroupId"), "10.0.0.0/8");
    let answer = lab.ok("ec2", "RevokeSecurityGroupIngress", input);
    assert_eq!(Lab::text(&answer, "/UnknownIpPermissions/0/IpRanges/0/CidrIp"), "10.0.0.0/8");
}

#[test]
fn permissions_that_make_no_sense() {
    let mut lab = Lab::new();
    let vpc = vpc(&mut lab);
    let group = group(&mut lab, &vpc, "web");
    let anywhere = json!([{ "CidrIp": "0.0.0.0/0" }]);
    for (permission, code) in [
        (json!({ "IpProtocol": "tcp", "IpRanges": anywhere }), "InvalidParameterValue"),
        (json!({ "IpProtocol": "tcp", "FromPort": 9, "ToPort": 8, "IpRanges": anywhere }), "InvalidParameterValue"),
        (json!({ "IpProtocol": "http", "FromPort": 8, "ToPort": 8, "IpRanges": anywhere }), "InvalidParameterValue"),
        (json!({ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0" }] }), "InvalidParameterValue"),
        (json!({ "IpProtocol": "-1" }), "MissingParameter"),
        (json!({ "IpProtocol": "-1", "UserIdGroupPairs": [{ "GroupId": "sg-12345678" }] }), "InvalidGroup.NotFound"),
        (
            json!({ "IpProtocol": "-1", "PrefixListIds": [{ "PrefixListId": "pl-12345678" }] }),
            "InvalidPrefixListID.NotFound",
        ),
    ] {
        let input = json!({ "GroupId": group, "IpPermissions": [permission] });
        lab.refused("ec2", "AuthorizeSecurityGroupIngress", input, code);
    }
}

#[test]
fn the_sixty_first_rule_is_one_too_many() {
    let mut lab = Lab::new();
    let vpc = vpc(&mut lab);
    let group = group(&mut lab, &vpc, "web");
    for number in 0..60 {
        lab.ok("ec2", "AuthorizeSecurityGroupIngress", https(&group, &format!("10.0.{number}.0/24")));
    }
    let input = https(&group, "10.1.0.0/24");
    lab.refused("ec2", "AuthorizeSecurityGroupIngress", input, "RulesPerSecurityGroupLimitExceeded");
    let ranges = json!([{ "CidrIpv6": "2001:db8::/32" }]);
    let permission = json!({ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Ipv6Ranges": ranges });
    lab.ok("ec2", "AuthorizeSecurityGroupIngress", json!({ "GroupId": group, "IpPermissions": [permission] }));
}

#[test]
fn a_group_in_use_stays() {
    let mut lab = Lab::new();
    let vpc = vpc(&mut lab);
    let (one, two) = (group(&mut lab, &vpc, "one"), group(&mut lab, &vpc, "two"));
    let permission = json!({ "IpProtocol": "-1", "UserIdGroupPairs": [{ "GroupId": one }] });
    let input = json!({ "GroupId": two, "IpPermissions": [permission] });
    lab.ok("ec2", "AuthorizeSecurityGroupIngress", input.clone());
    let message = lab.refused("ec2", "DeleteSecurityGroup", json!({ "GroupId": one }), "DependencyViolation");
    assert_eq!(message, format!("resource {one} has a dependent object"));
    lab.ok("ec2", "RevokeSecurityGroupIngress", input);
    let subnet = lab.ok("ec2", "CreateSubnet", json!({ "VpcId": vpc, "CidrBlock": "10.0.0.0/24" }));
    let input = json!({ "SubnetId": Lab::text(&subnet, "/Subnet/SubnetId"), "Groups": [one] });
    let interface = Lab::text(&lab.ok("ec2", "CreateNetworkInterface", input), "/NetworkInterface/NetworkInterfaceId");
    lab.refused("ec2", "DeleteSecurityGroup", json!({ "GroupId": one }), "DependencyViolation");
    lab.ok("ec2", "DeleteNetworkInterface", json!({ "NetworkInterfaceId": interface }));
    lab.ok("ec2", "DeleteSecurityGroup", json!({ "GroupId": one }));
    lab.refused("ec2", "DeleteSecurityGroup", json!({ "GroupId": one }), "InvalidGroup.NotFound");
    let filters = json!([{ "Name": "vpc-id", "Values": [vpc] }, { "Name": "group-name", "Values": ["default"] }]);
    let default = lab.ok("ec2", "DescribeSecurityGroups", json!({ "Filters": filters }));
    let default = Lab::text(&default, "/SecurityGroups/0/GroupId");
    lab.refused("ec2", "DeleteSecurityGroup", json!({ "GroupId": default }), "CannotDelete");
}

#[test]
fn rules_change_by_id() {
    let mut lab = Lab::new();
    let vpc = vpc(&mut lab);
    let group = group(&mut lab, &vpc, "web");
    let added = lab.ok("ec2", "AuthorizeSecurityGroupIngress", https(&group, "10.0.0.0/8"));
    let id = Lab::text(&added, "/SecurityGroupRules/0/SecurityGroupRuleId");
    let rule = json!({ "IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "CidrIpv4": "10.0.0.0/8" });
    let input =
        json!({ "GroupId": group, "SecurityGroupRules": [{ "SecurityGroupRuleId": id, "SecurityGroupRule": rule }] });
    lab.ok("ec2", "ModifySecurityGroupRules", input);
    let input = json!({
        "GroupId": group, "SecurityGroupRuleDescriptions": [{ "SecurityGroupRuleId": id, "Description": "names" }],
    });
    lab.ok("ec2", "UpdateSecurityGroupRuleDescriptionsIngress", input);
    let shown = lab.ok("ec2", "DescribeSecurityGroupRules", json!({ "SecurityGroupRuleIds": [id] }));
    assert_eq!(Lab::text(&shown, "/SecurityGroupRules/0/IpProtocol"), "udp");
    assert_eq!(Lab::text(&shown, "/SecurityGroupRules/0/Description"), "names");
}
