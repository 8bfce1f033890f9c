//! What faults refuse, in Google's words.

use super::error::{ApiError, Style};
use super::recognise::Recognised;
use super::{iam, permission};
use crate::faults::{Mishap, Refusal};

/// The refusal as that service writes it
/// (<https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-api-errors>,
/// <https://cloud.google.com/compute/api-quota#best-practices>, <https://cloud.google.com/apis/design/errors>).
pub(super) fn refusal(asked: &Recognised, mishap: Mishap) -> ApiError {
    let (service, method) = (asked.service, asked.method);
    match mishap {
        Mishap::Throttled if service.style == Style::Compute => {
            ApiError::new(403, "rateLimitExceeded", "Rate Limit Exceeded")
        }
        Mishap::Throttled => {
            let message =
                format!("Quota exceeded for requests of '{}' of service '{}'.", method.operation(), service.name);
            ApiError::new(429, "rateLimitExceeded", message)
        }
        Mishap::InternalError => ApiError::new(500, "backendError", "Internal error. Please try again."),
        Mishap::Unavailable => {
            ApiError::new(503, "backendError", "The service is currently unavailable. Please try again later.")
        }
        Mishap::AccessDenied => {
            let Recognised { parameters, body, subject, .. } = asked;
            let on = permission::on(service.name, method, parameters, body, &subject.account);
            iam::refusal(service, &permission::of(service.name, method), &on)
        }
        Mishap::ExpiredCredentials => {
            let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie \
                           or other valid authentication credential.";
            ApiError::new(401, "authError", message).rpc("UNAUTHENTICATED")
        }
        Mishap::Refused(Refusal { code, message, status }) => ApiError::new(status.unwrap_or(400), &code, message),
    }
}
