//! Tags of certificates (<https://docs.aws.amazon.com/acm/latest/userguide/tags.html>).

use serde_json::{Value, json};

use super::certificate::{invalid, of};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations =
    &[("AddTagsToCertificate", add), ("ListTagsForCertificate", list), ("RemoveTagsFromCertificate", remove)];

/// "The maximum number of tags per certificate is 50."
const MOST: usize = 50;

/// The tags that the call gives.
pub(super) fn given(call: &Call<'_>) -> Result<Tags, ApiError> {
    let mut tags = Tags::default();
    for tag in call.list("Tags") {
        let text = |member| tag.get(member).and_then(Value::as_str).unwrap_or_default();
        let key = text("Key");
        if key.to_ascii_lowercase().starts_with("aws:") {
            let message = format!("Invalid Tag Key: \"{key}\". AWS internal tags cannot be changed with this API");
            return Err(ApiError::new("InvalidTagException", message));
        }
        if tags.get(key).is_some() {
            return Err(invalid(format!("Tag key \"{key}\" was specified more than once.")));
        }
        tags.insert(key, text("Value"));
    }
    Ok(tags)
}

fn add(call: &mut Call<'_>) -> Answer {
    let given = given(call)?;
    let held = &mut of(call)?.tags;
    let mut tags = held.clone();
    for (key, value) in given.iter() {
        tags.insert(key, value);
    }
    if tags.len() > MOST {
        let message = format!("The certificate would have {} tags; the limit is {MOST}.", tags.len());
        return Err(ApiError::new("TooManyTagsException", message));
    }
    *held = tags;
    Ok(json!({}))
}

fn list(call: &mut Call<'_>) -> Answer {
    let tags = &of(call)?.tags;
    // The contract allows no empty list.
    if tags.is_empty() { Ok(json!({})) } else { Ok(json!({ "Tags": tags.shown() })) }
}

/// "If you specify a value, the tag is removed only if it is associated with the specified value."
fn remove(call: &mut Call<'_>) -> Answer {
    let removed = call.list("Tags");
    let tags = &mut of(call)?.tags;
    for tag in removed {
        let text = |member| tag.get(member).and_then(Value::as_str);
        let key = text("Key").unwrap_or_default();
        if text("Value").is_none_or(|value| tags.get(key) == Some(value)) {
            tags.remove(key);
        }
    }
    Ok(json!({}))
}
