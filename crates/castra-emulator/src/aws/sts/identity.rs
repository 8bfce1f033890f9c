//! Who someone is.

use serde_json::json;

use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::caller;
use crate::aws::error::Answer;
use crate::aws::iam;

pub(super) const OPERATIONS: Operations = &[
    ("DecodeAuthorizationMessage", decode),
    ("GetAccessKeyInfo", access_key_info),
    ("GetCallerIdentity", caller_identity),
];

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
fn caller_identity(call: &mut Call<'_>) -> Answer {
    let caller = call.caller;
    Ok(json!({ "UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn }))
}

/// "Returns the account identifier for the specified access key ID", whether or not it is in use
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>).
fn access_key_info(call: &mut Call<'_>) -> Answer {
    let key = call.required("AccessKeyId");
    if !key.starts_with("AKIA") && !key.starts_with("ASIA") {
        return Err(ApiError::new("ValidationError", "The value of the AccessKeyId parameter is not valid."));
    }
    Ok(json!({ "Account": caller::account(key) }))
}

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>
fn decode(call: &mut Call<'_>) -> Answer {
    let message = iam::decode_message(call.required("EncodedMessage")).ok_or_else(|| {
        ApiError::new("InvalidAuthorizationMessageException", "Message is not valid: it can't be decoded.")
    })?;
    Ok(json!({ "DecodedMessage": message }))
}
