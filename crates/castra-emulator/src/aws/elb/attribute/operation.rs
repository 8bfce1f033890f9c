//! The operations that describe and modify attributes.

use std::collections::BTreeMap;

use serde_json::json;

use super::load_balancer::LOGS;
use super::{Subject, misconfigured, modified, shown};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::elb::{listener, load_balancer, target_group};
use crate::aws::error::Answer;

pub(crate) const OPERATIONS: Operations = &[
    ("DescribeListenerAttributes", describe),
    ("DescribeLoadBalancerAttributes", describe),
    ("DescribeTargetGroupAttributes", describe),
    ("ModifyListenerAttributes", modify),
    ("ModifyLoadBalancerAttributes", modify),
    ("ModifyTargetGroupAttributes", modify),
];

/// What the call is about, with its attributes.
fn subject<'a>(call: &'a mut Call<'_>) -> Result<(Subject, &'a mut BTreeMap<String, String>), ApiError> {
    if let Some(arn) = call.text("LoadBalancerArn") {
        let found = load_balancer::find(call, arn)?;
        return Ok((Subject::LoadBalancer { kind: found.kind, internal: found.internal }, &mut found.attributes));
    }
    if let Some(arn) = call.text("TargetGroupArn") {
        let found = target_group::find(call, arn)?;
        let subject = Subject::TargetGroup { protocol: found.protocol, target_type: found.target_type };
        return Ok((subject, &mut found.attributes));
    }
    let found = listener::find(call, call.required("ListenerArn"))?;
    Ok((Subject::Listener { kind: found.kind, protocol: found.protocol }, &mut found.attributes))
}

fn describe(call: &mut Call<'_>) -> Answer {
    let (_, held) = subject(call)?;
    Ok(json!({ "Attributes": shown(held) }))
}

fn modify(call: &mut Call<'_>) -> Answer {
    let changes = call.list("Attributes");
    let (kind, held) = subject(call)?;
    let changed = modified(kind, held, changes)?;
    if let Subject::LoadBalancer { .. } = kind {
        check_logs(call, &changed)?;
    }
    let (_, held) = subject(call)?;
    *held = changed;
    Ok(json!({ "Attributes": shown(held) }))
}

/// "The bucket must exist in the same region as the load balancer and have a bucket policy that grants Elastic Load
/// Balancing permissions to write to the bucket."
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html>)
fn check_logs(call: &Call<'_>, attributes: &BTreeMap<String, String>) -> Result<(), ApiError> {
    let keys: Vec<_> = call.list("Attributes").iter().filter_map(|it| it.get("Key")?.as_str()).collect();
    for log in LOGS.into_iter().filter(|log| keys.iter().any(|key| key.starts_with(log))) {
        let value = |name: &str| attributes.get(&format!("{log}.s3.{name}")).map_or("", String::as_str);
        if value("enabled") != "true" {
            continue;
        }
        let bucket = call.account.s3.buckets.get(value("bucket")).filter(|bucket| bucket.region == call.region);
        let lets = |policy: &str| policy.contains("s3:PutObject") || policy.contains("s3:*");
        if !bucket.is_some_and(|bucket| bucket.policy().is_some_and(lets)) {
            let message = format!("Access Denied for bucket: {}. Please check S3bucket permission", value("bucket"));
            return Err(misconfigured(message));
        }
    }
    Ok(())
}
