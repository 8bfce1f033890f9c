//! DescribeVolumes (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html>).

use serde_json::{Value, json};

use super::Volume;
use crate::aws::ApiError;
use crate::aws::call::{Call, epoch};
use crate::aws::ec2::resource::Description;
use crate::aws::ec2::{State, availability_zone};
use crate::aws::error::Answer;

const FILTERS: &[&str] = &[
    "attachment.attach-time",
    "attachment.delete-on-termination",
    "attachment.device",
    "attachment.instance-id",
    "attachment.status",
    "availability-zone",
    "availability-zone-id",
    "create-time",
    "encrypted",
    "fast-restored",
    "multi-attach-enabled",
    "operator.managed",
    "operator.principal",
    "size",
    "snapshot-id",
    "status",
    "volume-id",
    "volume-type",
];

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    if call.number("MaxResults").is_some() && !call.list("VolumeIds").is_empty() {
        let message = "The parameter volumesSet cannot be used with the parameter maxResults";
        return Err(ApiError::new("InvalidParameterCombination", message));
    }
    let ec2 = &call.look().ec2;
    Description {
        output: "Volumes",
        ids: "VolumeIds",
        filters: FILTERS,
        values: &|volume: &Volume, name| values(ec2, volume, name),
        show: &|volume| show(ec2, volume),
    }
    .answer(call)
}

fn values(ec2: &State, volume: &Volume, name: &str) -> Vec<String> {
    if let Some(member) = name.strip_prefix("attachment.") {
        let Some(attachment) = &volume.attachment else { return Vec::new() };
        return vec![match member {
            "attach-time" => attachment.attached.to_string(),
            "delete-on-termination" => attachment.delete_on_termination.to_string(),
            "device" => attachment.device.clone(),
            "instance-id" => attachment.instance.clone(),
            _ => attachment.state.to_owned(),
        }];
    }
    vec![match name {
        "availability-zone" => volume.zone.clone(),
        "availability-zone-id" => availability_zone::id_of(&ec2.owner, &ec2.region, &volume.zone),
        "create-time" => volume.created.to_string(),
        "encrypted" => volume.encrypted.to_string(),
        "fast-restored" | "multi-attach-enabled" | "operator.managed" => "false".to_owned(),
        "size" => volume.size.to_string(),
        "snapshot-id" => volume.snapshot.clone().unwrap_or_default(),
        "status" => volume.state.to_owned(),
        "volume-id" => volume.id.clone(),
        "volume-type" => volume.kind.clone(),
        _ => return Vec::new(),
    }]
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html>
pub(super) fn show(ec2: &State, volume: &Volume) -> Value {
    json!({
        "VolumeId": volume.id,
        "AvailabilityZone": volume.zone,
        "AvailabilityZoneId": availability_zone::id_of(&ec2.owner, &ec2.region, &volume.zone),
        "CreateTime": epoch(volume.created),
        "Size": volume.size,
        "VolumeType": volume.kind,
        "Iops": volume.iops,
        "Throughput": volume.throughput,
        "Encrypted": volume.encrypted,
        "KmsKeyId": volume.kms_key,
        "SnapshotId": volume.snapshot.as_deref().unwrap_or_default(),
        "State": volume.state,
        "MultiAttachEnabled": false,
        "Attachments": show_attachment(volume).into_iter().collect::<Vec<_>>(),
        "Operator": { "Managed": false },
        "Tags": volume.tags.shown(),
    })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VolumeAttachment.html>
pub(super) fn show_attachment(volume: &Volume) -> Option<Value> {
    let attachment = volume.attachment.as_ref()?;
    Some(json!({
        "VolumeId": volume.id,
        "InstanceId": attachment.instance,
        "Device": attachment.device,
        "State": attachment.state,
        "AttachTime": epoch(attachment.attached),
        "DeleteOnTermination": attachment.delete_on_termination,
    }))
}
