//! Certificates (<https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html>).

use jiff::Timestamp;

use super::State;
use super::validation::Method;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::Tags;

/// A certificate, or the request for one.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    pub(super) arn: String,
    /// When it was requested or first imported.
    pub(super) created: Timestamp,
    /// When it was last imported; none if Amazon issues it.
    pub(super) imported: Option<Timestamp>,
    pub(super) status: Status,
    pub(super) domain: String,
    /// The domain first.
    pub(super) names: Vec<String>,
    pub(super) key_algorithm: String,
    /// Requested ones only.
    pub(super) method: Option<Method>,
    /// The domains to which mail about validation goes, by name.
    pub(super) mail_domains: Vec<(String, String)>,
    /// Whether its issuing is under way: its names are validated.
    pub(super) validated: bool,
    /// What there is once it is issued.
    pub(super) content: Option<Content>,
    /// `ENABLED` or `DISABLED`.
    pub(super) export: String,
    pub(super) transparency_logging: String,
    pub(super) tags: Tags,
}

/// Where a certificate is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    PendingValidation,
    Issued,
    ValidationTimedOut,
}

/// What is in an issued certificate.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) issued: Timestamp,
    pub(super) serial: String,
    pub(super) subject: String,
    pub(super) issuer: String,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
    pub(super) signature_algorithm: String,
    /// PEM.
    pub(super) body: String,
    pub(super) chain: Option<String>,
}

impl Certificate {
    /// As the API says its status at that moment.
    pub(super) fn status_at(&self, now: Timestamp) -> &'static str {
        match (self.status, &self.content) {
            (Status::PendingValidation, _) => "PENDING_VALIDATION",
            (Status::ValidationTimedOut, _) => "VALIDATION_TIMED_OUT",
            (Status::Issued, Some(content)) if content.not_after <= now => "EXPIRED",
            (Status::Issued, _) => "ISSUED",
        }
    }

    /// `AMAZON_ISSUED` or `IMPORTED`.
    pub(super) fn kind(&self) -> &'static str {
        if self.imported.is_some() { "IMPORTED" } else { "AMAZON_ISSUED" }
    }

    /// Those that Amazon issued are renewed while a service uses them
    /// (<https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html>).
    pub(super) fn renewal_eligibility(&self, in_use: bool) -> &'static str {
        let eligible = self.imported.is_none() && self.status == Status::Issued && (in_use || self.export == "ENABLED");
        if eligible { "ELIGIBLE" } else { "INELIGIBLE" }
    }
}

/// Whether a certificate is issued; none if it isn't there. One without a domain name can't serve a load balancer and
/// is answered for as if it weren't.
pub(crate) fn is_issued(state: &State, arn: &str) -> Option<bool> {
    let certificate = state.certificates.get(arn)?;
    Some(certificate.status == Status::Issued && certificate.domain.contains('.'))
}

/// The certificate of that ARN, if it is there and shows; refused as the service does otherwise.
pub(super) fn find<'a>(call: &'a mut Call<'_>, arn: &str) -> Result<&'a mut Certificate, ApiError> {
    let not_found = || {
        let message = format!("Could not find certificate {arn}.");
        ApiError::new("ResourceNotFoundException", message)
    };
    let created = call.here().acm.certificates.get(arn).ok_or_else(not_found)?.created;
    if !call.account.shows(arn, created) {
        return Err(not_found());
    }
    call.here().acm.certificates.get_mut(arn).ok_or_else(not_found)
}

/// The certificate that the call names.
pub(super) fn of<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Certificate, ApiError> {
    find(call, call.required("CertificateArn"))
}

/// A refusal of parameters that can't be.
pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("ValidationException", message)
}
