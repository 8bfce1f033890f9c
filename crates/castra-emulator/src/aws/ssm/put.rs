//! Parameters written
//! (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>).

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde_json::json;

use super::name::{self, invalid};
use super::parameter::{Parameter, Version, arn};
use super::{key, tag};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("PutParameter", put)];

/// How many versions are kept
/// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html>).
const MOST_VERSIONS: usize = 100;

/// Characters of a value, by tier, and parameters of an account in a region
/// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html>).
const STANDARD: (usize, usize) = (4_096, 10_000);
const ADVANCED: (usize, usize) = (8_192, 100_000);

fn put(call: &mut Call<'_>) -> Answer {
    let (given, overwrite) = (call.required("Name"), call.flag("Overwrite"));
    let arn = arn(call, given);
    name::check(given, &arn)?;
    if overwrite && !call.list("Tags").is_empty() {
        return Err(invalid(
            "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please \
             remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or \
             RemoveTagsFromResource.",
        ));
    }
    let tags = tag::read(call.list("Tags"))?;
    let now = call.now();
    let ssm = &call.account.region(call.region).ssm;
    let held = ssm.held.get(given).is_some_and(|until| *until > now);
    let earlier = ssm.parameters.get(given).cloned();
    // "After deleting a parameter, wait for at least 30 seconds to create a parameter with the same name"
    // (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html); what AWS answers to
    // the impatient isn't documented.
    if (earlier.is_some() || held) && !overwrite {
        let message =
            "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.";
        return Err(ApiError::new("ParameterAlreadyExists", message));
    }
    if held {
        let message = "There are concurrent updates for a resource that supports one update at a time.";
        return Err(ApiError::new("TooManyUpdates", message));
    }
    let count = ssm.parameters.len();
    let version = version(call, earlier.as_ref(), count)?;
    if let Some(key) = &version.key {
        key::check(call, key)?;
    }
    let (number, tier) = (version.number, version.tier);
    let ssm = &mut call.here().ssm;
    ssm.held.remove(given);
    let parameter = ssm.parameters.entry(given.to_owned()).or_insert_with(|| Parameter {
        name: given.to_owned(),
        versions: BTreeMap::new(),
        tags,
    });
    if parameter.versions.len() >= MOST_VERSIONS {
        parameter.versions.pop_first();
    }
    parameter.versions.insert(number, version);
    Ok(json!({ "Version": number, "Tier": tier }))
}

/// The new version: what isn't given stays as it was.
fn version(call: &Call<'_>, earlier: Option<&Parameter>, count: usize) -> Result<Version, ApiError> {
    let latest = earlier.and_then(Parameter::latest);
    let kind = call.text("Type").or(latest.map(|latest| latest.kind.as_str()));
    let kind = kind.ok_or_else(|| invalid("A parameter type is required when you create a parameter."))?;
    if let Some(latest) = latest.filter(|latest| latest.kind != kind) {
        // "Parameter Store does not support changing a parameter type in a hierarchy."
        if call.required("Name").starts_with('/') {
            let message = format!(
                "Parameter Store doesn't support changing a parameter type in a hierarchy: {} can't become {kind}.",
                latest.kind
            );
            return Err(ApiError::new("HierarchyTypeMismatchException", message));
        }
    }
    let value = call.required("Value");
    if value.is_empty() {
        return Err(invalid(
            "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length \
             greater than or equal to 1.",
        ));
    }
    let key = match (call.text("KeyId"), kind) {
        (given, "SecureString") => {
            let before = latest.and_then(|latest| latest.key.as_deref());
            Some(given.or(before).unwrap_or("alias/aws/ssm").to_owned())
        }
        (Some(_), _) => return Err(invalid("KeyId is required for SecureString type parameter only.")),
        (None, _) => None,
    };
    let tier = tier(call, latest, value, count)?;
    let allowed_pattern = call.text("AllowedPattern").filter(|pattern| !pattern.is_empty());
    if let Some(pattern) = allowed_pattern {
        check_pattern(pattern, value)?;
    }
    let data_type = call.text("DataType").or(latest.map(|latest| latest.data_type.as_str())).unwrap_or("text");
    check_data_type(data_type, kind, value)?;
    if call.text("Policies").is_some_and(|policies| policies.trim() != "[]") {
        let message = "Parameter policies are not served here.";
        return Err(ApiError::new("InvalidPolicyTypeException", message));
    }
    if let Some(earlier) = earlier.filter(|earlier| earlier.versions.len() >= MOST_VERSIONS) {
        check_oldest(earlier)?;
    }
    let description = call.text("Description").map(str::to_owned);
    Ok(Version {
        number: latest.map_or(1, |latest| latest.number + 1),
        kind: kind.to_owned(),
        value: value.to_owned(),
        key,
        description: description.or_else(|| latest.and_then(|latest| latest.description.clone())),
        allowed_pattern: allowed_pattern.map(str::to_owned),
        tier,
        data_type: data_type.to_owned(),
        labels: BTreeSet::new(),
        modified: call.now(),
        modified_by: call.caller.arn.clone(),
    })
}

