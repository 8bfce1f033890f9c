//! ModifyVolume and DescribeVolumesModifications
//! (<https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modify-volume.html>).

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Due, Modification, Shape, Volume, Wanted, shape};
use crate::aws::ApiError;
use crate::aws::account::{Account, What};
use crate::aws::call::{Call, epoch};
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::page;
use crate::aws::ec2::resource::{listed, named};
use crate::aws::error::Answer;

/// "You can modify a volume up to four times within a rolling 24-hour period"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolume.html>).
const A_DAY: (usize, SignedDuration) = (4, SignedDuration::from_hours(24));

impl Volume {
    fn shape(&self) -> Shape {
        Shape { kind: self.kind.clone(), size: self.size, iops: self.iops, throughput: self.throughput }
    }
}

pub(super) fn modify(call: &mut Call<'_>) -> Answer {
    let volume = named::<Volume>(call, "VolumeId")?;
    if call.flag("MultiAttachEnabled") {
        let message = "Multi-Attach is not supported for this volume.";
        return Err(ApiError::new("UnsupportedOperation", message));
    }
    let (size, kind) = (call.number("Size"), call.text("VolumeType"));
    let (iops, throughput) = (call.number("Iops"), call.number("Throughput"));
    if size.is_none() && kind.is_none() && iops.is_none() && throughput.is_none() {
        let message = "The request must contain the parameter size, volumeType, iops or throughput";
        return Err(ApiError::new("MissingParameter", message));
    }
    if !matches!(volume.state, "available" | "in-use") {
        let message = format!("The volume '{}' is in the '{}' state.", volume.id, volume.state);
        return Err(ApiError::new("IncorrectState", message));
    }
    if let Some(latest) = volume.modifications.last()
        && latest.state != "completed"
    {
        let message = format!("Cannot modify volume {}: it is in modification state {}.", volume.id, latest.state);
        return Err(ApiError::new("IncorrectModificationState", message));
    }
    let now = call.now();
    let recent = volume.modifications.iter().filter(|earlier| now.duration_since(earlier.started) < A_DAY.1);
    if recent.count() >= A_DAY.0 {
        let message = "You've reached the maximum modification rate per volume limit. Wait until fewer than 4 \
                       modifications of the EBS volume lie within the last 24 hours.";
        return Err(ApiError::new("VolumeModificationRateExceeded", message));
    }
    if size.is_some_and(|size| size < volume.size) {
        let message = "New size cannot be smaller than existing size";
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let same_kind = kind.is_none_or(|kind| kind == volume.kind);
    let provisioned = matches!(volume.kind.as_str(), "gp3" | "io1" | "io2");
    // What isn't mentioned stays, unless the volume becomes of another kind.
    let wanted = Wanted {
        kind: kind.or(Some(&volume.kind)),
        size: size.or(Some(volume.size)),
        iops: iops.or(volume.iops.filter(|_| same_kind && provisioned)),
        throughput: throughput.or(volume.throughput.filter(|_| same_kind)),
        snapshot: None,
    };
    let after = shape(&wanted)?;
    let modification = Modification { started: now, ended: None, state: "modifying", before: volume.shape(), after };
    let id = volume.id.clone();
    let shown = show(&id, &modification);
    if let Some(volume) = call.ec2().volumes.get_mut(&id) {
        volume.modifications.retain(|earlier| now.duration_since(earlier.started) < A_DAY.1);
        volume.modifications.push(modification);
    }
    let after = call.account.settings.timings.volume_modifying;
    call.schedule(after, What::Ec2(crate::aws::ec2::Due::Volume(Due::Modify(id))));
    Ok(json!({ "VolumeModification": shown }))
}

/// "Size changes usually take a few seconds to complete and take effect after the volume has transitioned to the
/// Optimizing state"
/// (<https://docs.aws.amazon.com/ebs/latest/userguide/monitoring-volume-modifications.html>).
pub(super) fn proceed(account: &mut Account, region: &str, id: &str) {
    let now = account.now;
    let Some(volume) = account.region(region).ec2.volumes.get_mut(id) else { return };
    let Some(modification) = volume.modifications.last_mut() else { return };
    match modification.state {
        "modifying" => {
            modification.state = "optimizing";
            let Shape { kind, size, iops, throughput } = modification.after.clone();
            (volume.kind, volume.size, volume.iops, volume.throughput) = (kind, size, iops, throughput);
            let after = account.settings.timings.volume_optimizing;
            account.schedule(region, after, What::Ec2(crate::aws::ec2::Due::Volume(Due::Modify(id.to_owned()))));
        }
        "optimizing" => {
            modification.state = "completed";
            modification.ended = Some(now);
        }
        _ => {}
    }
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumesModifications.html>
pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    const KNOWN: &[(&str, &str)] = &[
        ("modification-state", "ModificationState"),
        ("original-iops", "OriginalIops"),
        ("original-size", "OriginalSize"),
        ("original-volume-type", "OriginalVolumeType"),
        ("start-time", "StartTime"),
        ("target-iops", "TargetIops"),
        ("target-size", "TargetSize"),
        ("target-volume-type", "TargetVolumeType"),
        ("volume-id", "VolumeId"),
    ];
    let names: Vec<&str> = KNOWN.iter().map(|(name, _)| *name).collect();
    let filters = Filters::of(call, &names)?;
    let wanted = call.texts("VolumeIds");
    let volumes = listed::<Volume>(call, "VolumeIds")?;
    if let Some(volume) = volumes.iter().find(|volume| !wanted.is_empty() && volume.modifications.is_empty()) {
        let message = format!("Modification for volume '{}' does not exist.", volume.id);
        return Err(ApiError::new("InvalidVolumeModification.NotFound", message));
    }
    let all = volumes.iter().filter_map(|volume| Some((volume, show(&volume.id, volume.modifications.last()?))));
    let passing = all.filter(|(volume, shown)| {
        filters.pass(&volume.tags, |name| {
            let member = KNOWN.iter().find(|(known, _)| *known == name).map(|(_, member)| *member).unwrap_or_default();
            match shown.get(member) {
                None | Some(Value::Null) => Vec::new(),
                Some(Value::String(text)) => vec![text.clone()],
                Some(value) => vec![value.to_string()],
            }
        })
    });
    page::of(call, "VolumesModifications", passing.map(|(_, shown)| shown).collect())
}

fn show(volume: &str, modification: &Modification) -> Value {
    let Modification { started, ended, state, before, after } = modification;
    json!({
        "VolumeId": volume,
        "ModificationState": state,
        "OriginalSize": before.size,
        "OriginalIops": before.iops,
        "OriginalVolumeType": before.kind,
        "OriginalThroughput": before.throughput,
        "OriginalMultiAttachEnabled": false,
        "TargetSize": after.size,
        "TargetIops": after.iops,
        "TargetVolumeType": after.kind,
        "TargetThroughput": after.throughput,
        "TargetMultiAttachEnabled": false,
        "Progress": match *state {
            "completed" => 100,
            "optimizing" => 1,
            _ => 0,
        },
        "StartTime": epoch(*started),
        "EndTime": ended.map(epoch),
    })
}
