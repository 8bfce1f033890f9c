//! How addresses are described.

use serde_json::{Value, json};

use super::{Address, by_ip};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::resource::listed;
use crate::aws::ec2::{State, page};
use crate::aws::error::Answer;

/// Filters: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html>.
const FILTERS: &[&str] = &[
    "allocation-id",
    "association-id",
    "domain",
    "instance-id",
    "network-border-group",
    "network-interface-id",
    "network-interface-owner-id",
    "private-ip-address",
    "public-ip",
];

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, FILTERS)?;
    let ips = call.texts("PublicIps");
    for ip in &ips {
        by_ip(call, ip)?;
    }
    let ec2 = &call.look().ec2;
    let addresses = listed::<Address>(call, "AllocationIds")?.into_iter();
    let passing = addresses
        .filter(|address| ips.is_empty() || ips.iter().any(|ip| *ip == address.public_ip.to_string()))
        .filter(|address| filters.pass(&address.tags, |name| values(ec2, address, name)));
    Ok(json!({ "Addresses": passing.map(|address| show(ec2, address)).collect::<Vec<_>>() }))
}

fn values(ec2: &State, address: &Address, name: &str) -> Vec<String> {
    let member = match name {
        "allocation-id" => "AllocationId",
        "association-id" => "AssociationId",
        "domain" => "Domain",
        "instance-id" => "InstanceId",
        "network-border-group" => "NetworkBorderGroup",
        "network-interface-id" => "NetworkInterfaceId",
        "network-interface-owner-id" => "NetworkInterfaceOwnerId",
        "private-ip-address" => "PrivateIpAddress",
        _ => "PublicIp",
    };
    show(ec2, address).get(member).and_then(Value::as_str).map(str::to_owned).into_iter().collect()
}

fn show(ec2: &State, address: &Address) -> Value {
    let mut shown = json!({
        "AllocationId": address.id,
        "PublicIp": address.public_ip.to_string(),
        "PublicIpv4Pool": "amazon",
        "NetworkBorderGroup": ec2.region,
        "Domain": "vpc",
        "Tags": address.tags.shown(),
    });
    if let Some(association) = &address.association {
        shown["AssociationId"] = association.id.as_str().into();
        shown["NetworkInterfaceId"] = association.interface.as_str().into();
        shown["NetworkInterfaceOwnerId"] = ec2.owner.as_str().into();
        shown["PrivateIpAddress"] = association.private_ip.to_string().into();
        let interface = ec2.interfaces.get(&association.interface);
        if let Some(instance) = interface.and_then(|interface| interface.instance()) {
            shown["InstanceId"] = instance.into();
        }
        if let Some(interface) = interface {
            shown["SubnetId"] = interface.subnet.as_str().into();
        }
    }
    shown
}

/// Names that reverse DNS has for addresses, which only who asks for it gets; nobody does here
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddressesAttribute.html>).
pub(super) fn attribute(call: &mut Call<'_>) -> Answer {
    if call.text("Attribute").is_none() {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter attribute"));
    }
    let addresses = listed::<Address>(call, "AllocationIds")?;
    let show = |address: &Address| json!({ "AllocationId": address.id, "PublicIp": address.public_ip.to_string() });
    page::of(call, "Addresses", addresses.into_iter().map(show).collect())
}
