//! What a template's data must be, and how it is shown.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use crate::aws::ApiError;
use crate::aws::ec2::Tags;

/// Refuses data that no launch could use whatever it adds. More isn't checked before a launch: "A launch template's
/// parameters are not fully validated when you create it"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-launch-template.html>).
pub(super) fn check(data: &Value) -> Result<(), ApiError> {
    let invalid = |code: &str, message: &str| Err(ApiError::new(code, message));
    let list = |member: &str| data.get(member).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if data.as_object().is_none_or(Map::is_empty) {
        return invalid("MissingParameter", "The request must contain the parameter LaunchTemplateData");
    }
    if let Some(user_data) = data.get("UserData").and_then(Value::as_str) {
        user_data_of(user_data)?;
    }
    for (one, other) in [("SecurityGroupIds", "SecurityGroups")] {
        if !list(one).is_empty() && !list(other).is_empty() {
            let message = "The parameters SecurityGroupIds and SecurityGroups may not be used together";
            return invalid("InvalidParameterCombination", message);
        }
    }
    if data.get("InstanceType").is_some() && data.get("InstanceRequirements").is_some() {
        let message = "InstanceType and InstanceRequirements may not be specified together";
        return invalid("InvalidParameterCombination", message);
    }
    if !list("NetworkInterfaces").is_empty()
        && (!list("SecurityGroupIds").is_empty() || !list("SecurityGroups").is_empty())
    {
        let message =
            "Network interfaces and an instance-level security groups may not be specified on the same request";
        return invalid("InvalidParameterCombination", message);
    }
    for specification in list("TagSpecifications") {
        Tags::read(specification.get("Tags").and_then(Value::as_array).map_or(&[][..], Vec::as_slice))?;
    }
    Ok(())
}

/// The bytes of user data, which must be base64 and, decoded, at most 16 KB
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html>).
pub(in crate::aws::ec2) fn user_data_of(text: &str) -> Result<Vec<u8>, ApiError> {
    let malformed = || ApiError::new("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
    let packed: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    let bytes = BASE64_STANDARD.decode(&packed).map_err(|_| malformed())?;
    if bytes.len() > 16 * 1024 {
        return Err(ApiError::new("InvalidParameterValue", "User data is limited to 16384 bytes"));
    }
    Ok(bytes)
}

/// Data as answers have it, which is as it was given, but for members that only requests have.
pub(super) fn shown(data: &Value) -> Value {
    let mut shown = data.clone();
    if let Some(members) = shown.as_object_mut() {
        members.retain(|_, value| !value.as_array().is_some_and(Vec::is_empty));
        for member in ["Operator", "SecondaryInterfaces"] {
            members.remove(member);
        }
    }
    shown
}

/// A version's data on top of its source's: a member that is given replaces the source's
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html>, `SourceVersion`).
pub(super) fn on_top(source: &Value, data: &Value) -> Value {
    let mut merged = source.clone();
    if let (Some(merged), Some(members)) = (merged.as_object_mut(), data.as_object()) {
        for (member, value) in members {
            merged.insert(member.clone(), value.clone());
        }
    }
    merged
}
