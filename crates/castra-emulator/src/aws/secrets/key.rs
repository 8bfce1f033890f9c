//! What secrets are encrypted with
//! (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>).

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::kms;

/// What is used when nothing else is said.
const USUAL: &str = "alias/aws/secretsmanager";

/// Refuses to encrypt with a key that can't be used
/// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html#API_CreateSecret_Errors>).
pub(super) fn encrypt(call: &mut Call<'_>, key: Option<&str>) -> Result<(), ApiError> {
    kms::usable(call, key.unwrap_or(USUAL)).map(|_| ()).map_err(|_| {
        let message = "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that \
                       the KMS key is available, enabled, and not in an invalid state.";
        ApiError::new("EncryptionFailure", message)
    })
}

/// Refuses to decrypt with a key that can't be used.
pub(super) fn decrypt(call: &mut Call<'_>, key: Option<&str>) -> Result<(), ApiError> {
    kms::usable(call, key.unwrap_or(USUAL)).map(|_| ()).map_err(|_| {
        let message = "Secrets Manager can't decrypt the protected secret text using the provided KMS key.";
        ApiError::new("DecryptionFailure", message)
    })
}
