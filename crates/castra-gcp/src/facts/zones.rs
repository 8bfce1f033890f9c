//! Which zones the cluster is in, or will be.

use std::collections::{BTreeMap, BTreeSet};

use castra_core::Result;
use castra_core::spec::Spec;
use castra_core::topology::ZONES;
use google_cloud_compute_v1::model::MachineTypesScopedList;
use google_cloud_compute_v1::model::machine_type::Architecture;
use google_cloud_compute_v1::model::zone::Status;
use google_cloud_compute_v1::model::{Zone as Model, image};

use super::{Findings, Known};
use crate::call::list;
use crate::links;
use crate::settings::QUORUM;
use crate::survey::Look;

/// The fewest zones: with one alone, its loss is the cluster's.
const FEWEST: usize = 2;

/// A zone of the region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Zone {
    pub(super) name: String,
    pub(super) up: bool,
}

/// A machine type in one zone, anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offered {
    pub(super) name: String,
    pub(super) zone: String,
    /// The processors' kind, in the words that images have for it.
    pub(super) architecture: Option<String>,
}

/// The zones of the region.
pub(super) async fn zones(look: &Look<'_>) -> Result<Vec<Zone>> {
    let request = look.clients.zones.list().set_project(&look.clients.project);
    let filter = format!("name eq \"{}-[a-z]\"", look.clients.region);
    let found: Vec<Model> = list!(look, "zones.list", request.set_filter(filter))?;
    let zone = |zone: Model| Some(Zone { name: zone.name?, up: zone.status == Some(Status::Up) });
    Ok(found.into_iter().filter_map(zone).collect())
}

/// Where the machine types of the spec are to be had.
pub(super) async fn types(look: &Look<'_>, spec: &Spec) -> Result<Vec<Offered>> {
    let names = BTreeSet::from([spec.primaries.machine_type.as_str(), spec.secondaries.machine_type.as_str()]);
    let found = of_names(look, &names).await?;
    let offered = |(scope, zone): (String, MachineTypesScopedList)| {
        let zone_name = links::name(&scope).to_owned();
        zone.machine_types.into_iter().filter_map(move |found| {
            let architecture = found.architecture.as_ref().and_then(Architecture::name).map(str::to_owned);
            Some(Offered { name: found.name?, zone: zone_name.clone(), architecture })
        })
    };
    Ok(found.into_iter().flat_map(offered).collect())
}

/// Machine types by name, zone by zone. By filter, so that an unknown one is left out.
pub(crate) async fn of_names<S: crate::call::Seam>(
    seam: &S,
    names: &BTreeSet<&str>,
) -> Result<Vec<(String, MachineTypesScopedList)>> {
    let clients = seam.clients();
    let alternatives: Vec<String> = names.iter().map(|name| format!("(name = \"{name}\")")).collect();
    let request = clients.machine_types.aggregated_list().set_project(&clients.project);
    list!(seam, "machineTypes.aggregatedList", request.set_filter(alternatives.join(" OR ")))
}

/// The zones in the order of the primaries' slots. Slots that the cluster's objects settle stay where they are; for the
/// others those are taken that the spec names, or else the first that have every machine type.
pub(super) fn choose(
    known: &Known<'_>,
    zones: &[Zone],
    types: &[Offered],
    findings: &mut Findings,
) -> Option<Vec<String>> {
    let region = &known.settings.region;
    if zones.is_empty() {
        let message = format!("there is no region {region}, or this project has no zones in it");
        findings.problem("provider.region", message, "write a region's name, such as \"europe-west1\"");
        return None;
    }
    let offers = offers(zones, types);
    let used = used(known);
    let settled = distinct(&used);
    let missing = missing(known, &offers, settled.as_deref());
    if !missing.is_empty() {
        missing.into_iter().for_each(|(path, message)| {
            findings.problem(path, message, "choose another machine type, or another region");
        });
        return None;
    }
    let chosen = match settled {
        Some(zones) => zones,
        None => fresh(known, &used, zones, &offers, findings)?,
    };
    if !check_wanted(known, &chosen, findings) {
        return None;
    }
    if chosen.len() < ZONES {
        findings.note(format!("the cluster is in {}: {QUORUM}", chosen.join(" and ")));
    }
    Some(chosen)
}

