//! What changes rules: ModifyRule, SetRulePriorities, DeleteRule.

use serde_json::json;

use super::super::action::{Actions, Place};
use super::super::refuse::invalid;
use super::super::{listener, load_balancer};
use super::{condition, create, find};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyRule.html>
pub(super) fn modify(call: &mut Call<'_>) -> Answer {
    let mut rule = find(call, call.required("RuleArn"))?.clone();
    if rule.is_default() {
        let message = format!("Default rule '{}' cannot be modified", rule.arn);
        return Err(ApiError::new("OperationNotPermitted", message));
    }
    let (conditions, actions, transforms) = (call.list("Conditions"), call.list("Actions"), call.list("Transforms"));
    let reset = call.flag("ResetTransforms");
    if reset && !transforms.is_empty() {
        return Err(invalid("Transforms and ResetTransforms cannot be specified at the same time"));
    }
    if conditions.is_empty() && actions.is_empty() && transforms.is_empty() && !reset {
        return Err(invalid("Either conditions or actions must be specified"));
    }
    if !conditions.is_empty() {
        let most = call.account.settings.load_balancing_limits.condition_values_per_rule;
        rule.conditions = condition::read(conditions, most)?;
    }
    if !actions.is_empty() {
        let protocol = listener::find(call, &rule.listener)?.protocol;
        let balancer = load_balancer::find(call, &rule.load_balancer)?.clone();
        rule.actions = Actions::read(call, actions, &Place { load_balancer: &balancer, protocol })?;
        listener::check_group_count(call, &balancer.arn, balancer.kind, &rule.actions)?;
    }
    if reset || !transforms.is_empty() {
        rule.transforms = transforms.to_vec();
    }
    let shown = rule.shown();
    call.here().elb.rules.insert(rule.arn.clone(), rule);
    Ok(json!({ "Rules": [shown] }))
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html>: all at once, so
/// that rules can swap theirs.
pub(super) fn set_priorities(call: &mut Call<'_>) -> Answer {
    let mut changes: Vec<(String, i64)> = Vec::new();
    for pair in call.list("RulePriorities") {
        let arn = pair.get("RuleArn").and_then(serde_json::Value::as_str).unwrap_or_default();
        let priority = pair.get("Priority").and_then(serde_json::Value::as_i64);
        let priority = priority.ok_or_else(|| invalid("A priority must be specified"))?;
        if find(call, arn)?.is_default() {
            let message = format!("The priority of default rule '{arn}' cannot be changed");
            return Err(ApiError::new("OperationNotPermitted", message));
        }
        if changes.iter().any(|(_, other)| *other == priority) {
            return Err(invalid(format!("Priority '{priority}' was provided multiple times")));
        }
        if changes.iter().any(|(other, _)| other == arn) {
            return Err(invalid(format!("Rule '{arn}' was provided multiple times")));
        }
        changes.push((arn.to_owned(), priority));
    }
    for (arn, priority) in &changes {
        let listener = find(call, arn)?.listener.clone();
        let keeps = |rule: &super::Rule| {
            rule.listener == listener
                && rule.priority == Some(*priority)
                && !changes.iter().any(|(moved, _)| *moved == rule.arn)
        };
        if call.here().elb.rules.values().any(keeps) {
            return Err(create::in_use(*priority));
        }
    }
    let mut shown = Vec::with_capacity(changes.len());
    for (arn, priority) in changes {
        let rule = find(call, &arn)?;
        rule.priority = Some(priority);
        shown.push(rule.shown());
    }
    Ok(json!({ "Rules": shown }))
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteRule.html>
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let rule = find(call, call.required("RuleArn"))?;
    let arn = rule.arn.clone();
    if rule.is_default() {
        let message = format!("Default rule '{arn}' cannot be deleted");
        return Err(ApiError::new("OperationNotPermitted", message));
    }
    call.here().elb.rules.remove(&arn);
    Ok(json!({}))
}
