//! Associating and disassociating addresses.

use std::net::Ipv4Addr;

use serde_json::json;

use super::{Association, bind, by_ip, named};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::find;
use crate::aws::ec2::{Instance, InstanceState, NetworkInterface, State, id, internet_gateway, network_interface};
use crate::aws::error::Answer;

/// Refuses to touch what a service has associated
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html> and
/// <https://repost.aws/knowledge-center/elastic-ip-release-issues>).
pub(super) fn check_own(ec2: &State, association: &Association) -> Result<(), ApiError> {
    if ec2.interfaces.get(&association.interface).is_some_and(|interface| interface.requester.is_some()) {
        let message = "You do not have permission to access the specified resource.";
        return Err(ApiError::new("AuthFailure", message));
    }
    Ok(())
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html>
pub(super) fn associate(call: &mut Call<'_>) -> Answer {
    let address = named(call)?;
    let interface = target(call)?;
    let ec2 = &call.look().ec2;
    let private = match call.text("PrivateIpAddress") {
        None => interface.address(),
        Some(text) => {
            let wanted = text.parse::<Ipv4Addr>().ok().filter(|wanted| interface.addresses.contains(wanted));
            wanted.ok_or_else(|| {
                let message = format!("{text} is not a private address of {}", interface.id);
                ApiError::new("InvalidParameterValue", message)
            })?
        }
    };
    if !internet_gateway::is_attached_to(ec2, &interface.vpc) {
        let message = format!("Network {} is not attached to any internet gateway", interface.vpc);
        return Err(ApiError::new("Gateway.NotAttached", message));
    }
    if let Some(association) = &address.association {
        if association.interface == interface.id && association.private_ip == private {
            return Ok(json!({ "AssociationId": association.id }));
        }
        check_own(ec2, association)?;
        if call.input.get("AllowReassociation").and_then(serde_json::Value::as_bool) == Some(false) {
            let message = format!("resource {} is already associated with associate-id {}", address.id, association.id);
            return Err(ApiError::new("Resource.AlreadyAssociated", message));
        }
    }
    let (address, interface) = (address.id.clone(), interface.id.clone());
    let left = ec2.addresses.get(&address).and_then(|address| address.association.clone());
    let id = id::new("eipassoc", &mut call.account.chance);
    let id = bind(call.ec2(), &address, &interface, private, id);
    if let Some(left) = left {
        network_interface::renew_public_address(call.account, call.region, &left.interface);
    }
    Ok(json!({ "AssociationId": id }))
}

/// The interface that the call names, or the only one of the instance that it names.
fn target<'a>(call: &'a Call<'_>) -> Result<&'a NetworkInterface, ApiError> {
    let state_of = |instance: &Instance| match instance.state {
        InstanceState::Running | InstanceState::Stopped | InstanceState::Stopping => Ok(()),
        _ => {
            let message = format!("The instance '{}' is not in a valid state for this operation.", instance.id);
            Err(ApiError::new("IncorrectInstanceState", message))
        }
    };
    match (call.text("InstanceId"), call.text("NetworkInterfaceId")) {
        (Some(_), Some(_)) => {
            let message = "You may specify instance id or network interface id, but not both in the same call";
            Err(ApiError::new("InvalidParameterCombination", message))
        }
        (None, None) => {
            let message = "Either instance id or network interface id must be specified";
            Err(ApiError::new("MissingParameter", message))
        }
        (None, Some(id)) => {
            let interface = find::<NetworkInterface>(call, id)?;
            if interface.requester.is_some() {
                let message = "You do not have permission to access the specified resource.";
                return Err(ApiError::new("AuthFailure", message));
            }
            if let Some(instance) = interface.instance().and_then(|id| call.look().ec2.instances.get(id)) {
                state_of(instance)?;
            }
            Ok(interface)
        }
        (Some(id), None) => {
            state_of(find::<Instance>(call, id)?)?;
            let attached = |interface: &&NetworkInterface| interface.instance() == Some(id);
            let mut interfaces = call.look().ec2.interfaces.values().filter(attached);
            match (interfaces.next(), interfaces.next()) {
                (Some(only), None) => Ok(only),
                _ => {
                    let message = format!(
                        "There are multiple interfaces attached to instance '{id}'. Please specify an interface ID for \
                         the operation instead."
                    );
                    Err(ApiError::new("InvalidInstanceID", message))
                }
            }
        }
    }
}

/// "This is an idempotent operation. If you perform the operation more than once, Amazon EC2 doesn't return an error"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateAddress.html>): so for an address; the id of
/// an association that is gone names nothing.
pub(super) fn disassociate(call: &mut Call<'_>) -> Answer {
    let address = match (call.text("AssociationId"), call.text("PublicIp")) {
        (Some(id), None) => {
            let is = |association: &Association| association.id == id;
            let mut addresses = call.look().ec2.addresses.values();
            addresses.find(|address| address.association.as_ref().is_some_and(is)).ok_or_else(|| {
                ApiError::new("InvalidAssociationID.NotFound", format!("The association ID '{id}' does not exist"))
            })?
        }
        (None, Some(ip)) => by_ip(call, ip)?,
        (Some(_), Some(_)) => {
            let message = "You may specify public IP or association id, but not both in the same call";
            return Err(ApiError::new("InvalidParameterCombination", message));
        }
        (None, None) => {
            let message = "Either public IP or association id must be specified";
            return Err(ApiError::new("MissingParameter", message));
        }
    };
    let Some(association) = address.association.clone() else { return Ok(json!({})) };
    check_own(&call.look().ec2, &association)?;
    let address = address.id.clone();
    if let Some(address) = call.ec2().addresses.get_mut(&address) {
        address.association = None;
    }
    network_interface::renew_public_address(call.account, call.region, &association.interface);
    Ok(json!({}))
}
