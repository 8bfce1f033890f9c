#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::Lab;

/// A VPC with a subnet, a route table and an attached internet gateway; their ids.
fn network(lab: &mut Lab) -> (String, String, String, String) {
    let vpc = Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId");
    let subnet = lab.ok("ec2", "CreateSubnet", json!({ "VpcId": vpc, "CidrBlock": "10.0.0.0/24" }));
    let table = lab.ok("ec2", "CreateRouteTable", json!({ "VpcId": vpc }));
    let gateway = lab.ok("ec2", "CreateInternetGateway", json!({}));
    let gateway = Lab::text(&gateway, "/InternetGateway/InternetGatewayId");
    lab.ok("ec2", "AttachInternetGateway", json!({ "InternetGatewayId": gateway, "VpcId": vpc }));
    (vpc, Lab::text(&subnet, "/Subnet/SubnetId"), Lab::text(&table, "/RouteTable/RouteTableId"), gateway)
}

fn route(lab: &mut Lab, table: &str, destination: &str) -> Value {
    let shown = lab.ok("ec2", "DescribeRouteTables", json!({ "RouteTableIds": [table] }));
    let routes = shown.pointer("/RouteTables/0/Routes").and_then(Value::as_array).unwrap();
    routes.iter().find(|route| route["DestinationCidrBlock"] == destination).cloned().unwrap_or_default()
}

#[test]
fn a_destination_has_one_route() {
    let mut lab = Lab::new();
    let (_, _, table, gateway) = network(&mut lab);
    assert_eq!(route(&mut lab, &table, "10.0.0.0/16")["GatewayId"], "local");
    let input = |to: &str| json!({ "RouteTableId": table, "DestinationCidrBlock": to, "GatewayId": gateway });
    lab.ok("ec2", "CreateRoute", input("0.0.0.0/0"));
    lab.refused("ec2", "CreateRoute", input("0.0.0.0/0"), "RouteAlreadyExists");
    lab.refused("ec2", "CreateRoute", input("10.0.0.0/24"), "InvalidParameterValue");
    lab.refused("ec2", "CreateRoute", input("anywhere"), "InvalidParameterValue");
    lab.refused("ec2", "ReplaceRoute", input("1.0.0.0/8"), "InvalidParameterValue");
    lab.ok("ec2", "ReplaceRoute", input("0.0.0.0/0"));
    let delete = |to: &str| json!({ "RouteTableId": table, "DestinationCidrBlock": to });
    lab.refused("ec2", "DeleteRoute", delete("1.0.0.0/8"), "InvalidRoute.NotFound");
    lab.refused("ec2", "DeleteRoute", delete("10.0.0.0/16"), "InvalidParameterValue");
    lab.ok("ec2", "DeleteRoute", delete("0.0.0.0/0"));
    assert_eq!(route(&mut lab, &table, "0.0.0.0/0"), Value::Null);
}

#[test]
fn targets_must_be_there_and_of_the_same_network() {
    let mut lab = Lab::new();
    let (_, _, table, _) = network(&mut lab);
    let loose = lab.ok("ec2", "CreateInternetGateway", json!({}));
    let loose = Lab::text(&loose, "/InternetGateway/InternetGatewayId");
    for (target, id, code) in [
        ("GatewayId", loose.as_str(), "InvalidParameterValue"),
        ("GatewayId", "igw-00000000000000000", "InvalidGatewayID.NotFound"),
        ("NatGatewayId", "nat-00000000000000000", "InvalidNatGatewayID.NotFound"),
        ("NetworkInterfaceId", "eni-00000000000000000", "InvalidNetworkInterfaceID.NotFound"),
        ("TransitGatewayId", "tgw-00000000000000000", "InvalidTransitGatewayID.NotFound"),
    ] {
        let input = json!({ "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", target: id });
        lab.refused("ec2", "CreateRoute", input, code);
    }
    let input = json!({ "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0" });
    lab.refused("ec2", "CreateRoute", input, "MissingParameter");
}

