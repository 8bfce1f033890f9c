//! Attributes of target groups
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html>).

use std::collections::BTreeMap;

use super::value::Rule::{Fixed, Flag, Number, OffOr, OneOf, Text, ZeroOr};
use super::{Attribute, attribute, misconfigured};
use crate::aws::ApiError;
use crate::aws::elb::target_group::{Protocol, TargetType};

/// A week.
const LONGEST_COOKIE: u64 = 604_800;

/// Those that such a target group has.
pub(super) fn attributes(protocol: Option<Protocol>, target_type: TargetType) -> Vec<Attribute> {
    if target_type == TargetType::Lambda {
        return vec![attribute("lambda.multi_value_headers.enabled", "false", Flag)];
    }
    let mut attributes = vec![
        attribute("deregistration_delay.timeout_seconds", "300", Number(0, 3600)),
        attribute(
            "load_balancing.cross_zone.enabled",
            "use_load_balancer_configuration",
            OneOf(&["true", "false", "use_load_balancer_configuration"]),
        ),
        attribute("stickiness.enabled", "false", Flag),
        attribute("target_group_health.dns_failover.minimum_healthy_targets.count", "1", OffOr(1, 1000)),
        attribute("target_group_health.dns_failover.minimum_healthy_targets.percentage", "off", OffOr(1, 100)),
        attribute("target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1", Number(1, 1000)),
        attribute(
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
            "off",
            OffOr(1, 100),
        ),
    ];
    let protocol = protocol.unwrap_or(Protocol::Http);
    if protocol.is_http() {
        attributes.extend([
            attribute("load_balancing.algorithm.anomaly_mitigation", "off", OneOf(&["on", "off"])),
            attribute(
                "load_balancing.algorithm.type",
                "round_robin",
                OneOf(&["round_robin", "least_outstanding_requests", "weighted_random"]),
            ),
            attribute("slow_start.duration_seconds", "0", ZeroOr(30, 900)),
            attribute("stickiness.app_cookie.cookie_name", "", Text),
            attribute("stickiness.app_cookie.duration_seconds", "86400", Number(1, LONGEST_COOKIE)),
            attribute("stickiness.lb_cookie.duration_seconds", "86400", Number(1, LONGEST_COOKIE)),
            attribute("stickiness.type", "lb_cookie", OneOf(&["lb_cookie", "app_cookie"])),
        ]);
        return attributes;
    }
    // "For new UDP/TCP_UDP target groups the default is true."
    let datagrams = matches!(protocol, Protocol::Udp | Protocol::TcpUdp);
    // "The default is disabled if the target group type is IP address and the target group protocol is TCP or TLS.
    // [..] Client IP preservation can't be disabled for UDP and TCP_UDP target groups."
    let preserves = !(target_type == TargetType::Ip && matches!(protocol, Protocol::Tcp | Protocol::Tls));
    let text = |flag: bool| if flag { "true" } else { "false" };
    attributes.extend([
        attribute("deregistration_delay.connection_termination.enabled", text(datagrams), Flag),
        attribute("preserve_client_ip.enabled", text(preserves), if datagrams { Fixed("true") } else { Flag }),
        attribute("proxy_protocol_v2.enabled", "false", Flag),
        attribute("stickiness.type", "source_ip", OneOf(&["source_ip"])),
        attribute(
            "target_health_state.unhealthy.connection_termination.enabled",
            text(!datagrams),
            if datagrams { Fixed("false") } else { Flag },
        ),
        attribute("target_health_state.unhealthy.draining_interval_seconds", "0", Number(0, 360_000)),
    ]);
    attributes
}

/// What the attributes of a target group must be together.
pub(super) fn check(held: &BTreeMap<String, String>) -> Result<(), ApiError> {
    let value = |key: &str| held.get(key).map_or("", String::as_str);
    if value("stickiness.enabled") == "true" && value("stickiness.type") == "app_cookie" {
        let name = value("stickiness.app_cookie.cookie_name");
        if name.is_empty() {
            let message = "You must set an application cookie name to enable stickiness of type 'app_cookie'";
            return Err(misconfigured(message));
        }
        // "Names that start with the following prefixes are not allowed: AWSALB, AWSALBAPP, and AWSALBTG".
        if name.starts_with("AWSALB") {
            return Err(misconfigured(format!("The application cookie name '{name}' is reserved")));
        }
    }
    if value("load_balancing.algorithm.anomaly_mitigation") == "on"
        && value("load_balancing.algorithm.type") != "weighted_random"
    {
        let message = "Anomaly mitigation is only available with the 'weighted_random' algorithm";
        return Err(misconfigured(message));
    }
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html: slow start
    // needs round robin.
    if !matches!(value("slow_start.duration_seconds"), "" | "0")
        && value("load_balancing.algorithm.type") != "round_robin"
    {
        let message = "Slow start is only available with the 'round_robin' algorithm";
        return Err(misconfigured(message));
    }
    // "This attribute can only be configured when target_health_state.unhealthy.connection_termination.enabled is
    // false."
    if !matches!(value("target_health_state.unhealthy.draining_interval_seconds"), "" | "0")
        && value("target_health_state.unhealthy.connection_termination.enabled") == "true"
    {
        let message =
            "An unhealthy draining interval requires that connections to unhealthy targets are not terminated";
        return Err(misconfigured(message));
    }
    Ok(())
}
