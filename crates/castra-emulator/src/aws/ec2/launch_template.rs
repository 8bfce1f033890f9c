//! Launch templates and their versions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::Tags;
use crate::aws::ApiError;
use crate::aws::call::Operations;

/// A launch template.
#[derive(Debug, Clone)]
pub(crate) struct LaunchTemplate {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created: Timestamp,
    pub(crate) created_by: String,
    pub(crate) default_version: u64,
    /// By number.
    pub(crate) versions: BTreeMap<u64, Version>,
    pub(crate) latest_version: u64,
    pub(crate) tags: Tags,
}

/// A version of a launch template.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) created: Timestamp,
    pub(crate) description: Option<String>,
    /// `RequestLaunchTemplateData`, in the contract's names.
    pub(crate) data: Value,
}

/// Which template and version a launch names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Specification {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    /// A number, `$Default` or `$Latest`; none = the default.
    pub(crate) version: Option<String>,
}

/// The template's id and name, the version's number and its data; refused as EC2 does if there is no such thing.
pub(crate) fn resolve(
    _ec2: &super::State,
    _specification: &Specification,
) -> Result<(String, String, u64, Value), ApiError> {
    Err(ApiError::new("Unsupported", "not served yet"))
}

pub(super) const OPERATIONS: Operations = &[];
