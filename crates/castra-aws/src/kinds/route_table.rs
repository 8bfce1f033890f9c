//! Where the traffic of subnets goes.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_ec2::types::{ResourceType, RouteTable as Ec2RouteTable, RouteTableAssociation};
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, Error, ErrorKind, FieldChange, Item, Result};
use futures::future::join;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::Live;
use super::{InternetGateway, NatGateway, Subnet, Vpc, nat_gateway};
use crate::call::{assigned, each, gone, send, send_fresh};
use crate::client::Clients;
use crate::survey::Look;
use crate::tags;

/// A route table with its default route and the subnets that use it. Other routes in it aren't ours.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RouteTable {
    /// The VPC that it is in.
    pub(crate) vpc: Ref<Vpc>,
    /// Where the traffic goes that has no nearer route.
    pub(crate) default_route: DefaultRoute,
    /// The subnets that use it.
    pub(crate) subnets: Vec<Ref<Subnet>>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

/// Where the default route leads.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum DefaultRoute {
    /// Straight to the internet: the subnets are public.
    InternetGateway(Ref<InternetGateway>),
    /// Through address translation: the subnets are private.
    NatGateway(Ref<NatGateway>),
}

/// Everywhere.
const ANYWHERE: &str = "0.0.0.0/0";

#[async_trait]
impl Kind for RouteTable {
    const KIND: &'static str = "route_table";
    const RECOVERY: Recovery = Recovery::Tagged;
    const REPLACE: &'static [&'static str] = &["vpc"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let request = at.cloud.ec2.describe_route_tables().set_filters(Some(tags::exactly(at)));
        let answer = send!(at.cx, Call::read("ec2", "DescribeRouteTables"), request)?;
        Ok(answer.route_tables().first().and_then(live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let request = at
            .cloud
            .ec2
            .create_route_table()
            .vpc_id(at.get(&self.vpc)?)
            .tag_specifications(tags::specification(ResourceType::RouteTable, &self.tags));
        let made = async {
            let answer = send_fresh!(at.cx, Call::mutate("ec2", "CreateRouteTable"), request)?;
            assigned(answer.route_table().and_then(Ec2RouteTable::route_table_id), "route table")
        };
        // Joined to their ends: giving the creation up halfway would leave its outcome unknown.
        let (made, passable) = join(made, self.passable(at)).await;
        let id = made?;
        passable?;
        let subnets = self.subnets.iter().map(|subnet| Ok(at.get(subnet)?.id)).collect::<Result<Vec<_>>>()?;
        let associated = each(subnets.iter().map(|subnet| associate(at, &id, subnet)));
        let (associated, led) = join(associated, self.lead(at, &id)).await;
        associated.and(led)?;
        Ok(id)
    }

    async fn update(&self, at: &At<'_, Clients>, id: &String, changes: &[FieldChange]) -> Result<String> {
        for change in changes {
            match change.field.as_str() {
                "default_route" => {
                    self.passable(at).await?;
                    self.lead(at, id).await?;
                }
                "subnets" => self.sync_subnets(at, id).await?,
                _ => tags::sync_ec2(at, &[id], &self.tags, change).await?,
            }
        }
        Ok(id.clone())
    }

    async fn delete(at: &At<'_, Clients>, id: &String) -> Result<()> {
        for association in subnet_associations(&tables(at, "route-table-id", id).await?) {
            disassociate(at, association).await?;
        }
        let request = at.cloud.ec2.delete_route_table().route_table_id(id);
        gone(send!(at.cx, Call::idempotent("ec2", "DeleteRouteTable"), request))
    }
}

impl RouteTable {
    /// Waits until the default route's gateway can take a route: a NAT gateway must be available.
    async fn passable(&self, at: &At<'_, Clients>) -> Result<()> {
        match &self.default_route {
            DefaultRoute::InternetGateway(_) => Ok(()),
            DefaultRoute::NatGateway(gateway) => nat_gateway::available(at, &at.get(gateway)?).await,
        }
    }

    /// Makes the default route lead where it should.
    async fn lead(&self, at: &At<'_, Clients>, id: &str) -> Result<()> {
        let (internet, nat) = match &self.default_route {
            DefaultRoute::InternetGateway(gateway) => (Some(at.get(gateway)?), None),
            DefaultRoute::NatGateway(gateway) => (None, Some(at.get(gateway)?)),
        };
        let request = at
            .cloud
            .ec2
            .create_route()
            .route_table_id(id)
            .destination_cidr_block(ANYWHERE)
            .set_gateway_id(internet.clone())
            .set_nat_gateway_id(nat.clone());
        match send_fresh!(at.cx, Call::idempotent("ec2", "CreateRoute"), request) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            answer => return answer.map(drop),
        }
        let request = at
            .cloud
            .ec2
            .replace_route()
            .route_table_id(id)
            .destination_cidr_block(ANYWHERE)
            .set_gateway_id(internet)
            .set_nat_gateway_id(nat);
        send_fresh!(at.cx, Call::idempotent("ec2", "ReplaceRoute"), request).map(drop)
    }

    /// Makes exactly the wanted subnets use the table.
    async fn sync_subnets(&self, at: &At<'_, Clients>, id: &str) -> Result<()> {
        let wanted = self.subnets.iter().map(|subnet| Ok(at.get(subnet)?.id)).collect::<Result<BTreeSet<_>>>()?;
        let live = tables(at, "route-table-id", id).await?;
        let used: Vec<&RouteTableAssociation> = subnet_associations(&live).collect();
        let uses = |subnet: &str| used.iter().any(|association| association.subnet_id() == Some(subnet));
        let missing = wanted.iter().filter(|subnet| !uses(subnet)).map(|subnet| associate(at, id, subnet));
        each(missing).await?;
        let extra = used.iter().filter(|association| association.subnet_id().is_some_and(|id| !wanted.contains(id)));
        each(extra.map(|association| disassociate(at, association))).await
    }
}

