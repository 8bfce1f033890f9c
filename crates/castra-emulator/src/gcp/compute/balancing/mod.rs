//! Load balancing: from the forwarding rule in front to the health of what serves behind it.

mod address;
mod backend_service;
mod backends;
mod forwarding_rule;
mod health;
mod health_check;
mod map;
mod place;
mod ports;
mod proxy;
mod scheme;
mod security_policy;
mod security_rule;
mod ssl_certificate;
#[cfg(test)]
mod tests;

pub(super) use backend_service::BackendServices;
pub(super) use forwarding_rule::{ForwardingRules, needing_proxies};
pub(super) use health_check::HealthChecks;
pub(super) use map::UrlMaps;
pub(super) use proxy::{TargetHttpProxies, TargetHttpsProxies};
pub(super) use security_policy::SecurityPolicies;
pub(super) use ssl_certificate::SslCertificates;

pub(crate) use health::{Health, watch};
