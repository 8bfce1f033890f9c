//! Load balancers.

mod change;
mod create;
mod delete;
mod describe;
mod node;
mod placement;
mod security;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) use node::Node;

use super::arn::Resource;
use super::hosted_zone;
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::ec2::Tags;

/// A load balancer.
#[derive(Debug, Clone)]
pub(super) struct LoadBalancer {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) internal: bool,
    pub(super) created: Timestamp,
    pub(super) dns_name: String,
    pub(super) vpc: String,
    /// One in each zone that is enabled.
    pub(super) nodes: Vec<Node>,
    /// A network load balancer that was created without any never has one.
    pub(super) security_groups: Vec<String>,
    pub(super) ip_address_type: String,
    /// Whether it has been set up; until then it is provisioning.
    pub(super) active: bool,
    /// Whether it couldn't be.
    pub(super) failed: bool,
    pub(super) attributes: BTreeMap<String, String>,
    /// `on` or `off`; network load balancers with security groups only.
    pub(super) enforce_on_private_link: Option<String>,
    pub(super) tags: Tags,
}

/// Kinds of load balancers. Gateway load balancers aren't emulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Application,
    Network,
}

impl Kind {
    /// As the API says it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Network => "network",
        }
    }

    /// As ARNs say it.
    fn short(self) -> &'static str {
        match self {
            Self::Application => "app",
            Self::Network => "net",
        }
    }
}

pub(super) const OPERATIONS: Operations = &[
    ("CreateLoadBalancer", create::create),
    ("DeleteLoadBalancer", delete::delete),
    ("DescribeLoadBalancers", describe::describe),
    ("SetIpAddressType", change::set_ip_address_type),
    ("SetSecurityGroups", change::set_security_groups),
    ("SetSubnets", change::set_subnets),
];

impl LoadBalancer {
    /// `app/web/50dc6c495c0c9188`: what ARNs of its listeners begin with, and its interfaces are described by.
    pub(super) fn path(&self) -> &str {
        self.arn.split_once("loadbalancer/").map_or("", |(_, path)| path)
    }

    /// Whether it has a node in that zone.
    pub(super) fn serves_zone(&self, zone: &str) -> bool {
        self.nodes.iter().any(|node| node.zone == zone)
    }

    /// As describes show it.
    fn shown(&self, region: &str) -> Value {
        let mut shown = json!({
            "LoadBalancerArn": self.arn,
            "DNSName": self.dns_name,
            "CanonicalHostedZoneId": hosted_zone::of(region, self.kind),
            "CreatedTime": epoch(self.created),
            "LoadBalancerName": self.name,
            "Scheme": if self.internal { "internal" } else { "internet-facing" },
            "VpcId": self.vpc,
            "State": self.state(),
            "Type": self.kind.text(),
            "AvailabilityZones": self.shown_zones(),
            "IpAddressType": self.ip_address_type,
        });
        if !self.security_groups.is_empty() {
            shown["SecurityGroups"] = json!(self.security_groups);
        }
        if let Some(enforce) = &self.enforce_on_private_link {
            shown["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = json!(enforce);
        }
        if self.kind == Kind::Network {
            shown["EnablePrefixForIpv6SourceNat"] = json!("off");
        }
        shown
    }

    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerState.html>, which has no
    /// texts of reasons.
    fn state(&self) -> Value {
        match (self.failed, self.active) {
            (true, _) => json!({ "Code": "failed", "Reason": "The load balancer could not be set up" }),
            (_, true) => json!({ "Code": "active" }),
            _ => json!({ "Code": "provisioning" }),
        }
    }

    fn shown_zones(&self) -> Value {
        self.nodes.iter().map(Node::shown).collect()
    }
}

/// The load balancer of that ARN, if it is there and shows; refused as the service does otherwise.
pub(super) fn find<'a>(call: &'a mut Call<'_>, arn: &str) -> Result<&'a mut LoadBalancer, ApiError> {
    Resource::LoadBalancer.check(arn)?;
    let not_found = || Resource::LoadBalancer.not_found(arn);
    let created = call.here().elb.load_balancers.get(arn).ok_or_else(not_found)?.created;
    if !call.account.shows(arn, created) {
        return Err(not_found());
    }
    call.here().elb.load_balancers.get_mut(arn).ok_or_else(not_found)
}

/// A load balancer has been set up, or couldn't be.
pub(super) fn activate(account: &mut Account, region: &str, arn: &str) {
    let failing = account.settings.failed_load_balancers.clone();
    if let Some(load_balancer) = account.region(region).elb.load_balancers.get_mut(arn) {
        load_balancer.failed = failing.contains(&load_balancer.name);
        load_balancer.active = !load_balancer.failed;
    }
}
