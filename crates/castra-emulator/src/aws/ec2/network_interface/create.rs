//! CreateNetworkInterface and DeleteNetworkInterface.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};

use super::{NetworkInterface, Wanted, describe, make, remove};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::{find, named};
use crate::aws::ec2::{SecurityGroup, Subnet, Tags, idempotency};
use crate::aws::error::Answer;

const OPERATION: &str = "CreateNetworkInterface";

/// Parameters whose meaning isn't emulated: delegated prefixes.
const UNSERVED: [&str; 4] = ["Ipv4PrefixCount", "Ipv4Prefixes", "Ipv6PrefixCount", "Ipv6Prefixes"];

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html>
pub(super) fn create(call: &mut Call<'_>) -> Answer {
    if let Some(interface) = idempotency::earlier(call, OPERATION)?
        && call.look().ec2.interfaces.contains_key(&interface)
    {
        return answer(call, &interface);
    }
    if let Some(unserved) = UNSERVED.iter().find(|name| call.input.get(name).is_some()) {
        let message = format!("{unserved} isn't supported in this subnet.");
        return Err(ApiError::new("UnsupportedOperation", message));
    }
    let tags = Tags::specified(call, "network-interface")?;
    let subnet = named::<Subnet>(call, "SubnetId")?.id.clone();
    for group in call.texts("Groups") {
        find::<SecurityGroup>(call, group)?;
    }
    let (address, secondary) = wanted_addresses(call)?;
    let count = match call.number("SecondaryPrivateIpAddressCount") {
        None => 0,
        Some(_) if !secondary.is_empty() => {
            let message = "Secondary private IP addresses and their count can't both be specified.";
            return Err(ApiError::new("InvalidParameterCombination", message));
        }
        Some(count) => usize::try_from(count).ok().filter(|count| *count <= 50).ok_or_else(|| {
            let message = format!("Value ({count}) for parameter secondaryPrivateIpAddressCount is invalid.");
            ApiError::new("InvalidParameterValue", message)
        })?,
    };
    let (ipv6, ipv6_count) = wanted_ipv6(call)?;
    let wanted = Wanted {
        ipv6,
        ipv6_count,
        subnet,
        description: call.text("Description").unwrap_or_default().to_owned(),
        address,
        secondary,
        secondary_count: count,
        groups: call.texts("Groups").into_iter().map(str::to_owned).collect(),
        tags,
        ..Wanted::default()
    };
    let interface = make(call.account, call.region, wanted)?;
    idempotency::remember(call, OPERATION, &interface);
    answer(call, &interface)
}

fn answer(call: &Call<'_>, interface: &str) -> Answer {
    let ec2 = &call.look().ec2;
    let shown = ec2.interfaces.get(interface).map(|interface| describe::show(ec2, interface));
    let mut answer = json!({ "NetworkInterface": shown });
    if let Some(token) = call.text("ClientToken") {
        answer["ClientToken"] = token.into();
    }
    Ok(answer)
}

/// Primary and further addresses that the call names, each in either of two ways.
fn wanted_addresses(call: &Call<'_>) -> Result<(Option<Ipv4Addr>, Vec<Ipv4Addr>), ApiError> {
    let mut primary = call.text("PrivateIpAddress").map(read).transpose()?;
    let mut further = Vec::new();
    for wish in call.list("PrivateIpAddresses") {
        let address = read(wish.get("PrivateIpAddress").and_then(Value::as_str).unwrap_or_default())?;
        if wish.get("Primary").and_then(Value::as_bool).unwrap_or(false) {
            if primary.is_some_and(|earlier| earlier != address) {
                let message = "Only one primary private IP address can be specified.";
                return Err(ApiError::new("InvalidParameterCombination", message));
            }
            primary = Some(address);
        } else {
            further.push(address);
        }
    }
    Ok((primary, further))
}

/// IPv6 addresses that the call names, or how many it wants.
fn wanted_ipv6(call: &Call<'_>) -> Result<(Vec<Ipv6Addr>, usize), ApiError> {
    let named = call.list("Ipv6Addresses").iter().map(|wish| {
        let text = wish.get("Ipv6Address").and_then(Value::as_str).unwrap_or_default();
        text.parse()
            .map_err(|_| ApiError::new("InvalidParameterValue", format!("invalid value for parameter address: {text}")))
    });
    let named = named.collect::<Result<Vec<Ipv6Addr>, _>>()?;
    let count = call.number("Ipv6AddressCount").unwrap_or_default();
    if !named.is_empty() && count > 0 {
        let message = "IPv6 addresses and their count can't both be specified.";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let count = usize::try_from(count).ok().filter(|count| *count <= 50).ok_or_else(|| {
        let message = format!("Value ({count}) for parameter ipv6AddressCount is invalid.");
        ApiError::new("InvalidParameterValue", message)
    })?;
    Ok((named, count))
}

/// A private address as requests write it.
pub(super) fn read(text: &str) -> Result<Ipv4Addr, ApiError> {
    text.parse().map_err(|_| {
        let message = format!("invalid value for parameter address: {text}");
        ApiError::new("InvalidParameterValue", message)
    })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html>: "You must detach the network
/// interface before you can delete it."
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let interface = named::<NetworkInterface>(call, "NetworkInterfaceId")?;
    if interface.attachment.is_some() {
        let message = format!("Network interface '{}' is currently in use.", interface.id);
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let interface = interface.id.clone();
    remove(call.ec2(), &interface);
    Ok(json!({}))
}
