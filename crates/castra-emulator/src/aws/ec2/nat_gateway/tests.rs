#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::Lab;

fn subnet(lab: &mut Lab) -> (String, String) {
    let vpc = Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId");
    let subnet = lab.ok("ec2", "CreateSubnet", json!({ "VpcId": vpc, "CidrBlock": "10.0.0.0/28" }));
    (vpc, Lab::text(&subnet, "/Subnet/SubnetId"))
}

fn attach_gateway(lab: &mut Lab, vpc: &str) -> String {
    let gateway = lab.ok("ec2", "CreateInternetGateway", json!({}));
    let gateway = Lab::text(&gateway, "/InternetGateway/InternetGatewayId");
    lab.ok("ec2", "AttachInternetGateway", json!({ "InternetGatewayId": gateway, "VpcId": vpc }));
    gateway
}

fn allocate(lab: &mut Lab) -> String {
    Lab::text(&lab.ok("ec2", "AllocateAddress", json!({})), "/AllocationId")
}

fn shown(lab: &mut Lab, gateway: &str) -> Value {
    let answer = lab.ok("ec2", "DescribeNatGateways", json!({ "NatGatewayIds": [gateway] }));
    answer.pointer("/NatGateways/0").cloned().unwrap()
}

#[test]
fn its_whole_life() {
    let mut lab = Lab::new();
    let (vpc, subnet) = subnet(&mut lab);
    let internet = attach_gateway(&mut lab, &vpc);
    let address = allocate(&mut lab);
    let input = json!({ "SubnetId": subnet, "AllocationId": address, "ClientToken": "one" });
    let made = lab.ok("ec2", "CreateNatGateway", input.clone());
    let id = Lab::text(&made, "/NatGateway/NatGatewayId");
    assert_eq!(Lab::text(&lab.ok("ec2", "CreateNatGateway", input), "/NatGateway/NatGatewayId"), id);
    let other = json!({ "SubnetId": subnet, "ConnectivityType": "private", "ClientToken": "one" });
    lab.refused("ec2", "CreateNatGateway", other, "IdempotentParameterMismatch");
    assert_eq!(shown(&mut lab, &id)["State"], "pending");
    lab.step(200.0);
    assert_eq!(shown(&mut lab, &id)["State"], "available");
    let described = lab.ok("ec2", "DescribeAddresses", json!({ "AllocationIds": [address] }));
    let association = json!({ "AssociationId": Lab::text(&described, "/Addresses/0/AssociationId") });
    lab.refused("ec2", "DisassociateAddress", association, "AuthFailure");
    lab.refused("ec2", "ReleaseAddress", json!({ "AllocationId": address }), "AuthFailure");
    let detach = json!({ "InternetGatewayId": internet, "VpcId": vpc });
    lab.refused("ec2", "DetachInternetGateway", detach.clone(), "DependencyViolation");
    lab.ok("ec2", "DeleteNatGateway", json!({ "NatGatewayId": id }));
    lab.refused("ec2", "DeleteSubnet", json!({ "SubnetId": subnet }), "DependencyViolation");
    assert_eq!(shown(&mut lab, &id)["State"], "deleting");
    lab.refused("ec2", "ReleaseAddress", json!({ "AllocationId": address }), "AuthFailure");
    lab.step(51.0);
    assert_eq!(shown(&mut lab, &id)["State"], "deleted");
    lab.ok("ec2", "ReleaseAddress", json!({ "AllocationId": address }));
    lab.ok("ec2", "DeleteSubnet", json!({ "SubnetId": subnet }));
    lab.ok("ec2", "DetachInternetGateway", detach);
    lab.step(3600.0);
    lab.refused("ec2", "DescribeNatGateways", json!({ "NatGatewayIds": [id] }), "NatGatewayNotFound");
}

#[test]
fn what_is_wrong_shows_later() {
    let mut lab = Lab::new();
    let (vpc, subnet) = subnet(&mut lab);
    let address = allocate(&mut lab);
    let fails = |lab: &mut Lab, allocation: &str, code: &str| {
        let made = lab.ok("ec2", "CreateNatGateway", json!({ "SubnetId": subnet, "AllocationId": allocation }));
        let id = Lab::text(&made, "/NatGateway/NatGatewayId");
        assert_eq!(shown(lab, &id).get("FailureCode"), Some(&Value::Null));
        lab.step(200.0);
        let shown = shown(lab, &id);
        assert_eq!((shown["State"].as_str(), shown["FailureCode"].as_str()), (Some("failed"), Some(code)));
    };
    fails(&mut lab, &address, "Gateway.NotAttached");
    attach_gateway(&mut lab, &vpc);
    let input = json!({ "SubnetId": subnet, "AllocationId": "eipalloc-00000000000000000" });
    lab.refused("ec2", "CreateNatGateway", input, "InvalidAllocationID.NotFound");
    lab.ok("ec2", "CreateNatGateway", json!({ "SubnetId": subnet, "AllocationId": address }));
    fails(&mut lab, &address, "Resource.AlreadyAssociated");
    for _ in 0..10 {
        lab.ok("ec2", "CreateNetworkInterface", json!({ "SubnetId": subnet }));
    }
    let other = allocate(&mut lab);
    fails(&mut lab, &other, "InsufficientFreeAddressesInSubnet");
}

#[test]
fn there_are_five_in_a_zone() {
    let mut lab = Lab::new();
    let (_, subnet) = subnet(&mut lab);
    let input = json!({ "SubnetId": subnet, "ConnectivityType": "private" });
    for _ in 0..5 {
        lab.ok("ec2", "CreateNatGateway", input.clone());
    }
    lab.refused("ec2", "CreateNatGateway", input, "NatGatewayLimitExceeded");
    lab.refused("ec2", "CreateNatGateway", json!({ "SubnetId": subnet }), "MissingParameter");
    let input = json!({ "SubnetId": "subnet-00000000000000000", "ConnectivityType": "private" });
    lab.refused("ec2", "CreateNatGateway", input, "InvalidSubnetID.NotFound");
}
