//! The operations that describe and modify attributes.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Subject, modified, shown};
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
    let (subject, held) = subject(call)?;
    *held = modified(subject, held, changes)?;
    Ok(json!({ "Attributes": shown(held) }))
}
