//! Subnets and their CIDR reservations.

use ipnet::Ipv4Net;
use jiff::Timestamp;

use super::Tags;
use crate::aws::call::Operations;

/// A subnet. The addresses that it has given out are those of the interfaces in it.
#[derive(Debug, Clone)]
pub(crate) struct Subnet {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) vpc: String,
    pub(crate) cidr: Ipv4Net,
    /// The zone's name, `eu-central-1a`.
    pub(crate) zone: String,
    pub(crate) default_for_zone: bool,
    pub(crate) map_public_ip: bool,
    pub(crate) reservations: Vec<Reservation>,
    pub(crate) tags: Tags,
}

/// A CIDR reservation: addresses that AWS doesn't give out by itself
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html>).
#[derive(Debug, Clone)]
pub(crate) struct Reservation {
    pub(crate) id: String,
    pub(crate) cidr: Ipv4Net,
    /// `prefix` or `explicit`.
    pub(crate) kind: String,
    pub(crate) description: String,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[];
