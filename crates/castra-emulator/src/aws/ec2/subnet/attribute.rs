//! Attributes of subnets (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html>).

use serde_json::{Value, json};

use super::Subnet;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::named;
use crate::aws::error::Answer;

/// "You can only modify one attribute at a time."
pub(super) fn modify(call: &mut Call<'_>) -> Answer {
    const SERVED: [&str; 5] = [
        "MapPublicIpOnLaunch",
        "AssignIpv6AddressOnCreation",
        "EnableDns64",
        "EnableResourceNameDnsARecordOnLaunch",
        "EnableResourceNameDnsAAAARecordOnLaunch",
    ];
    const OUTPOSTS: [&str; 4] =
        ["MapCustomerOwnedIpOnLaunch", "CustomerOwnedIpv4Pool", "EnableLniAtDeviceIndex", "DisableLniAtDeviceIndex"];
    let subnet = named::<Subnet>(call, "SubnetId")?;
    let (id, has_ipv6) = (subnet.id.clone(), subnet.ipv6.is_some());
    if OUTPOSTS.iter().any(|name| call.input.get(name).is_some()) {
        let message = format!("The subnet '{id}' is not on an Outpost");
        return Err(ApiError::new("UnsupportedOperation", message));
    }
    let flags = SERVED.into_iter().filter_map(|name| {
        let value = call.input.get(name)?.get("Value").and_then(Value::as_bool)?;
        Some((name, value))
    });
    let flags: Vec<(&str, bool)> = flags.collect();
    let hostname_type = call.text("PrivateDnsHostnameTypeOnLaunch").map(str::to_owned);
    if flags.len() + usize::from(hostname_type.is_some()) != 1 {
        let message = "Exactly one subnet attribute can be modified at a time.";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    if flags.first() == Some(&("AssignIpv6AddressOnCreation", true)) && !has_ipv6 {
        let message = format!("Invalid value for parameter assignIpv6AddressOnCreation: {id} has no IPv6 CIDR block");
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let Some(subnet) = call.ec2().subnets.get_mut(&id) else { return Ok(json!({})) };
    if let Some(kind) = hostname_type {
        subnet.hostname_type = kind;
    }
    for (name, value) in flags {
        match name {
            "MapPublicIpOnLaunch" => subnet.map_public_ip = value,
            "AssignIpv6AddressOnCreation" => subnet.assign_ipv6 = value,
            "EnableDns64" => subnet.dns64 = value,
            "EnableResourceNameDnsARecordOnLaunch" => subnet.resource_name_records.0 = value,
            _ => subnet.resource_name_records.1 = value,
        }
    }
    Ok(json!({}))
}
