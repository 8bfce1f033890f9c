//! The primaries' machines.

mod checks;
mod launch;
mod mend;
mod read;
mod stray;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::InstanceStateName;
use castra_core::context::ContextExt as _;
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::{Call, Error, ErrorKind, FieldChange, Result, Seen, Status, Wait};
use serde::{Deserialize, Serialize};

use super::{EbsVolume, IamInstanceProfile, NetworkInterface};
use crate::call::{gone, send};
use crate::client::Clients;
use crate::tags;
use crate::user_data::UserData;

pub(crate) use checks::{Checks, statuses};
pub(crate) use read::{describe_all, items, told};
pub(crate) use stray::strays;

/// The device name of the data volume. On Nitro machines it is an NVMe disk that reports this name.
///
/// Source: Amazon EC2 User Guide, "Device names for volumes": `/dev/sd[f-p]` is recommended for data volumes.
pub(crate) const DATA_DEVICE: &str = "/dev/sdf";

/// A primary's machine: replaceable, with its address and its data on an interface and a volume that outlive it.
///
/// One more field is compared, `state`: a machine that was stopped shows as `stopped` where `running` is wanted, and
/// is started again. One that was terminated is gone, and is made again with the same interface and volume.
#[derive(Debug, Clone, Serialize, Deserialize)]
// Writes `"state": "running"` beside the fields: the wanted state is always that.
#[serde(rename = "running", tag = "state")]
pub(crate) struct Instance {
    /// The machine image.
    pub(crate) image: String,
    /// The machine type.
    pub(crate) machine_type: String,
    /// The zone of its interface and of its data volume. It follows from the interface, so it isn't compared. The
    /// launch names it all the same: EC2 then refuses a zone that isn't the interface's, and moto, which doesn't look
    /// at the interface's, has it from there.
    #[serde(skip)]
    pub(crate) zone: String,
    /// Its network interface.
    pub(crate) interface: Ref<NetworkInterface>,
    /// Its data volume, attached as [`DATA_DEVICE`].
    pub(crate) data_volume: Ref<EbsVolume>,
    /// What it is to the cloud.
    pub(crate) profile: Ref<IamInstanceProfile>,
    /// The size of its system disk in GiB: an encrypted gp3 volume that goes with the machine.
    pub(crate) root_disk_gib: u32,
    /// The image's name for its system disk, for example `/dev/xvda`.
    #[serde(skip)]
    pub(crate) root_device: String,
    /// What it does at first boot.
    pub(crate) user_data: UserData,
    /// Whether the metadata service asks for session tokens (IMDSv2): `required`.
    pub(crate) metadata_tokens: String,
    /// How many hops the metadata service's answers travel. 2 lets containers on the machine ask.
    pub(crate) metadata_hop_limit: i32,
    /// Its tags, which its system disk gets too.
    pub(crate) tags: BTreeMap<String, String>,
}

/// What a machine gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct InstanceOutput {
    /// Its id.
    pub(crate) id: String,
    /// Its private address; none once it is on its way out.
    pub(crate) address: Option<Ipv4Addr>,
    /// Its zone.
    pub(crate) zone: String,
    /// The data volume that is attached to it.
    pub(crate) data_volume: Option<String>,
}

