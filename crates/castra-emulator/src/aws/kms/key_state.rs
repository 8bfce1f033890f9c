//! What may be done with a key, and its deletion
//! (<https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>).

use std::time::Duration;

use serde_json::json;

use super::key::{Key, Manager};
use super::{error, state};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;
use crate::clock::later;

/// What may be done with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyState {
    Enabled,
    Disabled,
    PendingDeletion,
}

pub(super) const OPERATIONS: Operations = &[
    ("CancelKeyDeletion", cancel_deletion),
    ("DisableKey", disable),
    ("EnableKey", enable),
    ("ScheduleKeyDeletion", schedule_deletion),
];

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl KeyState {
    /// As the API says it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::PendingDeletion => "PendingDeletion",
        }
    }
}

/// The key that a call changes, which must be one of the account's own, by id or ARN.
fn own<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Key, ApiError> {
    let name = call.required("KeyId");
    if name.starts_with("alias/") || name.contains(":alias/") {
        return Err(error::not_found(format!("Invalid keyId '{name}'")));
    }
    let key = state::find(call, name)?;
    if key.manager == Manager::Aws {
        let message = format!("{} is an AWS managed key, which can't be changed.", key.arn);
        return Err(ApiError::new("AccessDeniedException", message).status(400));
    }
    Ok(key)
}

/// As [`own`], of one whose deletion isn't scheduled.
fn alive<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Key, ApiError> {
    let key = own(call)?;
    if key.state == KeyState::PendingDeletion {
        return Err(error::invalid_state(format!("{} is pending deletion.", key.arn)));
    }
    Ok(key)
}

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html>
fn enable(call: &mut Call<'_>) -> Answer {
    alive(call)?.state = KeyState::Enabled;
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html>
fn disable(call: &mut Call<'_>) -> Answer {
    alive(call)?.state = KeyState::Disabled;
    Ok(json!({}))
}

/// "This value is optional. If you include a value, it must be between 7 and 30, inclusive. If you do not include a
/// value, it defaults to 30" (<https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>).
fn schedule_deletion(call: &mut Call<'_>) -> Answer {
    let days = call.number("PendingWindowInDays").unwrap_or(30);
    let days = u32::try_from(days).ok().filter(|days| (7..=30).contains(days));
    let Some(days) = days else {
        return Err(error::validation("PendingWindowInDays must be between 7 and 30."));
    };
    let deletion = later(call.now(), DAY * days);
    let key = alive(call)?;
    key.state = KeyState::PendingDeletion;
    key.deletion = Some(deletion);
    Ok(json!({
        "KeyId": key.arn,
        "DeletionDate": epoch(deletion),
        "KeyState": key.state.text(),
        "PendingWindowInDays": days,
    }))
}

/// "When this operation succeeds, the key state of the KMS key is Disabled"
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html>).
fn cancel_deletion(call: &mut Call<'_>) -> Answer {
    let key = own(call)?;
    if key.state != KeyState::PendingDeletion {
        return Err(error::invalid_state(format!("{} is not pending deletion.", key.arn)));
    }
    key.state = KeyState::Disabled;
    key.deletion = None;
    Ok(json!({ "KeyId": key.arn }))
}
