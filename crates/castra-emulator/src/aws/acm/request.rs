//! RequestCertificate (<https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html>).

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::certificate::{Certificate, Status, invalid};
use super::state::Token;
use super::tag;
use super::validation::{Due, Method, PATIENCE};
use crate::aws::ApiError;
use crate::aws::account::What;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("RequestCertificate", request)];

/// "Idempotency tokens time out after one hour."
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// "The maximum number of domain names that you can add to an ACM certificate is 100. However, the initial quota is 10
/// domain names." (<https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html>)
const MOST_NAMES: usize = 10;

/// Certificates in a region (<https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html>).
pub(super) const MOST_CERTIFICATES: usize = 2500;

fn request(call: &mut Call<'_>) -> Answer {
    let token = call.text("IdempotencyToken");
    if let Some(arn) = token.and_then(|token| repeated(call, token)) {
        return Ok(json!({ "CertificateArn": arn }));
    }
    let domain = call.required("DomainName").to_ascii_lowercase();
    // "In compliance with RFC 5280, the length of the domain name (technically, the Common Name) that you provide
    // cannot exceed 64 octets"
    if domain.len() > 64 {
        return Err(invalid("The first domain name can be no longer than 64 characters."));
    }
    if call.text("CertificateAuthorityArn").is_some() {
        let message = "Private certificate authorities are not emulated.";
        return Err(ApiError::new("InvalidArnException", message));
    }
    let method = match call.text("ValidationMethod") {
        Some("DNS") => Method::Dns,
        // https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html: HTTP is for
        // certificates that CloudFront manages.
        Some("HTTP") => return Err(ApiError::new("InvalidParameterException", "HTTP validation is not supported.")),
        _ => Method::Email,
    };
    let mut names = vec![domain.clone()];
    for name in call.texts("SubjectAlternativeNames") {
        let name = name.to_ascii_lowercase();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.len() > MOST_NAMES {
        return Err(exceeded(&format!("{MOST_NAMES} domain names in a certificate")));
    }
    let key_algorithm = call.text("KeyAlgorithm").unwrap_or("RSA_2048");
    // "Algorithms supported for an ACM certificate request include: RSA_2048, EC_prime256v1, EC_secp384r1"
    if !["RSA_2048", "EC_prime256v1", "EC_secp384r1"].contains(&key_algorithm) {
        let message = format!("The key algorithm {key_algorithm} is not supported for requested certificates.");
        return Err(invalid(message));
    }
    let mail_domains = mail_domains(call, &names)?;
    let option = |name: &str| call.input.pointer(&format!("/Options/{name}")).and_then(Value::as_str);
    let export = option("Export").unwrap_or("DISABLED").to_owned();
    let transparency_logging = option("CertificateTransparencyLoggingPreference").unwrap_or("ENABLED").to_owned();
    let tags = tag::given(call)?;
    check_count(call)?;

    let certificate = Certificate {
        arn: arn(call),
        created: call.now(),
        imported: None,
        status: Status::PendingValidation,
        domain,
        names,
        key_algorithm: key_algorithm.to_owned(),
        method: Some(method),
        mail_domains,
        validated: false,
        content: None,
        export,
        transparency_logging,
        tags,
    };
    let arn = certificate.arn.clone();
    call.schedule(PATIENCE, What::Acm(Due::TimeOut(arn.clone())));
    let now = call.now();
    let request = without_token(call.input);
    let state = &mut call.here().acm;
    state.certificates.insert(arn.clone(), certificate);
    state.tokens.retain(|_, token| now.duration_since(token.used) < TOKEN_LIFE);
    if let Some(token) = token {
        state.tokens.insert(token.to_owned(), Token { used: now, request, certificate: arn.clone() });
    }
    Ok(json!({ "CertificateArn": arn }))
}

/// The certificate that the same request under the same token made within the hour.
fn repeated(call: &mut Call<'_>, token: &str) -> Option<String> {
    let now = call.now();
    let request = without_token(call.input);
    let state = &call.here().acm;
    let held = state.tokens.get(token)?;
    let same = held.request == request && now.duration_since(held.used) < TOKEN_LIFE;
    (same && state.certificates.contains_key(&held.certificate)).then(|| held.certificate.clone())
}

fn without_token(input: &Value) -> Value {
    let mut request = input.clone();
    if let Some(members) = request.as_object_mut() {
        members.remove("IdempotencyToken");
    }
    request
}

/// The domains to which mail goes: "This must be the same as the DomainName value or a superdomain of the DomainName
/// value." (<https://docs.aws.amazon.com/acm/latest/APIReference/API_DomainValidationOption.html>)
fn mail_domains(call: &Call<'_>, names: &[String]) -> Result<Vec<(String, String)>, ApiError> {
    let mut domains = Vec::new();
    for option in call.list("DomainValidationOptions") {
        let text = |member| option.get(member).and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        let (name, domain) = (text("DomainName"), text("ValidationDomain"));
        if !names.contains(&name) || !is_superdomain(&domain, &name) {
            return Err(bad_domain(&domain, &name));
        }
        domains.push((name, domain));
    }
    Ok(domains)
}

/// Whether a domain is that of a name, or one above it.
pub(super) fn is_superdomain(domain: &str, name: &str) -> bool {
    let name = name.strip_prefix("*.").unwrap_or(name);
    name == domain || name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// The refusal of a domain that mail about a name can't go to.
pub(super) fn bad_domain(domain: &str, name: &str) -> ApiError {
    let message = format!("The validation domain {domain} must be a superdomain of {name}, a name of the certificate.");
    ApiError::new("InvalidDomainValidationOptionsException", message)
}

/// The ARN of a new certificate.
pub(super) fn arn(call: &mut Call<'_>) -> String {
    let id = call.account.chance.uuid();
    call.arn("acm", &format!("certificate/{id}"))
}

/// Refuses a further certificate when there are too many.
pub(super) fn check_count(call: &mut Call<'_>) -> Result<(), ApiError> {
    if call.here().acm.certificates.len() >= MOST_CERTIFICATES {
        return Err(exceeded(&format!("{MOST_CERTIFICATES} certificates")));
    }
    Ok(())
}

fn exceeded(what: &str) -> ApiError {
    let message = format!("Error: you have reached your limit of {what}.");
    ApiError::new("LimitExceededException", message)
}
