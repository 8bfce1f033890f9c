//! Client tokens: a repeated request does nothing twice
//! (<https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html>).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::aws::ApiError;
use crate::aws::call::Call;

/// The client tokens that operations have been called with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens(BTreeMap<(&'static str, String), Used>);

/// What a client token stands for.
#[derive(Debug, Clone)]
struct Used {
    at: Timestamp,
    /// The request's parameters, to tell a repetition from another request under the same token.
    parameters: Value,
    /// What came of it.
    id: String,
}

/// How long a token is remembered; the page above speaks of no time, other services' of a day.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// What an earlier call of this operation with the same token made, if there was one.
pub(super) fn earlier(call: &Call<'_>, operation: &'static str) -> Result<Option<String>, ApiError> {
    let Some(token) = call.text("ClientToken") else { return Ok(None) };
    if token.len() > 64 || !token.is_ascii() {
        let message = "The client token must be a string of up to 64 ASCII characters.";
        return Err(ApiError::new("InvalidClientToken", message));
    }
    let Some(used) = call.look().ec2.tokens.0.get(&(operation, token.to_owned())) else { return Ok(None) };
    if call.now().duration_since(used.at) > REMEMBERED {
        return Ok(None);
    }
    if used.parameters != parameters(call) {
        let message =
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).";
        return Err(ApiError::new("IdempotentParameterMismatch", message));
    }
    Ok(Some(used.id.clone()))
}

/// Remembers what came of this call, if it has a token.
pub(super) fn remember(call: &mut Call<'_>, operation: &'static str, id: &str) {
    let Some(token) = call.text("ClientToken") else { return };
    let used = Used { at: call.now(), parameters: parameters(call), id: id.to_owned() };
    let tokens = &mut call.ec2().tokens.0;
    tokens.retain(|_, known| used.at.duration_since(known.at) <= REMEMBERED);
    tokens.insert((operation, token.to_owned()), used);
}

/// The call's input without what doesn't make it another request.
fn parameters(call: &Call<'_>) -> Value {
    let mut input = call.input.clone();
    if let Some(members) = input.as_object_mut() {
        members.shift_remove("ClientToken");
        members.shift_remove("DryRun");
    }
    input
}
