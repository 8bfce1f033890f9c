//! Labels of versions
//! (<https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-labels.html>).

use serde_json::json;

use super::get::not_found;
use super::parameter::Parameter;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("LabelParameterVersion", label), ("UnlabelParameterVersion", unlabel)];

/// Labels of one version.
const MOST: usize = 10;

/// "Labels can contain letters (case sensitive), numbers, periods (.), hyphens (-), or underscores (_). Labels can't
/// begin with a number, "aws", or "ssm" (not case sensitive)."
fn well_formed(label: &str) -> bool {
    let lower = label.to_ascii_lowercase();
    label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
        && !label.starts_with(|first: char| first.is_ascii_digit())
        && !lower.starts_with("aws")
        && !lower.starts_with("ssm")
}

fn no_version(name: &str, number: i64) -> ApiError {
    let message =
        format!("Systems Manager could not find version {number} of {name}. Verify the version and try again.");
    ApiError::new("ParameterVersionNotFound", message)
}

/// "If the specified version already has other labels .. ; when you attach a label to another version, it moves."
fn label(call: &mut Call<'_>) -> Answer {
    let name = call.required("Name");
    let (good, bad): (Vec<&str>, Vec<&str>) = call.texts("Labels").into_iter().partition(|label| well_formed(label));
    let number = call.number("ParameterVersion");
    let parameter = call.here().ssm.parameters.get_mut(name).ok_or_else(not_found)?;
    // "If a version isn't specified, the system attaches a label to the latest version."
    let number = number.or(parameter.latest().map(|latest| latest.number)).ok_or_else(not_found)?;
    let version = parameter.versions.get(&number).ok_or_else(|| no_version(name, number))?;
    let more = good.iter().filter(|label| !version.labels.contains(**label)).count();
    if version.labels.len() + more > MOST {
        let message = "A parameter version can have maximum 10 labels. Move one or more labels to another version and \
                       try again.";
        return Err(ApiError::new("ParameterVersionLabelLimitExceeded", message));
    }
    for label in good {
        for version in parameter.versions.values_mut() {
            version.labels.remove(label);
        }
        if let Some(version) = parameter.versions.get_mut(&number) {
            version.labels.insert(label.to_owned());
        }
    }
    Ok(json!({ "InvalidLabels": bad, "ParameterVersion": number }))
}

/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UnlabelParameterVersion.html>
fn unlabel(call: &mut Call<'_>) -> Answer {
    let (name, labels) = (call.required("Name"), call.texts("Labels"));
    let number = call.number("ParameterVersion").unwrap_or_default();
    let parameter: &mut Parameter = call.here().ssm.parameters.get_mut(name).ok_or_else(not_found)?;
    let version = parameter.versions.get_mut(&number).ok_or_else(|| no_version(name, number))?;
    let (removed, invalid): (Vec<&str>, Vec<&str>) =
        labels.into_iter().partition(|label| version.labels.remove(*label));
    Ok(json!({ "RemovedLabels": removed, "InvalidLabels": invalid }))
}
