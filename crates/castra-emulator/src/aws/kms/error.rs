//! KMS's refusals (<https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html>, and each operation's page).

use crate::aws::ApiError;

pub(super) fn not_found(message: impl Into<String>) -> ApiError {
    ApiError::new("NotFoundException", message)
}

pub(super) fn invalid_state(message: impl Into<String>) -> ApiError {
    ApiError::new("KMSInvalidStateException", message)
}

pub(super) fn validation(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", message)
}
