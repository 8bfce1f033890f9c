//! Tags of parameters
//! (<https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-tags.html>).

use serde_json::{Value, json};

use super::name::invalid;
use super::parameter::Parameter;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations =
    &[("AddTagsToResource", add), ("ListTagsForResource", list), ("RemoveTagsFromResource", remove)];

/// Tags of one parameter.
const MOST: usize = 50;

/// Tags as calls give them.
pub(super) fn read(list: &[Value]) -> Result<Tags, ApiError> {
    let mut tags = Tags::default();
    for tag in list {
        let text = |member| tag.get(member).and_then(Value::as_str).unwrap_or_default();
        let key = text("Key");
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid(format!("Tag keys can't be prefixed with \"aws:\": {key}")));
        }
        if tags.get(key).is_some() {
            return Err(invalid(format!("Duplicate tag key: {key}")));
        }
        tags.insert(key, text("Value"));
    }
    if tags.len() > MOST {
        return Err(too_many());
    }
    Ok(tags)
}

fn too_many() -> ApiError {
    ApiError::new(
        "TooManyTagsError",
        "The Targets parameter includes too many tags. Remove one or more tags and try again.",
    )
}

/// The parameter that a call is about; nothing else that has tags is served.
fn found<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Parameter, ApiError> {
    let unknown = || {
        ApiError::new(
            "InvalidResourceId",
            "The resource ID isn't valid. Verify that you entered the correct ID and try again.",
        )
    };
    if call.required("ResourceType") != "Parameter" {
        return Err(unknown());
    }
    let id = call.required("ResourceId");
    call.here().ssm.parameters.get_mut(id).ok_or_else(unknown)
}

fn add(call: &mut Call<'_>) -> Answer {
    let given = read(call.list("Tags"))?;
    let parameter = found(call)?;
    let mut tags = parameter.tags.clone();
    given.iter().for_each(|(key, value)| tags.insert(key, value));
    if tags.len() > MOST {
        return Err(too_many());
    }
    parameter.tags = tags;
    Ok(json!({}))
}

fn list(call: &mut Call<'_>) -> Answer {
    Ok(json!({ "TagList": found(call)?.tags.shown() }))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let keys = call.texts("TagKeys");
    let parameter = found(call)?;
    keys.iter().for_each(|key| parameter.tags.remove(key));
    Ok(json!({}))
}
