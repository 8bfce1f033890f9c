//! Client tokens of launches
//! (<https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html#run-instances-idempotency>).
//!
//! A launch that says where, by zone or by subnet, is idempotent within that zone, and the same token launches others
//! in other zones; one that doesn't is idempotent within the region. A token is "valid for at least 24 hours after the
//! termination of the instance"
//! (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Run_Instance_Idempotency.html>).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Instance, show};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::State;
use crate::aws::error::Answer;

/// The client tokens of launches, by token and zone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens(BTreeMap<(String, Option<String>), Token>);

/// What a client token stands for.
#[derive(Debug, Clone)]
struct Token {
    /// The request's parameters, to tell a repetition from another request under the same token.
    parameters: Value,
    instances: Vec<String>,
    /// When it was last known that one of the instances lives.
    alive: Timestamp,
}

const VALID: SignedDuration = SignedDuration::from_hours(25);

/// The answer to a launch that was made before with the call's token.
pub(super) fn earlier(call: &Call<'_>) -> Option<Answer> {
    let key = match key(call)? {
        Ok(key) => key,
        Err(refusal) => return Some(Err(refusal)),
    };
    let ec2 = &call.look().ec2;
    let token = ec2.launch_tokens.0.get(&key)?;
    if token.parameters != parameters(call) {
        let message =
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).";
        return Some(Err(ApiError::new("IdempotentParameterMismatch", message)));
    }
    let instances: Vec<&Instance> = token.instances.iter().filter_map(|id| ec2.instances.get(id)).collect();
    if instances.iter().all(|instance| instance.state.going()) {
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
        let message = "The client token you have provided is associated with a terminated instance. Please use a \
                       different client token.";
        return Some(Err(ApiError::new("IdempotentInstanceTerminated", message)));
    }
    Some(Ok(show::launched(ec2, &instances)))
}

/// Remembers what came of a launch, if it has a token.
pub(super) fn remember(call: &mut Call<'_>, instances: &[String]) {
    let Some(Ok(key)) = key(call) else { return };
    let (now, parameters) = (call.now(), parameters(call));
    let ec2 = call.ec2();
    let State { launch_tokens, instances: known, .. } = ec2;
    launch_tokens.0.retain(|_, token| {
        if token.instances.iter().filter_map(|id| known.get(id)).any(|instance| !instance.state.going()) {
            token.alive = now;
        }
        now.duration_since(token.alive) < VALID
    });
    launch_tokens.0.insert(key, Token { parameters, instances: instances.to_vec(), alive: now });
}

/// Says that an instance was alive until now, when it is terminated.
pub(super) fn terminated(ec2: &mut State, instance: &str, now: Timestamp) {
    let State { launch_tokens, instances, .. } = ec2;
    let Some(token) = instances.get(instance).and_then(|instance| instance.token.as_deref()) else { return };
    for ((name, _), known) in &mut launch_tokens.0 {
        if name == token && known.instances.iter().any(|id| id == instance) {
            known.alive = now;
        }
    }
}

/// The call's token with the zone that it says it is for.
fn key(call: &Call<'_>) -> Option<Result<(String, Option<String>), ApiError>> {
    let token = call.text("ClientToken")?;
    if token.len() > 64 || !token.is_ascii() || token.is_empty() {
        let message =
            format!("Value ({token}) for parameter clientToken is invalid. Maximum length is 64 ASCII characters.");
        return Some(Err(ApiError::new("InvalidParameterValue", message)));
    }
    let placed = call.input.pointer("/Placement/AvailabilityZone").and_then(Value::as_str).map(str::to_owned);
    let first = call.input.pointer("/NetworkInterfaces/0/SubnetId").and_then(Value::as_str);
    let subnet = call.text("SubnetId").or(first).and_then(|id| call.look().ec2.subnets.get(id));
    Some(Ok((token.to_owned(), placed.or_else(|| subnet.map(|subnet| subnet.zone.clone())))))
}

/// The call's input without what doesn't make it another request.
fn parameters(call: &Call<'_>) -> Value {
    let mut input = call.input.clone();
    if let Some(members) = input.as_object_mut() {
        members.remove("ClientToken");
        members.remove("DryRun");
    }
    input
}
