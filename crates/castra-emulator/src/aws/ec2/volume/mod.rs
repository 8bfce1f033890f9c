//! Volumes (<https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volumes.html>).

mod attach;
mod create;
mod describe;
mod encryption;
mod kind;
mod make;
mod modify;
mod status;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub(crate) use attach::instance_gone;
pub(super) use attach::{check_device, device_taken};
pub(super) use encryption::{Encryption, encryption};
pub(super) use kind::{Shape, Wanted, shape};
pub(super) use make::{New, make};

use super::Tags;
use super::resource::resource;
use crate::aws::account::Account;
use crate::aws::call::Operations;

/// A volume.
#[derive(Debug, Clone)]
pub(crate) struct Volume {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) zone: String,
    /// GiB.
    pub(crate) size: i64,
    pub(crate) kind: String,
    pub(crate) iops: Option<i64>,
    pub(crate) throughput: Option<i64>,
    pub(crate) encrypted: bool,
    pub(crate) kms_key: Option<String>,
    pub(crate) snapshot: Option<String>,
    /// `creating`, `available`, `in-use`, `deleting`, `error`.
    pub(crate) state: &'static str,
    pub(crate) attachment: Option<VolumeAttachment>,
    /// The latest last.
    pub(crate) modifications: Vec<Modification>,
    pub(crate) tags: Tags,
}

resource!(Volume, volumes, "vol", "InvalidParameterValue", "InvalidVolume.NotFound", "The volume '{}' does not exist.");

/// What a volume is attached to.
#[derive(Debug, Clone)]
pub(crate) struct VolumeAttachment {
    pub(crate) instance: String,
    pub(crate) device: String,
    pub(crate) attached: Timestamp,
    pub(crate) delete_on_termination: bool,
    /// `attaching`, `attached`, `detaching`, `busy`.
    pub(crate) state: &'static str,
}

/// A modification of a volume.
#[derive(Debug, Clone)]
pub(crate) struct Modification {
    pub(crate) started: Timestamp,
    pub(crate) ended: Option<Timestamp>,
    /// `modifying`, `optimizing`, `completed`.
    pub(crate) state: &'static str,
    pub(crate) before: Shape,
    pub(crate) after: Shape,
}

/// What is due to happen to a volume.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// Its state moves on: creating, attaching, detaching, deleting come to their end.
    Settle(String),
    /// Its modification moves on.
    Modify(String),
}

/// Lets it happen.
pub(super) fn happen(account: &mut Account, region: &str, due: Due) {
    match due {
        Due::Settle(volume) => attach::settle(account, region, &volume),
        Due::Modify(volume) => modify::proceed(account, region, &volume),
    }
}

pub(super) const OPERATIONS: Operations = &[
    ("AttachVolume", attach::attach),
    ("CreateVolume", create::create),
    ("DeleteVolume", create::delete),
    ("DescribeVolumeStatus", status::describe),
    ("DescribeVolumes", describe::describe),
    ("DescribeVolumesModifications", modify::describe),
    ("DetachVolume", attach::detach),
    ("DisableEbsEncryptionByDefault", encryption::disable_by_default),
    ("EnableEbsEncryptionByDefault", encryption::enable_by_default),
    ("GetEbsDefaultKmsKeyId", encryption::default_key),
    ("GetEbsEncryptionByDefault", encryption::by_default),
    ("ModifyVolume", modify::modify),
];
