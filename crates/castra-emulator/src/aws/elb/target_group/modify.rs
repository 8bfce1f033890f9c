//! ModifyTargetGroup (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroup.html>).

use serde_json::json;

use super::find;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// Its health checks can be changed, and nothing else.
pub(super) fn modify(call: &mut Call<'_>) -> Answer {
    let arn = call.required("TargetGroupArn");
    let group = find(call, arn)?;
    let (check, protocol, target_type) = (group.health_check.clone(), group.protocol, group.target_type);
    let check = check.changed(call, protocol, target_type)?;
    find(call, arn)?.health_check = check;
    let elb = &call.here().elb;
    let shown: Vec<_> = elb.target_groups.get(arn).map(|group| group.shown(elb)).into_iter().collect();
    Ok(json!({ "TargetGroups": shown }))
}
