//! Secrets of Secrets Manager, read as parameters
//! (<https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html>).

use serde_json::{Value, json};

use super::get::not_found;
use super::name::invalid;
use super::parameter::arn;
use crate::aws::ApiError;
use crate::aws::call::{Call, epoch};

/// The name of the secret that a parameter's name refers to.
pub(super) fn secret(name: &str) -> Option<&str> {
    name.strip_prefix("/aws/reference/secretsmanager/")
}

/// Reads the secret's current value. Only as a whole, and decrypted.
pub(super) fn read(call: &mut Call<'_>, name: &str, secret: &str) -> Result<Value, ApiError> {
    if !call.flag("WithDecryption") {
        return Err(invalid("WithDecryption flag must be True for retrieving a Secret Manager secret."));
    }
    let (value, changed) = call.look().secrets.current(secret).ok_or_else(not_found)?;
    Ok(json!({
        "Name": name,
        "Type": "SecureString",
        "Value": value,
        "Version": 0,
        "LastModifiedDate": epoch(changed),
        "ARN": arn(call, name),
    }))
}
