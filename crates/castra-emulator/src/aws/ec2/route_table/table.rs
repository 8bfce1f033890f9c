//! CreateRouteTable and DeleteRouteTable.

use serde_json::json;

use super::{Destination, Route, RouteTable, describe};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::named;
use crate::aws::ec2::{Tags, Vpc, id, idempotency};
use crate::aws::error::Answer;

const OPERATION: &str = "CreateRouteTable";

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html>
pub(super) fn create(call: &mut Call<'_>) -> Answer {
    if let Some(table) = idempotency::earlier(call, OPERATION)?
        && call.look().ec2.route_tables.contains_key(&table)
    {
        return answer(call, &table);
    }
    let tags = Tags::specified(call, "route-table")?;
    let vpc = named::<Vpc>(call, "VpcId")?;
    let tables = call.look().ec2.route_tables.values().filter(|table| table.vpc == vpc.id).count();
    if tables >= call.account.settings.network_limits.route_tables_per_vpc {
        let message = "The maximum number of route tables has been reached.";
        return Err(ApiError::new("RouteTableLimitExceeded", message));
    }
    let v4 = vpc.cidrs().map(Destination::V4);
    let v6 = vpc.ipv6.iter().map(|block| Destination::V6(block.cidr));
    let routes = v4.chain(v6).map(Route::local).collect();
    let vpc = vpc.id.clone();
    let created = call.now();
    let id = id::new("rtb", &mut call.account.chance);
    let table = RouteTable { id: id.clone(), created, vpc, routes, associations: Vec::new(), tags };
    call.ec2().route_tables.insert(id.clone(), table);
    idempotency::remember(call, OPERATION, &id);
    answer(call, &id)
}

fn answer(call: &Call<'_>, table: &str) -> Answer {
    let ec2 = &call.look().ec2;
    let shown = ec2.route_tables.get(table).map(|table| describe::show(ec2, table));
    let mut answer = json!({ "RouteTable": shown });
    if let Some(token) = call.text("ClientToken") {
        answer["ClientToken"] = token.into();
    }
    Ok(answer)
}

/// "You must disassociate the route table from any subnets before you can delete it. You can't delete the main route
/// table" (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html>).
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let table = named::<RouteTable>(call, "RouteTableId")?;
    if !table.associations.is_empty() {
        let message = format!("The routeTable '{}' has dependencies and cannot be deleted.", table.id);
        return Err(ApiError::new("DependencyViolation", message));
    }
    let table = table.id.clone();
    let ec2 = call.ec2();
    ec2.route_tables.remove(&table);
    for endpoint in ec2.endpoints.values_mut() {
        endpoint.route_tables.retain(|other| *other != table);
    }
    Ok(json!({}))
}
