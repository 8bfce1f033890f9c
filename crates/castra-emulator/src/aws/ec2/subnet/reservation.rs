//! CIDR reservations of subnets (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html>).

use ipnet::Ipv4Net;
use serde_json::{Value, json};

use super::Subnet;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::resource::named;
use crate::aws::ec2::{Tags, id, page};
use crate::aws::error::Answer;

/// A CIDR reservation: addresses that AWS doesn't give out by itself.
#[derive(Debug, Clone)]
pub(crate) struct Reservation {
    pub(crate) id: String,
    pub(crate) cidr: Ipv4Net,
    /// `prefix` or `explicit`.
    pub(crate) kind: String,
    pub(crate) description: Option<String>,
    pub(crate) tags: Tags,
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnetCidrReservation.html>
pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let tags = Tags::specified(call, "subnet-cidr-reservation")?;
    let subnet = named::<Subnet>(call, "SubnetId")?;
    let (id, text) = (subnet.id.clone(), call.required("Cidr"));
    let invalid = |message: String| Err(ApiError::new("InvalidParameterValue", message));
    let Ok(cidr) = text.parse::<Ipv4Net>() else {
        return invalid(format!("Value ({text}) for parameter cidr is invalid. This is not a valid CIDR block."));
    };
    let cidr = cidr.trunc();
    if !subnet.cidr.contains(&cidr) {
        return invalid(format!("Reservation CIDR should be within subnet CIDR block ({})", subnet.cidr));
    }
    // "The CIDR ranges cannot overlap" within a VPC, where subnets don't overlap either.
    let overlaps = |other: &&Reservation| other.cidr.contains(&cidr) || cidr.contains(&other.cidr);
    if subnet.reservations.iter().any(|other| overlaps(&other)) {
        return invalid(format!("Reservation CIDR {cidr} has overlap with existing reserved CIDR block"));
    }
    let reservation = Reservation {
        id: id::new("scr", &mut call.account.chance),
        cidr,
        kind: call.required("ReservationType").to_owned(),
        description: call.text("Description").map(str::to_owned),
        tags,
    };
    let shown = show(&reservation, &id, &call.account.id);
    if let Some(subnet) = call.ec2().subnets.get_mut(&id) {
        subnet.reservations.push(reservation);
    }
    Ok(json!({ "SubnetCidrReservation": shown }))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnetCidrReservation.html>
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let wanted = call.required("SubnetCidrReservationId");
    let owner = call.account.id.clone();
    for subnet in call.ec2().subnets.values_mut() {
        if let Some(at) = subnet.reservations.iter().position(|reservation| reservation.id == wanted) {
            let reservation = subnet.reservations.remove(at);
            return Ok(json!({ "DeletedSubnetCidrReservation": show(&reservation, &subnet.id, &owner) }));
        }
    }
    let message = format!("The subnet-cidr-reservation ID '{wanted}' does not exist");
    Err(ApiError::new("InvalidSubnetCidrReservationID.NotFound", message))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSubnetCidrReservations.html>
pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, &["reservationType", "reservation-type", "subnet-id"])?;
    let subnet = named::<Subnet>(call, "SubnetId")?;
    let passing = subnet.reservations.iter().filter(|reservation| {
        filters.pass(&reservation.tags, |name| match name {
            "subnet-id" => vec![subnet.id.clone()],
            _ => vec![reservation.kind.clone()],
        })
    });
    let shown = passing.map(|reservation| show(reservation, &subnet.id, &call.account.id)).collect();
    let mut answer = page::of(call, "SubnetIpv4CidrReservations", shown)?;
    answer["SubnetIpv6CidrReservations"] = json!([]);
    Ok(answer)
}

fn show(reservation: &Reservation, subnet: &str, owner: &str) -> Value {
    json!({
        "SubnetCidrReservationId": reservation.id,
        "SubnetId": subnet,
        "Cidr": reservation.cidr.to_string(),
        "ReservationType": reservation.kind,
        "OwnerId": owner,
        "Description": reservation.description,
        "Tags": reservation.tags.shown(),
    })
}
