//! The certificates of HTTPS and TLS listeners
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html>).

use serde_json::{Value, json};

use super::refuse::invalid;
use super::{State, listener, page};
use crate::aws::ApiError;
use crate::aws::acm;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[
    ("AddListenerCertificates", add),
    ("DescribeListenerCertificates", describe),
    ("RemoveListenerCertificates", remove),
];

/// The load balancers whose listeners have that certificate.
pub(crate) fn users(elb: &State, certificate: &str) -> Vec<String> {
    let has = |listener: &&listener::Listener| {
        listener.certificate.as_deref() == Some(certificate)
            || listener.more_certificates.iter().any(|it| it == certificate)
    };
    let mut users: Vec<_> = elb.listeners.values().filter(has).map(|it| it.load_balancer.clone()).collect();
    users.sort_unstable();
    users.dedup();
    users
}

/// The one certificate of a list; none if the list is empty or not there.
pub(super) fn only(call: &mut Call<'_>) -> Result<Option<String>, ApiError> {
    let list = call.list("Certificates");
    let Some(first) = list.first() else { return Ok(None) };
    if list.len() > 1 {
        let count = list.len();
        return Err(invalid(format!("Up to '1' certificate ARNs can be specified, but '{count}' were specified")));
    }
    if first.get("IsDefault").is_some() {
        return Err(invalid("You cannot set the isDefault parameter for a certificate"));
    }
    let arn = first.get("CertificateArn").and_then(Value::as_str);
    let arn = arn.ok_or_else(|| invalid("A certificate ARN must be specified"))?;
    check(call, arn)?;
    Ok(Some(arn.to_owned()))
}

/// Refuses a certificate that isn't there, or can't serve yet.
fn check(call: &mut Call<'_>, arn: &str) -> Result<(), ApiError> {
    let mut parts = arn.split(':');
    let service = (parts.next() == Some("arn")).then(|| parts.nth(1)).flatten();
    let usable = match service {
        Some("acm") => acm::is_issued(&call.here().acm, arn),
        Some("iam") => call.account.iam.certificates.by_arn(arn).map(|_| true),
        _ => return Err(invalid(format!("Certificate ARN '{arn}' is not valid"))),
    };
    match usable {
        None => Err(ApiError::new("CertificateNotFound", format!("Certificate '{arn}' not found"))),
        Some(true) => Ok(()),
        Some(false) => {
            let message = format!(
                "The certificate '{arn}' must have a fully-qualified domain name, a supported signature, and a \
                 supported key size."
            );
            Err(ApiError::new("UnsupportedCertificate", message))
        }
    }
}

fn add(call: &mut Call<'_>) -> Answer {
    let found = listener::find(call, call.required("ListenerArn"))?;
    let (arn, load_balancer, protocol) = (found.arn.clone(), found.load_balancer.clone(), found.protocol);
    if !protocol.is_secure() {
        let message = format!("Certificates cannot be specified for {} listeners", protocol.text());
        return Err(invalid(message));
    }
    let Some(certificate) = only(call)? else { return Err(invalid("A certificate must be specified")) };
    let listeners = call.here().elb.listeners.values().filter(|it| it.load_balancer == load_balancer);
    let mut held: Vec<_> = listeners.flat_map(|it| it.more_certificates.clone()).collect();
    held.push(certificate.clone());
    held.sort_unstable();
    held.dedup();
    let most = call.account.settings.load_balancing_limits.certificates_per_load_balancer;
    if held.len() > most {
        let message = format!("The maximum number of certificates for a load balancer, {most}, has been reached");
        return Err(ApiError::new("TooManyCertificates", message));
    }
    let found = listener::find(call, &arn)?;
    // "If the certificate in already in the certificate list, the call is successful but the certificate is not added
    // again."
    if !found.more_certificates.contains(&certificate) {
        found.more_certificates.push(certificate.clone());
    }
    Ok(json!({ "Certificates": [{ "CertificateArn": certificate, "IsDefault": false }] }))
}

fn remove(call: &mut Call<'_>) -> Answer {
    let list = call.list("Certificates");
    let found = listener::find(call, call.required("ListenerArn"))?;
    let arns: Vec<_> = list.iter().filter_map(|it| it.get("CertificateArn")?.as_str()).collect();
    let default = |arn: &&&str| found.certificate.as_deref() == Some(**arn);
    if let Some(arn) = arns.iter().find(|arn| default(arn) && !found.more_certificates.iter().any(|it| it == **arn)) {
        let message = format!("Default certificate '{arn}' cannot be removed");
        return Err(ApiError::new("OperationNotPermitted", message));
    }
    found.more_certificates.retain(|it| !arns.contains(&it.as_str()));
    Ok(json!({}))
}

/// "If the default certificate is also in the certificate list, it appears twice in the results".
fn describe(call: &mut Call<'_>) -> Answer {
    let found = listener::find(call, call.required("ListenerArn"))?;
    let default = found.certificate.iter().map(|arn| (arn, true));
    let all = default.chain(found.more_certificates.iter().map(|arn| (arn, false)));
    let shown = all
        .enumerate()
        .map(|(place, (arn, default))| (format!("{place:04}"), json!({ "CertificateArn": arn, "IsDefault": default })))
        .collect();
    page::of(call, "Certificates", shown)
}
