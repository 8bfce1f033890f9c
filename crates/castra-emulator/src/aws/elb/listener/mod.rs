//! Listeners.

mod create;
mod delete;
mod describe;
mod modify;
mod secure;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::State;
use super::action::Actions;
use super::arn::Resource;
use super::load_balancer::Kind;
use super::target_group::Protocol;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;

/// A listener. Its actions are those of its default rule.
#[derive(Debug, Clone)]
pub(super) struct Listener {
    pub(super) arn: String,
    pub(super) load_balancer: String,
    /// The load balancer's.
    pub(super) kind: Kind,
    pub(super) created: Timestamp,
    pub(super) port: i64,
    pub(super) protocol: Protocol,
    /// HTTPS and TLS only, as are certificates.
    pub(super) ssl_policy: Option<String>,
    /// The default certificate.
    pub(super) certificate: Option<String>,
    /// The certificate list.
    pub(super) more_certificates: Vec<String>,
    /// TLS only.
    pub(super) alpn_policy: Option<String>,
    /// HTTPS only.
    pub(super) mutual_authentication: Option<Value>,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[
    ("CreateListener", create::create),
    ("DeleteListener", delete::delete),
    ("DescribeListeners", describe::describe),
    ("ModifyListener", modify::modify),
];

impl Listener {
    /// As describes show it.
    fn shown(&self, elb: &State) -> Value {
        let default = elb.rules.values().find(|rule| rule.listener == self.arn && rule.is_default());
        let mut shown = json!({
            "ListenerArn": self.arn,
            "LoadBalancerArn": self.load_balancer,
            "Port": self.port,
            "Protocol": self.protocol.text(),
            "DefaultActions": default.map_or_else(|| json!([]), |rule| rule.actions.shown()),
        });
        if let Some(certificate) = &self.certificate {
            shown["Certificates"] = json!([{ "CertificateArn": certificate }]);
        }
        if let Some(policy) = &self.ssl_policy {
            shown["SslPolicy"] = json!(policy);
        }
        if let Some(policy) = &self.alpn_policy {
            shown["AlpnPolicy"] = json!([policy]);
        }
        if let Some(mutual) = &self.mutual_authentication {
            shown["MutualAuthentication"] = mutual.clone();
        }
        shown
    }
}

/// The listener of that ARN, if it is there and shows; refused as the service does otherwise.
pub(super) fn find<'a>(call: &'a mut Call<'_>, arn: &str) -> Result<&'a mut Listener, ApiError> {
    Resource::Listener.check(arn)?;
    let not_found = || Resource::Listener.not_found(arn);
    let created = call.here().elb.listeners.get(arn).ok_or_else(not_found)?.created;
    if !call.account.shows(arn, created) {
        return Err(not_found());
    }
    call.here().elb.listeners.get_mut(arn).ok_or_else(not_found)
}

/// Refuses a protocol that the load balancer's listeners can't have
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html>,
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html>).
fn check_protocol(text: &str, kind: Kind) -> Result<Protocol, ApiError> {
    let fits = |protocol: &Protocol| protocol.is_http() == (kind == Kind::Application);
    Protocol::named(text).filter(fits).ok_or_else(|| {
        let possible = match kind {
            Kind::Application => "HTTPS, HTTP",
            Kind::Network => "UDP, TCP, TLS, TCP_UDP",
        };
        super::refuse::invalid(format!("Listener protocol '{text}' must be one of '{possible}'"))
    })
}

/// "Target Groups per Application Load Balancer": refuses actions with which there would be too many.
pub(super) fn check_group_count(
    call: &mut Call<'_>,
    load_balancer: &str,
    kind: Kind,
    actions: &Actions,
) -> Result<(), ApiError> {
    let most = call.account.settings.load_balancing_limits.target_groups_per_load_balancer;
    let elb = &call.here().elb;
    let mut groups: Vec<_> = elb.target_groups_of(load_balancer).chain(actions.target_groups()).collect();
    groups.sort_unstable();
    groups.dedup();
    if kind == Kind::Application && groups.len() > most {
        let message = format!("The maximum number of target groups for a load balancer, {most}, has been reached");
        return Err(ApiError::new("TooManyUniqueTargetGroupsPerLoadBalancer", message));
    }
    Ok(())
}
