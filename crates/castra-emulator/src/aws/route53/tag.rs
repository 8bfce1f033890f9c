//! Tags of hosted zones and health checks
//! (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html>).

use serde_json::{Value, json};

use super::error;
use super::state::bare;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations =
    &[("ChangeTagsForResource", change), ("ListTagsForResource", list), ("ListTagsForResources", list_several)];

/// "You can add a maximum of 10 tags to a health check or a hosted zone."
const MOST: usize = 10;

fn find<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Tags, ApiError> {
    let (id, state) = (bare(id), &call.account.route53);
    if call.required("ResourceType") == "hostedzone" {
        state.zones.get(id).map(|zone| &zone.tags).ok_or_else(|| error::no_such_zone(id))
    } else {
        state.health_checks.get(id).map(|check| &check.tags).ok_or_else(|| error::no_such_health_check(id))
    }
}

fn change(call: &mut Call<'_>) -> Answer {
    let id = bare(call.required("ResourceId"));
    let mut tags = find(call, id)?.clone();
    let (added, removed) = (call.list("AddTags"), call.texts("RemoveTagKeys"));
    if added.is_empty() && removed.is_empty() {
        let message = "You must specify at least one tag to add or one tag key to remove.";
        return Err(error::invalid_input(message));
    }
    removed.into_iter().for_each(|key| tags.remove(key));
    for tag in added {
        let text = |member: &str| tag.get(member).and_then(Value::as_str).unwrap_or_default();
        let key = text("Key");
        if key.is_empty() || key.to_ascii_lowercase().starts_with("aws:") {
            return Err(error::invalid_input(format!("The tag key '{key}' is not valid.")));
        }
        tags.insert(key, text("Value"));
    }
    if tags.len() > MOST {
        return Err(error::invalid_input(format!("You can't have more than {MOST} tags on a resource.")));
    }
    let state = &mut call.account.route53;
    if let Some(zone) = state.zones.get_mut(id) {
        zone.tags = tags;
    } else if let Some(check) = state.health_checks.get_mut(id) {
        check.tags = tags;
    }
    Ok(json!({}))
}

fn shown(call: &Call<'_>, id: &str) -> Result<Value, ApiError> {
    let tags = find(call, id)?.shown();
    Ok(json!({ "ResourceType": call.required("ResourceType"), "ResourceId": bare(id), "Tags": tags }))
}

fn list(call: &mut Call<'_>) -> Answer {
    Ok(json!({ "ResourceTagSet": shown(call, call.required("ResourceId"))? }))
}

fn list_several(call: &mut Call<'_>) -> Answer {
    let sets: Result<Vec<Value>, ApiError> = call.texts("ResourceIds").into_iter().map(|id| shown(call, id)).collect();
    Ok(json!({ "ResourceTagSets": sets? }))
}
