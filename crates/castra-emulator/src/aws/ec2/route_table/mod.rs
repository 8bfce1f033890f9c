//! Route tables (<https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html>).

mod association;
mod describe;
mod route;
mod table;
mod target;
#[cfg(test)]
mod tests;

use ipnet::{Ipv4Net, Ipv6Net};
use jiff::Timestamp;

use super::Tags;
use super::resource::resource;
use crate::aws::call::Operations;

/// A route table.
#[derive(Debug, Clone)]
pub(crate) struct RouteTable {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) vpc: String,
    pub(crate) routes: Vec<Route>,
    pub(crate) associations: Vec<RouteTableAssociation>,
    pub(crate) tags: Tags,
}

/// A route.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) destination: Destination,
    /// The target's id: `local`, `igw-..`, `nat-..`, `eni-..`, `vpce-..`.
    pub(crate) target: String,
    /// `CreateRouteTable` or `CreateRoute`.
    pub(crate) origin: &'static str,
}

/// Where a route leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    V4(Ipv4Net),
    V6(Ipv6Net),
    PrefixList(String),
}

/// An association of a route table.
#[derive(Debug, Clone)]
pub(crate) struct RouteTableAssociation {
    pub(crate) id: String,
    /// The subnet; none = the VPC's main table.
    pub(crate) subnet: Option<String>,
}

resource!(
    RouteTable,
    route_tables,
    "rtb",
    "InvalidRouteTableId.Malformed",
    "InvalidRouteTableID.NotFound",
    "The routeTable ID '{}' does not exist"
);

impl RouteTable {
    /// Whether it is its VPC's main table.
    pub(crate) fn is_main(&self) -> bool {
        self.associations.iter().any(|association| association.subnet.is_none())
    }
}

impl Route {
    /// The route to the VPC itself, which every table has.
    pub(super) fn local(destination: Destination) -> Self {
        Self { destination, target: "local".to_owned(), origin: "CreateRouteTable" }
    }

    pub(super) fn is_local(&self) -> bool {
        self.origin == "CreateRouteTable"
    }
}

impl std::fmt::Display for Destination {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::V4(cidr) => cidr.fmt(formatter),
            Self::V6(cidr) => cidr.fmt(formatter),
            Self::PrefixList(id) => id.fmt(formatter),
        }
    }
}

pub(super) const OPERATIONS: Operations = &[
    ("AssociateRouteTable", association::associate),
    ("CreateRoute", route::create),
    ("CreateRouteTable", table::create),
    ("DeleteRoute", route::delete),
    ("DeleteRouteTable", table::delete),
    ("DescribeRouteTables", describe::describe),
    ("DisassociateRouteTable", association::disassociate),
    ("ReplaceRoute", route::replace),
    ("ReplaceRouteTableAssociation", association::replace),
];
