//! The primaries' data volumes.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{Filter, ResourceType, Volume as Described, VolumeState, VolumeType};
use castra_core::context::{ContextExt as _, elapsed};
use castra_core::resource::{At, Found, Kind, Recovery};
use castra_core::{Call, Context, Error, ErrorKind, FieldChange, Item, Result, Seen, Status, Wait};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::Live;
use crate::call::{assigned, gone, send};
use crate::client::Clients;
use crate::error::token_is_spent;
use crate::survey::Look;
use crate::tags;

/// How many client tokens are tried: one for each volume of these parameters that was deleted before.
const TOKENS: u32 = 16;

/// How long a fresh volume may stay invisible before it counts as an earlier one that is deleted.
const INVISIBLE: Duration = Duration::from_secs(30);

/// A primary's data volume. It holds the operator's data: it outlives the machine, grows in place and is never
/// replaced.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EbsVolume {
    /// Its zone, which is its machine's.
    pub(crate) zone: String,
    /// Its size in GiB, 1 to 65,536. It can grow and never shrink.
    pub(crate) size_gib: u32,
    /// Its type: `gp3`.
    pub(crate) volume_type: String,
    /// Whether it is encrypted: always, with the account's key for EBS.
    pub(crate) encrypted: bool,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

#[async_trait]
impl Kind for EbsVolume {
    const KIND: &'static str = "ebs_volume";
    const RECOVERY: Recovery = Recovery::Token;
    const REPLACE: &'static [&'static str] = &["zone", "encrypted"];
    const HOLDS_DATA: bool = true;
    // It can't shrink, and after a change a volume takes no other for six hours (Amazon EBS User Guide, "Requirements
    // for Amazon EBS volume modifications").
    const ONE_WAY: &'static [&'static str] = &["size_gib", "volume_type"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let described = describe(at.cx, at.cloud, tags::exactly(at)).await?;
        let mut present = described.iter().filter_map(live).filter(|live| live.status != Status::Deleting);
        Ok(present.next().map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let parameters = json!(self);
        let request = at
            .cloud
            .ec2
            .create_volume()
            .availability_zone(&self.zone)
            .size(self.size()?)
            .volume_type(VolumeType::from(self.volume_type.as_str()))
            .encrypted(self.encrypted)
            .tag_specifications(tags::specification(ResourceType::Volume, &self.tags));
        for attempt in 0..TOKENS {
            let request = request.clone().client_token(at.owner.token(at.address, &parameters, attempt));
            let answer = match send!(at.cx, Call::mutate("ec2", "CreateVolume"), request) {
                Err(error) if token_is_spent(&error) => continue,
                answer => answer?,
            };
            let id = assigned(answer.volume_id(), "volume")?;
            // It is `creating` at first, also in the answer about one that is long gone.
            if answer.state() == Some(&VolumeState::Available) || usable(at, &id).await? {
                return Ok(id);
            }
        }
        Err(Error::new(ErrorKind::Unexpected, format!("{TOKENS} client tokens led to deleted volumes")))
    }

    async fn update(&self, at: &At<'_, Clients>, id: &String, changes: &[FieldChange]) -> Result<String> {
        if changes.iter().any(|change| matches!(change.field.as_str(), "size_gib" | "volume_type")) {
            if let Some(live) = shrinks(changes) {
                return Err(Error::new(
                    ErrorKind::Invalid,
                    format!("{id} has {live} GiB and cannot shrink to {} GiB", self.size_gib),
                )
                .remedy(format!("set the data disk's size to {live}GiB or more")));
            }
            let request = at
                .cloud
                .ec2
                .modify_volume()
                .volume_id(id)
                .size(self.size()?)
                .volume_type(VolumeType::from(self.volume_type.as_str()));
            send!(at.cx, Call::idempotent("ec2", "ModifyVolume"), request)?;
            self.grown(at, id).await?;
        }
        if let Some(change) = changes.iter().find(|change| change.field == "tags") {
            tags::sync_ec2(at, &[id], &self.tags, change).await?;
        }
        Ok(id.clone())
    }

    async fn delete(at: &At<'_, Clients>, id: &String) -> Result<()> {
        let request = at.cloud.ec2.delete_volume().volume_id(id);
        gone(send!(at.cx, Call::idempotent("ec2", "DeleteVolume"), request))
    }
}

impl EbsVolume {
    fn size(&self) -> Result<i32> {
        i32::try_from(self.size_gib).map_err(|_| {
            Error::new(ErrorKind::Invalid, format!("{} GiB is more than a volume can have", self.size_gib))
        })
    }

    /// Waits until the volume shows its new size and type: it is usable with them from then on, while EBS optimises
    /// it for hours.
    async fn grown(&self, at: &At<'_, Clients>, id: &str) -> Result<()> {
        let wait = Wait::new(format!("{id} to have {} GiB of {}", self.size_gib, self.volume_type))
            .every(Duration::from_secs(3));
        at.cx
            .wait(&wait, || async move {
                let described = describe(at.cx, at.cloud, vec![tags::filter("volume-id", id)]).await?;
                let Some(live) = described.first().and_then(live) else { return Ok(Seen::Not("not visible".into())) };
                let (size, kind) = (&live.fields["size_gib"], &live.fields["volume_type"]);
                let grown = *size == self.size_gib && *kind == self.volume_type;
                Ok(if grown { Seen::Done(()) } else { Seen::Not(format!("{size} GiB of {kind}")) })
            })
            .await
    }
}

