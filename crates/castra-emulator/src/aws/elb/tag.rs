//! Tags of load balancers, target groups, listeners and rules
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-tags.html>).

use serde_json::{Value, json};

use super::State;
use super::arn::Resource;
use super::refuse::invalid;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("AddTags", add), ("RemoveTags", remove), ("DescribeTags", describe)];

/// The most that a resource has.
const MOST: usize = 50;

/// The most resources whose tags one call describes
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html>).
const MOST_RESOURCES: usize = 20;

/// The tags that a creation gives.
pub(super) fn given(call: &Call<'_>) -> Result<Tags, ApiError> {
    let mut tags = Tags::default();
    for tag in call.list("Tags") {
        let text = |member| tag.get(member).and_then(Value::as_str).unwrap_or_default();
        let (key, value) = (text("Key"), text("Value"));
        if key.to_ascii_lowercase().starts_with("aws:") {
            let message = format!("aws: prefixed tag key names are not allowed for external use: '{key}'");
            return Err(invalid(message));
        }
        if tags.get(key).is_some() {
            let message = format!("Tag key was specified more than once: '{key}'");
            return Err(ApiError::new("DuplicateTagKeys", message));
        }
        tags.insert(key, value);
    }
    check_count(&tags)?;
    Ok(tags)
}

fn check_count(tags: &Tags) -> Result<(), ApiError> {
    if tags.keys().filter(|key| !key.starts_with("aws:")).count() > MOST {
        let message = format!("The maximum number of tags for a resource, {MOST}, has been reached");
        return Err(ApiError::new("TooManyTags", message));
    }
    Ok(())
}

/// The tags of what that ARN names.
fn of<'a>(state: &'a mut State, arn: &str) -> Option<&'a mut Tags> {
    match Resource::of(arn)? {
        Resource::LoadBalancer => state.load_balancers.get_mut(arn).map(|it| &mut it.tags),
        Resource::TargetGroup => state.target_groups.get_mut(arn).map(|it| &mut it.tags),
        Resource::Listener => state.listeners.get_mut(arn).map(|it| &mut it.tags),
        Resource::Rule => state.rules.get_mut(arn).map(|it| &mut it.tags),
    }
}

/// Refuses resources that aren't there.
fn check_resources(call: &mut Call<'_>) -> Result<Vec<String>, ApiError> {
    let arns: Vec<_> = call.texts("ResourceArns").into_iter().map(str::to_owned).collect();
    if arns.is_empty() {
        return Err(invalid("At least one resource ARN must be specified"));
    }
    for arn in &arns {
        let resource = Resource::of(arn).ok_or_else(|| invalid(format!("'{arn}' is not a valid resource ARN")))?;
        if of(&mut call.here().elb, arn).is_none() {
            return Err(resource.not_found(arn));
        }
    }
    Ok(arns)
}

fn add(call: &mut Call<'_>) -> Answer {
    let arns = check_resources(call)?;
    let added = given(call)?;
    let mut changed = Vec::new();
    for arn in arns {
        let Some(tags) = of(&mut call.here().elb, &arn) else { continue };
        let mut tags = tags.clone();
        for (key, value) in added.iter() {
            tags.insert(key, value);
        }
        check_count(&tags)?;
        changed.push((arn, tags));
    }
    for (arn, tags) in changed {
        if let Some(held) = of(&mut call.here().elb, &arn) {
            *held = tags;
        }
    }
    Ok(json!({}))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let arns = check_resources(call)?;
    let keys = call.texts("TagKeys");
    for arn in arns {
        if let Some(tags) = of(&mut call.here().elb, &arn) {
            keys.iter().for_each(|key| tags.remove(key));
        }
    }
    Ok(json!({}))
}

fn describe(call: &mut Call<'_>) -> Answer {
    let count = call.list("ResourceArns").len();
    if count > MOST_RESOURCES {
        return Err(invalid(format!("Up to {MOST_RESOURCES} resources can be specified, but {count} were specified")));
    }
    let mut shown = Vec::new();
    for arn in check_resources(call)? {
        let Some(tags) = of(&mut call.here().elb, &arn) else { continue };
        let mut description = json!({ "ResourceArn": arn });
        // The contract allows no empty list of tags.
        if !tags.is_empty() {
            description["Tags"] = tags.shown();
        }
        shown.push(description);
    }
    Ok(json!({ "TagDescriptions": shown }))
}
