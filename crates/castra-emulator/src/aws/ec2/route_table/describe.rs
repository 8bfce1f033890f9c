//! How route tables are described.

use serde_json::{Value, json};

use super::{Destination, Route, RouteTable, target};
use crate::aws::call::Call;
use crate::aws::ec2::State;
use crate::aws::ec2::resource::Description;
use crate::aws::error::Answer;

/// Filters: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html>.
const FILTERS: &[&str] = &[
    "association.gateway-id",
    "association.main",
    "association.route-table-association-id",
    "association.route-table-id",
    "association.subnet-id",
    "owner-id",
    "route-table-id",
    "route.destination-cidr-block",
    "route.destination-ipv6-cidr-block",
    "route.destination-prefix-list-id",
    "route.egress-only-internet-gateway-id",
    "route.gateway-id",
    "route.instance-id",
    "route.nat-gateway-id",
    "route.network-interface-id",
    "route.origin",
    "route.state",
    "route.transit-gateway-id",
    "route.vpc-peering-connection-id",
    "vpc-id",
];

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let ec2 = &call.look().ec2;
    Description {
        output: "RouteTables",
        ids: "RouteTableIds",
        filters: FILTERS,
        values: &|table: &RouteTable, name| values(ec2, table, name),
        show: &|table| show(ec2, table),
    }
    .answer(call)
}

fn values(ec2: &State, table: &RouteTable, name: &str) -> Vec<String> {
    let associations = table.associations.iter();
    let of_routes = |member: &str| {
        let text = |route: &Route| show_route(ec2, table, route).get(member)?.as_str().map(str::to_owned);
        table.routes.iter().filter_map(text).collect()
    };
    match name {
        "association.main" => associations.map(|association| association.subnet.is_none().to_string()).collect(),
        "association.route-table-association-id" => associations.map(|association| association.id.clone()).collect(),
        "association.route-table-id" => associations.map(|_| table.id.clone()).collect(),
        "association.subnet-id" => associations.filter_map(|association| association.subnet.clone()).collect(),
        "owner-id" => vec![ec2.owner.clone()],
        "route-table-id" => vec![table.id.clone()],
        "route.destination-cidr-block" => of_routes("DestinationCidrBlock"),
        "route.destination-ipv6-cidr-block" => of_routes("DestinationIpv6CidrBlock"),
        "route.destination-prefix-list-id" => of_routes("DestinationPrefixListId"),
        "route.gateway-id" => of_routes("GatewayId"),
        "route.instance-id" => of_routes("InstanceId"),
        "route.nat-gateway-id" => of_routes("NatGatewayId"),
        "route.network-interface-id" => of_routes("NetworkInterfaceId"),
        "route.origin" => of_routes("Origin"),
        "route.state" => of_routes("State"),
        "vpc-id" => vec![table.vpc.clone()],
        _ => Vec::new(),
    }
}

fn show_route(ec2: &State, table: &RouteTable, route: &Route) -> Value {
    let mut shown = target::show(ec2, &route.target);
    let (member, text) = match &route.destination {
        Destination::V4(cidr) => ("DestinationCidrBlock", cidr.to_string()),
        Destination::V6(cidr) => ("DestinationIpv6CidrBlock", cidr.to_string()),
        Destination::PrefixList(id) => ("DestinationPrefixListId", id.clone()),
    };
    shown[member] = text.into();
    shown["Origin"] = route.origin.into();
    shown["State"] = if target::is_blackhole(ec2, table, route) { "blackhole" } else { "active" }.into();
    shown
}

pub(super) fn show(ec2: &State, table: &RouteTable) -> Value {
    let associations = table.associations.iter().map(|association| {
        json!({
            "RouteTableAssociationId": association.id,
            "RouteTableId": table.id,
            "SubnetId": association.subnet,
            "Main": association.subnet.is_none(),
            "AssociationState": { "State": "associated" },
        })
    });
    json!({
        "RouteTableId": table.id,
        "VpcId": table.vpc,
        "OwnerId": ec2.owner,
        "Associations": associations.collect::<Vec<_>>(),
        "Routes": table.routes.iter().map(|route| show_route(ec2, table, route)).collect::<Vec<_>>(),
        "PropagatingVgws": [],
        "Tags": table.tags.shown(),
    })
}
