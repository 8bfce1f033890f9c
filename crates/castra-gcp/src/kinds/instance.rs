//! The primaries' machines.

mod mend;
mod read;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use async_trait::async_trait;
use castra_core::context::ContextExt as _;
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::{Error, ErrorKind, FieldChange, Result, Seen, Wait};
use google_cloud_compute_v1::model::instance::Status as State;
use google_cloud_compute_v1::model::{AttachedDisk, AttachedDiskInitializeParams, Instance as Described};
use serde::{Deserialize, Serialize};

use super::machine::{self, Machine, ROOT_DISK};
use super::{Address, Disk};
use crate::call::gone;
use crate::client::Clients;
use crate::links;
use crate::operation::{LONG, operate};

pub(crate) use read::{describe_all, items, status_word, stray};

/// The device name of the data disk: on the machine it is `/dev/disk/by-id/google-castra-data` ("Symbolic links for
/// disks", Compute Engine documentation).
pub(crate) const DATA_DEVICE: &str = "castra-data";

/// A primary's machine: replaceable, with its address and its data on an address and a disk that outlive it.
///
/// One more field is compared, `state`: a machine that was stopped shows as `TERMINATED` where `RUNNING` is wanted, and
/// is started again. One that was deleted is gone, and is made again with the same address and disk.
#[derive(Debug, Clone, Serialize, Deserialize)]
// Writes `"state": "RUNNING"` beside the fields: the wanted state is always that.
#[serde(rename = "RUNNING", tag = "state")]
pub(crate) struct Instance {
    /// Its name, which one machine in a zone has.
    pub(crate) name: String,
    /// Its zone, which is its data disk's.
    pub(crate) zone: String,
    /// What all nodes' machines have in common.
    #[serde(flatten)]
    pub(crate) machine: Machine,
    /// Its reserved internal address.
    pub(crate) address: Ref<Address>,
    /// Its data disk, attached as [`DATA_DEVICE`]. It stays when the machine goes.
    pub(crate) data_disk: Ref<Disk>,
    /// Its labels, which its system disk gets too.
    pub(crate) labels: BTreeMap<String, String>,
}

/// What a machine gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct InstanceOutput {
    /// Its number. Another machine that takes its name has another, so that what refers to it sees that it isn't the same.
    pub(crate) id: String,
    /// Its path.
    pub(crate) link: String,
    /// Its internal address.
    pub(crate) address: Option<Ipv4Addr>,
}

impl Output for InstanceOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for Instance {
    const KIND: &'static str = "instance";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &FIXED;
    const ONE_AT_A_TIME: bool = true;
    type Output = InstanceOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<InstanceOutput>>> {
        let Some(machine) = mend::settled(at, &self.zone, &self.name).await? else { return Ok(None) };
        let boot = read::boot_of(at, &self.zone, &machine).await?;
        let address = at.get(&self.address)?;
        let own = |number: Ipv4Addr| (number == address.address).then(|| address.id.clone());
        Ok(read::live(&machine, boot.as_ref(), own).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<InstanceOutput> {
        let request = at.cloud.instances.insert().set_project(&at.cloud.project).set_zone(&self.zone);
        let request = request.set_body(self.body(at)?);
        // A predecessor may have address and disk still, a new service account not be known everywhere, and machines be
        // short for a while.
        let wait = Wait::new(format!("a machine for {}", self.name)).every(Duration::from_secs(10));
        at.cx
            .wait(&wait, || async {
                match operate!(at, "instances.insert", LONG, request.clone()) {
                    Err(error) if passes(&error) => Ok(Seen::Hindered(error)),
                    answer => answer.map(Seen::Done),
                }
            })
            .await?;
        let machine = read::get(at, &self.zone, &self.name).await?;
        machine.as_ref().and_then(read::output).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, format!("{} was made, and is gone", self.name)).remedy("apply again")
        })
    }

    async fn update(
        &self,
        at: &At<'_, Clients>,
        live: &InstanceOutput,
        changes: &[FieldChange],
    ) -> Result<InstanceOutput> {
        for change in changes {
            match change.field.as_str() {
                "labels" => mend::labels(self, at).await?,
                "ssh_keys" | "block_project_ssh_keys" => mend::metadata(self, at).await?,
                // Before a start, so that the machine boots with its data.
                "data_disk" => mend::attach(self, at).await?,
                // Last of all fields, by its name.
                "state" => mend::start(self, at).await?,
                _ => {}
            }
        }
        Ok(live.clone())
    }

    /// Waits until the machine runs. Compute Engine has no checks of its own of what runs on it.
    async fn ready(&self, at: &At<'_, Clients>, _: &InstanceOutput) -> Result<()> {
        let wait = Wait::new(format!("{} to run", self.name)).deadline(Duration::from_secs(900));
        at.cx
            .wait(&wait, || async {
                let Some(machine) = read::get(at, &self.zone, &self.name).await? else {
                    return Err(Error::new(ErrorKind::NotFound, format!("{} is gone", self.name)).remedy("apply again"));
                };
                match &machine.status {
                    Some(State::Running) => Ok(Seen::Done(())),
                    Some(State::Terminated | State::Stopped | State::Suspended) => {
                        let told =
                            format!("{} in {} ended while starting: {}", self.name, self.zone, read::told(&machine));
                        let remedy = "see its serial port's output; mend image or machine type, and apply again";
                        Err(Error::new(ErrorKind::Unhealthy, told).remedy(remedy))
                    }
                    _ => Ok(Seen::Not(read::told(&machine))),
                }
            })
            .await
    }

    /// Deletes the machine with its system disk. Its address and its data disk stay.
    async fn delete(at: &At<'_, Clients>, live: &InstanceOutput) -> Result<()> {
        let (zone, name) = (links::after(&live.link, "zones").unwrap_or_default(), links::name(&live.link));
        let request = at.cloud.instances.delete().set_project(&at.cloud.project).set_zone(zone).set_instance(name);
        gone(operate!(at, "instances.delete", LONG, request))
    }
}

