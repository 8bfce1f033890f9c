use serde_json::json;

use super::{ELB, balancer, network};
use crate::aws::testing::Lab;

#[test]
fn elastic_addresses_stay_with_a_network_load_balancer() {
    let mut lab = Lab::new();
    let (_, subnets) = network(&mut lab);
    let address = lab.ok("ec2", "AllocateAddress", json!({ "Domain": "vpc" }));
    let (allocation, public) = (Lab::text(&address, "/AllocationId"), Lab::text(&address, "/PublicIp"));
    let mapping = json!({ "SubnetId": subnets[0], "AllocationId": allocation });
    let input = json!({ "Name": "net", "Type": "network", "SubnetMappings": [mapping] });
    let answer = lab.ok(ELB, "CreateLoadBalancer", input.clone());
    assert_eq!(
        answer["LoadBalancers"][0]["AvailabilityZones"][0]["LoadBalancerAddresses"],
        json!([{ "IpAddress": public, "AllocationId": allocation }])
    );
    let arn = Lab::text(&answer, "/LoadBalancers/0/LoadBalancerArn");
    let mut other = input.clone();
    other["Name"] = json!("other");
    lab.refused(ELB, "CreateLoadBalancer", other, "ResourceInUse");
    // It keeps what it has when a subnet is added.
    let mappings = json!([mapping, { "SubnetId": subnets[1] }]);
    let answer = lab.ok(ELB, "SetSubnets", json!({ "LoadBalancerArn": arn, "SubnetMappings": mappings }));
    assert_eq!(answer["AvailabilityZones"][0]["LoadBalancerAddresses"][0]["AllocationId"], json!(allocation));
    assert_eq!(answer["AvailabilityZones"][1]["LoadBalancerAddresses"], json!([]));
    lab.ok(ELB, "DeleteLoadBalancer", json!({ "LoadBalancerArn": arn }));
    lab.ok("ec2", "ReleaseAddress", json!({ "AllocationId": allocation }));
}

#[test]
fn internal_network_load_balancers_can_have_addresses_of_their_own() {
    let mut lab = Lab::new();
    let (_, subnets) = network(&mut lab);
    let answer = lab.ok("ec2", "DescribeSubnets", json!({ "SubnetIds": [subnets[0]] }));
    let cidr: ipnet::Ipv4Net = Lab::text(&answer, "/Subnets/0/CidrBlock").parse().unwrap();
    let address = cidr.hosts().nth(99).unwrap().to_string();
    let input = |kind: &str, scheme: &str, address: &str| {
        let mapping = json!({ "SubnetId": subnets[0], "PrivateIPv4Address": address });
        json!({ "Name": "net", "Type": kind, "Scheme": scheme, "SubnetMappings": [mapping] })
    };
    let misconfigured = "InvalidConfigurationRequest";
    lab.refused(ELB, "CreateLoadBalancer", input("network", "internet-facing", &address), misconfigured);
    lab.refused(ELB, "CreateLoadBalancer", input("network", "internal", "192.0.2.1"), misconfigured);
    let answer = lab.ok(ELB, "CreateLoadBalancer", input("network", "internal", &address));
    assert_eq!(
        answer["LoadBalancers"][0]["AvailabilityZones"][0]["LoadBalancerAddresses"],
        json!([{ "PrivateIPv4Address": address }])
    );
    let mut other = input("network", "internal", &address);
    other["Name"] = json!("other");
    lab.refused(ELB, "CreateLoadBalancer", other, "InvalidSubnet");
}

#[test]
fn what_it_uses_can_not_be_deleted_until_it_is_gone() {
    let mut lab = Lab::new();
    let (vpc, subnets) = network(&mut lab);
    let input = json!({ "GroupName": "front", "Description": "front", "VpcId": vpc });
    let group = Lab::text(&lab.ok("ec2", "CreateSecurityGroup", input), "/GroupId");
    let input = json!({ "Name": "web", "Subnets": subnets, "SecurityGroups": [group] });
    let web = Lab::text(&lab.ok(ELB, "CreateLoadBalancer", input), "/LoadBalancers/0/LoadBalancerArn");
    let delete = json!({ "GroupId": group });
    lab.refused("ec2", "DeleteSecurityGroup", delete.clone(), "DependencyViolation");
    lab.ok(ELB, "DeleteLoadBalancer", json!({ "LoadBalancerArn": web }));
    lab.refused("ec2", "DeleteSecurityGroup", delete.clone(), "DependencyViolation");
    lab.refused("ec2", "DeleteSubnet", json!({ "SubnetId": subnets[0] }), "DependencyViolation");
    lab.step(121.0);
    lab.ok("ec2", "DeleteSecurityGroup", delete);
    lab.ok("ec2", "DeleteSubnet", json!({ "SubnetId": subnets[0] }));
}

#[test]
fn its_interfaces_are_the_services() {
    let mut lab = Lab::new();
    balancer(&mut lab, "net", "network");
    let answer = lab.ok("ec2", "DescribeNetworkInterfaces", json!({}));
    let interface = &answer["NetworkInterfaces"][0];
    assert_eq!(interface["InterfaceType"], "network_load_balancer");
    assert_eq!(interface["Status"], "in-use");
    let id = Lab::text(interface, "/NetworkInterfaceId");
    let input = json!({ "NetworkInterfaceId": id });
    assert!(lab.call("ec2", "DeleteNetworkInterface", input).is_err());
}
