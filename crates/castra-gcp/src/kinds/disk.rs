//! The primaries' data disks.

use std::collections::BTreeMap;

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Recovery};
use castra_core::{Call, Error, ErrorKind, FieldChange, Item, Result, Status};
use google_cloud_compute_v1::model::disk::Status as State;
use google_cloud_compute_v1::model::{Disk as Model, DisksResizeRequest, DisksScopedList, ZoneSetLabelsRequest};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::{Live, items};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, from_latest, operate};
use crate::survey::Look;
use crate::tags::{kept_labels, live_labels};

/// A primary's data disk. It holds the operator's data: it outlives the machine, grows in place and is never replaced.
///
/// It is encrypted as every disk is, with keys that Google keeps ("About disk encryption", Compute Engine documentation).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Disk {
    /// Its name, which one disk in a zone has.
    pub(crate) name: String,
    /// Its zone, which is its machine's.
    pub(crate) zone: String,
    /// Its size in GiB, which Compute Engine calls GB: 10 to 65,536. It can grow and never shrink.
    pub(crate) size_gb: u32,
    /// Its type: `pd-balanced`.
    pub(crate) disk_type: String,
    /// Its labels.
    pub(crate) labels: BTreeMap<String, String>,
}

#[async_trait]
impl Kind for Disk {
    const KIND: &'static str = "disk";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "zone", "disk_type"];
    const HOLDS_DATA: bool = true;
    const ONE_WAY: &'static [&'static str] = &["size_gb"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let live = self.get(at).await?.as_ref().and_then(live);
        Ok(live.filter(|live| live.status != Status::Deleting).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let disk = Model::new()
            .set_name(&self.name)
            .set_size_gb(self.size_gb)
            .set_type(at.cloud.zonal(&self.zone, "diskTypes", &self.disk_type))
            .set_labels(self.labels.clone());
        let request = at.cloud.disks.insert().set_project(&at.cloud.project).set_zone(&self.zone).set_body(disk);
        operate!(at, "disks.insert", USUAL, request)?;
        Ok(at.cloud.zonal(&self.zone, "disks", &self.name))
    }

    async fn update(&self, at: &At<'_, Clients>, live: &String, changes: &[FieldChange]) -> Result<String> {
        for change in changes {
            match change.field.as_str() {
                "size_gb" => self.grow(at, change).await?,
                _ => self.label(at).await?,
            }
        }
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let (zone, name) = (links::after(live, "zones").unwrap_or_default(), links::name(live));
        let request = at.cloud.disks.delete().set_project(&at.cloud.project).set_zone(zone).set_disk(name);
        gone(operate!(at, "disks.delete", USUAL, request))
    }
}

impl Disk {
    async fn get(&self, at: &At<'_, Clients>) -> Result<Option<Model>> {
        let request = at.cloud.disks.get().set_project(&at.cloud.project).set_zone(&self.zone).set_disk(&self.name);
        maybe(send!(at, Call::read("compute", "disks.get"), request))
    }

    /// Disks grow, also while a machine has them, and never shrink ("Increase the size of a persistent disk", Compute
    /// Engine documentation).
    async fn grow(&self, at: &At<'_, Clients>, change: &FieldChange) -> Result<()> {
        if let Some(live) = change.from.as_u64().filter(|live| *live > u64::from(self.size_gb)) {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!("{} has {live} GiB and cannot shrink to {} GiB", self.name, self.size_gb),
            )
            .remedy(format!("set the data disk's size to {live}GiB or more")));
        }
        let size = DisksResizeRequest::new().set_size_gb(self.size_gb);
        let request = at.cloud.disks.resize().set_project(&at.cloud.project).set_zone(&self.zone);
        operate!(at, "disks.resize", USUAL, request.set_disk(&self.name).set_body(size))
    }

    async fn label(&self, at: &At<'_, Clients>) -> Result<()> {
        from_latest(at, &self.name, || async {
            let Some(now) = self.get(at).await? else {
                return Err(Error::new(ErrorKind::NotFound, format!("{} is gone", self.name)));
            };
            let labels = ZoneSetLabelsRequest::new()
                .set_labels(kept_labels(&now.labels, &self.labels))
                .set_or_clear_label_fingerprint(now.label_fingerprint);
            let request = at.cloud.disks.set_labels().set_project(&at.cloud.project).set_zone(&self.zone);
            operate!(at, "disks.setLabels", USUAL, request.set_resource(&self.name).set_body(labels))
        })
        .await
    }
}

/// Reads a disk.
fn live(disk: &Model) -> Option<Live<String>> {
    let id = links::relative(disk.self_link.as_deref()?).to_owned();
    let fields = json!({
        "name": disk.name,
        "zone": links::after(&id, "zones"),
        "size_gb": disk.size_gb,
        "disk_type": disk.r#type.as_deref().map(links::name),
        "labels": live_labels(&disk.labels),
    });
    let status = match &disk.status {
        Some(State::Creating | State::Restoring) => Status::Pending("being made".to_owned()),
        Some(State::Deleting) => Status::Deleting,
        Some(State::Failed) => Status::Failed("Compute Engine could not make it".to_owned()),
        _ => Status::Ready,
    };
    Some(Live::labelled(id, fields, &disk.labels).status(status))
}

/// Every disk that may be the cluster's: data disks, and the system disks of its machines.
pub(crate) async fn describe_all(look: &Look<'_>) -> Result<Vec<Model>> {
    let request = look.clients.disks.aggregated_list().set_project(&look.clients.project);
    let request = request.set_filter(look.names().filter());
    let zones: Vec<(String, DisksScopedList)> = list!(look, "disks.aggregatedList", request)?;
    let here = zones.into_iter().filter(|(place, _)| look.clients.is_here(place));
    Ok(here.flat_map(|(_, zone)| zone.disks).collect())
}

/// The data disks among these, and what stands where one should.
pub(crate) fn of(look: &Look<'_>, disks: &[Model], wanted: &[&str]) -> Vec<Item> {
    items::<Disk>(look, disks.iter().filter_map(live), wanted)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_live_disk_has_the_wanted_shape() {
        let wanted = Disk {
            name: "camp-data-0".into(),
            zone: "europe-west1-b".into(),
            size_gb: 100,
            disk_type: "pd-balanced".into(),
            labels: BTreeMap::from([("team".into(), "platform".into())]),
        };
        let host = "https://www.googleapis.com/compute/v1/projects/p1/zones/europe-west1-b";
        let model = Model::new()
            .set_name("camp-data-0")
            .set_self_link(format!("{host}/disks/camp-data-0"))
            .set_type(format!("{host}/diskTypes/pd-balanced"))
            .set_size_gb(100)
            .set_labels([("team", "platform")])
            .set_status(State::Ready);
        let live = live(&model).unwrap();
        assert_eq!(live.fields, serde_json::to_value(&wanted).unwrap());
        assert_eq!(
            (live.status, live.output.as_str()),
            (Status::Ready, "projects/p1/zones/europe-west1-b/disks/camp-data-0")
        );
    }
}
