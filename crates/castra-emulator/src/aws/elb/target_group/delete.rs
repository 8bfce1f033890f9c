//! DeleteTargetGroup (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html>).

use serde_json::json;

use super::super::arn::Resource;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// "You can delete a target group if it is not referenced by any actions." Of one that isn't there the documentation
/// lists no refusal.
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let arn = call.required("TargetGroupArn");
    Resource::TargetGroup.check(arn)?;
    let elb = &mut call.here().elb;
    if elb.load_balancer_of(arn).is_some() {
        let message = format!("Target group '{arn}' is currently in use by a listener or a rule");
        return Err(ApiError::new("ResourceInUse", message));
    }
    elb.target_groups.remove(arn);
    Ok(json!({}))
}
