//! CreateListener (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html>).

use std::collections::BTreeMap;

use serde_json::json;

use super::super::action::{Actions, Place};
use super::super::attribute::{self, Subject};
use super::super::refuse::invalid;
use super::super::rule::Rule;
use super::super::{load_balancer, tag};
use super::{Listener, check_group_count, check_protocol, secure};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let balancer = load_balancer::find(call, call.required("LoadBalancerArn"))?.clone();
    let port = call.number("Port").ok_or_else(|| invalid("A listener port must be specified"))?;
    let protocol = call.text("Protocol").ok_or_else(|| invalid("A listener protocol must be specified"))?;
    let protocol = check_protocol(protocol, balancer.kind)?;
    let mut listener = Listener {
        arn: String::new(),
        load_balancer: balancer.arn.clone(),
        kind: balancer.kind,
        created: call.now(),
        port,
        protocol,
        ssl_policy: None,
        certificate: None,
        more_certificates: Vec::new(),
        alpn_policy: None,
        mutual_authentication: None,
        attributes: BTreeMap::new(),
        tags: tag::given(call)?,
    };
    secure::apply(call, &mut listener)?;
    listener.attributes = attribute::defaults(Subject::Listener { kind: balancer.kind, protocol });
    let list = call.list("DefaultActions");
    let actions = Actions::read(call, list, &Place { load_balancer: &balancer, protocol })?;

    // "This operation is idempotent": the same settings again find what they made.
    let elb = &call.here().elb;
    if let Some(there) = elb.listeners.values().find(|it| it.load_balancer == balancer.arn && it.port == port) {
        let default = elb.rules.values().find(|rule| rule.listener == there.arn && rule.is_default());
        if same(there, &listener) && default.is_some_and(|rule| rule.actions == actions) {
            return Ok(json!({ "Listeners": [there.shown(elb)] }));
        }
        let message = format!("A listener already exists on this port for this load balancer '{}'", balancer.arn);
        return Err(ApiError::new("DuplicateListener", message));
    }
    let most = call.account.settings.load_balancing_limits.listeners_per_load_balancer;
    if call.here().elb.listeners.values().filter(|it| it.load_balancer == balancer.arn).count() >= most {
        let message = format!("The maximum number of listeners for a load balancer, {most}, has been reached");
        return Err(ApiError::new("TooManyListeners", message));
    }
    check_group_count(call, &balancer.arn, balancer.kind, &actions)?;

    let path = format!("{}/{}", balancer.path(), call.account.chance.hex(16));
    listener.arn = call.arn("elasticloadbalancing", &format!("listener/{path}"));
    let rule = call.account.chance.hex(16);
    let default = Rule {
        arn: call.arn("elasticloadbalancing", &format!("listener-rule/{path}/{rule}")),
        listener: listener.arn.clone(),
        load_balancer: balancer.arn,
        created: listener.created,
        priority: None,
        conditions: Vec::new(),
        actions,
        transforms: Vec::new(),
        tags: crate::aws::ec2::Tags::default(),
    };
    let elb = &mut call.here().elb;
    elb.rules.insert(default.arn.clone(), default);
    let shown = listener.shown(elb);
    elb.listeners.insert(listener.arn.clone(), listener);
    Ok(json!({ "Listeners": [shown] }))
}

fn same(there: &Listener, wanted: &Listener) -> bool {
    there.protocol == wanted.protocol
        && there.ssl_policy == wanted.ssl_policy
        && there.certificate == wanted.certificate
        && there.alpn_policy == wanted.alpn_policy
        && there.mutual_authentication == wanted.mutual_authentication
        && there.tags == wanted.tags
}
