//! What a call needs to be allowed: actions on resources, with what conditions can ask about
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>).

use serde_json::Value;

use super::{autoscaling, ec2, elb, iam, others, resource_tags, s3};
use crate::aws::call::Call;
use crate::aws::iam::document::Context;

/// One action on one resource.
#[derive(Debug, Clone)]
pub(super) struct Access {
    /// `ec2:RunInstances`
    pub(super) action: String,
    /// An ARN, or `*` for actions that aren't about a resource. Parts that nobody knows before the call is done, as of
    /// something that it creates, are `*` too.
    pub(super) resource: String,
    /// Beyond what every request has.
    pub(super) context: Context,
}

impl Access {
    /// An action on a resource, with the resource's tags.
    pub(super) fn new(call: &Call<'_>, action: impl Into<String>, resource: impl Into<String>) -> Self {
        let (action, resource) = (action.into(), resource.into());
        let mut context = Context::default();
        if let Some(tags) = resource_tags::of(call, &resource) {
            let service = action.split(':').next().unwrap_or_default();
            for (key, value) in tags.iter() {
                context.set(&format!("aws:ResourceTag/{key}"), value);
                context.set(&format!("{service}:ResourceTag/{key}"), value);
            }
        }
        Self { action, resource, context }
    }

    /// With the tags that the request gives
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html#access_tags_control-requests>).
    pub(super) fn with_tags<'a>(mut self, tags: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        for (key, value) in tags {
            self.context.set(&format!("aws:RequestTag/{key}"), value);
            self.context.add("aws:TagKeys", key);
        }
        self
    }

    /// With a further key.
    pub(super) fn with(mut self, key: &str, value: Option<impl Into<String>>) -> Self {
        if let Some(value) = value {
            self.context.set(key, value);
        }
        self
    }
}

/// All that a call needs.
pub(super) fn needed(call: &mut Call<'_>, service: &str, operation: &str) -> Vec<Access> {
    match service {
        "ec2" => ec2::needed(call, operation),
        "iam" => iam::needed(call, operation),
        "s3" => s3::needed(call, operation),
        "autoscaling" => autoscaling::needed(call, operation),
        "elasticloadbalancing" => elb::needed(call, operation),
        _ => others::needed(call, service, operation),
    }
}

/// The strings at a path of members, through lists: `NetworkInterfaces.SubnetId`.
pub(super) fn at<'a>(input: &'a Value, path: &str) -> Vec<&'a str> {
    let mut values = vec![input];
    for member in path.split('.') {
        values = values.into_iter().flat_map(flat).filter_map(|value| value.get(member)).collect();
    }
    values.into_iter().flat_map(flat).filter_map(Value::as_str).collect()
}

fn flat(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(values) => values.iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

/// The tags in a list of keys and values.
pub(super) fn tags(list: &[Value]) -> impl Iterator<Item = (&str, &str)> {
    list.iter().filter_map(|tag| {
        let text = |member| tag.get(member).and_then(Value::as_str);
        Some((text("Key")?, text("Value").unwrap_or_default()))
    })
}
