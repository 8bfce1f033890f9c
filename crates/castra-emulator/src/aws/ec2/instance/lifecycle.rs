//! Starting, stopping and rebooting
//! (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html>).

use serde_json::{Value, json};

use super::capacity::{self, check_start};
use super::settle::{by_user, enter};
use super::terminate::change;
use super::{Instance, InstanceState};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::listed;
use crate::aws::ec2::{address, instance_type};
use crate::aws::error::Answer;

/// The instances that the call names: ids and states.
fn named(call: &Call<'_>) -> Result<Vec<(String, InstanceState)>, ApiError> {
    if call.list("InstanceIds").is_empty() {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter InstanceIds"));
    }
    let instances = listed::<Instance>(call, "InstanceIds")?;
    Ok(instances.iter().map(|instance| (instance.id.clone(), instance.state)).collect())
}

fn incorrect(instance: &str, done: &str) -> ApiError {
    let message = format!("The instance '{instance}' is not in a state from which it can be {done}.");
    ApiError::new("IncorrectInstanceState", message)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StartInstances.html>
pub(super) fn start(call: &mut Call<'_>) -> Answer {
    let named = named(call)?;
    for (id, state) in &named {
        match state {
            InstanceState::Stopped => {
                if let Some(instance) = call.look().ec2.instances.get(id) {
                    check_start(call, instance)?;
                }
            }
            InstanceState::Pending | InstanceState::Running => {}
            _ => return Err(incorrect(id, "started")),
        }
    }
    let mut changes: Vec<Value> = Vec::new();
    for (id, before) in named {
        if before == InstanceState::Stopped {
            bring_up(call, &id);
        }
        changes.push(change(call, &id, before));
    }
    Ok(json!({ "StartingInstances": changes }))
}

fn bring_up(call: &mut Call<'_>, id: &str) {
    let now = call.now();
    let Some(instance) = call.ec2().instances.get_mut(id) else { return };
    instance.launched = now;
    instance.reason = None;
    let (subnet, zone, kind) = (instance.subnet.clone(), instance.zone.clone(), instance.instance_type.clone());
    if let Some(kind) = instance_type::named(&kind) {
        capacity::take(call, kind, &zone, 1);
    }
    // A public address is another one than before.
    let mut chance = call.account.chance.clone();
    let ec2 = call.ec2();
    if ec2.subnets.get(&subnet).is_some_and(|subnet| subnet.map_public_ip) {
        let public = address::from_pool(ec2, &mut chance);
        let primary = ec2.interfaces.values_mut().find(|interface| {
            interface.instance() == Some(id)
                && interface.attachment.as_ref().is_some_and(|attachment| attachment.device_index == 0)
        });
        if let Some(interface) = primary {
            interface.public_ip = Some(public);
        }
    }
    call.account.chance = chance;
    enter(call.account, call.region, id, InstanceState::Pending);
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html>
pub(super) fn stop(call: &mut Call<'_>) -> Answer {
    let named = named(call)?;
    for (id, state) in &named {
        let instance = call.look().ec2.instances.get(id);
        if instance.is_some_and(|instance| instance.stop_protection && *state == InstanceState::Running) {
            let message = format!(
                "The instance '{id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again."
            );
            return Err(ApiError::new("OperationNotPermitted", message));
        }
        let configured = instance.and_then(|instance| instance.request.pointer("/HibernationOptions/Configured"));
        if call.flag("Hibernate") && configured != Some(&Value::Bool(true)) {
            let message = format!("The following instances are not configured for hibernation: {id}");
            return Err(ApiError::new("UnsupportedHibernationConfiguration", message));
        }
        if matches!(state, InstanceState::Pending | InstanceState::ShuttingDown | InstanceState::Terminated) {
            return Err(incorrect(id, "stopped"));
        }
    }
    let reason = by_user(call.now());
    let mut changes: Vec<Value> = Vec::new();
    for (id, before) in named {
        if before == InstanceState::Running {
            if let Some(instance) = call.ec2().instances.get_mut(&id) {
                instance.reason = Some(reason.clone());
            }
            enter(call.account, call.region, &id, InstanceState::Stopping);
        }
        changes.push(change(call, &id, before));
    }
    Ok(json!({ "StoppingInstances": changes }))
}

/// "Requests to reboot terminated instances are ignored"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RebootInstances.html>).
pub(super) fn reboot(call: &mut Call<'_>) -> Answer {
    for (id, state) in named(call)? {
        if matches!(state, InstanceState::Pending | InstanceState::Stopping | InstanceState::Stopped) {
            return Err(incorrect(&id, "rebooted"));
        }
    }
    Ok(json!({}))
}
