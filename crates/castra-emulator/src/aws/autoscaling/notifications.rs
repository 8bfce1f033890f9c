//! What a group would tell topics, kept and shown: there is no SNS here to tell it to
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-sns-notifications.html>).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::page;
use super::state::Group;
use super::validate::{self, error};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// Kinds of events.
const KINDS: [&str; 5] = [
    "autoscaling:EC2_INSTANCE_LAUNCH",
    "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
    "autoscaling:EC2_INSTANCE_TERMINATE",
    "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
    "autoscaling:TEST_NOTIFICATION",
];

/// How many topics a group may have.
const MOST: usize = 10;

pub(super) const OPERATIONS: Operations = &[
    ("DeleteNotificationConfiguration", delete),
    ("DescribeAutoScalingNotificationTypes", describe_types),
    ("DescribeNotificationConfigurations", describe),
    ("PutNotificationConfiguration", put),
];

fn put(call: &mut Call<'_>) -> Answer {
    let (topic, kinds) = (call.required("TopicARN"), call.texts("NotificationTypes"));
    let prefix = format!("arn:aws:sns:{}:", call.region);
    if !topic.starts_with(&prefix) {
        return Err(error(format!("Invalid SNS topic ARN: {topic}")));
    }
    if let Some(unknown) = kinds.iter().find(|kind| !KINDS.contains(kind)) {
        return Err(error(format!("\"{unknown}\" is not a valid Notification Type")));
    }
    let group = validate::changeable(call)?;
    let others: BTreeSet<&str> =
        group.notifications.iter().map(|(topic, _)| topic.as_str()).filter(|other| *other != topic).collect();
    if others.len() >= MOST {
        return Err(ApiError::new("LimitExceeded", format!("Only {MOST} SNS topics are allowed per group.")));
    }
    group.notifications.retain(|(other, _)| other != topic);
    group.notifications.extend(kinds.into_iter().map(|kind| (topic.to_owned(), kind.to_owned())));
    Ok(json!({}))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let topic = call.required("TopicARN");
    validate::group(call)?.notifications.retain(|(other, _)| other != topic);
    Ok(json!({}))
}

fn describe(call: &mut Call<'_>) -> Answer {
    let names = call.texts("AutoScalingGroupNames");
    let wanted = |group: &&Group| names.is_empty() || names.contains(&group.name.as_str());
    let show = |group: &Group| -> Vec<Value> {
        let show = |(topic, kind): &(String, String)| json!({ "AutoScalingGroupName": group.name, "TopicARN": topic, "NotificationType": kind });
        group.notifications.iter().map(show).collect()
    };
    let shown = call.here().autoscaling.groups.values().filter(wanted).flat_map(show).collect();
    page::of(call, "NotificationConfigurations", shown, 50)
}

fn describe_types(_: &mut Call<'_>) -> Answer {
    Ok(json!({ "AutoScalingNotificationTypes": KINDS }))
}
