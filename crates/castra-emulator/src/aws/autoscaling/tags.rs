//! Tags of groups, which their new instances may get
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html>).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::page;
use super::state::Group;
use super::validate::{self, error};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// How many tags a group may have.
const MOST: usize = 50;

pub(super) const OPERATIONS: Operations =
    &[("CreateOrUpdateTags", create_or_update), ("DeleteTags", delete), ("DescribeTags", describe)];

/// One tag of a request.
struct Tag<'a> {
    group: &'a str,
    key: &'a str,
    value: &'a str,
    propagate: bool,
}

fn read<'a>(call: &Call<'a>) -> Result<Vec<Tag<'a>>, ApiError> {
    let tag = |tag: &'a Value| {
        let text = |member: &str| tag.get(member).and_then(Value::as_str).unwrap_or_default();
        if text("Key").to_ascii_lowercase().starts_with("aws:") {
            return Err(error("Tag keys cannot begin with the reserved prefix 'aws:'."));
        }
        let kind = text("ResourceType");
        if !kind.is_empty() && kind != "auto-scaling-group" {
            return Err(error(format!(
                "Unsupported resource type: {kind}. The only supported value is auto-scaling-group."
            )));
        }
        let propagate = tag.get("PropagateAtLaunch").and_then(Value::as_bool).unwrap_or(false);
        Ok(Tag { group: text("ResourceId"), key: text("Key"), value: text("Value"), propagate })
    };
    call.list("Tags").iter().map(tag).collect()
}

/// The tags of a group that is being made.
pub(super) fn read_for_new(call: &Call<'_>) -> Result<BTreeMap<String, (String, bool)>, ApiError> {
    let name = call.required("AutoScalingGroupName");
    let mut tags = BTreeMap::new();
    for tag in read(call)? {
        if !tag.group.is_empty() && tag.group != name {
            return Err(error(format!("The tag's ResourceId {} is not the name of the group.", tag.group)));
        }
        if tags.insert(tag.key.to_owned(), (tag.value.to_owned(), tag.propagate)).is_some() {
            return Err(error(format!("Duplicate tag keys found: {}", tag.key)));
        }
    }
    within_limit(tags.len())?;
    Ok(tags)
}

fn within_limit(count: usize) -> Result<(), ApiError> {
    if count > MOST {
        return Err(ApiError::new("LimitExceeded", format!("The maximum number of tags for a group is {MOST}.")));
    }
    Ok(())
}

fn no_group(name: &str) -> ApiError {
    error(format!("AutoScalingGroup not found - AutoScaling Group {name} not found"))
}

fn create_or_update(call: &mut Call<'_>) -> Answer {
    let tags = read(call)?;
    let groups = &mut call.here().autoscaling.groups;
    for tag in &tags {
        let group = groups.get(tag.group).ok_or_else(|| no_group(tag.group))?;
        let new = tags.iter().filter(|other| other.group == tag.group && !group.tags.contains_key(other.key));
        within_limit(group.tags.len() + new.count())?;
    }
    for tag in tags {
        if let Some(group) = groups.get_mut(tag.group) {
            group.tags.insert(tag.key.to_owned(), (tag.value.to_owned(), tag.propagate));
        }
    }
    Ok(json!({}))
}

/// Tags that aren't there are passed over.
fn delete(call: &mut Call<'_>) -> Answer {
    let tags = read(call)?;
    let groups = &mut call.here().autoscaling.groups;
    if let Some(tag) = tags.iter().find(|tag| !groups.contains_key(tag.group)) {
        return Err(no_group(tag.group));
    }
    for (tag, given) in tags.iter().zip(call.list("Tags")) {
        if let Some(group) = call.here().autoscaling.groups.get_mut(tag.group) {
            // A value that is given must be the tag's.
            let is_its = |(value, _): &(String, bool)| given.get("Value").is_none_or(|given| given == value.as_str());
            if group.tags.get(tag.key).is_some_and(is_its) {
                group.tags.remove(tag.key);
            }
        }
    }
    Ok(json!({}))
}

/// A group's tags, as describes show them.
pub(super) fn show(group: &Group) -> Vec<Value> {
    let tag = |(key, (value, propagate)): (&String, &(String, bool))| {
        json!({
            "ResourceId": group.name,
            "ResourceType": "auto-scaling-group",
            "Key": key,
            "Value": value,
            "PropagateAtLaunch": propagate,
        })
    };
    group.tags.iter().map(tag).collect()
}

fn describe(call: &mut Call<'_>) -> Answer {
    let filters = validate::filters(call);
    let known = ["auto-scaling-group", "key", "value", "propagate-at-launch"];
    if let Some((name, _)) = filters.iter().find(|(name, _)| !known.contains(name)) {
        return Err(validate::bad_filter(name));
    }
    let has = |tag: &Value, filter: &str| match filter {
        "auto-scaling-group" => tag["ResourceId"].as_str().unwrap_or_default().to_owned(),
        "key" => tag["Key"].as_str().unwrap_or_default().to_owned(),
        "value" => tag["Value"].as_str().unwrap_or_default().to_owned(),
        _ => tag["PropagateAtLaunch"].to_string(),
    };
    let passes = |tag: &Value| filters.iter().all(|(name, values)| values.contains(&has(tag, name)));
    let tags: Vec<Value> = call.here().autoscaling.groups.values().flat_map(show).filter(passes).collect();
    page::of(call, "Tags", tags, 50)
}
