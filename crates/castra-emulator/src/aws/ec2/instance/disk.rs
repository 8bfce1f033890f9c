//! The volumes of instances to come: the image's, changed and added to by the launch
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html>).

use serde_json::Value;

use super::Reason;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::image::{Image, ImageDisk};
use crate::aws::ec2::instance_type::InstanceType;
use crate::aws::ec2::member::{flag, list, number, text};
use crate::aws::ec2::snapshot;
use crate::aws::ec2::volume::{Encryption, Shape, Wanted, check_device, encryption, shape};

/// A volume of each instance.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    pub(super) device: String,
    pub(super) shape: Shape,
    pub(super) encryption: Encryption,
    pub(super) snapshot: Option<String>,
    pub(super) delete_on_termination: bool,
}

/// The volumes, the root first; and what will become of the instances if one can't be.
pub(super) fn plan(
    call: &mut Call<'_>,
    parameters: &Value,
    kind: &InstanceType,
    image: &Image,
) -> Result<(Vec<Disk>, Option<Reason>), ApiError> {
    let mappings = list(parameters, "BlockDeviceMappings");
    let mut disks = Vec::new();
    let mapping_of = |device: &str| mappings.iter().rfind(|mapping| text(mapping, "DeviceName") == Some(device));
    for brought in &image.disks {
        let mapping = mapping_of(&brought.device);
        if mapping.is_some_and(|mapping| mapping.get("NoDevice").is_some()) {
            if brought.device == image.root_device {
                let message = format!("The root device {} can't be suppressed.", brought.device);
                return Err(ApiError::new("InvalidBlockDeviceMapping", message));
            }
            continue;
        }
        let ebs = mapping.and_then(|mapping| mapping.get("Ebs")).unwrap_or(&Value::Null);
        disks.push(disk(call, &brought.device, ebs, Some(brought))?);
    }
    for mapping in mappings {
        let Some(device) = text(mapping, "DeviceName") else {
            return Err(ApiError::new("MissingParameter", "The request must contain the parameter deviceName"));
        };
        if image.disks.iter().any(|brought| brought.device == device) {
            continue;
        }
        check_device(device)?;
        if disks.iter().any(|disk: &Disk| disk.device == device) {
            let message = format!("Duplicate device name '{device}' in the block device mapping.");
            return Err(ApiError::new("InvalidBlockDeviceMapping", message));
        }
        // Disks of the host, which a type has or hasn't whatever is said, and devices that aren't to be.
        if mapping.get("VirtualName").is_some() || mapping.get("NoDevice").is_some() {
            continue;
        }
        let ebs = mapping.get("Ebs").unwrap_or(&Value::Null);
        disks.push(disk(call, device, ebs, None)?);
    }
    if disks.len() > kind.attachments {
        let message = format!("Volume count {} exceeds the limit for {}", disks.len(), kind.name);
        return Err(ApiError::new("AttachmentLimitExceeded", message));
    }
    if let Some(root) = disks.first().filter(|disk| matches!(disk.shape.kind.as_str(), "st1" | "sc1")) {
        let message = format!("Invalid volume type '{}' for the root device.", root.shape.kind);
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let broken = disks.iter().any(|disk| !disk.encryption.usable);
    Ok((disks, broken.then(invalid_key)))
}

/// What becomes of an instance whose volume's key can't be used
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html#troubleshooting-launch-internal>).
fn invalid_key() -> Reason {
    let code = "Client.InvalidKMSKey.InvalidState";
    Reason {
        code: code.to_owned(),
        message: format!("{code}: The KMS key provided is in an incorrect state"),
        sentence: "Server.InternalError".to_owned(),
    }
}

fn disk(call: &mut Call<'_>, device: &str, ebs: &Value, brought: Option<&ImageDisk>) -> Result<Disk, ApiError> {
    let named = text(ebs, "SnapshotId");
    if let (Some(named), Some(brought)) = (named, brought)
        && named != brought.snapshot
    {
        let message = format!("The snapshot ID of the device {device} cannot be modified");
        return Err(ApiError::new("InvalidBlockDeviceMapping", message));
    }
    let source = match (brought, named) {
        (Some(brought), _) => Some((brought.snapshot.clone(), brought.size, brought.encrypted)),
        (None, Some(named)) => {
            let snapshot = snapshot::find(call.account, call.region, named)?;
            Some((snapshot.id, snapshot.size, snapshot.encrypted))
        }
        (None, None) => None,
    };
    let kind = text(ebs, "VolumeType").or(brought.map(|brought| brought.kind.as_str()));
    let wanted = Wanted {
        kind,
        size: number(ebs, "VolumeSize"),
        iops: number(ebs, "Iops"),
        throughput: number(ebs, "Throughput"),
        snapshot: source.as_ref().map(|(snapshot, size, _)| (snapshot.as_str(), *size)),
    };
    let shape = shape(&wanted)?;
    let asked = flag(ebs, "Encrypted");
    let of_source = source.as_ref().is_some_and(|(_, _, encrypted)| *encrypted);
    let encryption = encryption(call, asked, text(ebs, "KmsKeyId"), of_source)?;
    // "true" for the image's root volume and for what RunInstances adds
    // (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/preserving-volumes-on-termination.html).
    let delete_on_termination =
        flag(ebs, "DeleteOnTermination").unwrap_or_else(|| brought.is_none_or(|brought| brought.delete_on_termination));
    let snapshot = source.map(|(snapshot, _, _)| snapshot);
    Ok(Disk { device: device.to_owned(), shape, encryption, snapshot, delete_on_termination })
}
