//! A part of a subnet that AWS takes no addresses from by itself.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_ec2::types::{ResourceType, SubnetCidrReservation as Ec2Reservation, SubnetCidrReservationType};
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, FieldChange, Item, Ownership, Result};
use futures::future::try_join_all;
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Subnet;
use super::live::Live;
use crate::call::{assigned, gone, maybe, send, send_fresh};
use crate::client::Clients;
use crate::survey::Look;
use crate::tags::{self, OwnerTags};

/// A reservation of the explicit type: balancers, gateways and group members get their addresses elsewhere in the
/// subnet, so that the primaries' planned addresses stay free for them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SubnetCidrReservation {
    /// The subnet.
    pub(crate) subnet: Ref<Subnet>,
    /// The range, within the subnet's.
    pub(crate) cidr: Ipv4Net,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

#[async_trait]
impl Kind for SubnetCidrReservation {
    const KIND: &'static str = "subnet_cidr_reservation";
    const RECOVERY: Recovery = Recovery::Part;
    const REPLACE: &'static [&'static str] = &["subnet", "cidr"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let request = at.cloud.ec2.get_subnet_cidr_reservations().subnet_id(at.get(&self.subnet)?.id);
        let answer = send!(at.cx, Call::read("ec2", "GetSubnetCidrReservations"), request)?;
        let cidr = self.cidr.to_string();
        let mut reservations = answer.subnet_ipv4_cidr_reservations().iter();
        let found = reservations.find(|reservation| reservation.cidr() == Some(cidr.as_str())).and_then(live);
        Ok(found.map(|live| {
            // A subnet has a range once; without tags it is its subnet's, and gets them.
            let adopt = matches!(self.subnet, Ref::Managed(..)) && OwnerTags::read(&live.tags).cluster.is_none();
            let found = live.found(at);
            if adopt { Found { ownership: Ownership::Ours, ..found } } else { found }
        }))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let request = at
            .cloud
            .ec2
            .create_subnet_cidr_reservation()
            .subnet_id(at.get(&self.subnet)?.id)
            .cidr(self.cidr.to_string())
            .reservation_type(SubnetCidrReservationType::Explicit)
            .tag_specifications(tags::specification(ResourceType::SubnetCidrReservation, &self.tags));
        // Reservations of a subnet don't overlap: sent again after a lost reply, this is refused, and then ours is
        // found by its range.
        let answer = send_fresh!(at.cx, Call::idempotent("ec2", "CreateSubnetCidrReservation"), request)?;
        let reservation = answer.subnet_cidr_reservation();
        let id = assigned(reservation.and_then(Ec2Reservation::subnet_cidr_reservation_id), "reservation")?;
        if reservation.is_some_and(|made| tags::from_ec2(made.tags()) != self.tags) {
            // moto 5.2.5 takes no tags in that call, and says so.
            let request = at.cloud.ec2.create_tags().resources(&id).set_tags(Some(tags::to_ec2(&self.tags)));
            send_fresh!(at.cx, Call::idempotent("ec2", "CreateTags"), request)?;
        }
        Ok(id)
    }

    async fn update(&self, at: &At<'_, Clients>, id: &String, changes: &[FieldChange]) -> Result<String> {
        for change in changes {
            tags::sync_ec2(at, &[id], &self.tags, change).await?;
        }
        Ok(id.clone())
    }

    async fn delete(at: &At<'_, Clients>, id: &String) -> Result<()> {
        let request = at.cloud.ec2.delete_subnet_cidr_reservation().subnet_cidr_reservation_id(id);
        gone(send!(at.cx, Call::idempotent("ec2", "DeleteSubnetCidrReservation"), request))
    }
}

fn live(reservation: &Ec2Reservation) -> Option<Live<String>> {
    let tags = tags::from_ec2(reservation.tags());
    let fields = json!({ "subnet": reservation.subnet_id(), "cidr": reservation.cidr(), "tags": tags });
    Some(Live::new(reservation.subnet_cidr_reservation_id()?.to_owned(), fields, tags))
}

/// A cluster's reservations in these subnets. One call a subnet: there is no other way to read them.
pub(crate) async fn list(look: &Look<'_>, subnets: &[String]) -> Result<Vec<Item>> {
    let answers = subnets.iter().map(|subnet| async move {
        let request = look.clients.ec2.get_subnet_cidr_reservations().subnet_id(subnet);
        maybe(send!(look.cx, Call::read("ec2", "GetSubnetCidrReservations"), request))
    });
    Ok(try_join_all(answers)
        .await?
        .iter()
        .flatten()
        .flat_map(|answer| answer.subnet_ipv4_cidr_reservations())
        .filter_map(|reservation| live(reservation)?.item::<SubnetCidrReservation>(look))
        .collect())
}
