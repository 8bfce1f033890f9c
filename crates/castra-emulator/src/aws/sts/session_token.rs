//! Sessions of users (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>).

use serde_json::json;

use super::session::{Of, issue};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::caller::Principal;
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("GetSessionToken", get)];

fn get(call: &mut Call<'_>) -> Answer {
    check_mfa(call)?;
    if call.account.sts.session(&call.caller.access_key).is_some() {
        let message = "Cannot call GetSessionToken with session credentials";
        return Err(ApiError::new("AccessDenied", message).status(403));
    }
    let seconds = call.number("DurationSeconds");
    let (of, seconds) = match &call.caller.principal {
        Principal::User(name) => (Of::User(name.clone()), seconds.unwrap_or(43_200)),
        // "If the duration is longer than one hour, the session for AWS account owners defaults to one hour."
        Principal::Root | Principal::Role(_) => (Of::Root, seconds.unwrap_or(3_600).min(3_600)),
    };
    let credentials = issue(call, of, seconds, None, Tags::default());
    Ok(json!({ "Credentials": credentials }))
}

/// Nobody has a device here, so that no code is right.
pub(super) fn check_mfa(call: &Call<'_>) -> Result<(), ApiError> {
    if call.text("SerialNumber").is_none() && call.text("TokenCode").is_none() {
        return Ok(());
    }
    let message = "MultiFactorAuthentication failed with invalid MFA one time pass code.";
    Err(ApiError::new("AccessDenied", message).status(403))
}
