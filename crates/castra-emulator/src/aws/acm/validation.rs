//! How requested certificates are validated and issued
//! (<https://docs.aws.amazon.com/acm/latest/userguide/domain-ownership-validation.html>).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::certificate::{Certificate, Content, Status};
use crate::Seconds;
use crate::aws::account::{Account, What};
use crate::chance::Chance;

/// How a domain's owner shows that it is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Dns,
    Email,
}

impl Method {
    /// As the API says it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Dns => "DNS",
            Self::Email => "EMAIL",
        }
    }
}

/// What is due to happen to certificates, by ARN.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    Issue(String),
    TimeOut(String),
}

/// "ACM makes repeated attempts to validate a certificate for 72 hours and then times out."
/// (<https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html>)
pub(super) const PATIENCE: Seconds = Seconds(72.0 * 3600.0);

/// For how long certificates that Amazon issues are valid: 13 months
/// (<https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html>).
const VALIDITY: SignedDuration = SignedDuration::from_hours(395 * 24);

/// Lets it happen.
pub(crate) fn happen(account: &mut Account, region: &str, due: Due) {
    let now = account.now;
    let (Due::Issue(arn) | Due::TimeOut(arn)) = &due;
    let mut chance = account.chance.clone();
    let Some(certificate) = account.region(region).acm.certificates.get_mut(arn) else { return };
    if certificate.status != Status::PendingValidation {
        return;
    }
    match due {
        Due::Issue(_) => {
            certificate.status = Status::Issued;
            certificate.content = Some(issued(certificate, now, &mut chance));
        }
        Due::TimeOut(_) if certificate.validated => {}
        Due::TimeOut(_) => certificate.status = Status::ValidationTimedOut,
    }
    account.chance = chance;
}

/// What Amazon issues. The body has the form of a certificate in PEM and is none: nothing here could serve TLS.
fn issued(certificate: &Certificate, now: Timestamp, chance: &mut Chance) -> Content {
    let mut pem = || {
        let bytes: Vec<u8> = (0..96).flat_map(|_| chance.next().to_be_bytes()).collect();
        let text = BASE64_STANDARD.encode(bytes);
        let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
        for (at, character) in text.chars().enumerate() {
            if at > 0 && at % 64 == 0 {
                pem.push('\n');
            }
            pem.push(character);
        }
        pem.push_str("\n-----END CERTIFICATE-----\n");
        pem
    };
    let (body, chain) = (pem(), pem());
    let serial = chance.hex(32);
    let serial: Vec<_> = (0..32).step_by(2).filter_map(|at| serial.get(at..at + 2)).collect();
    Content {
        issued: now,
        serial: serial.join(":"),
        subject: format!("CN={}", certificate.domain),
        issuer: "Amazon".to_owned(),
        not_before: now,
        not_after: now.checked_add(VALIDITY).unwrap_or(Timestamp::MAX),
        signature_algorithm: if certificate.key_algorithm.starts_with("EC_") {
            "SHA256WITHECDSA".to_owned()
        } else {
            "SHA256WITHRSA".to_owned()
        },
        body,
        chain: Some(chain),
    }
}

/// The record that validates a name: the same for a domain and its wildcard, and for each request of an account
/// (<https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html>).
pub(super) fn record(account: &str, name: &str) -> (String, String) {
    let domain = name.strip_prefix("*.").unwrap_or(name);
    let hex = |purpose: &str| {
        let digest = Sha256::digest(format!("{purpose} {account} {domain}"));
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let digest = Sha256::digest(format!("zone {account} {domain}"));
    let zone: String = digest.iter().take(10).map(|byte| char::from(b'a' + byte % 26)).collect();
    (format!("_{}.{domain}.", hex("name")), format!("_{}.{zone}.acm-validations.aws.", hex("value")))
}

/// Looks whether the records that requests wait for have come to be.
pub(crate) fn look_again(account: &mut Account) {
    let mut validated = Vec::new();
    for (region, here) in &account.regions {
        for certificate in here.acm.certificates.values() {
            let waits = certificate.status == Status::PendingValidation && !certificate.validated;
            if waits && is_validated(account, certificate) {
                validated.push((region.clone(), certificate.arn.clone()));
            }
        }
    }
    let after = account.settings.timings.certificate_issuance;
    for (region, arn) in validated {
        if let Some(certificate) = account.region(&region).acm.certificates.get_mut(&arn) {
            certificate.validated = true;
        }
        account.schedule(&region, after, What::Acm(Due::Issue(arn)));
    }
}

fn is_validated(account: &Account, certificate: &Certificate) -> bool {
    account.settings.issue_unvalidated_certificates
        || (certificate.method == Some(Method::Dns) && certificate.names.iter().all(|name| has_record(account, name)))
}

/// Whether a name's record is in DNS: in a public hosted zone of the account.
fn has_record(account: &Account, name: &str) -> bool {
    let (record, value) = record(&account.id, name);
    let there = account.route53.cname(&record);
    there.is_some_and(|there| there.trim_end_matches('.').eq_ignore_ascii_case(value.trim_end_matches('.')))
}

/// How a certificate's names do, as describes show it
/// (<https://docs.aws.amazon.com/acm/latest/APIReference/API_DomainValidation.html>).
pub(super) fn shown(account: &Account, certificate: &Certificate) -> Value {
    let Some(method) = certificate.method else { return Value::Null };
    let record_after = std::time::Duration::from(account.settings.timings.certificate_validation_record);
    let age = account.now.duration_since(certificate.created);
    let has_records = age.as_secs_f64() >= record_after.as_secs_f64();
    let names = certificate.names.iter().map(|name| {
        let status = match certificate.status {
            Status::Issued => "SUCCESS",
            Status::ValidationTimedOut => "FAILED",
            Status::PendingValidation if certificate.validated => "SUCCESS",
            Status::PendingValidation => "PENDING_VALIDATION",
        };
        let mail = certificate.mail_domains.iter().find(|(of, _)| of == name).map_or(name, |(_, domain)| domain);
        let mut shown = json!({
            "DomainName": name,
            "ValidationDomain": mail,
            "ValidationStatus": status,
            "ValidationMethod": method.text(),
        });
        match method {
            Method::Dns if has_records => {
                let (record, value) = record(&account.id, name);
                shown["ResourceRecord"] = json!({ "Name": record, "Type": "CNAME", "Value": value });
            }
            Method::Dns => {}
            Method::Email => shown["ValidationEmails"] = mails(mail),
        }
        shown
    });
    names.collect()
}

/// Where mail about a domain goes (<https://docs.aws.amazon.com/acm/latest/userguide/email-validation.html>).
fn mails(domain: &str) -> Value {
    let domain = domain.strip_prefix("*.").unwrap_or(domain);
    let to = ["administrator", "hostmaster", "postmaster", "webmaster", "admin"];
    to.iter().map(|name| format!("{name}@{domain}")).collect()
}
