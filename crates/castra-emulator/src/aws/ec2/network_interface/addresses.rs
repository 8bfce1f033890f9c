//! Further private addresses of interfaces.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::attach::check_owned;
use super::{NetworkInterface, create};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::instance_type;
use crate::aws::ec2::resource::{Resource as _, named};
use crate::aws::ec2::subnet::{Subnet, addresses};
use crate::aws::error::Answer;

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssignPrivateIpAddresses.html>
pub(super) fn assign(call: &mut Call<'_>) -> Answer {
    let interface = named::<NetworkInterface>(call, "NetworkInterfaceId")?;
    check_owned(interface)?;
    if call.input.get("Ipv4Prefixes").is_some() || call.input.get("Ipv4PrefixCount").is_some() {
        return Err(ApiError::new("UnsupportedOperation", "Prefixes can't be assigned to this network interface."));
    }
    let id = interface.id.clone();
    let ec2 = &call.look().ec2;
    let subnet = ec2.subnets.get(&interface.subnet).ok_or_else(|| Subnet::not_found(&interface.subnet))?;
    let mut chance = call.account.chance.clone();
    let wanted: Vec<Ipv4Addr> =
        call.texts("PrivateIpAddresses").into_iter().map(create::read).collect::<Result<_, _>>()?;
    let count = call.number("SecondaryPrivateIpAddressCount");
    let assigned = match (wanted.as_slice(), count) {
        ([], None) => {
            let message = "Either private IP addresses or their count must be specified.";
            return Err(ApiError::new("MissingParameter", message));
        }
        ([], Some(count)) => {
            let count = usize::try_from(count).ok().filter(|count| (1..=50).contains(count)).ok_or_else(|| {
                let message = format!("Value ({count}) for parameter secondaryPrivateIpAddressCount is invalid.");
                ApiError::new("InvalidParameterValue", message)
            })?;
            addresses::pick(ec2, subnet, &[], count, &mut chance)?
        }
        (_, Some(_)) => {
            let message = "Private IP addresses and their count can't both be specified.";
            return Err(ApiError::new("InvalidParameterCombination", message));
        }
        (wanted, None) => {
            for address in wanted {
                match addresses::check(ec2, subnet, *address) {
                    Err(error) if error.code == "InvalidIPAddress.InUse" => check_movable(call, *address)?,
                    other => other?,
                }
            }
            wanted.to_vec()
        }
    };
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html
    let instance = interface.instance().and_then(|instance| ec2.instances.get(instance));
    let kind = instance.and_then(|instance| instance_type::named(&instance.instance_type));
    let more = assigned.iter().filter(|address| !interface.addresses.contains(address)).count();
    if kind.is_some_and(|kind| interface.addresses.len() + more > kind.addresses) {
        let message = format!("Number of private addresses will exceed limit for {id}.");
        return Err(ApiError::new("PrivateIpAddressLimitExceeded", message));
    }
    call.account.chance = chance;
    let ec2 = call.ec2();
    for other in ec2.interfaces.values_mut() {
        other.addresses.retain(|address| other.id == id || !assigned.contains(address));
    }
    if let Some(interface) = ec2.interfaces.get_mut(&id) {
        for address in &assigned {
            if !interface.addresses.contains(address) {
                interface.addresses.push(*address);
            }
        }
    }
    let shown: Vec<Value> = assigned.iter().map(|address| json!({ "PrivateIpAddress": address.to_string() })).collect();
    Ok(json!({ "NetworkInterfaceId": id, "AssignedPrivateIpAddresses": shown, "AssignedIpv4Prefixes": [] }))
}

/// An address that is in use can move from where it is a further one, if the call allows it.
fn check_movable(call: &Call<'_>, address: Ipv4Addr) -> Result<(), ApiError> {
    let mut interfaces = call.look().ec2.interfaces.values();
    let primary = interfaces.any(|other| other.address() == address);
    if primary || !call.flag("AllowReassignment") {
        let message = format!("[{address}] assigned, but move is not allowed.");
        return Err(ApiError::new("Resource.AlreadyAssigned", message));
    }
    Ok(())
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UnassignPrivateIpAddresses.html>
pub(super) fn unassign(call: &mut Call<'_>) -> Answer {
    let interface = named::<NetworkInterface>(call, "NetworkInterfaceId")?;
    check_owned(interface)?;
    let id = interface.id.clone();
    let wanted: Vec<Ipv4Addr> =
        call.texts("PrivateIpAddresses").into_iter().map(create::read).collect::<Result<_, _>>()?;
    if wanted.contains(&interface.address()) {
        let message = format!("The primary private IP address of {id} cannot be unassigned.");
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    if wanted.iter().any(|address| !interface.addresses.contains(address)) {
        let list = wanted.iter().map(Ipv4Addr::to_string).collect::<Vec<_>>().join(", ");
        let message = format!("Some of [{list}] are not assigned to interface {id}");
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let ec2 = call.ec2();
    if let Some(interface) = ec2.interfaces.get_mut(&id) {
        interface.addresses.retain(|address| !wanted.contains(address));
    }
    // "If the address is associated with an Elastic IP address, it is disassociated"
    // (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/managing-network-interface-ip-addresses.html).
    for address in ec2.addresses.values_mut() {
        address.association.take_if(|at| at.interface == id && wanted.contains(&at.private_ip));
    }
    Ok(json!({}))
}
