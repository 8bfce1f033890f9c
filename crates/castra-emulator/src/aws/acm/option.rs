//! UpdateCertificateOptions and ResendValidationEmail
//! (<https://docs.aws.amazon.com/acm/latest/APIReference/API_UpdateCertificateOptions.html>,
//! <https://docs.aws.amazon.com/acm/latest/APIReference/API_ResendValidationEmail.html>).

use serde_json::{Value, json};

use super::certificate::{Status, of};
use super::request::{bad_domain, is_superdomain};
use super::validation::Method;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("ResendValidationEmail", resend), ("UpdateCertificateOptions", update)];

fn state_error(message: String) -> ApiError {
    ApiError::new("InvalidStateException", message)
}

fn update(call: &mut Call<'_>) -> Answer {
    let option = |name: &str| call.input.pointer(&format!("/Options/{name}")).and_then(Value::as_str);
    let (export, method) = (option("Export"), option("ValidationMethod"));
    let logging = option("CertificateTransparencyLoggingPreference");
    let certificate = of(call)?;
    if certificate.imported.is_some() {
        return Err(state_error(format!("Certificate {} is imported and has no options.", certificate.arn)));
    }
    // "You cannot update the value of Export after the certificate is created."
    if export.is_some_and(|export| export != certificate.export) {
        let message = "The Export option cannot be changed after the certificate is created.";
        return Err(super::certificate::invalid(message));
    }
    match method {
        None => {}
        // "To migrate from email to DNS validation, specify DNS."
        Some("DNS") if certificate.status == Status::PendingValidation => certificate.method = Some(Method::Dns),
        Some("DNS") if certificate.method == Some(Method::Dns) => {}
        Some(_) => {
            let message = format!("The validation method of certificate {} cannot be changed.", certificate.arn);
            return Err(state_error(message));
        }
    }
    if let Some(logging) = logging {
        certificate.transparency_logging = logging.to_owned();
    }
    Ok(json!({}))
}

fn resend(call: &mut Call<'_>) -> Answer {
    let (name, domain) = (call.required("Domain"), call.required("ValidationDomain"));
    let certificate = of(call)?;
    if certificate.status != Status::PendingValidation || certificate.method != Some(Method::Email) {
        let message = format!("Certificate {} is not waiting for validation by email.", certificate.arn);
        return Err(state_error(message));
    }
    if !certificate.names.iter().any(|it| it == name) || !is_superdomain(domain, name) {
        return Err(bad_domain(domain, name));
    }
    certificate.mail_domains.retain(|(of, _)| of != name);
    certificate.mail_domains.push((name.to_owned(), domain.to_owned()));
    Ok(json!({}))
}
