//! ModifyVpcEndpoint.

use serde_json::{Value, json};

use super::create::{add_routes, add_subnets, check_routes, groups, read_policy, route_tables, subnets};
use super::life::{check_private_dns, remove_routes};
use super::{VpcEndpoint, service};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::network_interface;
use crate::aws::ec2::resource::named;
use crate::aws::error::Answer;

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html>
pub(super) fn modify(call: &mut Call<'_>) -> Answer {
    const OF_GATEWAYS: [&str; 2] = ["AddRouteTableIds", "RemoveRouteTableIds"];
    const OF_INTERFACES: [&str; 5] =
        ["AddSubnetIds", "RemoveSubnetIds", "AddSecurityGroupIds", "RemoveSecurityGroupIds", "PrivateDnsEnabled"];
    let mut endpoint = named::<VpcEndpoint>(call, "VpcEndpointId")?.clone();
    if endpoint.state == "deleting" {
        let message = format!("VPC endpoint {} is being deleted", endpoint.id);
        return Err(ApiError::new("IncorrectState", message));
    }
    let unfit: &[&str] = if endpoint.kind == "Gateway" { &OF_INTERFACES } else { &OF_GATEWAYS };
    if let Some(unfit) = unfit.iter().find(|name| call.input.get(name).is_some()) {
        let message = format!("{unfit} cannot be specified for an endpoint of type {}.", endpoint.kind);
        return Err(ApiError::new("InvalidParameter", message));
    }
    if let Some(policy) = call.text("PolicyDocument") {
        endpoint.policy = Some(read_policy(policy)?);
    }
    if call.flag("ResetPolicy") {
        endpoint.policy = None;
    }
    if endpoint.kind == "Gateway" {
        change_tables(call, &mut endpoint)?;
    } else {
        change_interfaces(call, &mut endpoint)?;
    }
    call.ec2().endpoints.insert(endpoint.id.clone(), endpoint);
    Ok(json!({ "Return": true }))
}

fn change_tables(call: &mut Call<'_>, endpoint: &mut VpcEndpoint) -> Result<(), ApiError> {
    let removed = route_tables(call, &endpoint.vpc, "RemoveRouteTableIds")?;
    let added = route_tables(call, &endpoint.vpc, "AddRouteTableIds")?;
    check_routes(&call.look().ec2, call.region, &endpoint.service, &added)?;
    remove_routes(call.ec2(), &endpoint.id, &removed);
    endpoint.route_tables.retain(|table| !removed.contains(table));
    add_routes(call.account, call.region, endpoint, added);
    Ok(())
}

fn change_interfaces(call: &mut Call<'_>, endpoint: &mut VpcEndpoint) -> Result<(), ApiError> {
    let vpc = endpoint.vpc.clone();
    let gone = call.texts("RemoveSubnetIds");
    if let Some(unknown) = gone.iter().find(|id| !endpoint.subnets.iter().any(|subnet| subnet == *id)) {
        let message = format!("Subnet {unknown} is not associated with {}", endpoint.id);
        return Err(ApiError::new("InvalidParameter", message));
    }
    let left: Vec<String> = endpoint.subnets.iter().filter(|id| !gone.contains(&id.as_str())).cloned().collect();
    let added = subnets(call, &vpc, "AddSubnetIds", &left)?;
    let more = groups(call, &vpc, "AddSecurityGroupIds")?;
    let fewer = call.texts("RemoveSecurityGroupIds");
    let mut of_endpoint = endpoint.groups.clone();
    of_endpoint.extend(more.into_iter().filter(|group| !endpoint.groups.contains(group)));
    of_endpoint.retain(|group| !fewer.contains(&group.as_str()));
    if of_endpoint.is_empty() && !endpoint.groups.is_empty() {
        let message = "An interface endpoint needs at least one security group.";
        return Err(ApiError::new("InvalidParameter", message));
    }
    if let Some(wanted) = call.input.get("PrivateDnsEnabled").and_then(Value::as_bool) {
        if wanted {
            let service = service::find(call.region, &endpoint.service, endpoint.kind)?;
            if let Some(vpc) = call.look().ec2.vpcs.get(&vpc) {
                check_private_dns(call, vpc, &service, Some(&endpoint.id))?;
            }
        }
        endpoint.private_dns = wanted;
    }
    endpoint.groups = of_endpoint;
    add_subnets(call.account, call.region, endpoint, added)?;
    let (groups, gone): (Vec<String>, Vec<String>) =
        (endpoint.groups.clone(), gone.into_iter().map(str::to_owned).collect());
    let ec2 = call.ec2();
    endpoint.subnets.retain(|subnet| !gone.contains(subnet));
    endpoint.interfaces.retain(|id| {
        let stays = ec2.interfaces.get(id).is_some_and(|interface| !gone.contains(&interface.subnet));
        if !stays {
            network_interface::remove(ec2, id);
        }
        stays
    });
    for id in &endpoint.interfaces {
        if let Some(interface) = ec2.interfaces.get_mut(id) {
            interface.groups.clone_from(&groups);
        }
    }
    Ok(())
}
