//! DescribeCertificate and GetCertificate
//! (<https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeCertificate.html>,
//! <https://docs.aws.amazon.com/acm/latest/APIReference/API_GetCertificate.html>).

use serde_json::{Value, json};

use super::certificate::{Certificate, Status, of};
use super::validation;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::elb;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("DescribeCertificate", describe), ("GetCertificate", get)];

fn describe(call: &mut Call<'_>) -> Answer {
    let certificate = of(call)?.clone();
    let users = elb::certificate_users(&call.here().elb, &certificate.arn);
    Ok(json!({ "Certificate": shown(call, &certificate, &users) }))
}

fn shown(call: &Call<'_>, certificate: &Certificate, users: &[String]) -> Value {
    let mut shown = json!({
        "CertificateArn": certificate.arn,
        "DomainName": certificate.domain,
        "SubjectAlternativeNames": certificate.names,
        "Subject": format!("CN={}", certificate.domain),
        "CreatedAt": epoch(certificate.created),
        "Status": certificate.status_at(call.now()),
        "KeyAlgorithm": certificate.key_algorithm,
        "SignatureAlgorithm": "SHA256WITHRSA",
        "InUseBy": users,
        "Type": certificate.kind(),
        "KeyUsages": [],
        "ExtendedKeyUsages": [],
        "RenewalEligibility": certificate.renewal_eligibility(!users.is_empty()),
        "Options": {
            "CertificateTransparencyLoggingPreference": certificate.transparency_logging,
            "Export": certificate.export,
        },
    });
    if certificate.names.is_empty() {
        // The contract allows neither an empty list of names nor an empty name.
        for member in ["SubjectAlternativeNames", "DomainName"] {
            shown.as_object_mut().map(|shown| shown.remove(member));
        }
    }
    if certificate.method.is_some() {
        shown["DomainValidationOptions"] = validation::shown(call.account, certificate);
    } else {
        shown["ImportedAt"] = certificate.imported.map_or(Value::Null, epoch);
    }
    if let Some(content) = &certificate.content {
        shown["Serial"] = json!(content.serial);
        shown["Subject"] = json!(content.subject);
        shown["Issuer"] = json!(content.issuer);
        shown["NotBefore"] = epoch(content.not_before);
        shown["NotAfter"] = epoch(content.not_after);
        shown["SignatureAlgorithm"] = json!(content.signature_algorithm);
        if certificate.imported.is_none() {
            shown["IssuedAt"] = epoch(content.issued);
            shown["KeyUsages"] = json!([{ "Name": "DIGITAL_SIGNATURE" }, { "Name": "KEY_ENCIPHERMENT" }]);
            shown["ExtendedKeyUsages"] =
                json!([{ "Name": "TLS_WEB_SERVER_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.1" }]);
        }
    }
    shown
}

fn get(call: &mut Call<'_>) -> Answer {
    let certificate = of(call)?;
    match (&certificate.content, certificate.status) {
        (Some(content), _) => {
            let mut answer = json!({ "Certificate": content.body });
            if let Some(chain) = &content.chain {
                answer["CertificateChain"] = json!(chain);
            }
            Ok(answer)
        }
        (None, Status::PendingValidation) => {
            let message = format!("Certificate {} is in PENDING_VALIDATION status.", certificate.arn);
            Err(ApiError::new("RequestInProgressException", message))
        }
        (None, _) => {
            let message = format!("Could not find certificate {}.", certificate.arn);
            Err(ApiError::new("ResourceNotFoundException", message))
        }
    }
}
