//! Which zones the cluster is in, or will be.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{Filter, InstanceTypeOffering, LocationType};
use castra_core::inventory::Findings;
use castra_core::spec::Network;
use castra_core::topology::{Offer, Placement, ZONES, subnets, too_few_zones};
use castra_core::{Call, Result};
use futures::future::try_join;

use super::{Known, output_of, primary};
use crate::call::send;
use crate::kinds::{EbsVolume, Instance, LaunchTemplate, Subnet, SubnetOutput};
use crate::survey::Look;
use crate::tags::filter;

/// The zones in the order of the primaries' slots.
pub(super) async fn choose(look: &Look<'_>, known: &Known<'_>, findings: &mut Findings) -> Result<Option<Vec<String>>> {
    let placement = placement(known);
    let settled = match &known.network {
        Some(network) => Some(placement.ordered(network.private.iter().map(|subnet| subnet.output.zone.clone()))),
        None => placement.settled(),
    };
    let zones = match settled {
        // Nothing needs to be asked of a cluster that is as its spec wants it.
        Some(zones) if placement.runs_all_types() => placement.confirmed(zones).map_err(|problem| vec![problem]),
        settled => {
            let offer = ask(look, &placement, settled.is_none()).await?;
            placement.choose(settled, &offer)
        }
    };
    Ok(match zones {
        Ok(zones) => {
            findings.notes.extend(too_few_zones(&zones));
            Some(zones)
        }
        Err(problems) => {
            findings.problems.extend(problems);
            None
        }
    })
}

/// What the choice follows from.
pub(super) fn placement<'a>(known: &'a Known<'_>) -> Placement<'a> {
    Placement {
        spec: known.spec,
        region: &known.settings.region,
        named: &known.settings.zones,
        allow_fewer_zones: known.settings.allow_fewer_zones,
        used: used(known),
        running: running(known),
    }
}

/// The zone of each slot, as far as the cluster's objects settle it: the data disk first, which can't move, then the
/// subnet, whose range is that of its slot.
fn used(known: &Known<'_>) -> [Option<String>; ZONES] {
    let planned = match known.spec.network {
        Network::Create { cidr } => subnets(cidr, ZONES).map(|plan| plan.private).unwrap_or_default(),
        Network::Existing => Vec::new(),
    };
    let live: Vec<&SubnetOutput> = known
        .items
        .iter()
        .filter(|item| item.address.kind() == <Subnet as castra_core::Kind>::KIND)
        .filter_map(output_of::<SubnetOutput>)
        .collect();
    std::array::from_fn(|slot| {
        let disk = known.text::<EbsVolume>(&primary(slot), "zone").map(str::to_owned);
        let subnet = || {
            let range = planned.get(slot)?;
            live.iter().find(|subnet| subnet.cidr == *range).map(|subnet| subnet.zone.clone())
        };
        disk.or_else(subnet)
    })
}

/// The machine types that the cluster runs.
fn running(known: &Known<'_>) -> BTreeSet<String> {
    let primaries: Vec<Option<&str>> =
        (0..ZONES).map(|slot| known.text::<Instance>(&primary(slot), "machine_type")).collect();
    // One of them proves nothing for the other zones.
    let same = primaries.iter().all(|machine| machine.is_some() && *machine == primaries[0]);
    let pool = known.text::<LaunchTemplate>("secondaries", "machine_type");
    let of_primaries = primaries.first().copied().flatten().filter(|_| same);
    of_primaries.into_iter().chain(pool).map(str::to_owned).collect()
}

async fn ask(look: &Look<'_>, placement: &Placement<'_>, zones: bool) -> Result<Offer> {
    let types: BTreeSet<&str> = placement.types().into_iter().map(|(_, machine)| machine).collect();
    let offerings = offerings(look, types.into_iter().map(str::to_owned).collect());
    let available = async {
        if !zones {
            return Ok(BTreeSet::new());
        }
        let request = look
            .clients
            .ec2
            .describe_availability_zones()
            .filters(filter("state", "available"))
            .filters(filter("zone-type", "availability-zone"));
        let answer = send!(look.cx, Call::read("ec2", "DescribeAvailabilityZones"), request)?;
        Ok(answer.availability_zones().iter().filter_map(|zone| zone.zone_name()).map(str::to_owned).collect())
    };
    let (offerings, available) = try_join(offerings, available).await?;
    let mut offer = Offer { available, types: BTreeMap::new() };
    for one in offerings {
        if let (Some(machine), Some(zone)) = (one.instance_type(), one.location()) {
            offer.types.entry(machine.as_str().to_owned()).or_default().insert(zone.to_owned());
        }
    }
    Ok(offer)
}

/// Which zones have these machine types. By filter and not by name: an unknown name would be an error.
async fn offerings(look: &Look<'_>, types: Vec<String>) -> Result<Vec<InstanceTypeOffering>> {
    let wanted = Filter::builder().name("instance-type").set_values(Some(types)).build();
    let (mut offerings, mut next) = (Vec::new(), None);
    loop {
        let request = look
            .clients
            .ec2
            .describe_instance_type_offerings()
            .location_type(LocationType::AvailabilityZone)
            .filters(wanted.clone())
            .set_next_token(next);
        let answer = send!(look.cx, Call::read("ec2", "DescribeInstanceTypeOfferings"), request)?;
        offerings.extend(answer.instance_type_offerings.unwrap_or_default());
        next = answer.next_token.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(offerings);
        }
    }
}
