//! Attributes of load balancers
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html>).

use std::collections::BTreeMap;

use super::value::Rule::{Fixed, Flag, Number, OneOf, Text};
use super::{Attribute, attribute, misconfigured};
use crate::aws::ApiError;
use crate::aws::elb::load_balancer::Kind;

/// Those that such a load balancer has.
pub(super) fn attributes(kind: Kind, internal: bool) -> Vec<Attribute> {
    let mut attributes = vec![
        attribute("access_logs.s3.bucket", "", Text),
        attribute("access_logs.s3.enabled", "false", Flag),
        attribute("access_logs.s3.prefix", "", Text),
        attribute("deletion_protection.enabled", "false", Flag),
        attribute("ipv6.deny_all_igw_traffic", if internal { "true" } else { "false" }, Flag),
        attribute("zonal_shift.config.enabled", "false", Flag),
    ];
    match kind {
        Kind::Application => attributes.extend([
            attribute("client_keep_alive.seconds", "3600", Number(60, 604_800)),
            attribute("connection_logs.s3.bucket", "", Text),
            attribute("connection_logs.s3.enabled", "false", Flag),
            attribute("connection_logs.s3.prefix", "", Text),
            attribute("health_check_logs.s3.bucket", "", Text),
            attribute("health_check_logs.s3.enabled", "false", Flag),
            attribute("health_check_logs.s3.prefix", "", Text),
            attribute("idle_timeout.timeout_seconds", "60", Number(1, 4000)),
            attribute("load_balancing.cross_zone.enabled", "true", Fixed("true")),
            attribute(
                "routing.http.desync_mitigation_mode",
                "defensive",
                OneOf(&["monitor", "defensive", "strictest"]),
            ),
            attribute("routing.http.drop_invalid_header_fields.enabled", "false", Flag),
            attribute("routing.http.preserve_host_header.enabled", "false", Flag),
            attribute("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false", Flag),
            attribute("routing.http.xff_client_port.enabled", "false", Flag),
            attribute("routing.http.xff_header_processing.mode", "append", OneOf(&["append", "preserve", "remove"])),
            attribute("routing.http2.enabled", "true", Flag),
            attribute("waf.fail_open.enabled", "false", Flag),
        ]),
        Kind::Network => attributes.extend([
            attribute(
                "dns_record.client_routing_policy",
                "any_availability_zone",
                OneOf(&["any_availability_zone", "availability_zone_affinity", "partial_availability_zone_affinity"]),
            ),
            attribute("load_balancing.cross_zone.enabled", "false", Flag),
            attribute("secondary_ips.auto_assigned.per_subnet", "0", Number(0, 7)),
        ]),
    }
    attributes
}

/// What can be logged to a bucket, as keys begin.
pub(super) const LOGS: [&str; 3] = ["access_logs", "connection_logs", "health_check_logs"];

/// Logs need a bucket
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>).
pub(super) fn check(held: &BTreeMap<String, String>) -> Result<(), ApiError> {
    for log in LOGS {
        let value = |name: &str| held.get(&format!("{log}.s3.{name}")).map_or("", String::as_str);
        if value("enabled") == "true" && value("bucket").is_empty() {
            return Err(misconfigured(format!("'{log}.s3.bucket' must be specified if '{log}.s3.enabled' is 'true'")));
        }
    }
    Ok(())
}
