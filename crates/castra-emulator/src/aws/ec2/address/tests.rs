#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::json;

use crate::aws::testing::Lab;

fn allocate(lab: &mut Lab) -> String {
    Lab::text(&lab.ok("ec2", "AllocateAddress", json!({ "Domain": "vpc" })), "/AllocationId")
}

/// A VPC without an internet gateway, and an interface in it.
fn interface(lab: &mut Lab) -> (String, String) {
    let vpc = Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId");
    let subnet = lab.ok("ec2", "CreateSubnet", json!({ "VpcId": vpc, "CidrBlock": "10.0.0.0/24" }));
    let input = json!({ "SubnetId": Lab::text(&subnet, "/Subnet/SubnetId") });
    (vpc, Lab::text(&lab.ok("ec2", "CreateNetworkInterface", input), "/NetworkInterface/NetworkInterfaceId"))
}

fn attach_gateway(lab: &mut Lab, vpc: &str) -> String {
    let gateway = lab.ok("ec2", "CreateInternetGateway", json!({}));
    let gateway = Lab::text(&gateway, "/InternetGateway/InternetGatewayId");
    lab.ok("ec2", "AttachInternetGateway", json!({ "InternetGatewayId": gateway, "VpcId": vpc }));
    gateway
}

#[test]
fn there_are_five() {
    let mut lab = Lab::new();
    let first = allocate(&mut lab);
    for _ in 0..4 {
        allocate(&mut lab);
    }
    lab.refused("ec2", "AllocateAddress", json!({}), "AddressLimitExceeded");
    lab.ok("ec2", "ReleaseAddress", json!({ "AllocationId": first }));
    lab.refused("ec2", "ReleaseAddress", json!({ "AllocationId": first }), "InvalidAllocationID.NotFound");
    let input = json!({ "PublicIps": ["198.51.100.1"] });
    lab.refused("ec2", "DescribeAddresses", input, "InvalidAddress.NotFound");
}

#[test]
fn an_address_in_use_stays_and_keeps_the_gateway() {
    let mut lab = Lab::new();
    let (vpc, interface) = interface(&mut lab);
    let address = allocate(&mut lab);
    let associate = json!({ "AllocationId": address, "NetworkInterfaceId": interface });
    lab.refused("ec2", "AssociateAddress", associate.clone(), "Gateway.NotAttached");
    let gateway = attach_gateway(&mut lab, &vpc);
    let first = lab.ok("ec2", "AssociateAddress", associate.clone());
    assert_eq!(first, lab.ok("ec2", "AssociateAddress", associate));
    lab.refused("ec2", "ReleaseAddress", json!({ "AllocationId": address }), "InvalidIPAddress.InUse");
    let detach = json!({ "InternetGatewayId": gateway, "VpcId": vpc });
    lab.refused("ec2", "DetachInternetGateway", detach.clone(), "DependencyViolation");
    let association = json!({ "AssociationId": Lab::text(&first, "/AssociationId") });
    lab.ok("ec2", "DisassociateAddress", association.clone());
    lab.refused("ec2", "DisassociateAddress", association, "InvalidAssociationID.NotFound");
    lab.ok("ec2", "DetachInternetGateway", detach);
    lab.ok("ec2", "ReleaseAddress", json!({ "AllocationId": address }));
}

#[test]
fn an_address_moves_unless_it_may_not() {
    let mut lab = Lab::new();
    let (vpc, first) = interface(&mut lab);
    attach_gateway(&mut lab, &vpc);
    let shown = lab.ok("ec2", "DescribeNetworkInterfaces", json!({ "NetworkInterfaceIds": [first] }));
    let input = json!({ "SubnetId": Lab::text(&shown, "/NetworkInterfaces/0/SubnetId") });
    let second = Lab::text(&lab.ok("ec2", "CreateNetworkInterface", input), "/NetworkInterface/NetworkInterfaceId");
    let address = allocate(&mut lab);
    lab.ok("ec2", "AssociateAddress", json!({ "AllocationId": address, "NetworkInterfaceId": first }));
    let input = json!({ "AllocationId": address, "NetworkInterfaceId": second, "AllowReassociation": false });
    lab.refused("ec2", "AssociateAddress", input, "Resource.AlreadyAssociated");
    lab.ok("ec2", "AssociateAddress", json!({ "AllocationId": address, "NetworkInterfaceId": second }));
    let filters = json!([{ "Name": "network-interface-id", "Values": [second] }]);
    let shown = lab.ok("ec2", "DescribeAddresses", json!({ "Filters": filters }));
    assert_eq!(Lab::text(&shown, "/Addresses/0/AllocationId"), address);
    lab.ok("ec2", "DeleteNetworkInterface", json!({ "NetworkInterfaceId": second }));
    lab.ok("ec2", "ReleaseAddress", json!({ "AllocationId": address }));
}
