//! CreateLaunchTemplate, CreateLaunchTemplateVersion, ModifyLaunchTemplate.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{LaunchTemplate, Version, data, find, show, show_version};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::{Tags, id, idempotency};
use crate::aws::error::Answer;

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html>
pub(super) fn template(call: &mut Call<'_>) -> Answer {
    if let Some(earlier) = idempotency::earlier(call, "CreateLaunchTemplate")?
        && let Some(template) = call.look().ec2.launch_templates.get(&earlier)
    {
        return Ok(json!({ "LaunchTemplate": show(template) }));
    }
    let name = call.required("LaunchTemplateName");
    check_name(name)?;
    let description = description(call)?;
    let data = call.input.get("LaunchTemplateData").cloned().unwrap_or_default();
    data::check(&data)?;
    let tags = Tags::specified(call, "launch-template")?;
    let templates = &call.look().ec2.launch_templates;
    if templates.values().any(|template| template.name == name) {
        let message = "Launch template name already in use.";
        return Err(ApiError::new("InvalidLaunchTemplateName.AlreadyExistsException", message));
    }
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-template-restrictions.html
    if templates.len() >= call.account.settings.compute_limits.launch_templates {
        let message = "You have reached the maximum number of launch templates.";
        return Err(ApiError::new("LaunchTemplateLimitExceeded", message));
    }
    let version = Version { created: call.now(), created_by: call.caller.arn.clone(), description, data };
    let template = LaunchTemplate {
        id: id::new("lt", &mut call.account.chance),
        name: name.to_owned(),
        created: call.now(),
        created_by: call.caller.arn.clone(),
        default_version: 1,
        versions: BTreeMap::from([(1, version)]),
        latest_version: 1,
        tags,
    };
    let shown = show(&template);
    idempotency::remember(call, "CreateLaunchTemplate", &template.id);
    call.ec2().launch_templates.insert(template.id.clone(), template);
    Ok(json!({ "LaunchTemplate": shown }))
}

fn check_name(name: &str) -> Result<(), ApiError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-().,/_".contains(&byte);
    if (3..=128).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    let message = "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and \
                   the following characters: - ( ) . / _.";
    Err(ApiError::new("InvalidLaunchTemplateName.MalformedException", message))
}

fn description(call: &Call<'_>) -> Result<Option<String>, ApiError> {
    match call.text("VersionDescription") {
        Some(text) if text.chars().count() > 255 => {
            let message = "A launch template version description must not exceed 255 characters.";
            Err(ApiError::new("InvalidParameterValue", message))
        }
        text => Ok(text.map(str::to_owned)),
    }
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html>
pub(super) fn version(call: &mut Call<'_>) -> Answer {
    if let Some(earlier) = idempotency::earlier(call, "CreateLaunchTemplateVersion")? {
        let mut parts = earlier.splitn(2, ' ');
        let template = parts.next().and_then(|id| call.look().ec2.launch_templates.get(id));
        let number = parts.next().and_then(|number| number.parse().ok());
        if let (Some(template), Some(number)) = (template, number)
            && let Some(version) = template.versions.get(&number)
        {
            return Ok(json!({ "LaunchTemplateVersion": show_version(template, number, version) }));
        }
    }
    let template = find::named(call)?;
    let given = call.input.get("LaunchTemplateData").cloned().unwrap_or_default();
    let data = match call.text("SourceVersion") {
        Some(source) => {
            let number = find::number(template, source)?;
            let source = template.versions.get(&number).map(|version| &version.data);
            data::on_top(source.unwrap_or(&Value::Null), &given)
        }
        None => given,
    };
    data::check(&data)?;
    let description = description(call)?;
    if template.versions.len() >= call.account.settings.compute_limits.launch_template_versions {
        let message = format!("You have reached the maximum number of versions for launch template {}.", template.id);
        return Err(ApiError::new("LaunchTemplateVersionLimitExceeded", message));
    }
    let template_id = template.id.clone();
    let version = Version { created: call.now(), created_by: call.caller.arn.clone(), description, data };
    let Some(template) = call.ec2().launch_templates.get_mut(&template_id) else { return Ok(json!({})) };
    template.latest_version += 1;
    let number = template.latest_version;
    let shown = show_version(template, number, &version);
    template.versions.insert(number, version);
    idempotency::remember(call, "CreateLaunchTemplateVersion", &format!("{template_id} {number}"));
    Ok(json!({ "LaunchTemplateVersion": shown }))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyLaunchTemplate.html>
pub(super) fn modify(call: &mut Call<'_>) -> Answer {
    let template = find::named(call)?;
    let Some(version) = call.text("DefaultVersion") else {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter SetDefaultVersion"));
    };
    let (template, number) = (template.id.clone(), find::number(template, version)?);
    let Some(template) = call.ec2().launch_templates.get_mut(&template) else { return Ok(json!({})) };
    template.default_version = number;
    Ok(json!({ "LaunchTemplate": show(template) }))
}
