#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::Lab;

#[test]
fn a_region_comes_with_a_default_network() {
    let mut lab = Lab::new();
    let vpcs = lab.ok("ec2", "DescribeVpcs", json!({}));
    assert_eq!(vpcs.pointer("/Vpcs").and_then(Value::as_array).map(Vec::len), Some(1));
    assert_eq!(Lab::text(&vpcs, "/Vpcs/0/CidrBlock"), "172.31.0.0/16");
    let subnets = lab.ok("ec2", "DescribeSubnets", json!({}));
    assert_eq!(subnets.pointer("/Subnets").and_then(Value::as_array).map(Vec::len), Some(3));
    let default = lab.ok("ec2", "DescribeAccountAttributes", json!({ "AttributeNames": ["default-vpc"] }));
    let attribute = Lab::text(&default, "/AccountAttributes/0/AttributeValues/0/AttributeValue");
    assert_eq!(attribute, Lab::text(&vpcs, "/Vpcs/0/VpcId"));
}

#[test]
fn blocks_and_limits() {
    let mut lab = Lab::new();
    for (cidr, code) in [("10.0.0.0/8", "InvalidVpc.Range"), ("10.0.0.0/29", "InvalidVpc.Range")] {
        lab.refused("ec2", "CreateVpc", json!({ "CidrBlock": cidr }), code);
    }
    lab.refused("ec2", "CreateVpc", json!({ "CidrBlock": "ten" }), "InvalidParameterValue");
    lab.refused("ec2", "CreateVpc", json!({}), "MissingParameter");
    let vpc = Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId");
    for _ in 0..3 {
        lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" }));
    }
    lab.refused("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" }), "VpcLimitExceeded");
    lab.ok("ec2", "DeleteVpc", json!({ "VpcId": vpc }));
    lab.refused("ec2", "DescribeVpcs", json!({ "VpcIds": [vpc] }), "InvalidVpcID.NotFound");
    lab.refused("ec2", "DescribeVpcs", json!({ "VpcIds": ["vpc-x"] }), "InvalidVpcID.Malformed");
}

#[test]
fn further_blocks_must_be_of_the_same_range() {
    let mut lab = Lab::new();
    let vpc = Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId");
    for (cidr, code) in [("192.168.0.0/24", "InvalidVpc.Range"), ("10.0.8.0/24", "InvalidVpc.Conflict")] {
        lab.refused("ec2", "AssociateVpcCidrBlock", json!({ "VpcId": vpc, "CidrBlock": cidr }), code);
    }
    let answer = lab.ok("ec2", "AssociateVpcCidrBlock", json!({ "VpcId": vpc, "CidrBlock": "100.64.0.0/16" }));
    let association = Lab::text(&answer, "/CidrBlockAssociation/AssociationId");
    let subnet = lab.ok("ec2", "CreateSubnet", json!({ "VpcId": vpc, "CidrBlock": "100.64.0.0/24" }));
    let input = json!({ "AssociationId": association });
    lab.refused("ec2", "DisassociateVpcCidrBlock", input.clone(), "DependencyViolation");
    lab.refused("ec2", "DeleteVpc", json!({ "VpcId": vpc }), "DependencyViolation");
    lab.ok("ec2", "DeleteSubnet", json!({ "SubnetId": Lab::text(&subnet, "/Subnet/SubnetId") }));
    lab.ok("ec2", "DisassociateVpcCidrBlock", input);
    let answer = lab.ok("ec2", "DescribeVpcs", json!({ "VpcIds": [vpc] }));
    let primary = Lab::text(&answer, "/Vpcs/0/CidrBlockAssociationSet/0/AssociationId");
    lab.refused("ec2", "DisassociateVpcCidrBlock", json!({ "AssociationId": primary }), "OperationNotPermitted");
    let answer = lab.ok("ec2", "AssociateVpcCidrBlock", json!({ "VpcId": vpc, "AmazonProvidedIpv6CidrBlock": true }));
    assert!(Lab::text(&answer, "/Ipv6CidrBlockAssociation/Ipv6CidrBlock").ends_with("/56"));
}

#[test]
fn attributes() {
    let mut lab = Lab::new();
    let vpc = Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId");
    let read = |lab: &mut Lab, attribute: &str, member: &str| {
        let answer = lab.ok("ec2", "DescribeVpcAttribute", json!({ "VpcId": vpc, "Attribute": attribute }));
        answer.pointer(&format!("/{member}/Value")).and_then(Value::as_bool).unwrap()
    };
    assert!(read(&mut lab, "enableDnsSupport", "EnableDnsSupport"));
    assert!(!read(&mut lab, "enableDnsHostnames", "EnableDnsHostnames"));
    lab.ok("ec2", "ModifyVpcAttribute", json!({ "VpcId": vpc, "EnableDnsHostnames": { "Value": true } }));
    assert!(read(&mut lab, "enableDnsHostnames", "EnableDnsHostnames"));
    let both = json!({
        "VpcId": vpc, "EnableDnsHostnames": { "Value": true }, "EnableDnsSupport": { "Value": true },
    });
    lab.refused("ec2", "ModifyVpcAttribute", both, "InvalidParameterCombination");
}
