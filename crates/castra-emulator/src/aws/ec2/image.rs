//! Images: Amazon's catalogue and the account's own.

use jiff::Timestamp;

use super::Tags;
use crate::aws::call::Operations;

/// An image.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) name: String,
    pub(crate) owner: String,
    /// `x86_64` or `arm64`.
    pub(crate) architecture: String,
    pub(crate) root_device: String,
    pub(crate) root_size: i64,
    /// After this moment only its owner and those who name it see it.
    pub(crate) deprecation: Option<Timestamp>,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[];
