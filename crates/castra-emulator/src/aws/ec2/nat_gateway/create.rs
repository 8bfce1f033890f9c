//! CreateNatGateway.

use std::net::Ipv4Addr;

use serde_json::json;

use super::{Due, NatGateway, describe};
use crate::aws::ApiError;
use crate::aws::account::What;
use crate::aws::call::Call;
use crate::aws::ec2::address::{self, Address};
use crate::aws::ec2::network_interface::{self, Wanted};
use crate::aws::ec2::resource::find;
use crate::aws::ec2::{Subnet, Tags, id, idempotency, internet_gateway};
use crate::aws::error::Answer;

const OPERATION: &str = "CreateNatGateway";

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html>. What is wrong with the network
/// or the address shows later, as a failed gateway
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html#nat-gateway-troubleshooting-failed>).
pub(super) fn create(call: &mut Call<'_>) -> Answer {
    if let Some(gateway) = idempotency::earlier(call, OPERATION)?
        && call.look().ec2.nat_gateways.contains_key(&gateway)
    {
        return answer(call, &gateway);
    }
    let tags = Tags::specified(call, "natgateway")?;
    check_served(call)?;
    let public = call.text("ConnectivityType") != Some("private");
    let allocation = call.text("AllocationId").map(str::to_owned);
    let missing =
        |name: &str| ApiError::new("MissingParameter", format!("The request must contain the parameter {name}"));
    let subnet = find::<Subnet>(call, call.text("SubnetId").ok_or_else(|| missing("SubnetId"))?)?.clone();
    if public && allocation.is_none() {
        return Err(missing("AllocationId"));
    }
    if !public && allocation.is_some() {
        let message = "AllocationId cannot be specified for a private NAT gateway.";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let address = call.text("PrivateIpAddress").map(|text| {
        text.parse::<Ipv4Addr>()
            .map_err(|_| ApiError::new("InvalidParameterValue", format!("invalid value for parameter address: {text}")))
    });
    let address = address.transpose()?;
    if let Some(allocation) = &allocation {
        find::<Address>(call, allocation)?;
    }
    check_limit(call, &subnet.zone)?;
    let failure = failure(call, &subnet, allocation.as_deref());
    let created = call.now();
    let id = id::new("nat", &mut call.account.chance);
    let mut gateway = NatGateway {
        id: id.clone(),
        created,
        deleted: None,
        subnet: subnet.id.clone(),
        vpc: subnet.vpc.clone(),
        zone: subnet.zone.clone(),
        state: "pending",
        failure,
        interface: None,
        private_ip: None,
        public_ip: None,
        allocation,
        association: None,
        public,
        tags,
    };
    if gateway.failure.is_none() {
        furnish(call, &mut gateway, address)?;
    }
    let after = call.account.settings.timings.nat_gateway_pending;
    call.ec2().nat_gateways.insert(id.clone(), gateway);
    call.schedule(after, What::Ec2(crate::aws::ec2::Due::NatGateway(Due::Settle(id.clone()))));
    idempotency::remember(call, OPERATION, &id);
    answer(call, &id)
}

fn answer(call: &Call<'_>, gateway: &str) -> Answer {
    let shown = call.look().ec2.nat_gateways.get(gateway).map(describe::show);
    let mut answer = json!({ "NatGateway": shown });
    if let Some(token) = call.text("ClientToken") {
        answer["ClientToken"] = token.into();
    }
    Ok(answer)
}

/// Regional gateways and secondary addresses aren't emulated.
fn check_served(call: &Call<'_>) -> Result<(), ApiError> {
    let unserved = ["SecondaryAllocationIds", "SecondaryPrivateIpAddresses", "SecondaryPrivateIpAddressCount"];
    let regional =
        call.text("AvailabilityMode") == Some("regional") || call.input.get("AvailabilityZoneAddresses").is_some();
    if regional || unserved.iter().any(|name| call.input.get(name).is_some()) {
        let message = "Regional NAT gateways and secondary addresses are not supported in this Region.";
        return Err(ApiError::new("UnsupportedOperation", message));
    }
    Ok(())
}

/// Gateways "in the pending, available and deleting states count against your quota"
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-gateways>).
fn check_limit(call: &Call<'_>, zone: &str) -> Result<(), ApiError> {
    let limit = call.account.settings.network_limits.nat_gateways_per_zone;
    let counts =
        |gateway: &&NatGateway| gateway.zone == zone && matches!(gateway.state, "pending" | "available" | "deleting");
    if call.look().ec2.nat_gateways.values().filter(counts).count() >= limit {
        let message = format!("Performing this operation would exceed the limit of {limit} NAT gateways");
        return Err(ApiError::new("NatGatewayLimitExceeded", message));
    }
    Ok(())
}

/// Why a gateway there, with that address, won't do; codes and messages are those of
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html>.
fn failure(call: &Call<'_>, subnet: &Subnet, allocation: Option<&str>) -> Option<(&'static str, String)> {
    let ec2 = &call.look().ec2;
    let allocation = allocation?;
    if !internet_gateway::is_attached_to(ec2, &subnet.vpc) {
        return Some(("Gateway.NotAttached", format!("Network {} has no Internet gateway attached", subnet.vpc)));
    }
    match ec2.addresses.get(allocation) {
        Some(address) if address.association.is_some() => {
            Some(("Resource.AlreadyAssociated", format!("Elastic IP address {allocation} is already associated")))
        }
        _ => None,
    }
}

/// Gives a gateway its interface and, if it is public, its address. An address that can't be had is refused at once, a
/// subnet without any makes the gateway fail.
fn furnish(call: &mut Call<'_>, gateway: &mut NatGateway, address: Option<Ipv4Addr>) -> Result<(), ApiError> {
    let wanted = Wanted {
        subnet: gateway.subnet.clone(),
        description: format!("Interface for NAT Gateway {}", gateway.id),
        address,
        kind: "nat_gateway",
        requester: Some("amazon-aws".to_owned()),
        ..Wanted::default()
    };
    let interface = match network_interface::make(call.account, call.region, wanted) {
        Ok(interface) => interface,
        Err(error) if error.code == "InsufficientFreeAddressesInSubnet" => {
            let message = "Subnet has insufficient free addresses to create this NAT gateway".to_owned();
            gateway.failure = Some(("InsufficientFreeAddressesInSubnet", message));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let association = id::new("eipassoc", &mut call.account.chance);
    let ec2 = call.ec2();
    // A NAT gateway takes no security group (https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html).
    let private = ec2.interfaces.get_mut(&interface).map(|interface| {
        interface.groups.clear();
        interface.address()
    });
    if let (Some(private), Some(allocation)) = (private, &gateway.allocation) {
        gateway.association = Some(address::bind(ec2, allocation, &interface, private, association));
        gateway.public_ip = ec2.addresses.get(allocation).map(|address| address.public_ip.to_string());
    }
    gateway.private_ip = private.map(|address| address.to_string());
    gateway.interface = Some(interface);
    Ok(())
}
