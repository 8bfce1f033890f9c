//! Health of members, as a group's health check finds it: from what is set to listen on instances, and from nothing else
//! (<https://cloud.google.com/compute/docs/instance-groups/autohealing-instances-in-migs>).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::clock::later;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Resource, list, text};

/// What is known of an instance's health.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Probe {
    /// What the latest checks found, and since when they have.
    latest: Option<(Finding, Timestamp)>,
    /// What enough checks in a row have found.
    pub(super) state: Option<Finding>,
}

/// What a check finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    Healthy,
    /// It answers, but not as it should.
    Unhealthy,
    /// Nothing answers.
    Timeout,
}

impl Finding {
    /// The contract's `detailedHealthState`; none = not known yet.
    pub(super) fn name(finding: Option<Self>) -> &'static str {
        match finding {
            Some(Self::Healthy) => "HEALTHY",
            Some(Self::Unhealthy) => "UNHEALTHY",
            Some(Self::Timeout) => "TIMEOUT",
            None => "UNKNOWN",
        }
    }
}

/// Checks the health of an instance that has run since then. Gives the moment at which to look again, if the answer
/// may be another by then.
pub(super) fn look(
    project: &Project,
    probe: &mut Probe,
    check: &Document,
    named_ports: &[Value],
    instance: &Resource,
    since: Timestamp,
) -> Option<Timestamp> {
    let now = project.now;
    let listening =
        port(check, named_ports).map(|port| project.settings.workload.at(&instance.document, since, port, now));
    let finding = match listening.as_ref().and_then(|listening| listening.status) {
        None => Finding::Timeout,
        Some(200) => Finding::Healthy,
        // Who only connects doesn't see what HTTP answers.
        Some(_) if matches!(text(check, "type"), "TCP" | "SSL") => Finding::Healthy,
        Some(_) => Finding::Unhealthy,
    };
    let begun = match &probe.latest {
        Some((latest, begun)) if *latest == finding => *begun,
        _ => now,
    };
    probe.latest = Some((finding, begun));
    let number = |name: &str, usual: u64| check.get(name).and_then(Value::as_u64).unwrap_or(usual);
    // Defaults: https://cloud.google.com/load-balancing/docs/health-check-concepts#method
    let name = if finding == Finding::Healthy { "healthyThreshold" } else { "unhealthyThreshold" };
    let proved = later(begun, Duration::from_secs(number("checkIntervalSec", 5) * number(name, 2).min(100)));
    if proved <= now {
        probe.state = Some(finding);
    }
    let next = listening.and_then(|listening| listening.next);
    [Some(proved).filter(|at| *at > now), next].into_iter().flatten().min()
}

/// The port that a health check asks at: a number, or the name of one of the group's ports.
fn port(check: &Document, named_ports: &[Value]) -> Option<u16> {
    let kind = text(check, "type");
    let (field, usual) = match kind {
        "TCP" => ("tcpHealthCheck", 80),
        "SSL" => ("sslHealthCheck", 443),
        "HTTPS" => ("httpsHealthCheck", 443),
        "HTTP2" => ("http2HealthCheck", 443),
        "GRPC" => ("grpcHealthCheck", 80),
        _ => ("httpHealthCheck", 80),
    };
    let part = check.get(field).and_then(Value::as_object);
    let named = part.map(|part| text(part, "portName")).filter(|name| !name.is_empty());
    let number = match named {
        Some(name) => {
            let found = named_ports.iter().find(|port| port.get("name").and_then(Value::as_str) == Some(name))?;
            found.get("port")?.as_u64()?
        }
        None => part.and_then(|part| part.get("port")?.as_u64()).unwrap_or(usual),
    };
    u16::try_from(number).ok()
}

/// The health check that a group heals by, and for how long new instances may fail it, in seconds.
pub(super) fn healing(document: &Document) -> Option<(&str, u64)> {
    let policy = list(document, "autoHealingPolicies").first()?.as_object()?;
    let check = Some(text(policy, "healthCheck")).filter(|check| !check.is_empty())?;
    Some((check, policy.get("initialDelaySec").and_then(Value::as_u64).unwrap_or(0)))
}
