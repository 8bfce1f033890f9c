//! Which zones the cluster is in, or will be.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{Filter, InstanceTypeOffering, LocationType};
use castra_core::spec::Network;
use castra_core::topology::{ZONES, subnets};
use castra_core::{Call, Result};
use futures::future::try_join;

use super::{Findings, Known, output_of, primary};
use crate::call::send;
use crate::kinds::{EbsVolume, Instance, LaunchTemplate, Subnet, SubnetOutput};
use crate::settings::QUORUM;
use crate::survey::Look;
use crate::tags::filter;

/// An application load balancer wants two zones (Elastic Load Balancing, "Subnets for your load balancer").
const FEWEST: usize = 2;

/// What EC2 said about its zones.
#[derive(Debug, Default)]
struct Offer {
    /// The zones that are up.
    available: BTreeSet<String>,
    /// For each machine type, the zones that have it.
    types: BTreeMap<String, BTreeSet<String>>,
}

/// The zones in the order of the primaries' slots.
pub(super) async fn choose(look: &Look<'_>, known: &Known<'_>, findings: &mut Findings) -> Result<Option<Vec<String>>> {
    let zones = settle(look, known, findings).await?;
    if let Some(zones) = zones.as_ref().filter(|zones| zones.len() < ZONES) {
        findings.note(format!("the cluster is in {}: {QUORUM}", zones.join(" and ")));
    }
    Ok(zones)
}

async fn settle(look: &Look<'_>, known: &Known<'_>, findings: &mut Findings) -> Result<Option<Vec<String>>> {
    let used = used(known);
    let types = types(known);
    let proven = all_proven(known);
    let settled = match &known.network {
        Some(network) => Some(order(&used, network.private.iter().map(|subnet| subnet.output.zone.clone()))),
        None => distinct(&used),
    };
    if let (Some(zones), true) = (&settled, proven) {
        return Ok(check_wanted(known, zones, findings).then(|| zones.clone()));
    }
    let offer = ask(look, types.iter().map(|(_, machine)| machine.clone()).collect(), settled.is_none()).await?;
    let missing = missing(known, &types, &offer, settled.as_deref());
    if !missing.is_empty() {
        missing.into_iter().for_each(|(path, message)| {
            findings.problem(path, message, "choose another machine type, or another region");
        });
        return Ok(None);
    }
    if let Some(zones) = settled {
        return Ok(check_wanted(known, &zones, findings).then_some(zones));
    }
    Ok(fresh(known, &used, &offer, findings))
}

