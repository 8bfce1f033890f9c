//! ModifyListener (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html>).

use serde_json::json;

use super::super::action::{Actions, Place};
use super::super::attribute::{self, Subject};
use super::super::load_balancer;
use super::{check_group_count, check_protocol, find, secure};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// "Any properties that you do not specify remain unchanged."
pub(super) fn modify(call: &mut Call<'_>) -> Answer {
    let mut listener = find(call, call.required("ListenerArn"))?.clone();
    let balancer = load_balancer::find(call, &listener.load_balancer)?.clone();
    let before = listener.protocol;
    if let Some(protocol) = call.text("Protocol") {
        listener.protocol = check_protocol(protocol, balancer.kind)?;
    }
    if let Some(port) = call.number("Port") {
        let taken =
            |it: &super::Listener| it.load_balancer == balancer.arn && it.port == port && it.arn != listener.arn;
        if call.here().elb.listeners.values().any(taken) {
            let message = format!("A listener already exists on this port for this load balancer '{}'", balancer.arn);
            return Err(ApiError::new("DuplicateListener", message));
        }
        listener.port = port;
    }
    secure::apply(call, &mut listener)?;
    let place = Place { load_balancer: &balancer, protocol: listener.protocol };
    let list = call.list("DefaultActions");
    let actions = if list.is_empty() { None } else { Some(Actions::read(call, list, &place)?) };
    if let Some(actions) = &actions {
        check_group_count(call, &balancer.arn, balancer.kind, actions)?;
    }
    if before != listener.protocol {
        recheck(call, &listener.arn, &place)?;
        let subject = Subject::Listener { kind: listener.kind, protocol: listener.protocol };
        let mut attributes = attribute::defaults(subject);
        for (key, value) in &mut attributes {
            if let Some(held) = listener.attributes.get(key) {
                value.clone_from(held);
            }
        }
        listener.attributes = attributes;
    }
    let elb = &mut call.here().elb;
    let default = elb.rules.values_mut().find(|rule| rule.listener == listener.arn && rule.is_default());
    if let (Some(rule), Some(actions)) = (default, actions) {
        rule.actions = actions;
    }
    elb.listeners.insert(listener.arn.clone(), listener.clone());
    Ok(json!({ "Listeners": [listener.shown(elb)] }))
}

/// Refuses a protocol that what the listener's rules do doesn't go with.
fn recheck(call: &mut Call<'_>, listener: &str, place: &Place<'_>) -> Result<(), ApiError> {
    let replaces_default = !call.list("DefaultActions").is_empty();
    let rules = call.here().elb.rules.values().filter(|rule| rule.listener == listener);
    let kept: Vec<_> = rules.filter(|rule| !(replaces_default && rule.is_default())).cloned().collect();
    for rule in kept {
        let actions = rule.actions.shown();
        Actions::read(call, actions.as_array().map_or(&[], Vec::as_slice), place)?;
    }
    Ok(())
}
