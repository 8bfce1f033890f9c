//! Machine types: a catalogue that is the same in every zone.

mod families;

use std::borrow::Cow;

use families::{Series, Single};
use serde_json::{Value, json};

use super::{lists, place_methods, places, target};
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::project::Project;
use crate::gcp::resource::Document;
use crate::gcp::scope::{self, BASE};

/// A machine type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MachineType<'n> {
    pub(super) name: Cow<'n, str>,
    /// Virtual processors.
    pub(super) cpus: u32,
    /// In MB.
    pub(super) memory: u32,
    /// Whether it has parts of processors only.
    pub(super) shared: bool,
    pub(super) architecture: &'static str,
}

/// The handler of a verb of machine types.
pub(super) fn handler(collection: &str, verb: &str) -> Option<Handler> {
    Some(match (collection, verb) {
        ("machineTypes", "get") => get,
        ("machineTypes", "list") => list,
        ("machineTypes", "aggregatedList") => aggregated,
        _ => return None,
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a machine's memory, rounded")]
fn whole(memory: f64) -> u32 {
    memory.round() as u32
}

/// Every type that has a name of its own.
fn all() -> impl Iterator<Item = MachineType<'static>> {
    let series = families::SERIES.iter().flat_map(|series| {
        series.cpus.iter().map(|cpus| in_series(Cow::Owned(format!("{}-{cpus}", series.name)), series, *cpus))
    });
    series.chain(families::SINGLES.iter().map(single))
}

fn in_series<'n>(name: Cow<'n, str>, series: &Series, cpus: u32) -> MachineType<'n> {
    MachineType {
        name,
        cpus,
        memory: whole(f64::from(cpus) * series.memory),
        shared: false,
        architecture: if series.arm { "ARM64" } else { "X86_64" },
    }
}

fn single((name, cpus, memory, shared): &'static Single) -> MachineType<'static> {
    MachineType { name: Cow::Borrowed(name), cpus: *cpus, memory: *memory, shared: *shared, architecture: "X86_64" }
}

/// The machine type of that name.
pub(super) fn find(name: &str) -> Option<MachineType<'_>> {
    let of_series = || {
        let (series, cpus) = name.rsplit_once('-')?;
        let series = families::SERIES.iter().find(|one| one.name == series && !cpus.starts_with(['0', '+']))?;
        let cpus = series.cpus.iter().find(|one| cpus.parse() == Ok(**one))?;
        Some(in_series(Cow::Borrowed(name), series, *cpus))
    };
    let alone = || families::SINGLES.iter().find(|(single, ..)| *single == name).map(single);
    of_series().or_else(alone).or_else(|| custom(name))
}

/// A type whose name says what it has: `n2-custom-4-8192`. Processors are one or an even number, memory a multiple of
/// 256 MB (<https://cloud.google.com/compute/docs/instances/creating-instance-with-custom-machine-type#specifications>).
fn custom(name: &str) -> Option<MachineType<'_>> {
    let mut parts = name.rsplitn(3, '-');
    let memory: u32 = parts.next()?.parse().ok()?;
    let cpus: u32 = parts.next()?.parse().ok()?;
    let prefix = parts.next()?;
    let (_, least, most, largest) = families::CUSTOM.iter().find(|(family, ..)| *family == prefix)?;
    let each = f64::from(memory) / f64::from(cpus.max(1));
    let fits = (cpus == 1 || (cpus > 0 && cpus.is_multiple_of(2))) && cpus <= *largest;
    let right = fits && memory.is_multiple_of(256) && each >= *least && each <= *most;
    right.then_some(MachineType { name: Cow::Borrowed(name), cpus, memory, shared: false, architecture: "X86_64" })
}

impl MachineType<'_> {
    /// The quota that its processors count towards: families have their own, but for the oldest and for E2
    /// (<https://cloud.google.com/compute/resource-usage#cpu_quota>).
    pub(super) fn metric(&self) -> &'static str {
        const OWN: &[(&str, &str)] = &[
            ("a2", "A2_CPUS"),
            ("c2", "C2_CPUS"),
            ("c2d", "C2D_CPUS"),
            ("c3", "C3_CPUS"),
            ("m1", "M1_CPUS"),
            ("n2", "N2_CPUS"),
            ("n2d", "N2D_CPUS"),
            ("t2a", "T2A_CPUS"),
            ("t2d", "T2D_CPUS"),
        ];
        let family = self.name.split('-').next().unwrap_or_default();
        OWN.iter().find(|(own, _)| *own == family).map_or("CPUS", |(_, metric)| *metric)
    }

    /// How many network interfaces an instance may have: one for each processor, two at least and eight at most
    /// (<https://cloud.google.com/vpc/docs/create-use-multiple-interfaces#max-interfaces>).
    pub(super) fn interfaces(&self) -> usize {
        usize::try_from(self.cpus).unwrap_or(8).clamp(2, 8)
    }

    fn show(&self, project: &Project, zone: &str) -> Document {
        let gb = f64::from(self.memory) / 1024.0;
        let memory = if self.memory.is_multiple_of(1024) { format!("{gb:.0}") } else { format!("{gb:.2}") };
        let plural = if self.cpus == 1 { "" } else { "s" };
        // https://cloud.google.com/compute/docs/disks#pdlimits
        let (disks, disks_gb) = if self.shared { (16, "3072") } else { (128, "263168") };
        place_methods::document(json!({
            "kind": "compute#machineType",
            "id": place_methods::number(&self.name),
            "creationTimestamp": place_methods::OPENED,
            "name": self.name,
            "description": format!("{} vCPU{plural}, {memory} GB RAM", self.cpus),
            "guestCpus": self.cpus,
            "memoryMb": self.memory,
            "imageSpaceGb": 0,
            "maximumPersistentDisks": disks,
            "maximumPersistentDisksSizeGb": disks_gb,
            "zone": zone,
            "selfLink": link(&project.id, zone, &self.name),
            "isSharedCpu": self.shared,
            "architecture": self.architecture,
        }))
    }
}

