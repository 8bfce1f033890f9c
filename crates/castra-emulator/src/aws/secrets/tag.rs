//! Tags (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html>).

use serde_json::{Value, json};

use super::state::live;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("TagResource", tag), ("UntagResource", untag)];

/// Tags of one secret.
const MOST: usize = 50;

/// Tags as calls give them.
pub(super) fn read(list: &[Value]) -> Result<Tags, ApiError> {
    let invalid = |message: String| ApiError::new("InvalidParameterException", message);
    let mut tags = Tags::default();
    for tag in list {
        let text = |member| tag.get(member).and_then(Value::as_str).unwrap_or_default();
        let key = text("Key");
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid(format!("Tag keys can't begin with aws: as that is reserved for AWS use: {key}")));
        }
        if tags.get(key).is_some() {
            return Err(invalid(format!("The tag key {key} is given more than once.")));
        }
        tags.insert(key, text("Value"));
    }
    check_count(&tags)?;
    Ok(tags)
}

fn check_count(tags: &Tags) -> Result<(), ApiError> {
    if tags.len() <= MOST {
        return Ok(());
    }
    let message = format!("A secret can have at most {MOST} tags.");
    Err(ApiError::new("InvalidParameterException", message))
}

fn tag(call: &mut Call<'_>) -> Answer {
    let given = read(call.list("Tags"))?;
    let secret = live(call)?;
    let mut tags = secret.tags.clone();
    given.iter().for_each(|(key, value)| tags.insert(key, value));
    check_count(&tags)?;
    secret.tags = tags;
    Ok(json!({}))
}

fn untag(call: &mut Call<'_>) -> Answer {
    let keys = call.texts("TagKeys");
    let secret = live(call)?;
    keys.iter().for_each(|key| secret.tags.remove(key));
    Ok(json!({}))
}
