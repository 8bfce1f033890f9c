//! How interfaces are described.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::{NetworkInterface, private_name, public_name};
use crate::aws::ApiError;
use crate::aws::call::{Call, epoch};
use crate::aws::ec2::resource::Description;
use crate::aws::ec2::{State, availability_zone};
use crate::aws::error::Answer;

/// Filters: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html>.
const FILTERS: &[&str] = &[
    "addresses.association.owner-id",
    "addresses.association.public-ip",
    "addresses.primary",
    "addresses.private-ip-address",
    "association.allocation-id",
    "association.association-id",
    "association.ip-owner-id",
    "association.public-dns-name",
    "association.public-ip",
    "attachment.attach-time",
    "attachment.attachment-id",
    "attachment.delete-on-termination",
    "attachment.device-index",
    "attachment.instance-id",
    "attachment.instance-owner-id",
    "attachment.status",
    "availability-zone",
    "availability-zone-id",
    "description",
    "group-id",
    "group-name",
    "interface-type",
    "ipv6-addresses.ipv6-address",
    "mac-address",
    "network-interface-id",
    "operator.managed",
    "operator.principal",
    "owner-id",
    "private-dns-name",
    "private-ip-address",
    "requester-id",
    "requester-managed",
    "source-dest-check",
    "status",
    "subnet-id",
    "vpc-id",
];

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    if call.number("MaxResults").is_some() && !call.list("NetworkInterfaceIds").is_empty() {
        let message = "The parameter NetworkInterfaceIds cannot be used with the parameter MaxResults";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let ec2 = &call.look().ec2;
    Description {
        output: "NetworkInterfaces",
        ids: "NetworkInterfaceIds",
        filters: FILTERS,
        values: &|interface: &NetworkInterface, name| values(ec2, interface, name),
        show: &|interface| show(ec2, interface),
    }
    .answer(call)
}

fn values(ec2: &State, interface: &NetworkInterface, name: &str) -> Vec<String> {
    let of_attachment =
        |member: &str| text(show_attachment(ec2, interface).and_then(|shown| shown.get(member).cloned()));
    let of_associations = |member: &str| {
        let all = interface.addresses.iter().filter_map(|address| show_association(ec2, interface, *address));
        all.flat_map(|shown| text(shown.get(member).cloned())).collect()
    };
    let value = match name {
        "addresses.association.owner-id" | "association.ip-owner-id" => return of_associations("IpOwnerId"),
        "addresses.association.public-ip" | "association.public-ip" => return of_associations("PublicIp"),
        "addresses.primary" => {
            return interface.addresses.iter().enumerate().map(|(at, _)| (at == 0).to_string()).collect();
        }
        "addresses.private-ip-address" | "private-ip-address" => {
            return interface.addresses.iter().map(Ipv4Addr::to_string).collect();
        }
        "association.allocation-id" => return of_associations("AllocationId"),
        "association.association-id" => return of_associations("AssociationId"),
        "association.public-dns-name" => return of_associations("PublicDnsName"),
        "attachment.attach-time" => {
            return interface.attachment.iter().map(|attachment| attachment.attached.to_string()).collect();
        }
        "attachment.attachment-id" => return of_attachment("AttachmentId"),
        "attachment.delete-on-termination" => return of_attachment("DeleteOnTermination"),
        "attachment.device-index" => return of_attachment("DeviceIndex"),
        "attachment.instance-id" => return of_attachment("InstanceId"),
        "attachment.instance-owner-id" => return of_attachment("InstanceOwnerId"),
        "attachment.status" => return of_attachment("Status"),
        "availability-zone" => interface.zone.clone(),
        "availability-zone-id" => availability_zone::id_of(&ec2.owner, &ec2.region, &interface.zone),
        "description" => interface.description.clone(),
        "group-id" => return interface.groups.clone(),
        "group-name" => return group_names(ec2, interface).map(|(_, name)| name.to_owned()).collect(),
        "interface-type" => interface.kind.to_owned(),
        "ipv6-addresses.ipv6-address" => return interface.ipv6.iter().map(ToString::to_string).collect(),
        "mac-address" => interface.mac.clone(),
        "network-interface-id" => interface.id.clone(),
        "operator.managed" => "false".to_owned(),
        "owner-id" => ec2.owner.clone(),
        "private-dns-name" => private_name(&ec2.region, interface.address()),
        "requester-id" => return interface.requester.iter().cloned().collect(),
        "requester-managed" => interface.requester.is_some().to_string(),
        "source-dest-check" => interface.source_dest_check.to_string(),
        "status" => status(interface).to_owned(),
        "subnet-id" => interface.subnet.clone(),
        "vpc-id" => interface.vpc.clone(),
        _ => return Vec::new(),
    };
    vec![value]
}