/// The zone of each slot, as far as the cluster's objects settle it: the data disk first, which can't move, then the
/// subnet, whose range is that of its slot.
pub(super) fn used(known: &Known<'_>) -> [Option<String>; ZONES] {
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

/// The zones, once every slot is settled. Slots that share one are those of a cluster over fewer zones.
fn distinct(used: &[Option<String>; ZONES]) -> Option<Vec<String>> {
    let mut zones: Vec<String> = Vec::new();
    for zone in used {
        let zone = zone.as_ref()?;
        if !zones.contains(zone) {
            zones.push(zone.clone());
        }
    }
    Some(zones)
}

/// Zones in an order that leaves settled slots where they are.
fn order(used: &[Option<String>; ZONES], zones: impl Iterator<Item = String>) -> Vec<String> {
    let zones: Vec<String> = zones.collect();
    let mut rest: Vec<String> =
        zones.iter().filter(|zone| !used.iter().flatten().any(|one| one == *zone)).cloned().collect();
    let mut ordered: Vec<String> = Vec::new();
    for slot in used.iter().take(zones.len()) {
        let next = match slot {
            Some(zone) if zones.contains(zone) && !ordered.contains(zone) => Some(zone.clone()),
            _ if rest.is_empty() => None,
            _ => Some(rest.remove(0)),
        };
        ordered.extend(next);
    }
    let left: Vec<String> = zones.into_iter().filter(|zone| !ordered.contains(zone)).collect();
    ordered.extend(left);
    ordered
}

/// The machine types that the spec asks for, with the path of each.
fn types(known: &Known<'_>) -> Vec<(&'static str, String)> {
    vec![
        ("primaries.machine_type", known.spec.primaries.machine_type.to_string()),
        ("secondaries.machine_type", known.spec.secondaries.machine_type.to_string()),
    ]
}

/// Whether the cluster runs every machine type that the spec asks for.
pub(super) fn all_proven(known: &Known<'_>) -> bool {
    types(known).iter().all(|(_, machine)| proven(known).contains(machine.as_str()))
}

/// The machine types that the cluster runs.
fn proven<'a>(known: &'a Known<'_>) -> BTreeSet<&'a str> {
    let primaries: Vec<Option<&str>> =
        (0..ZONES).map(|slot| known.text::<Instance>(&primary(slot), "machine_type")).collect();
    // One of them proves nothing for the other zones.
    let same = primaries.iter().all(|machine| machine.is_some() && *machine == primaries[0]);
    let pool = known.text::<LaunchTemplate>("secondaries", "machine_type");
    primaries.first().copied().flatten().filter(|_| same).into_iter().chain(pool).collect()
}

async fn ask(look: &Look<'_>, types: BTreeSet<String>, zones: bool) -> Result<Offer> {
    let ec2 = &look.clients.ec2;
    let offerings = offerings(look, types.iter().cloned().collect());
    let available = async {
        if !zones {
            return Ok(BTreeSet::new());
        }
        let request = ec2
            .describe_availability_zones()
            .filters(filter("state", "available"))
            .filters(filter("zone-type", "availability-zone"));
        let answer = send!(look.cx, Call::read("ec2", "DescribeAvailabilityZones"), request)?;
        Ok(answer.availability_zones().iter().filter_map(|zone| zone.zone_name()).map(str::to_owned).collect())
    };
    let (offerings, available) = try_join(offerings, available).await?;
    let mut offer = Offer { available, types: types.into_iter().map(|machine| (machine, BTreeSet::new())).collect() };
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

/// What can't be had: a type that no zone of the region has, or that a zone in use hasn't.
fn missing(
    known: &Known<'_>,
    types: &[(&'static str, String)],
    offer: &Offer,
    settled: Option<&[String]>,
) -> Vec<(&'static str, String)> {
    let region = &known.settings.region;
    types
        .iter()
        .filter_map(|(path, machine)| {
            let zones = offer.types.get(machine).filter(|zones| !zones.is_empty());
            let Some(zones) = zones else {
                return Some((*path, format!("no zone of {region} has machines of type \"{machine}\"")));
            };
            let without: Vec<&str> =
                settled.unwrap_or_default().iter().filter(|zone| !zones.contains(*zone)).map(String::as_str).collect();
            (!without.is_empty()).then(|| {
                (*path, format!("\"{machine}\" isn't to be had in {}, where the cluster is", without.join(", ")))
            })
        })
        .collect()
}

/// Zones for the slots that nothing settles yet: those that the spec names, or else the first that have every machine
/// type.
fn fresh(
    known: &Known<'_>,
    used: &[Option<String>; ZONES],
    offer: &Offer,
    findings: &mut Findings,
) -> Option<Vec<String>> {
    let fits = |zone: &String| offer.available.contains(zone) && offer.types.values().all(|zones| zones.contains(zone));
    let named = &known.settings.zones;
    let unfit: Vec<&str> = named.iter().filter(|zone| !fits(zone)).map(String::as_str).collect();
    if !unfit.is_empty() {
        findings.problem(
            "provider.zones",
            format!("{} isn't available or hasn't every machine type", unfit.join(", ")),
            "name other zones, or none and let them be chosen",
        );
        return None;
    }
    let fitting: Vec<String> = if named.is_empty() {
        offer.available.iter().filter(|zone| fits(zone)).cloned().collect()
    } else {
        named.clone()
    };
    let mut all: Vec<String> = used.iter().flatten().cloned().collect();
    all.extend(fitting);
    let mut seen = BTreeSet::new();
    all.retain(|zone| seen.insert(zone.clone()));
    all.truncate(if named.is_empty() { ZONES } else { named.len() });
    let zones = order(used, all.into_iter());
    (enough(known, &zones, findings) && check_wanted(known, &zones, findings)).then_some(zones)
}

fn enough(known: &Known<'_>, zones: &[String], findings: &mut Findings) -> bool {
    let region = &known.settings.region;
    let there = if zones.is_empty() { "none".to_owned() } else { zones.join(", ") };
    match zones.len() {
        count if count < FEWEST => findings.problem(
            "provider.region",
            format!("{region} has {count} zones with every machine type ({there}), and a load balancer wants two"),
            "choose other machine types, or another region",
        ),
        FEWEST if !known.settings.allow_fewer_zones => findings.problem(
            "provider.region",
            format!("{region} has only two zones with every machine type ({there}), and {QUORUM}"),
            "choose other machine types or another region, or accept that with allow_fewer_zones = true",
        ),
        _ => return true,
    }
    false
}

/// Zones that the spec names must be those that the cluster is in: disks can't move.
fn check_wanted(known: &Known<'_>, zones: &[String], findings: &mut Findings) -> bool {
    let named = &known.settings.zones;
    if named.is_empty() || named == zones {
        return true;
    }
    findings.problem(
        "provider.zones",
        format!("the cluster is in {}, and its data disks can't move", zones.join(", ")),
        format!("write zones = {zones:?}, or leave zones out"),
    );
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(zones: [&str; 3]) -> [Option<String>; 3] {
        zones.map(|zone| (!zone.is_empty()).then(|| zone.to_owned()))
    }

    fn ordered(slots: [&str; 3], zones: &[&str]) -> Vec<String> {
        order(&used(slots), zones.iter().map(|zone| (*zone).to_owned()))
    }

    #[test]
    fn settled_slots_stay() {
        assert_eq!(ordered(["", "", ""], &["a", "b", "c"]), ["a", "b", "c"]);
        assert_eq!(ordered(["c", "", ""], &["a", "b", "c"]), ["c", "a", "b"]);
        assert_eq!(ordered(["", "a", ""], &["a", "b", "c"]), ["b", "a", "c"]);
        assert_eq!(ordered(["b", "c", "a"], &["a", "b", "c"]), ["b", "c", "a"]);
        assert_eq!(ordered(["b", "a", "b"], &["a", "b"]), ["b", "a"]);
        assert_eq!(ordered(["x", "", ""], &["a", "b", "c"]), ["a", "b", "c"]);
    }

    #[test]
    fn zones_are_settled_when_every_slot_is() {
        assert_eq!(distinct(&used(["a", "b", "c"])).as_deref(), Some(&["a", "b", "c"].map(str::to_owned)[..]));
        assert_eq!(distinct(&used(["a", "b", "a"])).as_deref(), Some(&["a", "b"].map(str::to_owned)[..]));
        assert_eq!(distinct(&used(["a", "", "c"])), None);
    }
}