/// What can't change while the machine is there: [`machine::FIXED`], and what is its own.
const FIXED: [&str; 12] = {
    let [a, b, c, d, e, f, g, h, i] = machine::FIXED;
    ["name", "zone", "address", a, b, c, d, e, f, g, h, i]
};

/// Whether an insertion that failed so may succeed a little later.
fn passes(error: &Error) -> bool {
    // A service account that isn't known yet is told as what isn't there.
    matches!(error.kind(), ErrorKind::InUse | ErrorKind::Capacity | ErrorKind::NotYetPropagated | ErrorKind::NotFound)
}

impl Instance {
    fn body(&self, at: &At<'_, Clients>) -> Result<Described> {
        let labels = || self.labels.clone();
        let params = AttachedDiskInitializeParams::new()
            .set_disk_type(at.cloud.zonal(&self.zone, "diskTypes", ROOT_DISK))
            .set_labels(labels());
        let interface = self.machine.interface(at)?.set_network_ip(at.get(&self.address)?.address.to_string());
        Ok(Described::new()
            .set_name(&self.name)
            .set_machine_type(at.cloud.zonal(&self.zone, "machineTypes", &self.machine.machine_type))
            .set_disks([self.machine.boot_disk(params), self.data(at)?])
            .set_network_interfaces([interface])
            .set_service_accounts([self.machine.account(at)?])
            .set_metadata(self.machine.metadata(None))
            .set_shielded_instance_config(self.machine.shielded())
            .set_labels(labels()))
    }

    /// The data disk as it is attached.
    fn data(&self, at: &At<'_, Clients>) -> Result<AttachedDisk> {
        let disk = AttachedDisk::new().set_source(at.get(&self.data_disk)?).set_device_name(DATA_DEVICE);
        Ok(disk.set_boot(false).set_auto_delete(false))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;
    use crate::kinds::machine::tests::machine;

    /// What is wanted has the fields that [`read`] reports, no more and no fewer: a field on one side only would differ
    /// for ever.
    #[test]
    fn wanted_and_live_fields_have_the_same_names() {
        let wanted = Instance {
            name: "camp-primary-0".into(),
            zone: "europe-west1-b".into(),
            machine: machine(),
            address: Ref::to("primary-0"),
            data_disk: Ref::to("data-0"),
            labels: BTreeMap::new(),
        };
        let value = serde_json::to_value(&wanted).unwrap();
        assert_eq!(value["state"], "RUNNING");
        let described =
            Described::new().set_name("camp-primary-0").set_id(7_u64).set_self_link("projects/p1/zones/z/instances/i");
        let live = read::live(&described, None, |_| None).unwrap();
        let names = |value: &serde_json::Value| {
            let mut names: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
            names.sort();
            names
        };
        assert_eq!(names(&value), names(&live.fields));
        assert!(FIXED.iter().all(|field| value.get(*field).is_some()), "{FIXED:?}");
        let back: Instance = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&back).unwrap(), value);
    }
}
