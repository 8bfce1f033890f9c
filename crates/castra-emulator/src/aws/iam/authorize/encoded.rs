//! Encoded authorization messages: what a refusal was about, for those who may know
//! (<https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::access::Access;
use super::authority::{Authority, Denial};
use crate::aws::call::Call;

/// What messages begin with, to tell them from anything else.
const MARK: &str = "{\"allowed\":";

/// The message about a denial. AWS's is encrypted; this one is only encoded.
pub(super) fn encode(call: &Call<'_>, authority: &Authority, access: &Access, denial: Denial) -> String {
    let conditions = authority.context.iter().chain(access.context.iter()).map(|(key, values)| {
        let values: Vec<Value> = values.iter().map(|value| json!({ "value": value })).collect();
        json!({ "key": key, "values": { "items": values } })
    });
    let message = json!({
        "allowed": false,
        "explicitDeny": denial.explicit,
        "matchedStatements": { "items": [] },
        "failures": { "items": [] },
        "context": {
            "principal": { "id": call.caller.user_id, "arn": call.caller.arn },
            "action": access.action,
            "resource": access.resource,
            "conditions": { "items": conditions.collect::<Vec<_>>() },
        },
    });
    BASE64_URL_SAFE_NO_PAD.encode(message.to_string())
}

/// The message, decoded.
pub(crate) fn decode(encoded: &str) -> Option<String> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded.trim()).ok()?;
    String::from_utf8(bytes).ok().filter(|message| message.starts_with(MARK))
}
