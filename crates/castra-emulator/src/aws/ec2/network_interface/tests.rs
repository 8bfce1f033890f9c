#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use super::{Wanted, let_go, make};
use crate::Seconds;
use crate::aws::testing::{Lab, REGION};

fn subnet(lab: &mut Lab) -> String {
    let vpc = Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId");
    let input = json!({ "VpcId": vpc, "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-central-1a" });
    Lab::text(&lab.ok("ec2", "CreateSubnet", input), "/Subnet/SubnetId")
}

#[test]
fn a_token_makes_one() {
    let mut lab = Lab::new();
    let subnet = subnet(&mut lab);
    let input = json!({ "SubnetId": subnet, "ClientToken": "a", "Description": "one" });
    let first = lab.ok("ec2", "CreateNetworkInterface", input.clone());
    let again = lab.ok("ec2", "CreateNetworkInterface", input);
    assert_eq!(first, again);
    let other = json!({ "SubnetId": subnet, "ClientToken": "a", "Description": "two" });
    lab.refused("ec2", "CreateNetworkInterface", other, "IdempotentParameterMismatch");
}

#[test]
fn a_service_s_interface_is_its_own_and_lingers() {
    let mut lab = Lab::new();
    let subnet = subnet(&mut lab);
    let wanted =
        Wanted { subnet, kind: "network_load_balancer", requester: Some("amazon-elb".to_owned()), ..Wanted::default() };
    let interface = make(&mut lab.account, REGION, wanted).unwrap();
    let shown = lab.ok("ec2", "DescribeNetworkInterfaces", json!({ "NetworkInterfaceIds": [interface] }));
    assert_eq!(Lab::text(&shown, "/NetworkInterfaces/0/Status"), "in-use");
    let id = json!({ "NetworkInterfaceId": interface });
    lab.refused("ec2", "DeleteNetworkInterface", id.clone(), "InvalidParameterValue");
    let attachment = Lab::text(&shown, "/NetworkInterfaces/0/Attachment/AttachmentId");
    lab.refused("ec2", "DetachNetworkInterface", json!({ "AttachmentId": attachment }), "OperationNotPermitted");
    let change = json!({ "NetworkInterfaceId": interface, "Description": { "Value": "mine" } });
    lab.refused("ec2", "ModifyNetworkInterfaceAttribute", change, "AuthFailure");
    let_go(&mut lab.account, REGION, &interface, Seconds(60.0));
    lab.step(59.0);
    lab.refused("ec2", "DeleteNetworkInterface", id.clone(), "InvalidParameterValue");
    lab.step(2.0);
    lab.refused("ec2", "DeleteNetworkInterface", id, "InvalidNetworkInterfaceID.NotFound");
}

#[test]
fn further_addresses_come_and_go() {
    let mut lab = Lab::new();
    let subnet = subnet(&mut lab);
    let input = json!({ "SubnetId": subnet, "PrivateIpAddress": "10.0.0.10", "SecondaryPrivateIpAddressCount": 2 });
    let made = lab.ok("ec2", "CreateNetworkInterface", input);
    let interface = Lab::text(&made, "/NetworkInterface/NetworkInterfaceId");
    let addresses = made.pointer("/NetworkInterface/PrivateIpAddresses").and_then(Value::as_array).unwrap();
    assert_eq!(addresses.len(), 3);
    let input = json!({ "NetworkInterfaceId": interface, "PrivateIpAddresses": ["10.0.0.10"] });
    lab.refused("ec2", "UnassignPrivateIpAddresses", input, "InvalidParameterValue");
    let other = lab.ok("ec2", "CreateNetworkInterface", json!({ "SubnetId": subnet, "PrivateIpAddress": "10.0.0.11" }));
    let other = Lab::text(&other, "/NetworkInterface/NetworkInterfaceId");
    let input = json!({ "NetworkInterfaceId": other, "PrivateIpAddresses": ["10.0.0.10"], "AllowReassignment": true });
    lab.refused("ec2", "AssignPrivateIpAddresses", input, "Resource.AlreadyAssigned");
    let second = Lab::text(&made, "/NetworkInterface/PrivateIpAddresses/1/PrivateIpAddress");
    let input = json!({ "NetworkInterfaceId": other, "PrivateIpAddresses": [second] });
    lab.refused("ec2", "AssignPrivateIpAddresses", input, "Resource.AlreadyAssigned");
    let input = json!({ "NetworkInterfaceId": other, "PrivateIpAddresses": [second], "AllowReassignment": true });
    lab.ok("ec2", "AssignPrivateIpAddresses", input);
    let shown = lab.ok("ec2", "DescribeNetworkInterfaces", json!({ "NetworkInterfaceIds": [other] }));
    assert_eq!(Lab::text(&shown, "/NetworkInterfaces/0/PrivateIpAddresses/1/PrivateIpAddress"), second);
}

#[test]
fn a_dual_stack_subnet_gives_both_addresses() {
    let mut lab = Lab::new();
    let input = json!({ "CidrBlock": "10.0.0.0/16", "AmazonProvidedIpv6CidrBlock": true });
    let vpc = Lab::text(&lab.ok("ec2", "CreateVpc", input), "/Vpc/VpcId");
    let shown = lab.ok("ec2", "DescribeVpcs", json!({ "VpcIds": [vpc] }));
    let block = Lab::text(&shown, "/Vpcs/0/Ipv6CidrBlockAssociationSet/0/Ipv6CidrBlock").replace("/56", "/64");
    let input = json!({ "VpcId": vpc, "CidrBlock": "10.0.0.0/24", "Ipv6CidrBlock": block });
    let made = lab.ok("ec2", "CreateSubnet", input);
    let subnet = Lab::text(&made, "/Subnet/SubnetId");
    let input = json!({ "SubnetId": subnet, "AssignIpv6AddressOnCreation": { "Value": true } });
    lab.ok("ec2", "ModifySubnetAttribute", input);
    let made_interface = lab.ok("ec2", "CreateNetworkInterface", json!({ "SubnetId": subnet }));
    let address = Lab::text(&made_interface, "/NetworkInterface/Ipv6Addresses/0/Ipv6Address");
    assert!(address.starts_with("2001:db8:"));
    let input = json!({ "SubnetId": subnet, "Ipv6Addresses": [{ "Ipv6Address": address }] });
    lab.refused("ec2", "CreateNetworkInterface", input, "InvalidIPAddress.InUse");
    let association = Lab::text(&made, "/Subnet/Ipv6CidrBlockAssociationSet/0/AssociationId");
    let input = json!({ "AssociationId": association });
    lab.refused("ec2", "DisassociateSubnetCidrBlock", input, "DependencyViolation");
}

#[test]
fn groups_must_be_of_the_same_vpc() {
    let mut lab = Lab::new();
    let here = subnet(&mut lab);
    let vpc = lab.account.region(REGION).ec2.subnets[&here].vpc.clone();
    let groups = &lab.account.region(REGION).ec2.security_groups;
    let foreign = groups.values().find(|group| group.vpc != vpc).unwrap().id.clone();
    let input = json!({ "SubnetId": here, "Groups": [foreign] });
    lab.refused("ec2", "CreateNetworkInterface", input, "InvalidParameter");
    let input = json!({ "SubnetId": here, "Groups": ["sg-00000000000000000"] });
    lab.refused("ec2", "CreateNetworkInterface", input, "InvalidGroup.NotFound");
}
