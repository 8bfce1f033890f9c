//! Target proxies: what forwarding rules lead to
//! (<https://cloud.google.com/load-balancing/docs/target-proxies>).

use serde_json::{Value, json};

use super::super::kind::{Kind, New, Reference};
use super::super::{change, reference, target};
use super::place;
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::resource::{Document, list, text};
use crate::gcp::scope::{Key, Scope};

pub(in crate::gcp::compute) struct TargetHttpProxies;
pub(in crate::gcp::compute) struct TargetHttpsProxies;

/// How many certificates a proxy may have (<https://cloud.google.com/load-balancing/docs/quotas#target_pools_and_target_proxies>).
const MOST_CERTIFICATES: usize = 15;

impl Kind for TargetHttpProxies {
    fn collection(&self) -> &'static str {
        "targetHttpProxies"
    }

    fn schema(&self) -> &'static str {
        "TargetHttpProxy"
    }

    fn noun(&self) -> &'static str {
        "target_http_proxy"
    }

    fn references(&self) -> &'static [Reference] {
        const { &[Reference::to("urlMap", &["urlMaps"])] }
    }

    fn quota(&self) -> Option<&'static str> {
        Some("TARGET_HTTP_PROXIES")
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.balancing
    }

    fn prepare(&self, _call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        new.document.entry("proxyBind").or_insert(false.into());
        check(key, &new.document)
    }

    fn amend(&self, _call: &mut Call<'_>, key: &Key, _before: &Document, after: &mut Document) -> Result<(), ApiError> {
        check(key, after)
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[("setUrlMap", set_url_map)]
    }
}

impl Kind for TargetHttpsProxies {
    fn collection(&self) -> &'static str {
        "targetHttpsProxies"
    }

    fn schema(&self) -> &'static str {
        "TargetHttpsProxy"
    }

    fn noun(&self) -> &'static str {
        "target_https_proxy"
    }

    fn references(&self) -> &'static [Reference] {
        const { &[Reference::to("urlMap", &["urlMaps"]), Reference::to("sslCertificates[]", &["sslCertificates"])] }
    }

    fn quota(&self) -> Option<&'static str> {
        Some("TARGET_HTTPS_PROXIES")
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.balancing
    }

    fn prepare(&self, _call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        let document = &mut new.document;
        document.entry("proxyBind").or_insert(false.into());
        if key.scope == Scope::Global {
            document.entry("quicOverride").or_insert("NONE".into());
        }
        check(key, document)?;
        certified(document)
    }

    fn amend(&self, _call: &mut Call<'_>, key: &Key, _before: &Document, after: &mut Document) -> Result<(), ApiError> {
        check(key, after)?;
        certified(after)
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[("setUrlMap", set_url_map), ("setSslCertificates", set_certificates)]
    }
}

fn check(key: &Key, document: &Document) -> Result<(), ApiError> {
    if text(document, "urlMap").is_empty() {
        return Err(ApiError::required("urlMap"));
    }
    // 5 to 1200 seconds (the discovery document).
    if let Some(seconds) = document.get("httpKeepAliveTimeoutSec")
        && !seconds.as_i64().is_some_and(|seconds| (5..=1200).contains(&seconds))
    {
        return Err(ApiError::field("httpKeepAliveTimeoutSec", seconds, "Must be between 5 and 1200."));
    }
    place::same(key, document, &["urlMap", "sslCertificates[]"])
}

/// "At least one SSL certificate must be specified. Currently, you may specify up to 15" (the discovery document); a
/// certificate map of Certificate Manager may stand for them.
fn certified(document: &Document) -> Result<(), ApiError> {
    let certificates = list(document, "sslCertificates");
    if certificates.is_empty() && text(document, "certificateMap").is_empty() {
        return Err(ApiError::required("sslCertificates"));
    }
    if certificates.len() > MOST_CERTIFICATES {
        let why = format!("A target proxy can have {MOST_CERTIFICATES} SSL certificates at most.");
        return Err(ApiError::field("sslCertificates", &Value::from(certificates.len()), why));
    }
    let twice =
        certificates.iter().enumerate().find(|(at, one)| certificates.iter().take(*at).any(|other| other == *one));
    match twice {
        Some((_, certificate)) => {
            Err(ApiError::field("sslCertificates", certificate, "A certificate can be specified once only."))
        }
        None => Ok(()),
    }
}

fn set_url_map(call: &mut Call<'_>) -> Answer {
    let map = text(call.body, "urlMap").to_owned();
    set(call, "setUrlMap", "urlMap", json!(map))
}

fn set_certificates(call: &mut Call<'_>) -> Answer {
    let certificates = list(call.body, "sslCertificates").to_vec();
    set(call, "setSslCertificates", "sslCertificates", Value::Array(certificates))
}

/// Changes one field, under the rules for all.
fn set(call: &mut Call<'_>, verb: &str, field: &str, value: Value) -> Answer {
    let key = target::changeable(call)?;
    let mut after = change::document(call, &key)?;
    after.insert(field.to_owned(), value);
    let secure = key.collection == "targetHttpsProxies";
    let references = if secure { TargetHttpsProxies.references() } else { TargetHttpProxies.references() };
    reference::resolve(call.project, &key.scope, references, &mut after)?;
    check(&key, &after)?;
    if secure {
        certified(&after)?;
    }
    Ok(change::apply(call, verb, key, after))
}
