//! How subnets are described.

use serde_json::{Value, json};

use super::{Subnet, addresses, ipv6};
use crate::aws::call::Call;
use crate::aws::ec2::resource::Description;
use crate::aws::ec2::{State, availability_zone};
use crate::aws::error::Answer;

/// Filters: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html>.
const FILTERS: &[&str] = &[
    "availability-zone",
    "availability-zone-id",
    "availabilityZone",
    "availabilityZoneId",
    "available-ip-address-count",
    "cidr",
    "cidr-block",
    "cidrBlock",
    "customer-owned-ipv4-pool",
    "default-for-az",
    "defaultForAz",
    "enable-dns64",
    "enable-lni-at-device-index",
    "ipv6-cidr-block-association.association-id",
    "ipv6-cidr-block-association.ipv6-cidr-block",
    "ipv6-cidr-block-association.state",
    "ipv6-native",
    "map-customer-owned-ip-on-launch",
    "map-public-ip-on-launch",
    "outpost-arn",
    "owner-id",
    "private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
    "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
    "private-dns-name-options-on-launch.hostname-type",
    "state",
    "subnet-arn",
    "subnet-id",
    "vpc-id",
];

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let ec2 = &call.look().ec2;
    Description {
        output: "Subnets",
        ids: "SubnetIds",
        filters: FILTERS,
        values: &|subnet: &Subnet, name| values(ec2, subnet, name),
        show: &|subnet| show(ec2, subnet),
    }
    .answer(call)
}

fn arn(ec2: &State, subnet: &Subnet) -> String {
    format!("arn:aws:ec2:{}:{}:subnet/{}", ec2.region, ec2.owner, subnet.id)
}

fn values(ec2: &State, subnet: &Subnet, name: &str) -> Vec<String> {
    let value = match name {
        "availability-zone" | "availabilityZone" => subnet.zone.clone(),
        "availability-zone-id" | "availabilityZoneId" => {
            availability_zone::id_of(&ec2.owner, &ec2.region, &subnet.zone)
        }
        "available-ip-address-count" => addresses::available(ec2, subnet).to_string(),
        "cidr" | "cidr-block" | "cidrBlock" => subnet.cidr.to_string(),
        "default-for-az" | "defaultForAz" => subnet.default_for_zone.to_string(),
        "enable-dns64" => subnet.dns64.to_string(),
        "ipv6-cidr-block-association.association-id" => {
            return subnet.ipv6.iter().map(|block| block.id.clone()).collect();
        }
        "ipv6-cidr-block-association.ipv6-cidr-block" => {
            return subnet.ipv6.iter().map(|block| block.cidr.to_string()).collect();
        }
        "ipv6-cidr-block-association.state" => {
            return subnet.ipv6.iter().map(|_| "associated".to_owned()).collect();
        }
        "ipv6-native" | "map-customer-owned-ip-on-launch" => "false".to_owned(),
        "map-public-ip-on-launch" => subnet.map_public_ip.to_string(),
        "owner-id" => ec2.owner.clone(),
        "private-dns-name-options-on-launch.enable-resource-name-dns-a-record" => {
            subnet.resource_name_records.0.to_string()
        }
        "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record" => {
            subnet.resource_name_records.1.to_string()
        }
        "private-dns-name-options-on-launch.hostname-type" => subnet.hostname_type.clone(),
        "state" => "available".to_owned(),
        "subnet-arn" => arn(ec2, subnet),
        "subnet-id" => subnet.id.clone(),
        "vpc-id" => subnet.vpc.clone(),
        _ => return Vec::new(),
    };
    vec![value]
}

pub(super) fn show(ec2: &State, subnet: &Subnet) -> Value {
    let ipv6: Vec<_> = subnet.ipv6.iter().map(|block| ipv6::show(block, "associated")).collect();
    json!({
        "SubnetId": subnet.id,
        "SubnetArn": arn(ec2, subnet),
        "VpcId": subnet.vpc,
        "OwnerId": ec2.owner,
        "State": "available",
        "CidrBlock": subnet.cidr.to_string(),
        "Ipv6CidrBlockAssociationSet": ipv6,
        "AvailabilityZone": subnet.zone,
        "AvailabilityZoneId": availability_zone::id_of(&ec2.owner, &ec2.region, &subnet.zone),
        "AvailableIpAddressCount": addresses::available(ec2, subnet),
        "DefaultForAz": subnet.default_for_zone,
        "MapPublicIpOnLaunch": subnet.map_public_ip,
        "MapCustomerOwnedIpOnLaunch": false,
        "AssignIpv6AddressOnCreation": subnet.assign_ipv6,
        "Ipv6Native": false,
        "EnableDns64": subnet.dns64,
        "PrivateDnsNameOptionsOnLaunch": {
            "HostnameType": subnet.hostname_type,
            "EnableResourceNameDnsARecord": subnet.resource_name_records.0,
            "EnableResourceNameDnsAAAARecord": subnet.resource_name_records.1,
        },
        "BlockPublicAccessStates": { "InternetGatewayBlockMode": "off" },
        "Tags": subnet.tags.shown(),
    })
}
