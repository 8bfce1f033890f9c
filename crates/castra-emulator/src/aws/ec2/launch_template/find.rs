//! Templates and versions by what names them.

use serde_json::Value;

use super::{LaunchTemplate, Specification};
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::Call;
use crate::aws::ec2::State;
use crate::aws::ec2::resource::Resource as _;

/// The template's id and name, the version's number and its data; refused as EC2 does if there is no such thing. The
/// id counts where there is a name too.
pub(crate) fn resolve(ec2: &State, specification: &Specification) -> Result<(String, String, u64, Value), ApiError> {
    let id = specification.id.as_deref();
    let name = specification.name.as_deref().filter(|_| id.is_none());
    let template = template(ec2, id, name, |_| true)?;
    let number = number(template, specification.version.as_deref().unwrap_or("$Default"))?;
    let data = template.versions.get(&number).map(|version| version.data.clone()).unwrap_or_default();
    Ok((template.id.clone(), template.name.clone(), number, data))
}

/// As [`resolve`], of what shows, and of an id or a name, not both.
pub(in crate::aws::ec2) fn resolve_shown(
    account: &Account,
    ec2: &State,
    specification: &Specification,
) -> Result<(String, String, u64, Value), ApiError> {
    let (id, name) = (specification.id.as_deref(), specification.name.as_deref());
    template(ec2, id, name, |template| account.shows(&template.id, template.created))?;
    resolve(ec2, specification)
}

/// The template of that id or name, one of which must be given and not both
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateSpecification.html>).
pub(super) fn template<'a>(
    ec2: &'a State,
    id: Option<&str>,
    name: Option<&str>,
    seen: impl Fn(&LaunchTemplate) -> bool,
) -> Result<&'a LaunchTemplate, ApiError> {
    match (id, name) {
        (Some(_), Some(_)) => Err(ApiError::new(
            "InvalidParameterCombination",
            "You may only specify one of launch template ID or launch template name",
        )),
        (None, None) => Err(ApiError::new(
            "MissingParameter",
            "Either a launch template ID or a launch template name must be specified in the request",
        )),
        (Some(id), None) => {
            if !crate::aws::ec2::id::well_formed("lt", id) {
                return Err(ApiError::new(LaunchTemplate::MALFORMED, format!("Invalid launch template ID: {id}")));
            }
            ec2.launch_templates.get(id).filter(|it| seen(it)).ok_or_else(|| LaunchTemplate::not_found(id))
        }
        (None, Some(name)) => {
            let found = ec2.launch_templates.values().find(|template| template.name == name && seen(template));
            found.ok_or_else(|| {
                let message = format!("The specified launch template, with template name {name}, does not exist.");
                ApiError::new("InvalidLaunchTemplateName.NotFoundException", message)
            })
        }
    }
}

/// The template that the call's `LaunchTemplateId` or `LaunchTemplateName` names.
pub(super) fn named<'a>(call: &'a Call<'_>) -> Result<&'a LaunchTemplate, ApiError> {
    let seen = |template: &LaunchTemplate| call.account.shows(&template.id, template.created);
    template(&call.look().ec2, call.text("LaunchTemplateId"), call.text("LaunchTemplateName"), seen)
}

/// The number of the version that a text names: a number, `$Latest` or `$Default`.
pub(super) fn number(template: &LaunchTemplate, version: &str) -> Result<u64, ApiError> {
    let number = match version {
        "$Default" => template.default_version,
        "$Latest" => template.versions.keys().next_back().copied().unwrap_or(template.latest_version),
        text => text.parse().map_err(|_| {
            let message = format!("Invalid launch template version: either '$Default', '$Latest', or a numeric version are allowed. Given: {text}");
            ApiError::new("InvalidLaunchTemplateVersion.Malformed", message)
        })?,
    };
    if template.versions.contains_key(&number) {
        return Ok(number);
    }
    let message =
        format!("Could not find the specified version {version} for the launch template with ID {}.", template.id);
    Err(ApiError::new("InvalidLaunchTemplateId.VersionNotFound", message))
}
