//! What routes lead to.

use serde_json::{Value, json};

use super::{Route, RouteTable};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::internet_gateway::InternetGateway;
use crate::aws::ec2::nat_gateway::NatGateway;
use crate::aws::ec2::resource::find;
use crate::aws::ec2::vpc_endpoint::VpcEndpoint;
use crate::aws::ec2::{Instance, NetworkInterface, State};

/// Parameters that name a target, and the code for those of them that can't be there, as nothing creates their kind
/// here. The order is that of the documentation
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html>).
const TARGETS: [(&str, Option<&str>); 11] = [
    ("GatewayId", None),
    ("NatGatewayId", None),
    ("NetworkInterfaceId", None),
    ("InstanceId", None),
    ("VpcEndpointId", None),
    ("TransitGatewayId", Some("InvalidTransitGatewayID.NotFound")),
    ("VpcPeeringConnectionId", Some("InvalidVpcPeeringConnectionID.NotFound")),
    ("EgressOnlyInternetGatewayId", Some("InvalidEgressOnlyInternetGatewayId.NotFound")),
    ("LocalGatewayId", Some("InvalidLocalGatewayID.NotFound")),
    ("CarrierGatewayId", Some("InvalidCarrierGatewayID.NotFound")),
    ("CoreNetworkArn", Some("InvalidCoreNetworkArn.NotFound")),
];

/// The id of the target that the call names for a route of that table; an instance stands for its interface.
pub(super) fn read(call: &Call<'_>, table: &RouteTable) -> Result<String, ApiError> {
    let given = TARGETS.iter().filter_map(|(name, code)| call.text(name).map(|id| (*name, id, *code)));
    let given: Vec<_> = given.collect();
    let (name, id, unserved) = match *given {
        [one] => one,
        [] => {
            let message = "The request must contain exactly one target: gatewayId, natGatewayId, networkInterfaceId, \
                           instanceId, vpcEndpointId, transitGatewayId, vpcPeeringConnectionId, \
                           egressOnlyInternetGatewayId, localGatewayId, carrierGatewayId or coreNetworkArn";
            return Err(ApiError::new("MissingParameter", message));
        }
        [(one, ..), (other, ..), ..] => {
            let message = format!("The parameter {one} cannot be used with the parameter {other}");
            return Err(ApiError::new("InvalidParameterCombination", message));
        }
    };
    if let Some(code) = unserved {
        return Err(ApiError::new(code, format!("The ID '{id}' does not exist")));
    }
    match name {
        "GatewayId" => gateway(call, table, id),
        "NatGatewayId" => nat_gateway(call, table, id),
        "NetworkInterfaceId" => interface(find::<NetworkInterface>(call, id)?, table),
        "InstanceId" => {
            find::<Instance>(call, id)?;
            let attached = |interface: &&NetworkInterface| interface.instance() == Some(id);
            let mut interfaces = call.look().ec2.interfaces.values().filter(attached);
            match (interfaces.next(), interfaces.next()) {
                (Some(one), None) => interface(one, table),
                _ => {
                    let message = format!(
                        "There are multiple interfaces attached to instance '{id}'. Please specify an interface ID for \
                         the operation instead."
                    );
                    Err(ApiError::new("InvalidInstanceID", message))
                }
            }
        }
        _ => {
            // Only Gateway Load Balancer endpoints can be targets, and none can be created here.
            let endpoint = &find::<VpcEndpoint>(call, id)?.id;
            let message = format!(
                "Route table contains unsupported route target: {endpoint}. VPC Endpoints of this type cannot be used \
                 as route targets."
            );
            Err(ApiError::new("RouteNotSupported", message))
        }
    }
}

fn gateway(call: &Call<'_>, table: &RouteTable, id: &str) -> Result<String, ApiError> {
    // A wrong gateway's code isn't that of other operations on internet gateways, as virtual private gateways go by the
    // same parameter.
    let gateway = find::<InternetGateway>(call, id)
        .map_err(|_| ApiError::new("InvalidGatewayID.NotFound", format!("The gateway ID '{id}' does not exist")))?;
    if gateway.vpc.as_ref() != Some(&table.vpc) {
        return Err(other_network(table, "network gateway", id));
    }
    Ok(id.to_owned())
}

fn nat_gateway(call: &Call<'_>, table: &RouteTable, id: &str) -> Result<String, ApiError> {
    let gateway = find::<NatGateway>(call, id).ok().filter(|gateway| gateway.is_alive()).ok_or_else(|| {
        ApiError::new("InvalidNatGatewayID.NotFound", format!("The natGateway ID '{id}' does not exist"))
    })?;
    if gateway.vpc != table.vpc {
        return Err(other_network(table, "network gateway", id));
    }
    Ok(id.to_owned())
}

fn interface(interface: &NetworkInterface, table: &RouteTable) -> Result<String, ApiError> {
    if interface.vpc != table.vpc {
        return Err(other_network(table, "interface", &interface.id));
    }
    Ok(interface.id.clone())
}

fn other_network(table: &RouteTable, noun: &str, id: &str) -> ApiError {
    let message = format!("route table {} and {noun} {id} belong to different networks", table.id);
    ApiError::new("InvalidParameterValue", message)
}

/// Whether a route's target isn't available any more
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html>).
pub(super) fn is_blackhole(ec2: &State, table: &RouteTable, route: &Route) -> bool {
    let target = route.target.as_str();
    match target.split('-').next() {
        Some("igw") => ec2.internet_gateways.get(target).is_none_or(|gateway| gateway.vpc.as_ref() != Some(&table.vpc)),
        Some("nat") => ec2.nat_gateways.get(target).is_none_or(|gateway| !gateway.is_alive()),
        Some("eni") => ec2.interfaces.get(target).is_none_or(|interface| interface.attachment.is_none()),
        Some("vpce") => !ec2.endpoints.contains_key(target),
        _ => false,
    }
}

/// A route's target, under the members that its kind has.
pub(super) fn show(ec2: &State, target: &str) -> Value {
    match target.split('-').next() {
        Some("nat") => json!({ "NatGatewayId": target }),
        Some("eni") => {
            let instance = ec2.interfaces.get(target).and_then(NetworkInterface::instance);
            json!({
                "NetworkInterfaceId": target,
                "InstanceId": instance,
                "InstanceOwnerId": instance.map(|_| &ec2.owner),
            })
        }
        // Gateway endpoints show as gateways.
        _ => json!({ "GatewayId": target }),
    }
}
