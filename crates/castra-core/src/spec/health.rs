//! Health checks.

use schemars::JsonSchema;
use serde::Serialize;

use super::Span;

/// How the application load balancer asks a node whether it serves.
///
/// The bounds are what all three clouds' balancers accept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct HealthCheck {
    /// The path asked for over HTTPS, starting with `/`.
    #[schemars(length(max = 1024), regex(pattern = "^/"))]
    pub path: String,
    /// The time from one check to the next: 5s to 5m.
    pub interval: Span,
    /// How long an answer may take: 2s to 2m, and less than the interval.
    pub timeout: Span,
    /// Good answers in a row before a node gets traffic: 2 to 10.
    #[schemars(range(min = 2, max = 10))]
    pub healthy_threshold: u32,
    /// Bad answers in a row before a node gets none: 2 to 10.
    #[schemars(range(min = 2, max = 10))]
    pub unhealthy_threshold: u32,
}

impl Default for HealthCheck {
    /// `/_health_check`, the application's own path, every 30s within 5s; 2 good answers, 5 bad ones.
    fn default() -> Self {
        Self {
            path: "/_health_check".to_owned(),
            interval: Span::secs(30),
            timeout: Span::secs(5),
            healthy_threshold: 2,
            unhealthy_threshold: 5,
        }
    }
}
