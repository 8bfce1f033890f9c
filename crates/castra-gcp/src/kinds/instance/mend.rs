//! Bringing a machine's fields back to what is wanted, one call or so each.

use std::time::Duration;

use castra_core::context::ContextExt as _;
use castra_core::resource::At;
use castra_core::{Error, ErrorKind, Result, Seen, Wait};
use google_cloud_compute_v1::model::instance::Status as State;
use google_cloud_compute_v1::model::{Instance as Described, InstancesSetLabelsRequest};

use super::{DATA_DEVICE, Instance, read};
use crate::client::Clients;
use crate::links;
use crate::operation::{LONG, USUAL, from_latest, operate};
use crate::tags::kept_labels;

/// The machine, as soon as it isn't on its way down any more: a machine that is being deleted can't be told from one that
/// is being stopped (`STOPPING`: "either being deleted or killed", Compute Engine API reference). None when it is gone.
pub(super) async fn settled(at: &At<'_, Clients>, zone: &str, name: &str) -> Result<Option<Described>> {
    let wait = Wait::new(format!("{name} to have stopped"));
    at.cx
        .wait(&wait, || async {
            Ok(match read::get(at, zone, name).await? {
                Some(machine) if goes_down(&machine) => Seen::Not(read::status_word(&machine).to_owned()),
                found => Seen::Done(found),
            })
        })
        .await
}

fn goes_down(machine: &Described) -> bool {
    matches!(machine.status, Some(State::Stopping | State::PendingStop | State::Suspending | State::Deprovisioning))
}

/// The machine that a field is changed of.
async fn live(wanted: &Instance, at: &At<'_, Clients>) -> Result<Described> {
    let found = read::get(at, &wanted.zone, &wanted.name).await?;
    found.ok_or_else(|| Error::new(ErrorKind::Stale, format!("{} is gone", wanted.name)).remedy("apply again"))
}

/// Brings the labels of the machine to the wanted ones. Those of its system disk stay.
pub(super) async fn labels(wanted: &Instance, at: &At<'_, Clients>) -> Result<()> {
    from_latest(at, &wanted.name, || async {
        let live = live(wanted, at).await?;
        let labels = InstancesSetLabelsRequest::new()
            .set_labels(kept_labels(&live.labels, &wanted.labels))
            .set_or_clear_label_fingerprint(live.label_fingerprint);
        let request = at.cloud.instances.set_labels().set_project(&at.cloud.project).set_zone(&wanted.zone);
        operate!(at, "instances.setLabels", USUAL, request.set_instance(&wanted.name).set_body(labels))
    })
    .await
}

/// Brings the metadata that is ours to what is wanted. The rest stays.
pub(super) async fn metadata(wanted: &Instance, at: &At<'_, Clients>) -> Result<()> {
    from_latest(at, &wanted.name, || async {
        let live = live(wanted, at).await?;
        let metadata = wanted.machine.metadata(live.metadata.as_ref());
        let request = at.cloud.instances.set_metadata().set_project(&at.cloud.project).set_zone(&wanted.zone);
        operate!(at, "instances.setMetadata", USUAL, request.set_instance(&wanted.name).set_body(metadata))
    })
    .await
}

/// Attaches the data disk such that it stays when the machine goes. It is never taken from another machine that has it.
pub(super) async fn attach(wanted: &Instance, at: &At<'_, Clients>) -> Result<()> {
    let disk = at.get(&wanted.data_disk)?;
    let live = live(wanted, at).await?;
    let in_place = live.disks.iter().find(|one| one.device_name.as_deref() == Some(DATA_DEVICE));
    let (project, zone, name) = (&at.cloud.project, &wanted.zone, &wanted.name);
    if let Some(other) = in_place {
        if other.source.as_deref().map(links::relative) == Some(disk.as_str()) {
            let request = at.cloud.instances.set_disk_auto_delete().set_project(project).set_zone(zone);
            let request = request.set_instance(name).set_device_name(DATA_DEVICE).set_auto_delete(false);
            return operate!(at, "instances.setDiskAutoDelete", USUAL, request);
        }
        let request = at.cloud.instances.detach_disk().set_project(project).set_zone(zone).set_instance(name);
        operate!(at, "instances.detachDisk", USUAL, request.set_device_name(DATA_DEVICE))?;
    }
    let request = at.cloud.instances.attach_disk().set_project(project).set_zone(zone).set_instance(name);
    let request = request.set_body(wanted.data(at)?);
    let wait = Wait::new(format!("{} to be attached to {name}", links::name(&disk))).every(Duration::from_secs(5));
    at.cx
        .wait(&wait, || async {
            match operate!(at, "instances.attachDisk", USUAL, request.clone()) {
                Err(error) if error.kind() == ErrorKind::InUse => Ok(Seen::Hindered(error)),
                answer => answer.map(Seen::Done),
            }
        })
        .await
}

/// Starts a stopped machine, as soon as it has stopped.
pub(super) async fn start(wanted: &Instance, at: &At<'_, Clients>) -> Result<()> {
    let (project, zone, name) = (&at.cloud.project, &wanted.zone, &wanted.name);
    let found = settled(at, zone, name).await?;
    let found = found.ok_or_else(|| Error::new(ErrorKind::Stale, format!("{name} is gone")).remedy("apply again"))?;
    if found.status == Some(State::Suspended) {
        let request = at.cloud.instances.resume().set_project(project).set_zone(zone).set_instance(name);
        return operate!(at, "instances.resume", LONG, request);
    }
    let request = at.cloud.instances.start().set_project(project).set_zone(zone).set_instance(name);
    let wait = Wait::new(format!("{name} to be started")).every(Duration::from_secs(10));
    at.cx
        .wait(&wait, || async {
            match operate!(at, "instances.start", LONG, request.clone()) {
                Err(error) if error.kind() == ErrorKind::Capacity => Ok(Seen::Hindered(error)),
                answer => answer.map(Seen::Done),
            }
        })
        .await
}
