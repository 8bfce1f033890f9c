//! Refusals that many operations share.

use crate::aws::ApiError;

/// A parameter that can't be (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html>).
pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationError", message)
}

/// Parameters that don't go together, or not with what is there.
pub(super) fn misconfigured(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidConfigurationRequest", message)
}