/// The live size, where a change would make it smaller.
fn shrinks(changes: &[FieldChange]) -> Option<u64> {
    let change = changes.iter().find(|change| change.field == "size_gib")?;
    let (from, to) = (change.from.as_u64()?, change.to.as_u64()?);
    (to < from).then_some(from)
}

/// Waits until a fresh volume can be attached. False when it never shows: its token belongs to one that was deleted.
async fn usable(at: &At<'_, Clients>, id: &str) -> Result<bool> {
    let began = at.cx.now();
    let wait = Wait::new(format!("{id} to become available")).every(Duration::from_secs(2));
    at.cx
        .wait(&wait, || async move {
            // Absence counts from when the look began: the machine may sleep before its answer is read.
            let waited = elapsed(began, at.cx.now());
            let described = describe(at.cx, at.cloud, vec![tags::filter("volume-id", id)]).await?;
            Ok(match described.first().and_then(live).map(|live| live.status) {
                Some(Status::Ready) => Seen::Done(true),
                Some(Status::Deleting) => Seen::Done(false),
                Some(Status::Failed(how)) => return Err(Error::new(ErrorKind::Unexpected, format!("{id} {how}"))),
                Some(Status::Pending(state)) => Seen::Not(state),
                None if waited >= INVISIBLE => Seen::Done(false),
                None => Seen::Not("not visible yet".into()),
            })
        })
        .await
}

/// The volumes that a filter lets through.
pub(super) async fn describe(cx: &dyn Context, clients: &Clients, filters: Vec<Filter>) -> Result<Vec<Described>> {
    let request = clients.ec2.describe_volumes().set_filters(Some(filters)).max_results(500);
    let mut all = Vec::new();
    let mut next = None;
    loop {
        let request = request.clone().set_next_token(next);
        let answer = send!(cx, Call::read("ec2", "DescribeVolumes"), request)?;
        all.extend(answer.volumes.unwrap_or_default());
        next = answer.next_token.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(all);
        }
    }
}

fn live(described: &Described) -> Option<Live<String>> {
    let id = described.volume_id()?.to_owned();
    let tags = tags::from_ec2(described.tags());
    let fields = json!({
        "zone": described.availability_zone(),
        "size_gib": described.size(),
        "volume_type": described.volume_type().map(VolumeType::as_str),
        "encrypted": described.encrypted(),
        "tags": tags,
    });
    let status = match described.state() {
        Some(VolumeState::Creating) => Status::Pending("creating".into()),
        Some(VolumeState::Deleting | VolumeState::Deleted) => Status::Deleting,
        Some(VolumeState::Error) => Status::Failed("is in the state error: EBS could not make it".into()),
        _ => Status::Ready,
    };
    Some(Live::new(id, fields, tags).status(status))
}

/// The data volumes of a cluster. The system disks of its machines carry its tags too and belong to the machines.
pub(crate) async fn list(look: &Look<'_>) -> Result<Vec<Item>> {
    let ours = tags::filter(&format!("tag:{}", castra_core::Owner::RESOURCE), &format!("{}/*", EbsVolume::KIND));
    let described = describe(look.cx, look.clients, vec![tags::of_cluster(look.cluster), ours]).await?;
    Ok(described.iter().filter_map(live).filter_map(|live| live.item::<EbsVolume>(look)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    fn change(field: &str, from: serde_json::Value, to: serde_json::Value) -> FieldChange {
        FieldChange { field: field.into(), from, to }
    }

    #[test]
    fn a_live_volume_has_the_wanted_shape() {
        let wanted = EbsVolume {
            zone: "eu-central-1a".into(),
            size_gib: 100,
            volume_type: "gp3".into(),
            encrypted: true,
            tags: BTreeMap::from([("team".into(), "platform".into())]),
        };
        let described = Described::builder()
            .volume_id("vol-1")
            .availability_zone("eu-central-1a")
            .size(100)
            .volume_type(VolumeType::Gp3)
            .encrypted(true)
            .tags(aws_sdk_ec2::types::Tag::builder().key("team").value("platform").build())
            .state(VolumeState::InUse)
            .build();
        let live = live(&described).unwrap();
        assert_eq!(live.fields, serde_json::to_value(&wanted).unwrap());
        assert_eq!(live.status, Status::Ready);
    }

    #[test]
    fn only_a_smaller_size_shrinks() {
        assert_eq!(shrinks(&[change("size_gib", json!(200), json!(100))]), Some(200));
        assert_eq!(shrinks(&[change("size_gib", json!(100), json!(200))]), None);
        assert_eq!(shrinks(&[change("volume_type", json!("gp2"), json!("gp3"))]), None);
    }
}