fn text(value: Option<Value>) -> Vec<String> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => vec![text],
        Some(other) => vec![other.to_string()],
    }
}

/// `available` or `in-use`.
pub(crate) fn status(interface: &NetworkInterface) -> &'static str {
    match &interface.attachment {
        None => "available",
        Some(_) => "in-use",
    }
}

/// The public address at one of an interface's private addresses, as describes show it.
pub(crate) fn show_association(ec2: &State, interface: &NetworkInterface, private: Ipv4Addr) -> Option<Value> {
    let named = ec2.vpcs.get(&interface.vpc).is_some_and(|vpc| vpc.dns_hostnames);
    let name = |address| if named { public_name(&ec2.region, address) } else { String::new() };
    if let Some(elastic) = interface.elastic(ec2, private) {
        return Some(json!({
            "AllocationId": elastic.id,
            "AssociationId": elastic.association.as_ref().map(|association| &association.id),
            "IpOwnerId": ec2.owner,
            "PublicDnsName": name(elastic.public_ip),
            "PublicIp": elastic.public_ip.to_string(),
        }));
    }
    let public = interface.public_ip.filter(|_| private == interface.address())?;
    Some(json!({ "IpOwnerId": "amazon", "PublicDnsName": name(public), "PublicIp": public.to_string() }))
}

fn show_attachment(ec2: &State, interface: &NetworkInterface) -> Option<Value> {
    let attachment = interface.attachment.as_ref()?;
    let service = || if interface.kind == "nat_gateway" { "amazon-aws" } else { "amazon-elb" };
    let owner = match &attachment.instance {
        Some(_) => ec2.owner.as_str(),
        None => interface.requester.as_deref().filter(|name| name.starts_with("amazon-")).unwrap_or_else(service),
    };
    Some(json!({
        "AttachTime": epoch(attachment.attached),
        "AttachmentId": attachment.id,
        "DeleteOnTermination": attachment.delete_on_termination,
        "DeviceIndex": attachment.device_index,
        "NetworkCardIndex": 0,
        "InstanceId": attachment.instance,
        "InstanceOwnerId": owner,
        "Status": attachment.state,
    }))
}

/// Ids and names of an interface's groups.
fn group_names<'a>(ec2: &'a State, interface: &'a NetworkInterface) -> impl Iterator<Item = (&'a str, &'a str)> {
    let name = |id: &str| ec2.security_groups.get(id).map_or("", |group| group.name.as_str());
    interface.groups.iter().map(move |id| (id.as_str(), name(id)))
}

pub(super) fn show(ec2: &State, interface: &NetworkInterface) -> Value {
    let named = ec2.vpcs.get(&interface.vpc).is_some_and(|vpc| vpc.dns_hostnames);
    let name = |address| named.then(|| private_name(&ec2.region, address));
    let addresses = interface.addresses.iter().enumerate().map(|(at, address)| {
        json!({
            "PrivateIpAddress": address.to_string(),
            "PrivateDnsName": name(*address),
            "Primary": at == 0,
            "Association": show_association(ec2, interface, *address),
        })
    });
    let ipv6 =
        interface.ipv6.iter().map(|address| json!({ "Ipv6Address": address.to_string(), "IsPrimaryIpv6": false }));
    let groups = group_names(ec2, interface).map(|(id, name)| json!({ "GroupId": id, "GroupName": name }));
    json!({
        "NetworkInterfaceId": interface.id,
        "Association": show_association(ec2, interface, interface.address()),
        "Attachment": show_attachment(ec2, interface),
        "AvailabilityZone": interface.zone,
        "AvailabilityZoneId": availability_zone::id_of(&ec2.owner, &ec2.region, &interface.zone),
        "Description": interface.description,
        "Groups": groups.collect::<Vec<_>>(),
        "InterfaceType": interface.kind,
        "Ipv6Addresses": ipv6.collect::<Vec<_>>(),
        "Ipv6Address": interface.ipv6.first().map(ToString::to_string),
        "MacAddress": interface.mac,
        "OwnerId": ec2.owner,
        "PrivateDnsName": name(interface.address()),
        "PrivateIpAddress": interface.address().to_string(),
        "PrivateIpAddresses": addresses.collect::<Vec<_>>(),
        "RequesterId": interface.requester,
        "RequesterManaged": interface.requester.is_some(),
        "SourceDestCheck": interface.source_dest_check,
        "Status": status(interface),
        "SubnetId": interface.subnet,
        "TagSet": interface.tags.shown(),
        "VpcId": interface.vpc,
        "Operator": { "Managed": false },
        "DenyAllIgwTraffic": false,
    })
}
