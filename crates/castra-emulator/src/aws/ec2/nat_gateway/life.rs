//! What becomes of NAT gateways.

use serde_json::json;

use super::{Due, NatGateway};
use crate::aws::account::{Account, What};
use crate::aws::call::Call;
use crate::aws::ec2::network_interface;
use crate::aws::ec2::resource::{Resource, named};
use crate::aws::error::Answer;

fn due(due: Due) -> What {
    What::Ec2(crate::aws::ec2::Due::NatGateway(due))
}

/// Lets it happen.
pub(in crate::aws::ec2) fn happen(account: &mut Account, region: &str, what: Due) {
    let forget_after = account.settings.timings.nat_gateway_listed;
    let linger = account.settings.timings.nat_gateway_interface;
    let now = account.now;
    let ec2 = &mut account.region(region).ec2;
    match what {
        Due::Settle(id) => {
            let Some(gateway) = ec2.nat_gateways.get_mut(&id).filter(|gateway| gateway.state == "pending") else {
                return;
            };
            if gateway.failure.is_none() {
                gateway.state = "available";
                return;
            }
            gateway.state = "failed";
            account.schedule(region, forget_after, due(Due::Forget(id)));
        }
        Due::Delete(id) => {
            let Some(gateway) = ec2.nat_gateways.get_mut(&id) else { return };
            gateway.state = "deleted";
            gateway.deleted = Some(now);
            let interface = gateway.interface.clone();
            // "Deleting a public NAT gateway disassociates its Elastic IP address, but does not release the address"
            // (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html).
            for address in ec2.addresses.values_mut() {
                address.association.take_if(|at| Some(&at.interface) == interface.as_ref());
            }
            if let Some(interface) = interface {
                network_interface::let_go(account, region, &interface, linger);
            }
            account.schedule(region, forget_after, due(Due::Forget(id)));
        }
        Due::Forget(id) => {
            ec2.nat_gateways.remove(&id);
        }
    }
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html>
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let gateway = named::<NatGateway>(call, "NatGatewayId")?;
    let (id, state) = (gateway.id.clone(), gateway.state);
    match state {
        "deleted" => return Err(NatGateway::not_found(&id)),
        "deleting" => {}
        _ => {
            if let Some(gateway) = call.ec2().nat_gateways.get_mut(&id) {
                gateway.state = "deleting";
            }
            let after = call.account.settings.timings.nat_gateway_deleting;
            call.schedule(after, due(Due::Delete(id.clone())));
        }
    }
    Ok(json!({ "NatGatewayId": id }))
}
