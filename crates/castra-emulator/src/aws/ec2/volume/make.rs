//! How a volume comes to be: by CreateVolume or with an instance.

use super::{Due, Encryption, Shape, Volume, VolumeAttachment};
use crate::aws::account::{Account, What};
use crate::aws::ec2::{Tags, id};

/// A volume to come.
#[derive(Debug, Clone)]
pub(crate) struct New {
    pub(crate) zone: String,
    pub(crate) shape: Shape,
    pub(crate) encryption: Encryption,
    pub(crate) snapshot: Option<String>,
    /// The instance that it comes with, the device there, and whether it goes with it.
    pub(crate) attached: Option<(String, String, bool)>,
    pub(crate) tags: Tags,
}

/// Makes a volume; its id.
pub(crate) fn make(account: &mut Account, region: &str, new: New) -> String {
    let now = account.now;
    let attachment = new.attached.map(|(instance, device, delete_on_termination)| VolumeAttachment {
        instance,
        device,
        attached: now,
        delete_on_termination,
        state: "attaching",
    });
    let volume = Volume {
        id: id::new("vol", &mut account.chance),
        created: now,
        zone: new.zone,
        size: new.shape.size,
        kind: new.shape.kind,
        iops: new.shape.iops,
        throughput: new.shape.throughput,
        encrypted: new.encryption.key.is_some(),
        kms_key: new.encryption.key,
        snapshot: new.snapshot,
        state: if new.encryption.usable { "creating" } else { "error" },
        attachment,
        modifications: Vec::new(),
        tags: new.tags,
    };
    let id = volume.id.clone();
    account.region(region).ec2.volumes.insert(id.clone(), volume);
    let after = account.settings.timings.volume_creation;
    account.schedule(region, after, What::Ec2(crate::aws::ec2::Due::Volume(Due::Settle(id.clone()))));
    id
}