/// How often another run, or the mending of another table, may take a subnet's association away while it is replaced.
const RACES: usize = 5;

/// Makes a subnet use a table, whichever it uses now.
async fn associate(at: &At<'_, Clients>, table: &str, subnet: &str) -> Result<()> {
    for _ in 0..RACES {
        let request = at.cloud.ec2.associate_route_table().route_table_id(table).subnet_id(subnet);
        match send_fresh!(at.cx, Call::idempotent("ec2", "AssociateRouteTable"), request) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            answer => return answer.map(drop),
        }
        let live = tables(at, "association.subnet-id", subnet).await?;
        let used = |table: &&Ec2RouteTable| {
            subnet_associations(std::slice::from_ref(*table)).any(|association| association.subnet_id() == Some(subnet))
        };
        let other = match live.iter().find(used) {
            Some(own) if own.route_table_id() == Some(table) => return Ok(()),
            other => other.into_iter().flat_map(Ec2RouteTable::associations),
        };
        let mut associations = other.filter(|association| association.subnet_id() == Some(subnet));
        let Some(id) = associations.find_map(RouteTableAssociation::route_table_association_id) else { continue };
        let request = at.cloud.ec2.replace_route_table_association().association_id(id).route_table_id(table);
        match send!(at.cx, Call::idempotent("ec2", "ReplaceRouteTableAssociation"), request) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            answer => return answer.map(drop),
        }
    }
    Err(Error::new(ErrorKind::Conflict, format!("something else keeps changing which route table {subnet} uses")))
}

async fn disassociate(at: &At<'_, Clients>, association: &RouteTableAssociation) -> Result<()> {
    let Some(id) = association.route_table_association_id() else { return Ok(()) };
    let request = at.cloud.ec2.disassociate_route_table().association_id(id);
    gone(send!(at.cx, Call::idempotent("ec2", "DisassociateRouteTable"), request))
}

/// The tables that a filter lets through.
async fn tables(at: &At<'_, Clients>, filter: &str, value: &str) -> Result<Vec<Ec2RouteTable>> {
    let request = at.cloud.ec2.describe_route_tables().filters(tags::filter(filter, value));
    let answer = send!(at.cx, Call::read("ec2", "DescribeRouteTables"), request)?;
    Ok(answer.route_tables.unwrap_or_default())
}

fn subnet_associations(tables: &[Ec2RouteTable]) -> impl Iterator<Item = &RouteTableAssociation> {
    tables.iter().flat_map(Ec2RouteTable::associations).filter(|association| {
        let state = association.association_state().and_then(|state| state.state()).map(|state| state.as_str());
        association.subnet_id().is_some() && !matches!(state, Some("disassociating" | "disassociated" | "failed"))
    })
}

fn live(table: &Ec2RouteTable) -> Option<Live<String>> {
    let tags = tags::from_ec2(table.tags());
    let default = table.routes().iter().find(|route| route.destination_cidr_block() == Some(ANYWHERE));
    // Whatever else an operator may have pointed it at shows by its id.
    let target = default.and_then(|route| {
        route
            .nat_gateway_id()
            .or(route.gateway_id())
            .or(route.transit_gateway_id())
            .or(route.network_interface_id())
            .or(route.vpc_peering_connection_id())
    });
    let subnets: Vec<&str> =
        subnet_associations(std::slice::from_ref(table)).filter_map(RouteTableAssociation::subnet_id).collect();
    let fields = json!({ "vpc": table.vpc_id(), "default_route": target, "subnets": subnets, "tags": tags });
    Some(Live::new(table.route_table_id()?.to_owned(), fields, tags))
}

/// The route tables of a cluster. One call.
pub(crate) async fn list(look: &Look<'_>) -> Result<Vec<Item>> {
    let request = look.clients.ec2.describe_route_tables().filters(tags::of_cluster(look.cluster));
    let answer = send!(look.cx, Call::read("ec2", "DescribeRouteTables"), request)?;
    Ok(answer.route_tables().iter().filter_map(|table| live(table)?.item::<RouteTable>(look)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use aws_sdk_ec2::types::Route;

    use super::*;

    #[test]
    fn a_table_is_read_with_its_default_route_and_its_own_subnets() {
        let association = |subnet: Option<&str>| {
            RouteTableAssociation::builder().set_subnet_id(subnet.map(str::to_owned)).main(subnet.is_none()).build()
        };
        let table = Ec2RouteTable::builder()
            .route_table_id("rtb-1")
            .vpc_id("vpc-1")
            .routes(Route::builder().destination_cidr_block("10.0.0.0/16").gateway_id("local").build())
            .routes(Route::builder().destination_cidr_block("0.0.0.0/0").nat_gateway_id("nat-1").build())
            .associations(association(None))
            .associations(association(Some("subnet-1")))
            .build();
        let fields = live(&table).unwrap().fields;
        let expected = json!({ "vpc": "vpc-1", "default_route": "nat-1", "subnets": ["subnet-1"], "tags": {} });
        assert_eq!(fields, expected);
    }
}
