//! Launch templates and their versions
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-launch-templates.html>).

mod create;
mod data;
mod delete;
mod describe;
mod find;
mod from_instance;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) use data::user_data_of;
pub(crate) use find::resolve;
pub(super) use find::resolve_shown;

use super::Tags;
use super::resource::resource;
use crate::aws::call::{Operations, epoch};

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
    /// The highest number that a version ever had.
    pub(crate) latest_version: u64,
    pub(crate) tags: Tags,
}

resource!(
    LaunchTemplate,
    launch_templates,
    "lt",
    "InvalidLaunchTemplateId.Malformed",
    "InvalidLaunchTemplateId.NotFound",
    "The specified launch template, with template ID {}, does not exist."
);

/// A version of a launch template.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) created: Timestamp,
    pub(crate) created_by: String,
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

pub(super) const OPERATIONS: Operations = &[
    ("CreateLaunchTemplate", create::template),
    ("CreateLaunchTemplateVersion", create::version),
    ("DeleteLaunchTemplate", delete::template),
    ("DeleteLaunchTemplateVersions", delete::versions),
    ("DescribeLaunchTemplateVersions", describe::versions),
    ("DescribeLaunchTemplates", describe::templates),
    ("GetLaunchTemplateData", from_instance::data),
    ("ModifyLaunchTemplate", create::modify),
];

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplate.html>
fn show(template: &LaunchTemplate) -> Value {
    json!({
        "LaunchTemplateId": template.id,
        "LaunchTemplateName": template.name,
        "CreateTime": epoch(template.created),
        "CreatedBy": template.created_by,
        "DefaultVersionNumber": template.default_version,
        "LatestVersionNumber": template.latest_version,
        "Tags": template.tags.shown(),
        "Operator": { "Managed": false },
    })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateVersion.html>
fn show_version(template: &LaunchTemplate, number: u64, version: &Version) -> Value {
    let mut shown = json!({
        "LaunchTemplateId": template.id,
        "LaunchTemplateName": template.name,
        "VersionNumber": number,
        "CreateTime": epoch(version.created),
        "CreatedBy": version.created_by,
        "DefaultVersion": number == template.default_version,
        "LaunchTemplateData": data::shown(&version.data),
    });
    if let Some(description) = &version.description {
        shown["VersionDescription"] = description.as_str().into();
    }
    shown
}
