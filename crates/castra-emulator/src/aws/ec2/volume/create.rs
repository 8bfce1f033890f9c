//! CreateVolume and DeleteVolume.

use serde_json::json;

use super::describe::show;
use super::{Due, New, Volume, Wanted, encryption, make, shape};
use crate::aws::ApiError;
use crate::aws::account::What;
use crate::aws::call::Call;
use crate::aws::ec2::resource::{Resource as _, named};
use crate::aws::ec2::{Tags, availability_zone, idempotency, snapshot};
use crate::aws::error::Answer;

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html>
pub(super) fn create(call: &mut Call<'_>) -> Answer {
    if let Some(earlier) = idempotency::earlier(call, "CreateVolume")? {
        let volume = call.look().ec2.volumes.get(&earlier);
        return volume.map(|volume| show(&call.look().ec2, volume)).ok_or_else(|| Volume::not_found(&earlier));
    }
    if call.flag("MultiAttachEnabled") {
        let message = "Multi-Attach is not supported for this volume.";
        return Err(ApiError::new("UnsupportedOperation", message));
    }
    let zone = zone(call)?;
    if call.look().ec2.volumes.len() >= call.account.settings.compute_limits.volumes {
        return Err(ApiError::new("VolumeLimitExceeded", "Maximum number of volumes exceeded."));
    }
    let tags = Tags::specified(call, "volume")?;
    let source = call.text("SnapshotId").map(|id| snapshot::find(call.account, call.region, id)).transpose()?;
    let wanted = Wanted {
        kind: call.text("VolumeType"),
        size: call.number("Size"),
        iops: call.number("Iops"),
        throughput: call.number("Throughput"),
        snapshot: source.as_ref().map(|snapshot| (snapshot.id.as_str(), snapshot.size)),
    };
    let shape = shape(&wanted).map_err(|error| match error.code.as_str() {
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
        "InvalidBlockDeviceMapping" => ApiError::new("InvalidParameterValue", error.message),
        _ => error,
    })?;
    let asked = call.input.get("Encrypted").and_then(serde_json::Value::as_bool);
    let of_source = source.as_ref().is_some_and(|snapshot| snapshot.encrypted);
    let encryption = encryption(call, asked, call.text("KmsKeyId"), of_source)?;
    let snapshot = source.map(|snapshot| snapshot.id);
    let new = New { zone, shape, encryption, snapshot, attached: None, tags };
    let volume = make(call.account, call.region, new);
    idempotency::remember(call, "CreateVolume", &volume);
    let volume = call.look().ec2.volumes.get(&volume);
    let mut shown = volume.map(|volume| show(&call.look().ec2, volume)).unwrap_or_default();
    if let Some(members) = shown.as_object_mut() {
        // Whether the key is any good shows later.
        members.insert("State".to_owned(), "creating".into());
        members.remove("Attachments");
        members.remove("VolumeArn");
        members.remove("OwnerId");
    }
    Ok(shown)
}

/// The zone that the call names, by name or by id.
fn zone(call: &Call<'_>) -> Result<String, ApiError> {
    let zones = availability_zone::zones(&call.account.id, call.region);
    let (found, given) = match (call.text("AvailabilityZone"), call.text("AvailabilityZoneId")) {
        (Some(name), None) => (zones.into_iter().find(|zone| zone.name == name), name),
        (None, Some(id)) => (zones.into_iter().find(|zone| zone.id == id), id),
        (Some(_), Some(_)) => {
            let message = "Only one of AvailabilityZone and AvailabilityZoneId may be specified.";
            return Err(ApiError::new("InvalidParameterCombination", message));
        }
        (None, None) => {
            return Err(ApiError::new("MissingParameter", "The request must contain the parameter zone"));
        }
    };
    found
        .map(|zone| zone.name)
        .ok_or_else(|| ApiError::new("InvalidZone.NotFound", format!("The zone '{given}' does not exist.")))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVolume.html>
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let volume = named::<Volume>(call, "VolumeId")?;
    if let Some(attachment) = &volume.attachment {
        let message = format!("Volume {} is currently attached to {}", volume.id, attachment.instance);
        return Err(ApiError::new("VolumeInUse", message));
    }
    if volume.state == "creating" {
        let message = format!("The volume '{}' is 'creating'", volume.id);
        return Err(ApiError::new("IncorrectState", message));
    }
    let id = volume.id.clone();
    if let Some(volume) = call.ec2().volumes.get_mut(&id) {
        volume.state = "deleting";
    }
    let after = call.account.settings.timings.volume_deletion;
    call.schedule(after, What::Ec2(crate::aws::ec2::Due::Volume(Due::Settle(id))));
    Ok(json!({}))
}
