//! CreateVpcEndpoint.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Due, VpcEndpoint, describe, life, service};
use crate::aws::ApiError;
use crate::aws::account::{Account, What};
use crate::aws::call::Call;
use crate::aws::ec2::network_interface::{self, Wanted};
use crate::aws::ec2::resource::{find, named};
use crate::aws::ec2::route_table::{Destination, Route, RouteTable};
use crate::aws::ec2::{SecurityGroup, State, Subnet, Tags, Vpc, id, idempotency, prefix_list};
use crate::aws::error::Answer;

const OPERATION: &str = "CreateVpcEndpoint";

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html>
pub(super) fn create(call: &mut Call<'_>) -> Answer {
    if let Some(endpoint) = idempotency::earlier(call, OPERATION)?
        && call.look().ec2.endpoints.contains_key(&endpoint)
    {
        return answer(call, &endpoint);
    }
    let tags = Tags::specified(call, "vpc-endpoint")?;
    let vpc = named::<Vpc>(call, "VpcId")?.clone();
    let Some(name) = call.text("ServiceName") else {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter ServiceName"));
    };
    let kind = call.text("VpcEndpointType").unwrap_or("Gateway");
    let service = service::find(call.region, name, kind)?;
    let policy = call.text("PolicyDocument").map(read_policy).transpose()?;
    let created = call.now();
    let mut endpoint = VpcEndpoint {
        id: id::new("vpce", &mut call.account.chance),
        created,
        vpc: vpc.id.clone(),
        service: service.name.clone(),
        kind: service.kind,
        state: "pending",
        route_tables: Vec::new(),
        subnets: Vec::new(),
        groups: Vec::new(),
        interfaces: Vec::new(),
        policy,
        private_dns: false,
        tags,
    };
    let limits = &call.account.settings.network_limits;
    let others = call.look().ec2.endpoints.values().filter(|other| other.kind == service.kind);
    let (count, limit) = if service.kind == "Gateway" {
        (others.count(), limits.gateway_endpoints)
    } else {
        (others.filter(|other| other.vpc == vpc.id).count(), limits.interface_endpoints_per_vpc)
    };
    if count >= limit {
        let message = "The maximum number of VPC endpoints has been reached.";
        return Err(ApiError::new("VpcEndpointLimitExceeded", message));
    }
    let after = if service.kind == "Gateway" {
        refuse(call, "a gateway endpoint", &["SubnetIds", "SecurityGroupIds", "SubnetConfigurations"])?;
        let tables = route_tables(call, &vpc.id, "RouteTableIds")?;
        check_routes(&call.look().ec2, call.region, &endpoint.service, &tables)?;
        add_routes(call.account, call.region, &mut endpoint, tables);
        call.account.settings.timings.gateway_endpoint_pending
    } else {
        refuse(call, "an interface endpoint", &["RouteTableIds", "SubnetConfigurations"])?;
        endpoint.private_dns = private_dns(call, &vpc, &service)?;
        endpoint.groups = groups(call, &vpc.id, "SecurityGroupIds")?;
        let subnets = subnets(call, &vpc.id, "SubnetIds", &[])?;
        add_subnets(call.account, call.region, &mut endpoint, subnets)?;
        call.account.settings.timings.interface_endpoint_pending
    };
    let id = endpoint.id.clone();
    call.ec2().endpoints.insert(id.clone(), endpoint);
    call.schedule(after, What::Ec2(crate::aws::ec2::Due::Endpoint(Due::Settle(id.clone()))));
    idempotency::remember(call, OPERATION, &id);
    answer(call, &id)
}

fn answer(call: &Call<'_>, endpoint: &str) -> Answer {
    let ec2 = &call.look().ec2;
    let shown = ec2.endpoints.get(endpoint).map(|endpoint| describe::show(ec2, endpoint));
    let mut answer = json!({ "VpcEndpoint": shown });
    if let Some(token) = call.text("ClientToken") {
        answer["ClientToken"] = token.into();
    }
    Ok(answer)
}

/// Refuses parameters that don't go with the kind.
fn refuse(call: &Call<'_>, kind: &str, parameters: &[&str]) -> Result<(), ApiError> {
    let Some(unfit) = parameters.iter().find(|name| call.input.get(name).is_some()) else { return Ok(()) };
    Err(ApiError::new("InvalidParameter", format!("{unfit} cannot be specified for {kind}.")))
}

/// A policy must be JSON.
pub(super) fn read_policy(text: &str) -> Result<String, ApiError> {
    if serde_json::from_str::<Value>(text).is_ok_and(|policy| policy.is_object()) {
        return Ok(text.to_owned());
    }
    Err(ApiError::new("InvalidPolicyDocument", "Invalid policy document"))
}