impl Output for InstanceOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for Instance {
    const KIND: &'static str = "instance";
    const RECOVERY: Recovery = Recovery::Token;
    const REPLACE: &'static [&'static str] = &["image", "machine_type", "interface", "root_disk_gib", "user_data"];
    const ONE_AT_A_TIME: bool = true;
    type Output = InstanceOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<InstanceOutput>>> {
        let described = read::describe(at.cx, at.cloud, tags::exactly(at)).await?;
        let live = read::live(at.cx, at.cloud, &described).await?;
        Ok(live.into_iter().find(|live| live.status != Status::Deleting).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<InstanceOutput> {
        let launched = launch::launch(self, at).await?;
        launch::running(at, &launched).await
    }

    async fn update(
        &self,
        at: &At<'_, Clients>,
        live: &InstanceOutput,
        changes: &[FieldChange],
    ) -> Result<InstanceOutput> {
        let change = |field: &str| changes.iter().find(|change| change.field == field);
        if change("metadata_tokens").or(change("metadata_hop_limit")).is_some() {
            mend::metadata(self, at, &live.id).await?;
        }
        if change("profile").is_some() {
            mend::profile(at, &live.id, &at.get(&self.profile)?.id).await?;
        }
        if let Some(change) = change("tags") {
            mend::tags(at, &live.id, &self.tags, change).await?;
        }
        // Before a start, so that the machine boots with its data.
        let volume = at.get(&self.data_volume)?;
        if change("data_volume").is_some() {
            mend::attach(at, &live.id, &volume).await?;
        }
        if change("state").is_some() {
            mend::start(at, &live.id).await?;
            return launch::running(at, &live.id).await;
        }
        Ok(InstanceOutput { data_volume: Some(volume), ..live.clone() })
    }

    /// Attaches the data volume to a new machine, which those that refer to the machine need not wait for; then waits
    /// until both of EC2's status checks pass: the host works and the machine answers. One that fails a check may
    /// still mend itself, one that has ended doesn't.
    async fn ready(&self, at: &At<'_, Clients>, live: &InstanceOutput) -> Result<()> {
        let volume = at.get(&self.data_volume)?;
        if live.data_volume.as_ref() != Some(&volume) {
            mend::attach(at, &live.id, &volume).await?;
        }
        let wait = Wait::new(format!("{} to pass its status checks", live.id)).deadline(Duration::from_secs(900));
        at.cx
            .wait(&wait, || async {
                let checks = statuses(at, std::slice::from_ref(&live.id)).await?.remove(&live.id);
                match checks {
                    Some(checks) if checks.passed() => Ok(Seen::Done(())),
                    Some(checks) if checks.failed() => Ok(Seen::Hindered(
                        Error::new(ErrorKind::Unhealthy, format!("{} in {} is {checks}", live.id, live.zone))
                            .remedy("see its console output; terminate it, and apply again to have it made anew"),
                    )),
                    Some(checks) if checks.running() => Ok(Seen::Not(checks.to_string())),
                    _ => launch::started(at, &live.id).await.map(|seen| match seen {
                        Seen::Done(_) => Seen::Not("running, its checks aren't told yet".to_owned()),
                        Seen::Not(seen) => Seen::Not(seen),
                        Seen::Hindered(error) => Seen::Hindered(error),
                    }),
                }
            })
            .await
    }

    async fn delete(at: &At<'_, Clients>, live: &InstanceOutput) -> Result<()> {
        let request = at.cloud.ec2.terminate_instances().instance_ids(&live.id);
        gone(send!(at.cx, Call::idempotent("ec2", "TerminateInstances"), request))?;
        let wait = Wait::new(format!("{} to be terminated", live.id)).deadline(Duration::from_secs(900));
        at.cx
            .wait(&wait, || async {
                let id = vec![tags::filter("instance-id", &live.id)];
                let described = read::describe(at.cx, at.cloud, id).await?;
                Ok(match described.first() {
                    Some(machine) if read::state(machine) != Some(&InstanceStateName::Terminated) => {
                        Seen::Not(read::told(machine))
                    }
                    _ => Seen::Done(()),
                })
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    /// What is wanted has the fields that [`read`] reports, no more and no fewer: a field on one side only would
    /// differ for ever.
    #[test]
    fn wanted_and_live_fields_have_the_same_names() {
        let wanted = Instance {
            image: "ami-1".into(),
            machine_type: "m7i.xlarge".into(),
            zone: "eu-central-1a".into(),
            interface: Ref::to("primary-0"),
            data_volume: Ref::to("primary-0"),
            profile: Ref::to("primary"),
            root_disk_gib: 100,
            root_device: "/dev/xvda".into(),
            user_data: UserData::new("#!/bin/sh\n").unwrap(),
            metadata_tokens: "required".into(),
            metadata_hop_limit: 2,
            tags: BTreeMap::new(),
        };
        let wanted = serde_json::to_value(&wanted).unwrap();
        assert_eq!(wanted["state"], "running");
        let live = read::fields(&aws_sdk_ec2::types::Instance::builder().build(), None, None);
        let names = |value: &serde_json::Value| -> Vec<String> {
            let mut names: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
            names.sort();
            names
        };
        assert_eq!(names(&wanted), names(&live));
    }
}
