//! Names (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>).

use crate::aws::ApiError;

/// Refuses a name that no secret can have: "The secret name can contain ASCII letters, numbers, and the following
/// characters: /_+=.@-".
pub(super) fn check(name: &str) -> Result<(), ApiError> {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+=.@-!".contains(&byte)) {
        return Ok(());
    }
    let message = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: \
                   -/_+=.@!";
    Err(ApiError::new("ValidationException", message))
}
