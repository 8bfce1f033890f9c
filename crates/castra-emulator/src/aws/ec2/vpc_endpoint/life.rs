//! What becomes of endpoints.

use serde_json::json;

use super::service::Service;
use super::{Due, VpcEndpoint};
use crate::aws::ApiError;
use crate::aws::account::{Account, What};
use crate::aws::call::Call;
use crate::aws::ec2::resource::find;
use crate::aws::ec2::{State, Vpc, network_interface};
use crate::aws::error::Answer;

/// Lets it happen.
pub(in crate::aws::ec2) fn happen(account: &mut Account, region: &str, due: Due) {
    let ec2 = &mut account.region(region).ec2;
    match due {
        Due::Settle(id) => {
            if let Some(endpoint) = ec2.endpoints.get_mut(&id).filter(|endpoint| endpoint.state == "pending") {
                endpoint.state = "available";
            }
        }
        Due::Delete(id) => {
            let Some(endpoint) = ec2.endpoints.remove(&id) else { return };
            for interface in &endpoint.interfaces {
                network_interface::remove(ec2, interface);
            }
        }
    }
}

/// What private DNS needs of a VPC; `but` is the endpoint that it is for, if it is there already.
pub(super) fn check_private_dns(
    call: &Call<'_>,
    vpc: &Vpc,
    service: &Service,
    but: Option<&str>,
) -> Result<(), ApiError> {
    if !vpc.dns_support || !vpc.dns_hostnames {
        let message = format!(
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for \
             {}",
            vpc.id
        );
        return Err(ApiError::new("InvalidParameter", message));
    }
    let mut others = call.look().ec2.endpoints.values();
    let conflicts = |other: &VpcEndpoint| {
        other.vpc == vpc.id
            && other.private_dns
            && other.service == service.name
            && other.kind == "Interface"
            && Some(other.id.as_str()) != but
    };
    if others.any(conflicts) {
        let message = format!(
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for {} in the VPC {}",
            service.private_dns(call.region),
            vpc.id
        );
        return Err(ApiError::new("InvalidParameter", message));
    }
    Ok(())
}

/// Takes the routes to an endpoint from tables.
pub(super) fn remove_routes(ec2: &mut State, endpoint: &str, tables: &[String]) {
    for id in tables {
        if let Some(table) = ec2.route_tables.get_mut(id) {
            table.routes.retain(|route| route.target != endpoint);
        }
    }
}

/// Those that can't be deleted are told of in the answer
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html>).
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let mut unsuccessful = Vec::new();
    for id in call.texts("VpcEndpointIds") {
        match find::<VpcEndpoint>(call, id) {
            Ok(endpoint) => {
                let (kind, state, tables) = (endpoint.kind, endpoint.state, endpoint.route_tables.clone());
                if state == "deleting" {
                    continue;
                }
                let timings = &call.account.settings.timings;
                let after = if kind == "Gateway" {
                    timings.gateway_endpoint_pending
                } else {
                    timings.interface_endpoint_deleting
                };
                let ec2 = call.ec2();
                remove_routes(ec2, id, &tables);
                if let Some(endpoint) = ec2.endpoints.get_mut(id) {
                    endpoint.state = "deleting";
                }
                call.schedule(after, What::Ec2(crate::aws::ec2::Due::Endpoint(Due::Delete(id.to_owned()))));
            }
            Err(error) => unsuccessful.push(json!({
                "ResourceId": id,
                "Error": { "Code": error.code, "Message": error.message },
            })),
        }
    }
    Ok(json!({ "Unsuccessful": unsuccessful }))
}
