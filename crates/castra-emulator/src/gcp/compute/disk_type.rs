//! Types of disks: a catalogue that is the same in every zone (<https://cloud.google.com/compute/docs/disks>).

use serde_json::{Value, json};

use super::{lists, place_methods, places, target};
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::project::Project;
use crate::gcp::resource::Document;
use crate::gcp::scope::{self, BASE};

/// A type of disks. Sizes are in GB.
#[derive(Debug)]
pub(super) struct DiskType {
    pub(super) name: &'static str,
    description: &'static str,
    /// Of a disk of which nothing else is said.
    pub(super) default: u64,
    pub(super) least: u64,
    pub(super) most: u64,
    /// The quota that it counts towards (<https://cloud.google.com/compute/resource-usage#disk_quota>).
    pub(super) metric: &'static str,
}

const fn disk_type(name: &'static str, description: &'static str, sizes: (u64, u64, u64)) -> DiskType {
    DiskType { name, description, default: sizes.0, least: sizes.1, most: sizes.2, metric: "SSD_TOTAL_GB" }
}

static TYPES: &[DiskType] = &[
    disk_type("hyperdisk-balanced", "Hyperdisk Balanced Persistent Disk", (100, 4, 65_536)),
    DiskType { metric: "LOCAL_SSD_TOTAL_GB", ..disk_type("local-ssd", "Local SSD", (375, 375, 375)) },
    disk_type("pd-balanced", "Balanced Persistent Disk", (100, 10, 65_536)),
    disk_type("pd-extreme", "Extreme Persistent Disk", (1000, 500, 65_536)),
    disk_type("pd-ssd", "SSD Persistent Disk", (100, 10, 65_536)),
    DiskType { metric: "DISKS_TOTAL_GB", ..disk_type("pd-standard", "Standard Persistent Disk", (500, 10, 65_536)) },
];

/// The type of a disk of which no type is said (the discovery document's `Disk.type`, and
/// <https://cloud.google.com/compute/docs/disks/add-persistent-disk>).
pub(super) const DEFAULT: &str = "pd-standard";

/// The handler of a verb of disk types.
pub(super) fn handler(collection: &str, verb: &str) -> Option<Handler> {
    Some(match (collection, verb) {
        ("diskTypes", "get") => get,
        ("diskTypes", "list") => list,
        ("diskTypes", "aggregatedList") => aggregated,
        _ => return None,
    })
}

/// The type of that name.
pub(super) fn find(name: &str) -> Option<&'static DiskType> {
    TYPES.iter().find(|one| one.name == name)
}

/// The type that a disk's link to it names.
pub(super) fn of_link(link: &str) -> Option<&'static DiskType> {
    find(link.rsplit('/').next()?)
}

/// The link of a type.
pub(super) fn link(project: &str, zone: &str, name: &str) -> String {
    format!("{BASE}projects/{project}/zones/{zone}/diskTypes/{name}")
}

/// The type that a field of a body refers to by a whole or a partial link, for use in that zone.
pub(super) fn in_body(at: &str, link: &str, project: &str, zone: &str) -> Result<&'static DiskType, ApiError> {
    let malformed = || ApiError::field(at, &Value::from(link), "The URL is malformed.");
    let (_, path) = scope::parse(link);
    let Some((place, "diskTypes", name)) = scope::place(path) else { return Err(malformed()) };
    if place.zone() != Some(zone) {
        return Err(ApiError::field(at, &Value::from(link), format!("The disk type must be of zone '{zone}'.")));
    }
    find(name).ok_or_else(|| ApiError::not_found(&format!("projects/{project}/zones/{zone}/diskTypes/{name}")))
}

impl DiskType {
    fn show(&self, project: &Project, zone: &str) -> Document {
        place_methods::document(json!({
            "kind": "compute#diskType",
            "id": place_methods::number(self.name),
            "creationTimestamp": place_methods::OPENED,
            "name": self.name,
            "description": self.description,
            "validDiskSize": format!("{}GB-{}GB", self.least, self.most),
            "zone": format!("{BASE}projects/{}/zones/{zone}", project.id),
            "selfLink": link(&project.id, zone, self.name),
            "defaultDiskSizeGb": self.default.to_string(),
        }))
    }
}

fn get(call: &mut Call<'_>) -> Answer {
    let (zone, name) = (target::scope(call)?, target::name(call));
    let missing = || ApiError::not_found(&format!("projects/{}/{zone}/diskTypes/{name}", call.project.id));
    let found = find(name).ok_or_else(missing)?;
    Ok(Value::Object(found.show(call.project, zone.name())))
}

fn list(call: &mut Call<'_>) -> Answer {
    let zone = target::scope(call)?;
    let shown = TYPES.iter().map(|one| one.show(call.project, zone.name())).collect();
    let listed = lists::choose(call, shown)?;
    Ok(lists::envelope(call, &format!("{zone}/diskTypes"), listed))
}

fn aggregated(call: &mut Call<'_>) -> Answer {
    let in_zone = |zone: String| TYPES.iter().map(|one| one.show(call.project, &zone)).collect::<Vec<_>>();
    let shown = places::zones().flat_map(in_zone).collect();
    lists::by_scope(call, shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gcp::testing::Lab;

    #[test]
    fn disk_types_are_looked_up_and_listed() {
        let mut lab = Lab::new();
        let found = lab.get("zones/europe-west1-b/diskTypes/pd-balanced");
        assert_eq!(found["validDiskSize"], "10GB-65536GB");
        assert_eq!(found["zone"], "https://www.googleapis.com/compute/v1/projects/p1/zones/europe-west1-b");
        lab.refused("GET", "zones/europe-west1-b/diskTypes/pd-nothing", Value::Null, 404, "notFound");
        assert_eq!(lab.names("zones/europe-west1-b/diskTypes").len(), TYPES.len());
        let listed = lab.get("aggregated/diskTypes?filter=name%3Dpd-ssd");
        assert_eq!(listed["items"]["zones/us-east1-d"]["diskTypes"][0]["name"], "pd-ssd");
    }
}
