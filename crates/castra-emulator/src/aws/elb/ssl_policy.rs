//! Security policies of HTTPS and TLS listeners
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>).

use serde_json::{Value, json};

use super::page;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("DescribeSSLPolicies", describe)];

/// The policy of a listener that is created without one by API
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html>).
pub(super) const DEFAULT: &str = "ELBSecurityPolicy-2016-08";

/// Ciphers in the order in which policies list them, each with its family: TLS 1.3 (`T`), forward secret with GCM
/// (`G`), with CBC and SHA-2 (`C`) or SHA-1 (`S`), and those without forward secrecy in lower case.
const CIPHERS: &[(char, &str)] = &[
    ('T', "TLS_AES_128_GCM_SHA256"),
    ('T', "TLS_AES_256_GCM_SHA384"),
    ('T', "TLS_CHACHA20_POLY1305_SHA256"),
    ('G', "ECDHE-ECDSA-AES128-GCM-SHA256"),
    ('G', "ECDHE-RSA-AES128-GCM-SHA256"),
    ('C', "ECDHE-ECDSA-AES128-SHA256"),
    ('C', "ECDHE-RSA-AES128-SHA256"),
    ('S', "ECDHE-ECDSA-AES128-SHA"),
    ('S', "ECDHE-RSA-AES128-SHA"),
    ('G', "ECDHE-ECDSA-AES256-GCM-SHA384"),
    ('G', "ECDHE-RSA-AES256-GCM-SHA384"),
    ('C', "ECDHE-ECDSA-AES256-SHA384"),
    ('C', "ECDHE-RSA-AES256-SHA384"),
    ('S', "ECDHE-ECDSA-AES256-SHA"),
    ('S', "ECDHE-RSA-AES256-SHA"),
    ('g', "AES128-GCM-SHA256"),
    ('c', "AES128-SHA256"),
    ('s', "AES128-SHA"),
    ('g', "AES256-GCM-SHA384"),
    ('c', "AES256-SHA256"),
    ('s', "AES256-SHA"),
];

/// Policies: name without its `ELBSecurityPolicy-`, protocols, families of ciphers.
const POLICIES: &[(&str, &[&str], &str)] = &[
    ("2016-08", FROM_1_0, "GCSgcs"),
    ("FS-1-1-2019-08", FROM_1_1, "GCS"),
    ("FS-1-2-2019-08", FROM_1_2, "GCS"),
    ("FS-1-2-Res-2019-08", FROM_1_2, "GC"),
    ("FS-1-2-Res-2020-10", FROM_1_2, "G"),
    ("FS-2018-06", FROM_1_0, "GCS"),
    ("TLS-1-1-2017-01", FROM_1_1, "GCSgcs"),
    ("TLS-1-2-2017-01", FROM_1_2, "GCgc"),
    ("TLS-1-2-Ext-2018-06", FROM_1_2, "GCSgcs"),
    ("TLS13-1-0-2021-06", &["TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1"], "TGCSgcs"),
    ("TLS13-1-0-PQ-2025-09", &["TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1"], "TGCSgcs"),
    ("TLS13-1-1-2021-06", &["TLSv1.3", "TLSv1.2", "TLSv1.1"], "TGCSgcs"),
    ("TLS13-1-2-2021-06", FROM_1_2_WITH_1_3, "TGC"),
    ("TLS13-1-2-Ext1-2021-06", FROM_1_2_WITH_1_3, "TGCgc"),
    ("TLS13-1-2-Ext1-PQ-2025-09", FROM_1_2_WITH_1_3, "TGCgc"),
    ("TLS13-1-2-Ext2-2021-06", FROM_1_2_WITH_1_3, "TGCSgcs"),
    ("TLS13-1-2-Ext2-PQ-2025-09", FROM_1_2_WITH_1_3, "TGCSgcs"),
    ("TLS13-1-2-PQ-2025-09", FROM_1_2_WITH_1_3, "TGC"),
    ("TLS13-1-2-Res-2021-06", FROM_1_2_WITH_1_3, "TG"),
    ("TLS13-1-2-Res-PQ-2025-09", FROM_1_2_WITH_1_3, "TG"),
    ("TLS13-1-3-2021-06", &["TLSv1.3"], "T"),
    ("TLS13-1-3-PQ-2025-09", &["TLSv1.3"], "T"),
];

const FROM_1_0: &[&str] = &["TLSv1.2", "TLSv1.1", "TLSv1"];
const FROM_1_1: &[&str] = &["TLSv1.2", "TLSv1.1"];
const FROM_1_2: &[&str] = &["TLSv1.2"];
const FROM_1_2_WITH_1_3: &[&str] = &["TLSv1.3", "TLSv1.2"];

/// Refuses a name that no policy has.
pub(super) fn check(name: &str) -> Result<(), ApiError> {
    let known = name.strip_prefix("ELBSecurityPolicy-").is_some_and(|it| POLICIES.iter().any(|(name, ..)| *name == it));
    if known { Ok(()) } else { Err(ApiError::new("SSLPolicyNotFound", format!("SSL policy '{name}' not found"))) }
}

fn describe(call: &mut Call<'_>) -> Answer {
    let names = call.texts("Names");
    names.iter().try_for_each(|name| check(name))?;
    let serves = call.text("LoadBalancerType").is_none_or(|kind| kind != "gateway");
    let policies = POLICIES.iter().filter(|_| serves).map(|(name, protocols, families)| {
        let name = format!("ELBSecurityPolicy-{name}");
        let ciphers = CIPHERS.iter().filter(|(family, _)| families.contains(*family)).enumerate();
        let ciphers: Value =
            ciphers.map(|(place, (_, cipher))| json!({ "Name": cipher, "Priority": place + 1 })).collect();
        let shown = json!({
            "Name": name,
            "SslProtocols": protocols,
            "Ciphers": ciphers,
            "SupportedLoadBalancerTypes": ["application", "network"],
        });
        (name, shown)
    });
    let shown = policies.filter(|(name, _)| names.is_empty() || names.contains(&name.as_str())).collect();
    page::of(call, "SslPolicies", shown)
}
