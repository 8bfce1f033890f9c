//! CreateRule (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html>).

use serde_json::json;

use super::super::action::{Actions, Place};
use super::super::load_balancer::Kind;
use super::super::{listener, load_balancer, tag};
use super::{Rule, condition};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let listener = listener::find(call, call.required("ListenerArn"))?.clone();
    // "The listener must be associated with an Application Load Balancer or a dual-stack Network Load Balancer."
    if listener.kind == Kind::Network {
        let message = format!("Rules are not supported for listeners with the {} protocol", listener.protocol.text());
        return Err(ApiError::new("UnsupportedProtocol", message));
    }
    let balancer = load_balancer::find(call, &listener.load_balancer)?.clone();
    let limits = call.account.settings.load_balancing_limits.clone();
    let conditions = condition::read(call.list("Conditions"), limits.condition_values_per_rule)?;
    let list = call.list("Actions");
    let actions = Actions::read(call, list, &Place { load_balancer: &balancer, protocol: listener.protocol })?;
    let tags = tag::given(call)?;
    let priority = call.number("Priority").unwrap_or(1);
    let elb = &call.here().elb;
    if elb.rules.values().any(|rule| rule.listener == listener.arn && rule.priority == Some(priority)) {
        return Err(in_use(priority));
    }
    let held = elb.rules.values().filter(|rule| rule.load_balancer == balancer.arn && !rule.is_default()).count();
    if held >= limits.rules_per_load_balancer {
        let most = limits.rules_per_load_balancer;
        let message = format!("The maximum number of rules for a load balancer, {most}, has been reached");
        return Err(ApiError::new("TooManyRules", message));
    }
    listener::check_group_count(call, &balancer.arn, balancer.kind, &actions)?;
    let path = listener.arn.split_once("listener/").map_or("", |(_, path)| path);
    let path = format!("listener-rule/{path}/{}", call.account.chance.hex(16));
    let rule = Rule {
        arn: call.arn("elasticloadbalancing", &path),
        listener: listener.arn,
        load_balancer: balancer.arn,
        created: call.now(),
        priority: Some(priority),
        conditions,
        actions,
        transforms: call.list("Transforms").to_vec(),
        tags,
    };
    let shown = rule.shown();
    call.here().elb.rules.insert(rule.arn.clone(), rule);
    Ok(json!({ "Rules": [shown] }))
}

/// The refusal of a priority that another rule has.
pub(super) fn in_use(priority: i64) -> ApiError {
    ApiError::new("PriorityInUse", format!("Priority '{priority}' is currently in use"))
}
