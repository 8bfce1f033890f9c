//! Parameters read by name
//! (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html>).

use serde_json::{Value, json};

use super::{key, public, reference};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("GetParameter", get), ("GetParameters", get_many)];

/// The refusal of a name that nothing has, which AWS gives without a message
/// (<https://github.com/mattclay/aws-terminator/issues/113>).
pub(super) fn not_found() -> ApiError {
    ApiError::new("ParameterNotFound", "")
}

/// The parameter that is named by name or ARN, perhaps with a version or a label after a colon.
fn read(call: &mut Call<'_>, given: &str) -> Result<Value, ApiError> {
    let decrypted = call.flag("WithDecryption");
    if let Some(secret) = reference::secret(given) {
        return reference::read(call, given, secret);
    }
    let (name, selector) = split(call, given);
    if let Some(version) = public::parameter(call, &name) {
        return Ok(version.shown(call, &name, None, decrypted));
    }
    let parameter = call.look().ssm.parameters.get(&name).cloned().ok_or_else(not_found)?;
    if let Some(key) = parameter.latest().and_then(|latest| latest.key.as_deref()).filter(|_| decrypted) {
        key::check(call, key)?;
    }
    let Some(selector) = selector else {
        return Ok(parameter.latest().ok_or_else(not_found)?.shown(call, &name, None, decrypted));
    };
    let version = parameter.selected(selector).ok_or_else(|| {
        let message = match selector.parse::<i64>() {
            Ok(number) => {
                format!("Systems Manager could not find version {number} of {name}. Verify the version and try again.")
            }
            Err(_) => {
                format!("Systems Manager could not find label {selector} of {name}. Verify the label and try again.")
            }
        };
        ApiError::new("ParameterVersionNotFound", message)
    })?;
    Ok(version.shown(call, &name, Some(&format!(":{selector}")), decrypted))
}

/// A name and what selects a version of it.
fn split<'a>(call: &Call<'_>, given: &'a str) -> (String, Option<&'a str>) {
    let (rest, in_arn) = match given.strip_prefix("arn:").and_then(|arn| arn.splitn(5, ':').nth(4)) {
        Some(resource) => (resource.strip_prefix("parameter").unwrap_or(resource), true),
        None => (given, false),
    };
    let (name, selector) = rest.split_once(':').map_or((rest, None), |(name, selector)| (name, Some(selector)));
    // In ARNs, names at the root have a slash in front, too.
    let here = call.account.regions.get(call.region);
    let bare = name.trim_start_matches('/');
    let at_root = in_arn && here.is_some_and(|here| here.ssm.parameters.contains_key(bare));
    (if at_root { bare.to_owned() } else { name.to_owned() }, selector)
}

fn get(call: &mut Call<'_>) -> Answer {
    let given = call.required("Name");
    Ok(json!({ "Parameter": read(call, given)? }))
}

/// "InvalidParameters: A list of parameters that aren't formatted correctly or don't run during an execution", which
/// is also where those are that don't exist
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>).
fn get_many(call: &mut Call<'_>) -> Answer {
    let (mut found, mut invalid) = (Vec::new(), Vec::new());
    let mut names = call.texts("Names");
    names.sort_unstable();
    names.dedup();
    for name in names {
        match read(call, name) {
            Ok(parameter) => found.push(parameter),
            Err(_) => invalid.push(name),
        }
    }
    Ok(json!({ "Parameters": found, "InvalidParameters": invalid }))
}