/// The route tables that the call names; all must be the VPC's.
pub(super) fn route_tables(call: &Call<'_>, vpc: &str, member: &str) -> Result<Vec<String>, ApiError> {
    let check = |id: &str| {
        let table = find::<RouteTable>(call, id)?;
        if table.vpc != vpc {
            let message = format!("Route table {id} does not belong to VPC {vpc}");
            return Err(ApiError::new("InvalidParameter", message));
        }
        Ok(id.to_owned())
    };
    call.texts(member).into_iter().map(check).collect()
}

/// Each table can lead to a service through one endpoint only
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-routing>).
pub(super) fn check_routes(ec2: &State, region: &str, service: &str, tables: &[String]) -> Result<(), ApiError> {
    let Some(list) = prefix_list::of_service(region, service) else { return Ok(()) };
    let destination = Destination::PrefixList(list.id.clone());
    for id in tables {
        let taken = |table: &RouteTable| table.routes.iter().any(|route| route.destination == destination);
        if ec2.route_tables.get(id).is_some_and(taken) {
            let message = format!("route table {id} already has a route with destination-prefix-list-id {}", list.id);
            return Err(ApiError::new("RouteAlreadyExists", message));
        }
    }
    Ok(())
}

/// Associates a gateway endpoint with tables, which get a route to it.
pub(super) fn add_routes(account: &mut Account, region: &str, endpoint: &mut VpcEndpoint, tables: Vec<String>) {
    let Some(list) = prefix_list::of_service(region, &endpoint.service) else { return };
    let ec2 = &mut account.region(region).ec2;
    for id in tables {
        if let Some(table) = ec2.route_tables.get_mut(&id) {
            table.routes.push(Route {
                destination: Destination::PrefixList(list.id.clone()),
                target: endpoint.id.clone(),
                origin: "CreateRoute",
            });
        }
        endpoint.route_tables.push(id);
    }
}

/// The groups that the call names, for an endpoint in that VPC.
pub(super) fn groups(call: &Call<'_>, vpc: &str, member: &str) -> Result<Vec<String>, ApiError> {
    let check = |id: &str| {
        if find::<SecurityGroup>(call, id)?.vpc != vpc {
            let message = format!("Security group {id} does not belong to VPC {vpc}");
            return Err(ApiError::new("InvalidParameter", message));
        }
        Ok(id.to_owned())
    };
    call.texts(member).into_iter().map(check).collect()
}

/// The subnets that the call names for an endpoint that has others already: "you can specify only one subnet per
/// Availability Zone".
pub(super) fn subnets(call: &Call<'_>, vpc: &str, member: &str, others: &[String]) -> Result<Vec<String>, ApiError> {
    let ec2 = &call.look().ec2;
    let mut zones: BTreeSet<&str> = others.iter().filter_map(|id| Some(ec2.subnets.get(id)?.zone.as_str())).collect();
    let mut subnets = Vec::new();
    for id in call.texts(member) {
        let subnet = find::<Subnet>(call, id)?;
        if subnet.vpc != vpc {
            let message = format!("Subnet {id} does not belong to VPC {vpc}");
            return Err(ApiError::new("InvalidParameter", message));
        }
        if !zones.insert(&subnet.zone) {
            let message = format!("Found another VPC endpoint subnet in the availability zone of {id}");
            return Err(ApiError::new("DuplicateSubnetsInSameZone", message));
        }
        subnets.push(id.to_owned());
    }
    Ok(subnets)
}

/// Gives an interface endpoint an interface in each of these subnets, or in none of them.
pub(super) fn add_subnets(
    account: &mut Account,
    region: &str,
    endpoint: &mut VpcEndpoint,
    subnets: Vec<String>,
) -> Result<(), ApiError> {
    let mut made = Vec::new();
    for subnet in &subnets {
        let wanted = Wanted {
            subnet: subnet.clone(),
            description: format!("VPC Endpoint Interface {}", endpoint.id),
            groups: endpoint.groups.clone(),
            kind: "vpc_endpoint",
            requester: Some("amazon-aws".to_owned()),
            ..Wanted::default()
        };
        match network_interface::make(account, region, wanted) {
            Ok(interface) => made.push(interface),
            Err(error) => {
                let ec2 = &mut account.region(region).ec2;
                made.iter().for_each(|interface| network_interface::remove(ec2, interface));
                return Err(error);
            }
        }
    }
    let ec2 = &account.region(region).ec2;
    if endpoint.groups.is_empty()
        && let Some(interface) = made.first().and_then(|id| ec2.interfaces.get(id))
    {
        endpoint.groups.clone_from(&interface.groups);
    }
    endpoint.interfaces.extend(made);
    endpoint.subnets.extend(subnets);
    Ok(())
}

/// Whether the endpoint is to be found by the service's own name, which is so unless the call says otherwise
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-dns-hostnames>).
fn private_dns(call: &Call<'_>, vpc: &Vpc, service: &service::Service) -> Result<bool, ApiError> {
    let wanted = call.input.get("PrivateDnsEnabled").and_then(Value::as_bool).unwrap_or(true);
    if wanted {
        life::check_private_dns(call, vpc, service, None)?;
    }
    Ok(wanted)
}
