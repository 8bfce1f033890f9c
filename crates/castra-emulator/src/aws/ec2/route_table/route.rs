//! Routes.

use ipnet::{Ipv4Net, Ipv6Net};
use serde_json::json;

use super::{Destination, Route, RouteTable, target};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::prefix_list;
use crate::aws::ec2::resource::named;
use crate::aws::error::Answer;

/// The destination that the call names, in canonical form
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html>: "We modify the specified CIDR block to
/// its canonical form").
fn destination(call: &Call<'_>) -> Result<Destination, ApiError> {
    let invalid = |text: &str, parameter: &str| {
        let message = format!("Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block.");
        ApiError::new("InvalidParameterValue", message)
    };
    let v4 = call.text("DestinationCidrBlock");
    let v6 = call.text("DestinationIpv6CidrBlock");
    let list = call.text("DestinationPrefixListId");
    match (v4, v6, list) {
        (Some(text), None, None) => {
            let cidr: Ipv4Net = text.parse().map_err(|_| invalid(text, "destinationCidrBlock"))?;
            Ok(Destination::V4(cidr.trunc()))
        }
        (None, Some(text), None) => {
            let cidr: Ipv6Net = text.parse().map_err(|_| invalid(text, "destinationIpv6CidrBlock"))?;
            Ok(Destination::V6(cidr.trunc()))
        }
        (None, None, Some(id)) => Ok(Destination::PrefixList(prefix_list::find(call.region, id)?.id)),
        (None, None, None) => {
            let message = "The request must contain exactly one of destinationCidrBlock, destinationIpv6CidrBlock, \
                           destinationPrefixListId";
            Err(ApiError::new("MissingParameter", message))
        }
        _ => {
            let message = "Only one of destinationCidrBlock, destinationIpv6CidrBlock and destinationPrefixListId can \
                           be specified.";
            Err(ApiError::new("InvalidParameterCombination", message))
        }
    }
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html>
pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let table = named::<RouteTable>(call, "RouteTableId")?;
    let destination = destination(call)?;
    let target = target::read(call, table)?;
    if table.routes.iter().any(|route| route.destination == destination) {
        let message = format!("The route identified by {destination} already exists.");
        return Err(ApiError::new("RouteAlreadyExists", message));
    }
    check_inside(call, table, &destination, &target)?;
    let routes = table.routes.iter().filter(|route| !route.is_local()).count();
    if routes >= call.account.settings.network_limits.routes_per_table {
        return Err(ApiError::new("RouteLimitExceeded", "The maximum number of routes has been reached."));
    }
    let table = table.id.clone();
    if let Some(table) = call.ec2().route_tables.get_mut(&table) {
        table.routes.push(Route { destination, target, origin: "CreateRoute" });
    }
    Ok(json!({ "Return": true }))
}

/// Traffic inside the VPC can be led to middleboxes only
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html#route-table-route-targets>).
fn check_inside(call: &Call<'_>, table: &RouteTable, destination: &Destination, target: &str) -> Result<(), ApiError> {
    let vpc = call.look().ec2.vpcs.get(&table.vpc);
    let inside = vpc.is_some_and(|vpc| match destination {
        Destination::V4(cidr) => vpc.cidrs().any(|block| block.contains(cidr)),
        Destination::V6(cidr) => vpc.ipv6.iter().any(|block| block.cidr.contains(cidr)),
        Destination::PrefixList(_) => false,
    });
    if !inside || target.starts_with("eni-") {
        return Ok(());
    }
    let message = format!(
        "The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR blocks. This \
         route can target only an interface or an instance."
    );
    Err(ApiError::new("InvalidParameterValue", message))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html>
pub(super) fn replace(call: &mut Call<'_>) -> Answer {
    let table = named::<RouteTable>(call, "RouteTableId")?;
    let destination = destination(call)?;
    let Some(old) = table.routes.iter().find(|route| route.destination == destination) else {
        let message =
            format!("There is no route defined for '{destination}' in the route table. Use CreateRoute instead.");
        return Err(ApiError::new("InvalidParameterValue", message));
    };
    let new = if call.flag("LocalTarget") {
        if !old.is_local() {
            let message = format!("The route {destination} is not the local route of the route table.");
            return Err(ApiError::new("InvalidParameterValue", message));
        }
        "local".to_owned()
    } else {
        let target = target::read(call, table)?;
        check_inside(call, table, &destination, &target)?;
        check_own(table, old, "replace")?;
        target
    };
    let table = table.id.clone();
    if let Some(table) = call.ec2().route_tables.get_mut(&table) {
        for route in table.routes.iter_mut().filter(|route| route.destination == destination) {
            route.target.clone_from(&new);
        }
    }
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRoute.html>
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let table = named::<RouteTable>(call, "RouteTableId")?;
    let destination = destination(call)?;
    let Some(route) = table.routes.iter().find(|route| route.destination == destination) else {
        let kind = match destination {
            Destination::V4(_) => "destination-cidr-block",
            Destination::V6(_) => "destination-ipv6-cidr-block",
            Destination::PrefixList(_) => "destination-prefix-list-id",
        };
        let message = format!("no route with {kind} {destination} in route table {}", table.id);
        return Err(ApiError::new("InvalidRoute.NotFound", message));
    };
    if route.is_local() {
        let message = format!("cannot remove local route {destination} in route table {}", table.id);
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    check_own(table, route, "remove")?;
    let table = table.id.clone();
    if let Some(table) = call.ec2().route_tables.get_mut(&table) {
        table.routes.retain(|route| route.destination != destination);
    }
    Ok(json!({}))
}

/// Routes to gateway endpoints come and go with the association of table and endpoint
/// (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>).
fn check_own(table: &RouteTable, route: &Route, verb: &str) -> Result<(), ApiError> {
    if !route.target.starts_with("vpce-") {
        return Ok(());
    }
    let message = format!("cannot {verb} VPC endpoint route {} in route table {}", route.destination, table.id);
    Err(ApiError::new("InvalidParameterValue", message))
}
