//! Volumes.

use jiff::Timestamp;

use super::Tags;
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
    pub(crate) modification: Option<Modification>,
    pub(crate) token: Option<String>,
    pub(crate) tags: Tags,
}

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

/// The latest modification of a volume.
#[derive(Debug, Clone)]
pub(crate) struct Modification {
    pub(crate) started: Timestamp,
    pub(crate) ended: Option<Timestamp>,
    /// `modifying`, `optimizing`, `completed`, `failed`.
    pub(crate) state: &'static str,
    /// Size, IOPS, throughput and type before.
    pub(crate) before: (i64, Option<i64>, Option<i64>, String),
}

/// What is due to happen to a volume.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// Its state moves on.
    Settle(String),
}

/// Lets it happen.
pub(super) fn happen(_account: &mut Account, _region: &str, _due: Due) {}

pub(super) const OPERATIONS: Operations = &[];