/// The tier: a parameter goes up by itself only when intelligent tiering is asked for, and never down.
fn tier(call: &Call<'_>, latest: Option<&Version>, value: &str, count: usize) -> Result<&'static str, ApiError> {
    let length = value.chars().count();
    let before = latest.map(|latest| latest.tier);
    let more = latest.is_none();
    let tier = match (call.text("Tier"), before) {
        (Some("Standard"), Some("Advanced")) => {
            return Err(invalid(
                "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the \
                 advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced \
                 parameter and recreate it as a standard parameter.",
            ));
        }
        (Some("Advanced"), _) | (_, Some("Advanced")) => "Advanced",
        (Some("Intelligent-Tiering"), _) if length > STANDARD.0 || (more && count >= STANDARD.1) => "Advanced",
        _ => "Standard",
    };
    let ((most, parameters), name) = match tier {
        "Advanced" => (ADVANCED, "Advanced"),
        _ => (STANDARD, "Standard"),
    };
    if length > most {
        let hint = match tier {
            "Advanced" => "",
            _ => {
                " To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For \
                  more information, see \
                  https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
            }
        };
        return Err(invalid(format!(
            "{name} tier parameters support a maximum parameter value of {most} characters.{hint}"
        )));
    }
    if more && count >= parameters {
        let message = format!("You have exceeded the number of parameters for this AWS account: {parameters}.");
        return Err(ApiError::new("ParameterLimitExceeded", message));
    }
    Ok(tier)
}

fn check_pattern(pattern: &str, value: &str) -> Result<(), ApiError> {
    // Patterns that `regex` has no counterpart for, such as those that look ahead, are taken for none.
    let looks_around = ["(?=", "(?!", "(?<"].iter().any(|form| pattern.contains(form));
    let compiled = match Regex::new(&format!("^(?:{pattern})$")) {
        Ok(compiled) => compiled,
        Err(_) if looks_around => return Ok(()),
        Err(_) => {
            let message = format!("The regular expression is not valid: {pattern}");
            return Err(ApiError::new("InvalidAllowedPatternException", message));
        }
    };
    if compiled.is_match(value) {
        return Ok(());
    }
    let message = format!("Parameter value, cannot be validated against allowedPattern: {pattern}");
    Err(ApiError::new("ParameterPatternMismatchException", message))
}

/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-ec2-aliases.html>
fn check_data_type(data_type: &str, kind: &str, value: &str) -> Result<(), ApiError> {
    match data_type {
        "text" | "aws:ssm:integration" => Ok(()),
        "aws:ec2:image" if kind != "String" => {
            Err(invalid(format!("Parameters of data type aws:ec2:image must be of type String, not {kind}.")))
        }
        "aws:ec2:image" => {
            let digits = value.strip_prefix("ami-").unwrap_or_default();
            let well_formed = matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            if well_formed {
                Ok(())
            } else {
                Err(invalid(format!("{value} is not the ID of an Amazon Machine Image.")))
            }
        }
        _ => Err(invalid(format!(
            "The following data type is not supported: {data_type} (Data type names are all lowercase.)"
        ))),
    }
}

/// The oldest version makes room, unless it has labels.
fn check_oldest(earlier: &Parameter) -> Result<(), ApiError> {
    let oldest = earlier.versions.values().next().filter(|oldest| !oldest.labels.is_empty());
    oldest.map_or(Ok(()), |oldest| {
        let message = format!(
            "You attempted to create a new version of {} by calling the PutParameter API with the overwrite flag. \
             Version {}, the oldest version, can't be deleted because it has a label associated with it. Move the \
             label to another version of the parameter, and try again.",
            earlier.name, oldest.number
        );
        Err(ApiError::new("ParameterMaxVersionLimitExceeded", message))
    })
}
