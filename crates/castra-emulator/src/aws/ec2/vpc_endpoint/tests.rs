#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::Lab;

fn network(lab: &mut Lab) -> (String, String, String) {
    let vpc = Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId");
    let input = json!({ "VpcId": vpc, "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-central-1a" });
    let subnet = Lab::text(&lab.ok("ec2", "CreateSubnet", input), "/Subnet/SubnetId");
    let table = lab.ok("ec2", "CreateRouteTable", json!({ "VpcId": vpc }));
    (vpc, subnet, Lab::text(&table, "/RouteTable/RouteTableId"))
}

fn routes(lab: &mut Lab, table: &str) -> usize {
    let shown = lab.ok("ec2", "DescribeRouteTables", json!({ "RouteTableIds": [table] }));
    shown.pointer("/RouteTables/0/Routes").and_then(Value::as_array).map_or(0, Vec::len)
}

#[test]
fn a_gateway_endpoint_comes_and_goes_with_its_routes() {
    let mut lab = Lab::new();
    let (vpc, _, table) = network(&mut lab);
    let service = "com.amazonaws.eu-central-1.s3";
    let input = json!({ "VpcId": vpc, "ServiceName": service, "RouteTableIds": [table] });
    let made = lab.ok("ec2", "CreateVpcEndpoint", input.clone());
    let endpoint = Lab::text(&made, "/VpcEndpoint/VpcEndpointId");
    assert_eq!(routes(&mut lab, &table), 2);
    lab.refused("ec2", "CreateVpcEndpoint", input, "RouteAlreadyExists");
    let lists = lab.ok("ec2", "DescribePrefixLists", json!({}));
    let list = lists.get("PrefixLists").and_then(Value::as_array).unwrap();
    let list = list.iter().find(|list| list["PrefixListName"] == service).unwrap();
    let input = json!({ "RouteTableId": table, "DestinationPrefixListId": list["PrefixListId"] });
    lab.refused("ec2", "DeleteRoute", input, "InvalidParameterValue");
    let input = json!({ "VpcEndpointId": endpoint, "RemoveRouteTableIds": [table] });
    lab.ok("ec2", "ModifyVpcEndpoint", input);
    assert_eq!(routes(&mut lab, &table), 1);
    let answer = lab.ok("ec2", "DeleteVpcEndpoints", json!({ "VpcEndpointIds": [endpoint, "vpce-00000000000000000"] }));
    assert_eq!(Lab::text(&answer, "/Unsuccessful/0/Error/Code"), "InvalidVpcEndpointId.NotFound");
    lab.step(10.0);
    let input = json!({ "VpcEndpointIds": [endpoint] });
    lab.refused("ec2", "DescribeVpcEndpoints", input, "InvalidVpcEndpointId.NotFound");
}

#[test]
fn an_interface_endpoint_has_interfaces_that_linger() {
    let mut lab = Lab::new();
    let (vpc, subnet, _) = network(&mut lab);
    let service = "com.amazonaws.eu-central-1.ssm";
    let input = json!({
        "VpcId": vpc, "ServiceName": service, "VpcEndpointType": "Interface", "SubnetIds": [subnet],
    });
    lab.refused("ec2", "CreateVpcEndpoint", input.clone(), "InvalidParameter");
    lab.ok("ec2", "ModifyVpcAttribute", json!({ "VpcId": vpc, "EnableDnsHostnames": { "Value": true } }));
    let made = lab.ok("ec2", "CreateVpcEndpoint", input.clone());
    lab.refused("ec2", "CreateVpcEndpoint", input, "InvalidParameter");
    assert_eq!(Lab::text(&made, "/VpcEndpoint/State"), "pending");
    let endpoint = json!({ "VpcEndpointIds": [Lab::text(&made, "/VpcEndpoint/VpcEndpointId")] });
    lab.step(100.0);
    let shown = lab.ok("ec2", "DescribeVpcEndpoints", endpoint.clone());
    assert_eq!(Lab::text(&shown, "/VpcEndpoints/0/State"), "available");
    let interface = Lab::text(&shown, "/VpcEndpoints/0/NetworkInterfaceIds/0");
    let input = json!({ "NetworkInterfaceId": interface });
    lab.refused("ec2", "DeleteNetworkInterface", input.clone(), "InvalidParameterValue");
    lab.ok("ec2", "DeleteVpcEndpoints", endpoint);
    lab.refused("ec2", "DeleteSubnet", json!({ "SubnetId": subnet }), "DependencyViolation");
    lab.step(100.0);
    lab.refused("ec2", "DeleteNetworkInterface", input, "InvalidNetworkInterfaceID.NotFound");
    lab.ok("ec2", "DeleteSubnet", json!({ "SubnetId": subnet }));
}

#[test]
fn services_have_their_kinds() {
    let mut lab = Lab::new();
    let (vpc, ..) = network(&mut lab);
    let input = json!({ "VpcId": vpc, "ServiceName": "com.amazonaws.eu-central-1.ssm" });
    let message = lab.refused("ec2", "CreateVpcEndpoint", input, "InvalidParameter");
    assert_eq!(message, "Endpoint type (Gateway) does not match available service types ([Interface]).");
    let input = json!({ "VpcId": vpc, "ServiceName": "com.amazonaws.eu-west-1.s3" });
    lab.refused("ec2", "CreateVpcEndpoint", input, "InvalidServiceName");
    let answer = lab.ok("ec2", "DescribeVpcEndpointServices", json!({}));
    assert!(answer["ServiceNames"].as_array().unwrap().contains(&json!("com.amazonaws.eu-central-1.s3")));
}