/// The zones of the region that have each machine type.
fn offers<'a>(zones: &'a [Zone], types: &'a [Offered]) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let here = |zone: &str| zones.iter().any(|one| one.name == zone);
    let mut offers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in types.iter().filter(|one| here(&one.zone)) {
        offers.entry(one.name.as_str()).or_default().insert(one.zone.as_str());
    }
    offers
}

/// The zone of each slot, as far as the cluster's objects settle it: the data disk first, which can't move.
fn used(known: &Known<'_>) -> [Option<String>; ZONES] {
    std::array::from_fn(|slot| {
        let disk = known.text("disk", &format!("data-{slot}"), "zone");
        disk.or_else(|| known.of_primary(slot, "zone")).map(str::to_owned)
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

/// What can't be had: a type that no zone of the region has, or that a zone in use hasn't. What the cluster runs already
/// is there.
fn missing(
    known: &Known<'_>,
    offers: &BTreeMap<&str, BTreeSet<&str>>,
    settled: Option<&[String]>,
) -> Vec<(&'static str, String)> {
    let region = &known.settings.region;
    let runs = |machine: &str| {
        let primaries = (0..ZONES).all(|slot| known.of_primary(slot, "machine_type") == Some(machine));
        settled.is_some() && (primaries || known.of_template("machine_type") == Some(machine))
    };
    let types = known.types().into_iter().filter(|(_, machine)| !runs(machine));
    types
        .filter_map(|(path, machine)| {
            let Some(zones) = offers.get(machine) else {
                return Some((path, format!("no zone of {region} has machines of type \"{machine}\"")));
            };
            let unserved = |zone: &&String| !zones.contains(zone.as_str());
            let without: Vec<&str> = settled.unwrap_or_default().iter().filter(unserved).map(String::as_str).collect();
            (!without.is_empty()).then(|| {
                (path, format!("\"{machine}\" isn't to be had in {}, where the cluster is", without.join(", ")))
            })
        })
        .collect()
}

/// Zones for slots of which one at least nothing settles yet.
fn fresh(
    known: &Known<'_>,
    used: &[Option<String>; ZONES],
    zones: &[Zone],
    offers: &BTreeMap<&str, BTreeSet<&str>>,
    findings: &mut Findings,
) -> Option<Vec<String>> {
    let all_types = |zone: &str| {
        known.types().iter().all(|(_, machine)| offers.get(machine).is_some_and(|zones| zones.contains(zone)))
    };
    let fits = |zone: &str| zones.iter().any(|one| one.name == zone && one.up) && all_types(zone);
    let named = &known.settings.zones;
    let unfit: Vec<&str> = named.iter().map(String::as_str).filter(|zone| !fits(zone)).collect();
    if !unfit.is_empty() {
        findings.problem(
            "provider.zones",
            format!("{} isn't up or hasn't every machine type", unfit.join(", ")),
            "name other zones, or none and let them be chosen",
        );
        return None;
    }
    let mut free: Vec<String> = match named.is_empty() {
        true => zones.iter().map(|zone| zone.name.clone()).filter(|zone| fits(zone)).collect(),
        false => named.clone(),
    };
    if named.is_empty() {
        free.sort();
    }
    free.retain(|zone| !used.iter().flatten().any(|one| one == zone));
    let mut free = free.into_iter();
    let mut chosen: Vec<String> = Vec::new();
    for slot in used {
        match slot {
            Some(zone) if chosen.contains(zone) => {}
            Some(zone) => chosen.push(zone.clone()),
            None => chosen.extend(free.next()),
        }
    }
    enough(known, &chosen, findings).then_some(chosen)
}

fn enough(known: &Known<'_>, zones: &[String], findings: &mut Findings) -> bool {
    let region = &known.settings.region;
    let there = if zones.is_empty() { "none".to_owned() } else { zones.join(", ") };
    match zones.len() {
        count if count < FEWEST => findings.problem(
            "provider.region",
            format!("{region} has {count} zones with every machine type ({there}), and a cluster wants three"),
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

/// The word of images for a processor: both name them alike.
pub(super) fn word(architecture: &image::Architecture) -> Option<&str> {
    architecture.name()
}
