//! Detailed monitoring
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-detailed-monitoring.html>).

use serde_json::{Value, json};

use super::Instance;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::listed;
use crate::aws::error::Answer;

pub(super) fn monitor(call: &mut Call<'_>) -> Answer {
    set(call, true)
}

pub(super) fn unmonitor(call: &mut Call<'_>) -> Answer {
    set(call, false)
}

/// The answer tells that the change is on its way; it is done by the next call.
fn set(call: &mut Call<'_>, on: bool) -> Answer {
    if call.list("InstanceIds").is_empty() {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter InstanceIds"));
    }
    let instances = listed::<Instance>(call, "InstanceIds")?;
    if let Some(instance) = instances.iter().find(|instance| instance.state.going()) {
        let message = format!("The instance '{}' is not in a state from which it can be monitored.", instance.id);
        return Err(ApiError::new("IncorrectInstanceState", message));
    }
    let before: Vec<(String, bool)> =
        instances.iter().map(|instance| (instance.id.clone(), instance.monitoring)).collect();
    let mut shown: Vec<Value> = Vec::new();
    for (id, was) in before {
        if let Some(instance) = call.ec2().instances.get_mut(&id) {
            instance.monitoring = on;
        }
        let state = match (was, on) {
            (false, true) => "pending",
            (true, true) => "enabled",
            (true, false) => "disabling",
            (false, false) => "disabled",
        };
        shown.push(json!({ "InstanceId": id, "Monitoring": { "State": state } }));
    }
    Ok(json!({ "InstanceMonitorings": shown }))
}
