//! Zones and subnets of a group, held against EC2
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-in-vpc.html>).

use serde_json::Value;

use super::spread::{Place, zones};
use super::validate::error;
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::ec2;

/// Places, and the subnets as they were given if that is how they were named.
pub(super) type Named = (Vec<Place>, Option<String>);

/// The places that a request names: by subnets, or by zones, whose default subnets those are. None if it names none.
pub(super) fn read(account: &mut Account, region: &str, input: &Value) -> Result<Option<Named>, ApiError> {
    let list = |member: &str| -> Vec<&str> {
        let list = input.get(member).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(Value::as_str).collect()
    };
    let (named, ids) = (list("AvailabilityZones"), list("AvailabilityZoneIds"));
    if !named.is_empty() && !ids.is_empty() {
        return Err(error("You cannot specify both AvailabilityZones and AvailabilityZoneIds in the same request."));
    }
    let all = ec2::zones(&account.id, region);
    let by_id = |id: &&str| {
        let zone = all.iter().find(|zone| zone.id == **id).map(|zone| zone.name.as_str());
        zone.ok_or_else(|| error(format!("Invalid availability zone: [{id}]")))
    };
    let named = if ids.is_empty() { named } else { ids.iter().map(by_id).collect::<Result<Vec<_>, _>>()? };
    let subnets = input.get("VPCZoneIdentifier").and_then(Value::as_str).filter(|subnets| !subnets.is_empty());
    match subnets {
        Some(subnets) => {
            let places = of_subnets(account, region, subnets)?;
            let of_subnets = zones(&places);
            let matches = named.is_empty()
                || (named.iter().all(|zone| of_subnets.contains(zone))
                    && of_subnets.iter().all(|zone| named.contains(zone)));
            if !matches {
                let message = "The availability zones of the specified subnets and the Auto Scaling group do not match";
                return Err(error(message));
            }
            Ok(Some((places, Some(subnets.to_owned()))))
        }
        None if named.is_empty() => Ok(None),
        None => {
            let places: Result<Vec<_>, _> = named.iter().map(|zone| of_zone(account, region, zone)).collect();
            Ok(Some((places?, None)))
        }
    }
}

fn of_subnets(account: &mut Account, region: &str, subnets: &str) -> Result<Vec<Place>, ApiError> {
    let mut places: Vec<Place> = Vec::new();
    let mut vpc: Option<String> = None;
    for id in subnets.split(',').map(str::trim).filter(|id| !id.is_empty()) {
        let found = account.region(region).ec2.subnets.get(id);
        let found = found.map(|subnet| (subnet.created, subnet.vpc.clone(), subnet.zone.clone()));
        let Some((_, own, zone)) = found.filter(|(created, ..)| account.shows(id, *created)) else {
            return Err(error(format!("The subnet ID '{id}' does not exist")));
        };
        if *vpc.get_or_insert_with(|| own.clone()) != own {
            return Err(error("The specified subnets must all be in the same VPC."));
        }
        if places.iter().any(|place| place.subnet == id) {
            return Err(error(format!("The subnet ID '{id}' is specified more than once.")));
        }
        places.push(Place { zone, subnet: id.to_owned() });
    }
    Ok(places)
}

fn of_zone(account: &mut Account, region: &str, zone: &str) -> Result<Place, ApiError> {
    if !ec2::zones(&account.id, region).iter().any(|known| known.name == zone) {
        return Err(error(format!("Invalid availability zone: [{zone}]")));
    }
    let subnets = &account.region(region).ec2.subnets;
    let default = subnets.values().find(|subnet| subnet.zone == zone && subnet.default_for_zone);
    default.map(|subnet| Place { zone: zone.to_owned(), subnet: subnet.id.clone() }).ok_or_else(|| {
        error(format!(
            "You must use a valid fully-formed launch template. No default subnet for availability zone: '{zone}'."
        ))
    })
}
