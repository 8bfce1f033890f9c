//! What HTTPS and TLS listeners have and others don't
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-tls-listener.html>).

use serde_json::{Value, json};

use super::Listener;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::elb::refuse::invalid;
use crate::aws::elb::target_group::Protocol;
use crate::aws::elb::{certificate, ssl_policy};

/// The names of ALPN policies (<https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-tls-listener.html#alpn-policies>).
const ALPN_POLICIES: [&str; 5] = ["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"];

/// Gives the listener what the call says of security, or refuses what its protocol can't have or lacks.
pub(super) fn apply(call: &mut Call<'_>, listener: &mut Listener) -> Result<(), ApiError> {
    let protocol = listener.protocol;
    let text = protocol.text();
    if !protocol.is_secure() {
        // "Changing the protocol from HTTPS to HTTP, or from TLS to TCP, removes the security policy and default
        // certificate properties."
        listener.certificate = None;
        listener.more_certificates.clear();
        listener.ssl_policy = None;
        if !call.list("Certificates").is_empty() {
            return Err(invalid(format!("A certificate cannot be specified for {text} listeners")));
        }
        if call.text("SslPolicy").is_some() {
            // The service's own spelling.
            return Err(invalid(format!("An SSL policy cannot be specifed for {text} listeners")));
        }
    } else {
        if let Some(certificate) = certificate::only(call)? {
            listener.certificate = Some(certificate);
        }
        if listener.certificate.is_none() {
            return Err(invalid(format!("A certificate must be specified for {text} listeners")));
        }
        if let Some(policy) = call.text("SslPolicy") {
            ssl_policy::check(policy)?;
            listener.ssl_policy = Some(policy.to_owned());
        }
        listener.ssl_policy.get_or_insert_with(|| ssl_policy::DEFAULT.to_owned());
    }
    listener.alpn_policy = alpn_policy(call, listener)?;
    listener.mutual_authentication = mutual_authentication(call, listener)?;
    Ok(())
}

fn alpn_policy(call: &Call<'_>, listener: &Listener) -> Result<Option<String>, ApiError> {
    let given = call.texts("AlpnPolicy");
    if listener.protocol != Protocol::Tls {
        return match given.as_slice() {
            [] => Ok(None),
            _ => Err(invalid(format!("An ALPN policy cannot be specified for {} listeners", listener.protocol.text()))),
        };
    }
    match given.as_slice() {
        [] => Ok(listener.alpn_policy.clone()),
        [policy] if ALPN_POLICIES.contains(policy) => Ok(Some((*policy).to_owned())),
        [policy] => Err(ApiError::new("ALPNPolicyNotFound", format!("ALPN policy '{policy}' not found"))),
        _ => Err(invalid("Only one ALPN policy can be specified")),
    }
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html>. There are no trust
/// stores here, so that none can be named.
fn mutual_authentication(call: &Call<'_>, listener: &Listener) -> Result<Option<Value>, ApiError> {
    let given = call.input.get("MutualAuthentication");
    if listener.protocol != Protocol::Https {
        return match given {
            None => Ok(None),
            Some(_) => {
                let protocol = listener.protocol.text();
                Err(invalid(format!("Mutual authentication cannot be specified for {protocol} listeners")))
            }
        };
    }
    let Some(given) = given else {
        return Ok(Some(listener.mutual_authentication.clone().unwrap_or_else(|| json!({ "Mode": "off" }))));
    };
    match given.get("Mode").and_then(Value::as_str).unwrap_or("off") {
        mode @ ("off" | "passthrough") => Ok(Some(json!({ "Mode": mode }))),
        "verify" => {
            let store = given.get("TrustStoreArn").and_then(Value::as_str);
            let store = store.ok_or_else(|| invalid("A trust store ARN must be specified with the mode 'verify'"))?;
            Err(ApiError::new("TrustStoreNotFound", format!("Trust store '{store}' not found")))
        }
        mode => Err(invalid(format!("Mutual authentication mode '{mode}' must be one of 'off, passthrough, verify'"))),
    }
}
