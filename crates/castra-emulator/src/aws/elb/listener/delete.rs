//! DeleteListener (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteListener.html>).

use serde_json::json;

use super::find;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// Its rules go with it.
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let arn = find(call, call.required("ListenerArn"))?.arn.clone();
    let elb = &mut call.here().elb;
    elb.listeners.remove(&arn);
    elb.rules.retain(|_, rule| rule.listener != arn);
    Ok(json!({}))
}
