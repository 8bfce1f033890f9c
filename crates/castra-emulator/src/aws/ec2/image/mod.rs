//! Images: the public ones of Amazon and Canonical, and the account's own
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIs.html>).

mod catalogue;
mod deregister;
mod describe;
mod parameter;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) use catalogue::{snapshot, snapshots};
pub(super) use parameter::named_by_parameter;
pub(crate) use parameter::{public_parameter, public_parameters};

use super::{State, Tags, id};
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::Operations;

/// An image.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) owner: String,
    /// `amazon` for Amazon's own and its partners' images.
    pub(crate) owner_alias: Option<&'static str>,
    /// `x86_64` or `arm64`.
    pub(crate) architecture: String,
    pub(crate) boot_mode: String,
    /// Whether instances ask for IMDSv2's tokens unless told otherwise.
    pub(crate) imds_v2: bool,
    pub(crate) root_device: String,
    /// The root device first.
    pub(crate) disks: Vec<ImageDisk>,
    /// After this moment only its owner and those who name it see it.
    pub(crate) deprecation: Option<Timestamp>,
    pub(crate) tags: Tags,
}

/// A disk that an image brings.
#[derive(Debug, Clone)]
pub(crate) struct ImageDisk {
    pub(crate) device: String,
    pub(crate) snapshot: String,
    /// GiB.
    pub(crate) size: i64,
    /// `gp2`, `gp3`, ..
    pub(crate) kind: String,
    pub(crate) encrypted: bool,
    pub(crate) delete_on_termination: bool,
}

pub(super) const OPERATIONS: Operations =
    &[("DeregisterImage", deregister::deregister), ("DescribeImages", describe::describe)];

/// The image of that id, public or the account's own, as one may launch it.
pub(super) fn find(account: &Account, ec2: &State, image: &str) -> Result<Image, ApiError> {
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    if !id::well_formed("ami", image) {
        let message = format!("Invalid id: \"{image}\" (expecting \"ami-...\")");
        return Err(ApiError::new("InvalidAMIID.Malformed", message));
    }
    let own = ec2.images.get(image).filter(|image| account.shows(&image.id, image.created)).cloned();
    let withdrawn = account.settings.withdrawn_images.contains(image);
    own.or_else(|| catalogue::named(&ec2.region, image).filter(|_| !withdrawn))
        .ok_or_else(|| ApiError::new("InvalidAMIID.NotFound", format!("The image id '[{image}]' does not exist")))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html>
fn show(image: &Image, caller: &str) -> Value {
    let disk = |disk: &ImageDisk| {
        let mut ebs = json!({
            "DeleteOnTermination": disk.delete_on_termination,
            "SnapshotId": disk.snapshot,
            "VolumeSize": disk.size,
            "VolumeType": disk.kind,
            "Encrypted": disk.encrypted,
        });
        if disk.kind == "gp3" {
            ebs["Iops"] = 3000.into();
            ebs["Throughput"] = 125.into();
        }
        json!({ "DeviceName": disk.device, "Ebs": ebs })
    };
    let public = image.owner != caller;
    let mut shown = json!({
        "ImageId": image.id,
        "Name": image.name,
        "Description": image.description,
        "ImageLocation": format!("{}/{}", image.owner_alias.unwrap_or(&image.owner), image.name),
        "OwnerId": image.owner,
        "Public": public,
        "State": "available",
        "Architecture": image.architecture,
        "ImageType": "machine",
        "Hypervisor": "xen",
        "VirtualizationType": "hvm",
        "RootDeviceType": "ebs",
        "RootDeviceName": image.root_device,
        "BlockDeviceMappings": image.disks.iter().map(disk).collect::<Vec<_>>(),
        "EnaSupport": true,
        "SriovNetSupport": "simple",
        "BootMode": image.boot_mode,
        "PlatformDetails": "Linux/UNIX",
        "UsageOperation": "RunInstances",
        "CreationDate": image.created.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
        "DeregistrationProtection": "disabled",
        "Tags": image.tags.shown(),
    });
    if let Some(alias) = image.owner_alias {
        shown["ImageOwnerAlias"] = alias.into();
    }
    if image.imds_v2 {
        shown["ImdsSupport"] = "v2.0".into();
    }
    if let Some(deprecation) = image.deprecation {
        shown["DeprecationTime"] = deprecation.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string().into();
    }
    shown
}
