//! ImportCertificate (<https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html>).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::json;

use super::certificate::{Certificate, Content, Status, find, invalid};
use super::{request, tag};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
use crate::x509::{self, X509};

pub(super) const OPERATIONS: Operations = &[("ImportCertificate", import)];

/// "The private key must be no larger than 5 KB (5,120 bytes)."
const LARGEST_KEY: usize = 5120;

fn import(call: &mut Call<'_>) -> Answer {
    let again = call.text("CertificateArn");
    let tags = tag::given(call)?;
    if again.is_some() && !tags.is_empty() {
        return Err(invalid("Tagging is not permitted on re-import."));
    }
    if let Some(arn) = again {
        if find(call, arn)?.imported.is_none() {
            return Err(invalid(format!("The certificate {arn} was not imported and cannot be re-imported.")));
        }
    } else {
        request::check_count(call)?;
    }
    let now = call.now();
    let body = text(call, "Certificate").ok_or_else(broken)?;
    let read = read(&body, now)?;
    check_key(call, &read)?;
    let chain = match call.text("CertificateChain") {
        None => None,
        Some(_) => {
            let chain = text(call, "CertificateChain");
            let good = |chain: &String| x509::pem(chain, "CERTIFICATE").is_some_and(|blocks| !blocks.is_empty());
            let message = "The certificate chain is not PEM-encoded or is not valid.";
            Some(chain.filter(good).ok_or_else(|| invalid(message))?)
        }
    };
    // Without a chain it must be its own issuer's.
    if chain.is_none() && read.issuer != read.subject {
        let message = "Provided certificate is not a valid self signed. Please provide either a valid self-signed \
                       certificate or certificate chain.";
        return Err(invalid(message));
    }
    let mut names = read.names.clone();
    if let Some(name) = &read.common_name {
        names.retain(|other| other != name);
        names.insert(0, name.clone());
    }
    let content = Content {
        issued: now,
        serial: read.serial,
        subject: read.subject,
        issuer: read.issuer,
        not_before: read.not_before,
        not_after: read.not_after,
        signature_algorithm: read.signature_algorithm,
        body,
        chain,
    };
    let domain = names.first().cloned().unwrap_or_default();
    if let Some(arn) = again {
        let held = find(call, arn)?;
        held.imported = Some(now);
        held.domain = domain;
        held.names = names;
        held.key_algorithm = read.key_algorithm;
        held.content = Some(content);
        return Ok(json!({ "CertificateArn": arn }));
    }
    let certificate = Certificate {
        arn: request::arn(call),
        created: now,
        imported: Some(now),
        status: Status::Issued,
        domain,
        names,
        key_algorithm: read.key_algorithm,
        method: None,
        mail_domains: Vec::new(),
        validated: true,
        content: Some(content),
        export: "DISABLED".to_owned(),
        transparency_logging: "DISABLED".to_owned(),
        tags,
    };
    let arn = certificate.arn.clone();
    call.here().acm.certificates.insert(arn.clone(), certificate);
    Ok(json!({ "CertificateArn": arn }))
}

/// A blob as text.
fn text(call: &Call<'_>, member: &str) -> Option<String> {
    String::from_utf8(BASE64_STANDARD.decode(call.required(member)).ok()?).ok()
}

fn broken() -> ApiError {
    invalid("The certificate is not PEM-encoded or is not valid.")
}

/// "The current time must be between the Not Before and Not After certificate fields. The Issuer field must not be
/// empty."
fn read(body: &str, now: Timestamp) -> Result<X509, ApiError> {
    let blocks = x509::pem(body, "CERTIFICATE").ok_or_else(broken)?;
    let der = match blocks.as_slice() {
        [] => return Err(broken()),
        [der] => der,
        _ => {
            let message = "The certificate field contains more than one certificate. You can specify only one \
                           certificate in this field.";
            return Err(invalid(message));
        }
    };
    let read = x509::read(der).ok_or_else(broken)?;
    if read.not_after <= now {
        return Err(invalid("The certificate has expired, is not valid."));
    }
    if read.not_before > now {
        return Err(invalid("The certificate is not in effect yet, is not valid."));
    }
    if read.issuer.is_empty() {
        return Err(invalid("The certificate's issuer field must not be empty."));
    }
    Ok(read)
}

/// "You must enter the private key that matches the certificate you are importing. The private key must be
/// unencrypted."
fn check_key(call: &Call<'_>, certificate: &X509) -> Result<(), ApiError> {
    let broken = || invalid("The private key is not PEM-encoded or is not valid.");
    let key = text(call, "PrivateKey").ok_or_else(broken)?;
    if key.contains("ENCRYPTED") {
        return Err(invalid("The private key must be unencrypted."));
    }
    if key.len() > LARGEST_KEY {
        return Err(invalid(format!("The private key must be no larger than {LARGEST_KEY} bytes.")));
    }
    let blocks = x509::KEYS.iter().filter_map(|label| x509::pem(&key, label)).flatten().collect::<Vec<_>>();
    let [der] = blocks.as_slice() else { return Err(broken()) };
    let half = x509::public_half(der).ok_or_else(broken)?;
    if !half.is_empty() && half != certificate.public_key {
        return Err(invalid("The private key does not match the certificate."));
    }
    Ok(())
}
