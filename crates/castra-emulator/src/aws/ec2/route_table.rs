//! Route tables, their routes and associations.

use ipnet::Ipv4Net;
use jiff::Timestamp;

use super::Tags;
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
    pub(crate) destination: Ipv4Net,
    /// The target's id: `local`, `igw-..`, `nat-..`, `eni-..`.
    pub(crate) target: String,
    /// `CreateRouteTable` or `CreateRoute`.
    pub(crate) origin: &'static str,
}

/// An association of a route table.
#[derive(Debug, Clone)]
pub(crate) struct RouteTableAssociation {
    pub(crate) id: String,
    /// The subnet; none = the VPC's main table.
    pub(crate) subnet: Option<String>,
}

pub(super) const OPERATIONS: Operations = &[];
