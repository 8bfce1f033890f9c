use serde_json::json;

use super::{instance, launch, run};
use crate::aws::testing::Lab;

fn subnet(lab: &mut Lab) -> String {
    let subnets = lab.ok("ec2", "DescribeSubnets", json!({}));
    Lab::text(&subnets, "/Subnets/0/SubnetId")
}

#[test]
fn interfaces_and_instance_level_settings_exclude_each_other() {
    let mut lab = Lab::new();
    let subnet = subnet(&mut lab);
    let interfaces = json!([{ "DeviceIndex": 0, "SubnetId": subnet }]);
    let input = launch(json!({ "NetworkInterfaces": interfaces, "SubnetId": subnet }));
    let message = lab.refused("ec2", "RunInstances", input, "InvalidParameterCombination");
    assert_eq!(message, "Network interfaces and an instance-level subnet ID may not be specified on the same request");
    let input = launch(json!({ "NetworkInterfaces": interfaces, "SecurityGroupIds": ["sg-0123456789abcdef0"] }));
    lab.refused("ec2", "RunInstances", input, "InvalidParameterCombination");
}

#[test]
fn interfaces_have_indexes_and_limits() {
    let mut lab = Lab::new();
    for (interfaces, code) in [
        (json!([{ "SubnetId": subnet(&mut lab) }]), "InvalidParameterValue"),
        (json!([{ "DeviceIndex": 1 }]), "InvalidParameterValue"),
        (json!([{ "DeviceIndex": 0 }, { "DeviceIndex": 0 }]), "InvalidParameterCombination"),
        (json!([{ "DeviceIndex": 0 }, { "DeviceIndex": 1 }, { "DeviceIndex": 2 }]), "AttachmentLimitExceeded"),
        (json!([{ "DeviceIndex": 0, "SecondaryPrivateIpAddressCount": 2 }]), "PrivateIpAddressLimitExceeded"),
        (
            json!([{ "DeviceIndex": 0, "AssociatePublicIpAddress": true }, { "DeviceIndex": 1 }]),
            "InvalidParameterCombination",
        ),
    ] {
        lab.refused("ec2", "RunInstances", launch(json!({ "NetworkInterfaces": interfaces })), code);
    }
}

#[test]
fn an_interface_that_was_there_before_stays_afterwards() {
    let mut lab = Lab::new();
    let subnet = subnet(&mut lab);
    let made = lab.ok("ec2", "CreateNetworkInterface", json!({ "SubnetId": subnet }));
    let interface = Lab::text(&made, "/NetworkInterface/NetworkInterfaceId");
    let wired = json!({ "NetworkInterfaces": [{ "DeviceIndex": 0, "NetworkInterfaceId": interface }] });
    let id = run(&mut lab, wired.clone());
    lab.refused("ec2", "RunInstances", launch(wired), "InvalidNetworkInterface.InUse");
    assert_eq!(Lab::text(&instance(&mut lab, &id), "/NetworkInterfaces/0/NetworkInterfaceId"), interface);
    lab.step(20.0);
    lab.ok("ec2", "TerminateInstances", json!({ "InstanceIds": [id] }));
    lab.step(60.0);
    let left = lab.ok("ec2", "DescribeNetworkInterfaces", json!({ "NetworkInterfaceIds": [interface] }));
    assert_eq!(Lab::text(&left, "/NetworkInterfaces/0/Status"), "available");
}

#[test]
fn an_address_is_one_instances() {
    let mut lab = Lab::new();
    let subnets = lab.ok("ec2", "DescribeSubnets", json!({}));
    let subnet = Lab::text(&subnets, "/Subnets/0/SubnetId");
    let cidr: ipnet::Ipv4Net = Lab::text(&subnets, "/Subnets/0/CidrBlock").parse().unwrap();
    let address = cidr.hosts().nth(20).unwrap().to_string();
    let wanted = json!({ "SubnetId": subnet, "PrivateIpAddress": address });
    let id = run(&mut lab, wanted.clone());
    let shown = instance(&mut lab, &id);
    assert_eq!(shown["PrivateIpAddress"], address);
    lab.refused("ec2", "RunInstances", launch(wanted), "InvalidIPAddress.InUse");
    let many = json!({ "SubnetId": subnet, "PrivateIpAddress": "172.31.0.99", "MaxCount": 2 });
    lab.refused("ec2", "RunInstances", launch(many), "InvalidParameterCombination");
}
