//! What faults refuse, in Google's words.

use super::error::{ApiError, Style};
use crate::faults::{Mishap, Refusal};

/// The refusal as that service writes it
/// (<https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-api-errors>,
/// <https://cloud.google.com/compute/api-quota#best-practices>, <https://cloud.google.com/apis/design/errors>).
pub(super) fn refusal(service: &str, style: Style, operation: &str, caller: &str, mishap: Mishap) -> ApiError {
    match mishap {
        Mishap::Throttled if style == Style::Compute => {
            ApiError::new(403, "rateLimitExceeded", format!("Rate Limit Exceeded for {service}.{operation}"))
        }
        Mishap::Throttled => {
            let message = format!("Quota exceeded for quota metric '{operation} requests' of service '{service}'.");
            ApiError::new(429, "rateLimitExceeded", message)
        }
        Mishap::InternalError => ApiError::new(500, "backendError", "Internal error. Please try again."),
        Mishap::Unavailable => {
            ApiError::new(503, "backendError", "The service is currently unavailable. Please try again later.")
        }
        Mishap::AccessDenied => {
            let message = format!("Required '{service}.{operation}' permission for '{caller}'");
            ApiError::new(403, "forbidden", message).rpc("PERMISSION_DENIED")
        }
        Mishap::ExpiredCredentials => {
            let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie \
                           or other valid authentication credential.";
            ApiError::new(401, "authError", message).rpc("UNAUTHENTICATED")
        }
        Mishap::Refused(Refusal { code, message, status }) => ApiError::new(status.unwrap_or(400), &code, message),
    }
}
