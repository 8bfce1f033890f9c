//! Which zones the cluster is in, or will be.

use std::collections::BTreeSet;

use castra_core::Result;
use castra_core::inventory::Findings;
use castra_core::spec::Spec;
use castra_core::topology::{Offer, Placement, ZONES, too_few_zones};
use google_cloud_compute_v1::model::MachineTypesScopedList;
use google_cloud_compute_v1::model::machine_type::Architecture;
use google_cloud_compute_v1::model::zone::Status;
use google_cloud_compute_v1::model::{Zone as Model, image};

use super::Known;
use crate::call::list;
use crate::links;
use crate::survey::Look;

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

/// The zones in the order of the primaries' slots.
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
    let placement = Placement {
        spec: known.spec,
        region,
        named: &known.settings.zones,
        allow_fewer_zones: known.settings.allow_fewer_zones,
        used: used(known),
        running: running(known),
    };
    match placement.choose(placement.settled(), &offer(zones, types)) {
        Ok(zones) => {
            findings.notes.extend(too_few_zones(&zones));
            Some(zones)
        }
        Err(problems) => {
            findings.problems.extend(problems);
            None
        }
    }
}

/// What the region has of what was found anywhere.
fn offer(zones: &[Zone], types: &[Offered]) -> Offer {
    let mut offer = Offer::default();
    offer.available.extend(zones.iter().filter(|zone| zone.up).map(|zone| zone.name.clone()));
    for one in types.iter().filter(|one| zones.iter().any(|zone| zone.name == one.zone)) {
        offer.types.entry(one.name.clone()).or_default().insert(one.zone.clone());
    }
    offer
}

/// The zone of each slot, as far as the cluster's objects settle it: the data disk first, which can't move.
fn used(known: &Known<'_>) -> [Option<String>; ZONES] {
    std::array::from_fn(|slot| {
        let disk = known.text("disk", &format!("data-{slot}"), "zone");
        disk.or_else(|| known.of_primary(slot, "zone")).map(str::to_owned)
    })
}

/// The machine types that the cluster runs.
fn running(known: &Known<'_>) -> BTreeSet<String> {
    let primaries: BTreeSet<Option<&str>> = (0..ZONES).map(|slot| known.of_primary(slot, "machine_type")).collect();
    // One of them proves nothing for the other zones.
    let same = primaries.first().copied().flatten().filter(|_| primaries.len() == 1);
    same.into_iter().chain(known.of_template("machine_type")).map(str::to_owned).collect()
}

/// The word of images for a processor: both name them alike.
pub(super) fn word(architecture: &image::Architecture) -> Option<&str> {
    architecture.name()
}
