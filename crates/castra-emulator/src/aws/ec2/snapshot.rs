//! Snapshots (<https://docs.aws.amazon.com/ebs/latest/userguide/ebs-snapshots.html>).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::filter::Filters;
use super::resource::{Resource as _, named, resource};
use super::{Tags, Volume, id, image, page};
use crate::aws::ApiError;
use crate::aws::account::{Account, What};
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

/// A snapshot of a volume.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) owner: String,
    pub(crate) volume: String,
    pub(crate) size: i64,
    pub(crate) description: String,
    pub(crate) encrypted: bool,
    pub(crate) kms_key: Option<String>,
    /// When it was complete.
    pub(crate) completed: Option<Timestamp>,
    pub(crate) tags: Tags,
}

resource!(
    Snapshot,
    snapshots,
    "snap",
    "InvalidParameterValue",
    "InvalidSnapshot.NotFound",
    "The snapshot '{}' does not exist."
);

/// What is due to happen to a snapshot.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// It is complete.
    Complete(String),
}

/// Lets it happen.
pub(super) fn happen(account: &mut Account, region: &str, due: Due) {
    let Due::Complete(id) = due;
    let now = account.now;
    if let Some(snapshot) = account.region(region).ec2.snapshots.get_mut(&id) {
        snapshot.completed = Some(now);
    }
}

pub(super) const OPERATIONS: Operations =
    &[("CreateSnapshot", create), ("DeleteSnapshot", delete), ("DescribeSnapshots", describe)];

/// The snapshot of that id as one may make a volume of it: the account's own, or a public image's.
pub(super) fn find(account: &Account, region: &str, id: &str) -> Result<Snapshot, ApiError> {
    if !id::well_formed("snap", id) {
        let message = format!("Value ({id}) for parameter snapshotId is invalid. Expected: 'snap-...'.");
        return Err(ApiError::new(Snapshot::MALFORMED, message));
    }
    let own = account.regions.get(region).and_then(|region| region.ec2.snapshots.get(id));
    let own = own.filter(|snapshot| account.shows(id, snapshot.created)).cloned();
    own.or_else(|| image::snapshot(region, id)).ok_or_else(|| Snapshot::not_found(id))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshot.html>
fn create(call: &mut Call<'_>) -> Answer {
    let volume = named::<Volume>(call, "VolumeId")?;
    if !matches!(volume.state, "available" | "in-use") {
        let message = format!("The volume '{}' is in the '{}' state.", volume.id, volume.state);
        return Err(ApiError::new("IncorrectState", message));
    }
    let tags = Tags::specified(call, "snapshot")?;
    if call.look().ec2.snapshots.len() >= call.account.settings.compute_limits.snapshots {
        return Err(ApiError::new("SnapshotLimitExceeded", "Maximum number of snapshots exceeded."));
    }
    let (volume, size) = (volume.id.clone(), volume.size);
    let (encrypted, kms_key) =
        call.look().ec2.volumes.get(&volume).map_or((false, None), |volume| (volume.encrypted, volume.kms_key.clone()));
    let snapshot = Snapshot {
        id: id::new("snap", &mut call.account.chance),
        created: call.now(),
        owner: call.account.id.clone(),
        volume,
        size,
        description: call.text("Description").unwrap_or_default().to_owned(),
        encrypted,
        kms_key,
        completed: None,
        tags,
    };
    let mut shown = show(&snapshot, None);
    shown["Progress"] = "".into();
    let after = call.account.settings.timings.snapshot_pending;
    call.schedule(after, What::Ec2(super::Due::Snapshot(Due::Complete(snapshot.id.clone()))));
    call.ec2().snapshots.insert(snapshot.id.clone(), snapshot);
    Ok(shown)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSnapshot.html>
fn delete(call: &mut Call<'_>) -> Answer {
    let snapshot = named::<Snapshot>(call, "SnapshotId")?;
    let uses = |image: &&image::Image| image.disks.iter().any(|disk| disk.snapshot == snapshot.id);
    if let Some(image) = call.look().ec2.images.values().find(uses) {
        let message = format!("The snapshot {} is currently in use by {}", snapshot.id, image.id);
        return Err(ApiError::new("InvalidSnapshot.InUse", message));
    }
    let id = snapshot.id.clone();
    call.ec2().snapshots.remove(&id);
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html>
fn describe(call: &mut Call<'_>) -> Answer {
    const KNOWN: &[&str] = &[
        "description",
        "encrypted",
        "owner-alias",
        "owner-id",
        "progress",
        "snapshot-id",
        "start-time",
        "status",
        "storage-tier",
        "transfer-type",
        "volume-id",
        "volume-size",
    ];
    let filters = Filters::of(call, KNOWN)?;
    let (ids, owners) = (call.texts("SnapshotIds"), call.texts("OwnerIds"));
    let account = &*call.account;
    let mut found: Vec<Snapshot> = if ids.is_empty() {
        let own = call.look().ec2.snapshots.values().filter(|snapshot| account.shows(&snapshot.id, snapshot.created));
        own.cloned().chain(image::snapshots(call.region)).collect()
    } else {
        ids.iter().map(|id| find(account, call.region, id)).collect::<Result<_, _>>()?
    };
    found.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    found.dedup_by(|one, other| one.id == other.id);
    let me = account.id.as_str();
    let alias = |snapshot: &Snapshot| (snapshot.owner != me).then_some("amazon");
    let wanted = |snapshot: &&Snapshot| {
        let owned = |owner: &&str| match *owner {
            "self" => snapshot.owner == me,
            "amazon" => alias(snapshot).is_some(),
            owner => snapshot.owner == *owner,
        };
        let state = if snapshot.completed.is_some() { "completed" } else { "pending" };
        (owners.is_empty() || owners.iter().any(owned))
            && filters.pass(&snapshot.tags, |name| {
                vec![match name {
                    "description" => snapshot.description.clone(),
                    "encrypted" => snapshot.encrypted.to_string(),
                    "owner-alias" => alias(snapshot).unwrap_or_default().to_owned(),
                    "owner-id" => snapshot.owner.clone(),
                    "progress" => progress(snapshot).to_owned(),
                    "snapshot-id" => snapshot.id.clone(),
                    "start-time" => snapshot.created.to_string(),
                    "status" => state.to_owned(),
                    "storage-tier" => "standard".to_owned(),
                    "volume-id" => snapshot.volume.clone(),
                    "volume-size" => snapshot.size.to_string(),
                    _ => return Vec::new(),
                }]
            })
    };
    let shown = found.iter().filter(wanted).map(|snapshot| show(snapshot, alias(snapshot))).collect();
    page::of(call, "Snapshots", shown)
}

fn progress(snapshot: &Snapshot) -> &'static str {
    if snapshot.completed.is_some() { "100%" } else { "0%" }
}

fn show(snapshot: &Snapshot, alias: Option<&str>) -> Value {
    json!({
        "SnapshotId": snapshot.id,
        "VolumeId": snapshot.volume,
        "VolumeSize": snapshot.size,
        "State": if snapshot.completed.is_some() { "completed" } else { "pending" },
        "Progress": progress(snapshot),
        "StartTime": epoch(snapshot.created),
        "CompletionTime": snapshot.completed.map(epoch),
        "OwnerId": snapshot.owner,
        "OwnerAlias": alias,
        "Description": snapshot.description,
        "Encrypted": snapshot.encrypted,
        "KmsKeyId": snapshot.kms_key,
        "StorageTier": "standard",
        "Tags": snapshot.tags.shown(),
    })
}