#[test]
fn a_route_to_what_is_gone_is_a_blackhole() {
    let mut lab = Lab::new();
    let (vpc, _, table, gateway) = network(&mut lab);
    let input = json!({ "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway });
    lab.ok("ec2", "CreateRoute", input);
    assert_eq!(route(&mut lab, &table, "0.0.0.0/0")["State"], "active");
    lab.ok("ec2", "DetachInternetGateway", json!({ "InternetGatewayId": gateway, "VpcId": vpc }));
    lab.ok("ec2", "DeleteInternetGateway", json!({ "InternetGatewayId": gateway }));
    assert_eq!(route(&mut lab, &table, "0.0.0.0/0")["State"], "blackhole");
}

#[test]
fn associations_keep_a_table() {
    let mut lab = Lab::new();
    let (vpc, subnet, table, _) = network(&mut lab);
    let input = json!({ "RouteTableId": table, "SubnetId": subnet });
    let association = Lab::text(&lab.ok("ec2", "AssociateRouteTable", input.clone()), "/AssociationId");
    lab.refused("ec2", "AssociateRouteTable", input, "Resource.AlreadyAssociated");
    lab.refused("ec2", "DeleteRouteTable", json!({ "RouteTableId": table }), "DependencyViolation");
    lab.ok("ec2", "DisassociateRouteTable", json!({ "AssociationId": association }));
    let input = json!({ "AssociationId": association });
    lab.refused("ec2", "DisassociateRouteTable", input, "InvalidAssociationID.NotFound");
    let filters = json!([{ "Name": "vpc-id", "Values": [vpc] }, { "Name": "association.main", "Values": ["true"] }]);
    let main = lab.ok("ec2", "DescribeRouteTables", json!({ "Filters": filters }));
    let association = Lab::text(&main, "/RouteTables/0/Associations/0/RouteTableAssociationId");
    let main = Lab::text(&main, "/RouteTables/0/RouteTableId");
    lab.refused("ec2", "DeleteRouteTable", json!({ "RouteTableId": main }), "DependencyViolation");
    let input = json!({ "AssociationId": association });
    lab.refused("ec2", "DisassociateRouteTable", input, "InvalidParameterValue");
    lab.ok("ec2", "ReplaceRouteTableAssociation", json!({ "AssociationId": association, "RouteTableId": table }));
    lab.ok("ec2", "DeleteRouteTable", json!({ "RouteTableId": main }));
    lab.refused("ec2", "DeleteRouteTable", json!({ "RouteTableId": table }), "DependencyViolation");
}

#[test]
fn a_gateway_is_of_one_network() {
    let mut lab = Lab::new();
    let (vpc, _, _, gateway) = network(&mut lab);
    let other = Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId");
    let attach = |gateway: &str, vpc: &str| json!({ "InternetGatewayId": gateway, "VpcId": vpc });
    lab.refused("ec2", "AttachInternetGateway", attach(&gateway, &other), "Resource.AlreadyAssociated");
    let shown = lab.ok("ec2", "DescribeInternetGateways", json!({ "InternetGatewayIds": [gateway] }));
    assert_eq!(Lab::text(&shown, "/InternetGateways/0/Attachments/0/State"), "available");
    let second = lab.ok("ec2", "CreateInternetGateway", json!({}));
    let second = Lab::text(&second, "/InternetGateway/InternetGatewayId");
    lab.refused("ec2", "AttachInternetGateway", attach(&second, &vpc), "InvalidParameterValue");
    lab.refused("ec2", "DetachInternetGateway", attach(&second, &vpc), "Gateway.NotAttached");
    lab.refused("ec2", "DeleteInternetGateway", json!({ "InternetGatewayId": gateway }), "DependencyViolation");
    lab.refused("ec2", "DeleteVpc", json!({ "VpcId": vpc }), "DependencyViolation");
    for _ in 0..2 {
        lab.ok("ec2", "CreateInternetGateway", json!({}));
    }
    lab.refused("ec2", "CreateInternetGateway", json!({}), "InternetGatewayLimitExceeded");
}