/// The link of a machine type.
pub(super) fn link(project: &str, zone: &str, name: &str) -> String {
    format!("{BASE}projects/{project}/zones/{zone}/machineTypes/{name}")
}

/// The machine type that a field of a body refers to by a whole or a partial link, for use in that zone.
pub(super) fn in_body<'n>(at: &str, link: &'n str, zone: &str) -> Result<MachineType<'n>, ApiError> {
    let wrong = |why: String| ApiError::field(at, &Value::from(link), why);
    let (_, path) = scope::parse(link);
    let Some((place, "machineTypes", name)) = scope::place(path) else {
        return Err(wrong("The URL is malformed.".to_owned()));
    };
    if place.zone() != Some(zone) {
        return Err(wrong(format!("The machine type must be of zone '{zone}'.")));
    }
    named(at, link, name, &format!("in zone '{zone}'"))
}

/// The machine type of that name, which a field of a body has given; `place` says where it was looked for.
pub(super) fn named<'n>(at: &str, given: &str, name: &'n str, place: &str) -> Result<MachineType<'n>, ApiError> {
    find(name).ok_or_else(|| {
        // https://github.com/gruntwork-io/terratest/issues/1132 shows the text.
        let why = format!("Machine type with name '{name}' does not exist {place}.");
        ApiError::field(at, &Value::from(given), why)
    })
}

fn get(call: &mut Call<'_>) -> Answer {
    let (zone, name) = (target::scope(call)?, target::name(call));
    let missing = || ApiError::not_found(&format!("projects/{}/{zone}/machineTypes/{name}", call.project.id));
    let found = find(name).ok_or_else(missing)?;
    Ok(Value::Object(found.show(call.project, zone.name())))
}

fn list(call: &mut Call<'_>) -> Answer {
    let zone = target::scope(call)?;
    let shown = all().map(|one| one.show(call.project, zone.name())).collect();
    let listed = lists::choose(call, shown)?;
    Ok(lists::envelope(call, &format!("{zone}/machineTypes"), listed))
}

fn aggregated(call: &mut Call<'_>) -> Answer {
    let all: Vec<MachineType<'_>> = all().collect();
    let shown =
        places::zones().flat_map(|zone| all.iter().map(|one| one.show(call.project, &zone)).collect::<Vec<_>>());
    let shown = shown.collect();
    lists::by_scope(call, shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gcp::testing::Lab;

    #[test]
    fn families_have_their_memory() {
        for (name, cpus, memory) in [
            ("n1-standard-4", 4, 15 * 1024),
            ("n1-highcpu-8", 8, 7373),
            ("n1-highmem-2", 2, 13 * 1024),
            ("e2-standard-4", 4, 16 * 1024),
            ("e2-small", 2, 2048),
            ("n2-highcpu-16", 16, 16 * 1024),
            ("c2-standard-60", 60, 240 * 1024),
            ("custom-4-5120", 4, 5120),
            ("n2-custom-6-12288", 6, 12_288),
        ] {
            let found = find(name).unwrap_or_else(|| panic!("{name} isn't there"));
            assert_eq!((found.cpus, found.memory), (cpus, memory), "{name}");
        }
        for name in [
            "n1-standard-3",
            "n1-standard-04",
            "n1-standard-+4",
            "n1-standard-",
            "e2-enormous",
            "custom-3-5120",
            "custom-4-5000",
            "n2-custom-2-65536",
            "-",
            "",
        ] {
            assert_eq!(find(name), None, "{name}");
        }
    }

    #[test]
    fn machine_types_are_looked_up_and_listed() {
        let mut lab = Lab::new();
        let found = lab.get("zones/europe-west1-b/machineTypes/e2-standard-4");
        assert_eq!((&found["memoryMb"], &found["zone"]), (&json!(16_384), &json!("europe-west1-b")));
        assert_eq!(found["description"], "4 vCPUs, 16 GB RAM");
        let path = "zones/europe-west1-b/machineTypes/e2-enormous";
        let message = lab.refused("GET", path, Value::Null, 404, "notFound");
        assert_eq!(message, format!("The resource 'projects/p1/{path}' was not found"));
        let names = lab.names("zones/europe-west1-b/machineTypes?filter=name%20eq%20e2-.*");
        assert!(
            names.contains(&"e2-micro".to_owned()) && names.iter().all(|name| name.starts_with("e2-")),
            "{names:?}"
        );
        let listed = lab.get("aggregated/machineTypes?filter=name%3De2-micro");
        assert_eq!(listed["items"]["zones/us-central1-f"]["machineTypes"][0]["name"], "e2-micro");
    }
}
