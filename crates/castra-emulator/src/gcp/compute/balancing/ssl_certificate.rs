//! Certificates of load balancers (<https://cloud.google.com/load-balancing/docs/ssl-certificates>).

use serde_json::{Value, json};

use super::super::kind::{Kind, New};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::Call;
use crate::gcp::error::ApiError;
use crate::gcp::project::rfc3339;
use crate::gcp::resource::{Document, list, text};
use crate::gcp::scope::{Key, Scope};
use crate::x509::{self, X509};

pub(in crate::gcp::compute) struct SslCertificates;

/// How many names a Google-managed certificate may have
/// (<https://cloud.google.com/load-balancing/docs/quotas#ssl_certificates>).
const MOST_DOMAINS: usize = 100;

impl Kind for SslCertificates {
    fn collection(&self) -> &'static str {
        "sslCertificates"
    }

    fn schema(&self) -> &'static str {
        "SslCertificate"
    }

    fn noun(&self) -> &'static str {
        "ssl_certificate"
    }

    fn quota(&self) -> Option<&'static str> {
        Some("SSL_CERTIFICATES")
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.balancing
    }

    fn prepare(&self, _call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        let document = &mut new.document;
        let kind = match text(document, "type") {
            "" | "TYPE_UNSPECIFIED" if document.contains_key("managed") => "MANAGED",
            "" | "TYPE_UNSPECIFIED" => "SELF_MANAGED",
            "MANAGED" => "MANAGED",
            _ => "SELF_MANAGED",
        };
        document.insert("type".to_owned(), kind.into());
        if kind == "MANAGED" { managed(key, document) } else { own(document, &mut new.hidden) }
    }
}

/// One that Google gets by itself. Its names lead nowhere here, so that it stays as it begins
/// (<https://cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs>; in a region there are none of
/// these: <https://cloud.google.com/load-balancing/docs/ssl-certificates#certificate-summary>).
fn managed(key: &Key, document: &mut Document) -> Result<(), ApiError> {
    if key.scope != Scope::Global {
        let why = "Regional certificates can only be SELF_MANAGED.";
        return Err(ApiError::field("type", &Value::from("MANAGED"), why));
    }
    for field in ["selfManaged", "certificate", "privateKey"] {
        if document.contains_key(field) {
            let message =
                format!("Invalid value for field 'resource.{field}': ''. A managed certificate cannot have it.");
            return Err(ApiError::invalid(message));
        }
    }
    let Some(Value::Object(managed)) = document.get_mut("managed") else { return Err(ApiError::required("managed")) };
    let domains: Vec<String> =
        list(managed, "domains").iter().filter_map(Value::as_str).map(str::to_ascii_lowercase).collect();
    if domains.is_empty() {
        return Err(ApiError::required("managed.domains"));
    }
    let wrong = domains.iter().find(|name| name.contains('*') || !name.contains('.') || name.len() > 64);
    if let Some(name) = wrong {
        let why = "Must be a fully qualified domain name of at most 64 characters, without wildcards.";
        return Err(ApiError::field("managed.domains[0]", &Value::from(name.as_str()), why));
    }
    if domains.len() > MOST_DOMAINS {
        let why = format!("A certificate can have {MOST_DOMAINS} domains at most.");
        return Err(ApiError::field("managed.domains", &json!(domains), why));
    }
    let states: Document = domains.iter().map(|name| (name.clone(), "PROVISIONING".into())).collect();
    managed.insert("status".to_owned(), "PROVISIONING".into());
    managed.insert("domainStatus".to_owned(), Value::Object(states));
    Ok(())
}

/// One that its owner brings, with its key, which isn't shown again ("it's only used during insertion", the discovery
/// document).
fn own(document: &mut Document, hidden: &mut Document) -> Result<(), ApiError> {
    let mut part = match document.remove("selfManaged") {
        Some(Value::Object(part)) => part,
        _ => Document::new(),
    };
    let mut take = |field: &str| document.remove(field).or(part.remove(field));
    let (certificate, key) = (take("certificate"), take("privateKey"));
    let given = |value: Option<Value>, field: &str| match value {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        _ => Err(ApiError::required(field)),
    };
    let certificate = given(certificate, "certificate")?;
    let key = given(key, "privateKey")?;
    let read = read(&certificate, &key)?;
    document.insert("expireTime".to_owned(), rfc3339(read.not_after).into());
    if !read.names.is_empty() {
        document.insert("subjectAlternativeNames".to_owned(), json!(read.names));
    }
    document.insert("selfManaged".to_owned(), json!({ "certificate": certificate }));
    document.insert("certificate".to_owned(), certificate.into());
    hidden.insert("privateKey".to_owned(), key.into());
    Ok(())
}

/// Reads a chain's first certificate, and makes sure that the key is its
/// (<https://cloud.google.com/load-balancing/docs/ssl-certificates/self-managed-certs#create-key-and-cert>). A
/// refusal says nothing of the key.
fn read(certificate: &str, key: &str) -> Result<X509, ApiError> {
    let unread = || ApiError::new(400, "sslCertificateCouldNotParseCert", "The SSL certificate could not be parsed.");
    let chain = x509::pem(certificate, "CERTIFICATE").ok_or_else(unread)?;
    let first = chain.first().and_then(|der| x509::read(der)).ok_or_else(unread)?;
    let mut keys = x509::KEYS.iter().filter_map(|label| x509::pem(key, label)?.into_iter().next());
    let half = keys.next().and_then(|der| x509::public_half(&der));
    let half =
        half.ok_or_else(|| ApiError::new(400, "sslCertificateCouldNotParseKey", "The SSL key could not be parsed."))?;
    // A curve's key need not say its point.
    if !half.is_empty() && half != first.public_key {
        let message = "The SSL certificate's public key does not match the private key.";
        return Err(ApiError::new(400, "sslCertificateInvalidPrivateKey", message));
    }
    Ok(first)
}
