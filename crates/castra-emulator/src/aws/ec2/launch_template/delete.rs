//! DeleteLaunchTemplate and DeleteLaunchTemplateVersions.

use serde_json::{Value, json};

use super::{find, show};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// Deletes the template with all its versions; instances that were launched of it don't mind
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteLaunchTemplate.html>).
pub(super) fn template(call: &mut Call<'_>) -> Answer {
    let template = find::named(call)?;
    let (id, shown) = (template.id.clone(), show(template));
    call.ec2().launch_templates.remove(&id);
    Ok(json!({ "LaunchTemplate": shown }))
}

/// Deletes those versions that it can, and tells of the others
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteLaunchTemplateVersions.html>): the default
/// version stays, and numbers aren't used again.
pub(super) fn versions(call: &mut Call<'_>) -> Answer {
    let wanted = call.texts("Versions");
    if wanted.len() > 200 {
        let message = "You can delete up to 200 launch template versions in a single request.";
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let template = find::named(call)?;
    let about = |version: &str| {
        let mut shown = json!({ "LaunchTemplateId": template.id, "LaunchTemplateName": template.name });
        if let Ok(number) = version.parse::<u64>() {
            shown["VersionNumber"] = number.into();
        }
        shown
    };
    let (mut deleted, mut kept, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for version in wanted {
        let mut shown = about(version);
        match refusal(template, version) {
            Err((code, message)) => {
                shown["ResponseError"] = json!({ "Code": code, "Message": message });
                kept.push(shown);
            }
            Ok(number) => {
                numbers.push(number);
                deleted.push(shown);
            }
        }
    }
    let id = template.id.clone();
    if let Some(template) = call.ec2().launch_templates.get_mut(&id) {
        template.versions.retain(|number, _| !numbers.contains(number));
    }
    Ok(json!({
        "SuccessfullyDeletedLaunchTemplateVersions": Value::Array(deleted),
        "UnsuccessfullyDeletedLaunchTemplateVersions": Value::Array(kept),
    }))
}

/// The number of a version that may be deleted, or why it may not.
fn refusal(template: &super::LaunchTemplate, version: &str) -> Result<u64, (&'static str, String)> {
    let Some(number) = version.parse().ok().filter(|number| template.versions.contains_key(number)) else {
        let message = format!("Could not find launch template version {version}.");
        return Err(("launchTemplateVersionDoesNotExist", message));
    };
    if number == template.default_version {
        let message =
            format!("Version {number} is the default version of the launch template, which can't be deleted.");
        return Err(("unexpectedError", message));
    }
    Ok(number)
}
