//! Secrets deleted, and restored
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html>).

use std::time::Duration;

use serde_json::json;

use super::secret::Deletion;
use super::state::any;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;
use crate::clock::later;

pub(super) const OPERATIONS: Operations = &[("DeleteSecret", delete), ("RestoreSecret", restore)];

fn delete(call: &mut Call<'_>) -> Answer {
    let (now, force) = (call.now(), call.flag("ForceDeleteWithoutRecovery"));
    let days = call.number("RecoveryWindowInDays");
    if force && days.is_some() {
        let message = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";
        return Err(ApiError::new("InvalidParameterException", message));
    }
    let days = days.unwrap_or(30);
    if !(7..=30).contains(&days) {
        let message = "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).";
        return Err(ApiError::new("InvalidParameterException", message));
    }
    // "If you forcibly delete an already deleted or nonexistent secret, the operation does not return
    // ResourceNotFoundException."
    let id = call.required("SecretId");
    if force && any(call).is_err() {
        let arn =
            if id.starts_with("arn:") { id.to_owned() } else { call.arn("secretsmanager", &format!("secret:{id}")) };
        let name = id.rsplit(':').next().unwrap_or(id);
        return Ok(json!({ "ARN": arn, "Name": name, "DeletionDate": epoch(now) }));
    }
    // "Secrets Manager performs the actual deletion with an asynchronous process, so there might be a short delay."
    let forced: Duration = call.account.settings.timings.secret_forced_deletion.into();
    let secret = any(call)?;
    if secret.deletion.is_some() && !force {
        let message = "You tried to perform the operation on a secret that's currently marked deleted.";
        return Err(ApiError::new("InvalidRequestException", message));
    }
    let window = Duration::from_secs(86_400 * u64::try_from(days).unwrap_or(30));
    let date = if force { now } else { later(now, window) };
    secret.deletion = Some(Deletion { asked: now, at: if force { later(now, forced) } else { date } });
    let mut shown = secret.named();
    shown.insert("DeletionDate".to_owned(), epoch(date));
    Ok(shown.into())
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html>
fn restore(call: &mut Call<'_>) -> Answer {
    let secret = any(call)?;
    secret.deletion = None;
    Ok(secret.named().into())
}
