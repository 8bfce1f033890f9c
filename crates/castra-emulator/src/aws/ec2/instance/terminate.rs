//! Terminating instances (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html>).

use serde_json::{Value, json};

use super::settle::{by_user, enter};
use super::{Instance, InstanceState, Reason};
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::Call;
use crate::aws::ec2::resource::listed;
use crate::aws::error::Answer;

/// Terminates instances, whatever protects them from TerminateInstances; unknown ids are passed over. The reason is a
/// code and a message.
pub(crate) fn terminate(account: &mut Account, region: &str, instances: &[String], reason: (&str, &str)) {
    let (code, message) = reason;
    let sentence = by_user(account.now).sentence;
    for instance in instances {
        let reason = Reason { code: code.to_owned(), message: message.to_owned(), sentence: sentence.clone() };
        shut_down(account, region, instance, reason);
    }
}

fn shut_down(account: &mut Account, region: &str, instance: &str, reason: Reason) {
    let Some(found) = account.region(region).ec2.instances.get_mut(instance) else { return };
    if !found.state.going() {
        found.reason = Some(reason);
        enter(account, region, instance, InstanceState::ShuttingDown);
    }
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html>: an id that nothing has, and
/// none is terminated; instances in the zone of a protected one aren't, those of other zones are though the call is
/// refused; what is terminated already is terminated.
pub(super) fn operation(call: &mut Call<'_>) -> Answer {
    let instances = listed::<Instance>(call, "InstanceIds")?;
    if instances.is_empty() || call.list("InstanceIds").is_empty() {
        let message = "The request must contain the parameter InstanceIds";
        return Err(ApiError::new("MissingParameter", message));
    }
    let protected: Vec<&&Instance> =
        instances.iter().filter(|instance| instance.termination_protection && !instance.state.going()).collect();
    let refusal = protected.first().map(|instance| {
        let message = format!(
            "The instance '{}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try \
             again.",
            instance.id
        );
        ApiError::new("OperationNotPermitted", message)
    });
    let safe = |instance: &&&Instance| !protected.iter().any(|other| other.zone == instance.zone);
    let chosen: Vec<(String, InstanceState)> =
        instances.iter().filter(safe).map(|instance| (instance.id.clone(), instance.state)).collect();
    let reason = by_user(call.now());
    let mut changes = Vec::new();
    for (instance, before) in chosen {
        shut_down(call.account, call.region, &instance, reason.clone());
        changes.push(change(call, &instance, before));
    }
    match refusal {
        Some(refusal) => Err(refusal),
        None => Ok(json!({ "TerminatingInstances": changes })),
    }
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceStateChange.html>
pub(super) fn change(call: &Call<'_>, instance: &str, before: InstanceState) -> Value {
    let now = call.look().ec2.instances.get(instance).map_or(before, |instance| instance.state);
    json!({ "InstanceId": instance, "PreviousState": before.shown(), "CurrentState": now.shown() })
}
