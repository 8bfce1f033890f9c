#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::Lab;

fn vpc(lab: &mut Lab) -> String {
    Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId")
}

fn subnet(lab: &mut Lab, vpc: &str, cidr: &str) -> String {
    Lab::text(&lab.ok("ec2", "CreateSubnet", json!({ "VpcId": vpc, "CidrBlock": cidr })), "/Subnet/SubnetId")
}

fn free(lab: &mut Lab, subnet: &str) -> i64 {
    let answer = lab.ok("ec2", "DescribeSubnets", json!({ "SubnetIds": [subnet] }));
    answer.pointer("/Subnets/0/AvailableIpAddressCount").and_then(Value::as_i64).unwrap()
}

#[test]
fn five_addresses_are_aws_s() {
    let mut lab = Lab::new();
    let vpc = vpc(&mut lab);
    let subnet = subnet(&mut lab, &vpc, "10.0.0.0/28");
    assert_eq!(free(&mut lab, &subnet), 11);
    for address in ["10.0.0.0", "10.0.0.3", "10.0.0.15", "10.0.1.4"] {
        let input = json!({ "SubnetId": subnet, "PrivateIpAddress": address });
        lab.refused("ec2", "CreateNetworkInterface", input, "InvalidParameterValue");
    }
    for _ in 0..11 {
        lab.ok("ec2", "CreateNetworkInterface", json!({ "SubnetId": subnet }));
    }
    assert_eq!(free(&mut lab, &subnet), 0);
    let input = json!({ "SubnetId": subnet });
    lab.refused("ec2", "CreateNetworkInterface", input, "InsufficientFreeAddressesInSubnet");
    let input = json!({ "SubnetId": subnet, "PrivateIpAddress": "10.0.0.4" });
    lab.refused("ec2", "CreateNetworkInterface", input, "InvalidIPAddress.InUse");
    lab.refused("ec2", "DeleteSubnet", json!({ "SubnetId": subnet }), "DependencyViolation");
}

#[test]
fn reserved_addresses_are_given_only_to_who_names_them() {
    let mut lab = Lab::new();
    let vpc = vpc(&mut lab);
    let subnet = subnet(&mut lab, &vpc, "10.0.0.0/28");
    let input = json!({ "SubnetId": subnet, "Cidr": "10.0.0.8/29", "ReservationType": "explicit" });
    let made = lab.ok("ec2", "CreateSubnetCidrReservation", input.clone());
    lab.refused("ec2", "CreateSubnetCidrReservation", input, "InvalidParameterValue");
    assert_eq!(free(&mut lab, &subnet), 4);
    lab.ok("ec2", "CreateNetworkInterface", json!({ "SubnetId": subnet, "PrivateIpAddress": "10.0.0.9" }));
    assert_eq!(free(&mut lab, &subnet), 4);
    for _ in 0..4 {
        lab.ok("ec2", "CreateNetworkInterface", json!({ "SubnetId": subnet }));
    }
    let input = json!({ "SubnetId": subnet });
    lab.refused("ec2", "CreateNetworkInterface", input, "InsufficientFreeAddressesInSubnet");
    let id = Lab::text(&made, "/SubnetCidrReservation/SubnetCidrReservationId");
    let listed = lab.ok("ec2", "GetSubnetCidrReservations", json!({ "SubnetId": subnet }));
    assert_eq!(Lab::text(&listed, "/SubnetIpv4CidrReservations/0/SubnetCidrReservationId"), id);
    lab.ok("ec2", "DeleteSubnetCidrReservation", json!({ "SubnetCidrReservationId": id }));
    assert_eq!(free(&mut lab, &subnet), 6);
}

#[test]
fn blocks_must_fit() {
    let mut lab = Lab::new();
    let vpc = vpc(&mut lab);
    subnet(&mut lab, &vpc, "10.0.0.0/24");
    for (cidr, code) in [
        ("10.0.0.0/29", "InvalidSubnet.Range"),
        ("10.0.0.0/15", "InvalidSubnet.Range"),
        ("10.1.0.0/24", "InvalidSubnet.Range"),
        ("10.0.0.128/25", "InvalidSubnet.Conflict"),
        ("10.0.0.0/23", "InvalidSubnet.Conflict"),
        ("10.0.0", "InvalidParameterValue"),
    ] {
        lab.refused("ec2", "CreateSubnet", json!({ "VpcId": vpc, "CidrBlock": cidr }), code);
    }
    let input = json!({ "VpcId": vpc, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a" });
    assert!(
        lab.refused("ec2", "CreateSubnet", input, "InvalidParameterValue").contains("eu-central-1a, eu-central-1b")
    );
    let answer = lab.ok("ec2", "CreateSubnet", json!({ "VpcId": vpc, "CidrBlock": "10.0.1.77/24" }));
    assert_eq!(Lab::text(&answer, "/Subnet/CidrBlock"), "10.0.1.0/24");
}

#[test]
fn one_attribute_at_a_time() {
    let mut lab = Lab::new();
    let vpc = vpc(&mut lab);
    let subnet = subnet(&mut lab, &vpc, "10.0.0.0/24");
    let input = json!({
        "SubnetId": subnet, "MapPublicIpOnLaunch": { "Value": true }, "EnableDns64": { "Value": true },
    });
    lab.refused("ec2", "ModifySubnetAttribute", input, "InvalidParameterCombination");
    lab.ok("ec2", "ModifySubnetAttribute", json!({ "SubnetId": subnet, "MapPublicIpOnLaunch": { "Value": true } }));
    let filter =
        json!([{ "Name": "map-public-ip-on-launch", "Values": ["true"] }, { "Name": "vpc-id", "Values": [vpc] }]);
    let answer = lab.ok("ec2", "DescribeSubnets", json!({ "Filters": filter }));
    assert_eq!(Lab::text(&answer, "/Subnets/0/SubnetId"), subnet);
}
