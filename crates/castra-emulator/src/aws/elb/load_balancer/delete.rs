//! DeleteLoadBalancer (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html>).

use serde_json::json;

use super::super::arn::Resource;
use super::node;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// One that isn't there is deleted with success. Listeners and rules go with it; its interfaces some time later.
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let arn = call.required("LoadBalancerArn");
    Resource::LoadBalancer.check(arn)?;
    let Some(load_balancer) = call.here().elb.load_balancers.get(arn) else { return Ok(json!({})) };
    if load_balancer.attributes.get("deletion_protection.enabled").is_some_and(|value| value == "true") {
        let message = format!("Load balancer '{arn}' cannot be deleted because deletion protection is enabled");
        return Err(ApiError::new("OperationNotPermitted", message));
    }
    let nodes = load_balancer.nodes.clone();
    let elb = &mut call.here().elb;
    elb.load_balancers.remove(arn);
    elb.listeners.retain(|_, listener| listener.load_balancer != arn);
    elb.rules.retain(|_, rule| rule.load_balancer != arn);
    let linger = call.account.settings.timings.load_balancer_interface_linger;
    node::let_go(call.account, call.region, &nodes, linger);
    Ok(json!({}))
}
