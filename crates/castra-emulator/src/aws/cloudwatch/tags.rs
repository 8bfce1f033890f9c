//! Tags of alarms.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::alarm::Alarm;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations =
    &[("ListTagsForResource", list), ("TagResource", tag), ("UntagResource", untag)];

/// Reads a list of tags.
pub(super) fn read(given: &[Value]) -> Result<BTreeMap<String, String>, ApiError> {
    let mut tags = BTreeMap::new();
    for tag in given {
        let text = |member: &str| tag.get(member).and_then(Value::as_str).unwrap_or_default();
        if text("Key").to_ascii_lowercase().starts_with("aws:") {
            return Err(ApiError::new("InvalidParameterValue", "Tag keys must not begin with aws:."));
        }
        tags.insert(text("Key").to_owned(), text("Value").to_owned());
    }
    if tags.len() > 50 {
        return Err(ApiError::new("InvalidParameterValue", "A resource can have at most 50 tags."));
    }
    Ok(tags)
}

/// The alarm that the call names by ARN
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html>).
fn alarm<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Alarm, ApiError> {
    let arn = call.required("ResourceARN");
    let found = call.here().cloudwatch.alarms.values_mut().find(|alarm| alarm.arn == arn);
    found.ok_or_else(|| {
        ApiError::new("ResourceNotFoundException", "Unknown").with("ResourceType", "alarm").with("ResourceId", arn)
    })
}

fn tag(call: &mut Call<'_>) -> Answer {
    let tags = read(call.list("Tags"))?;
    let alarm = alarm(call)?;
    let new = tags.keys().filter(|key| !alarm.tags.contains_key(*key)).count();
    if alarm.tags.len() + new > 50 {
        return Err(ApiError::new("InvalidParameterValue", "A resource can have at most 50 tags."));
    }
    alarm.tags.extend(tags);
    Ok(json!({}))
}

fn untag(call: &mut Call<'_>) -> Answer {
    let keys = call.texts("TagKeys");
    alarm(call)?.tags.retain(|key, _| !keys.contains(&key.as_str()));
    Ok(json!({}))
}

fn list(call: &mut Call<'_>) -> Answer {
    let tags = alarm(call)?.tags.iter();
    let shown: Vec<Value> = tags.map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    Ok(json!({ "Tags": shown }))
}
