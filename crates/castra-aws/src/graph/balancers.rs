//! The two load balancers, what they listen to and where they send it.

use std::collections::BTreeMap;

use castra_core::resource::Ref;
use castra_core::spec::{Exposure, Span};
#[cfg(feature = "route53")]
use castra_core::topology::BalancerRole;
use castra_core::topology::{Balancer, Listener as Listening, ListenerKind, Probe};

use super::Build;
use super::network::Net;
use super::nodes::Primaries;
#[cfg(feature = "route53")]
use crate::kinds::AliasRecord;
use crate::kinds::{
    Listener, ListenerAction, LoadBalancer, LoadBalancerKind, Protocol, Target, TargetGroup, TargetGroupAttachments,
    TargetHealthCheck, TargetType,
};
use crate::names::control_group;

/// TLS 1.2 and 1.3 with forward secrecy (Elastic Load Balancing, "Security policies for your Application Load
/// Balancer", where it is the recommended one).
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/// How long a connection may be silent, in seconds: long enough for a stream of a run's log, and the value of the
/// original modules.
const IDLE_SECONDS: &str = "3600";

/// How long a target that leaves may finish what it has begun, in seconds. AWS's own default is five minutes.
const DRAIN_SECONDS: &str = "60";

/// How long a TCP probe may take, in seconds, as long as it is less than the interval.
const TCP_TIMEOUT: u16 = 5;

impl Build<'_> {
    /// The way in: HTTPS to every node, from the public subnets or the private ones.
    pub(super) fn application_balancer(&mut self, net: &Net, primaries: &Primaries) {
        let topology = self.topology;
        let balancer = &topology.application;
        let name = balancer.role.as_str();
        let internal = balancer.exposure == Exposure::Internal;
        let subnets = if internal { net.private.clone() } else { net.public.clone() };
        let attributes = BTreeMap::from([
            ("idle_timeout.timeout_seconds".to_owned(), IDLE_SECONDS.to_owned()),
            ("routing.http.drop_invalid_header_fields.enabled".to_owned(), "true".to_owned()),
        ]);
        self.balancer(net, balancer, LoadBalancerKind::Application, internal, subnets, attributes);
        let port = member_port(balancer);
        let check = health_check(&balancer.probe, port);
        self.target_group(net, name, Protocol::Https, port, TargetType::Instance, check, &[]);
        for listening in &balancer.listeners {
            self.listener(balancer, listening, name);
        }
        let targets = primaries.instances.iter().cloned().map(Target::Instance).collect();
        self.add(name, |_| TargetGroupAttachments { target_group: Ref::to(name), targets, port });
        self.alias();
    }

    /// The way from nodes to the primaries' own services: TCP, internal, by address. A primary could not reach itself
    /// through it if it kept the client's address (Elastic Load Balancing, "Target groups for your Network Load
    /// Balancers", client IP preservation), so it doesn't.
    pub(super) fn control_balancer(&mut self, net: &Net, primaries: &Primaries) {
        let topology = self.topology;
        let balancer = &topology.control;
        let attributes = BTreeMap::from([("load_balancing.cross_zone.enabled".to_owned(), "true".to_owned())]);
        self.balancer(net, balancer, LoadBalancerKind::Network, true, net.private.clone(), attributes);
        for listening in &balancer.listeners {
            let ListenerKind::Tcp { member_port } = listening.kind else { continue };
            let name = control_group(listening.port);
            let check = health_check(&balancer.probe, member_port);
            let own = [("preserve_client_ip.enabled", "false")];
            self.target_group(net, &name, Protocol::Tcp, member_port, TargetType::Ip, check, &own);
            self.listener(balancer, listening, &name);
            let targets = primaries.interfaces.iter().cloned().map(Target::Interface).collect();
            self.add(&name, |_| TargetGroupAttachments { target_group: Ref::to(&name), targets, port: member_port });
        }
    }

    fn balancer(
        &mut self,
        net: &Net,
        balancer: &Balancer,
        kind: LoadBalancerKind,
        internal: bool,
        subnets: Vec<Ref<crate::kinds::Subnet>>,
        mut attributes: BTreeMap<String, String>,
    ) {
        let (resource, name) = (balancer.role.as_str(), self.names.balancer(balancer.role));
        let protected = self.spec.protection.enabled.to_string();
        attributes.insert("deletion_protection.enabled".to_owned(), protected);
        // A balancer in the private subnets takes addresses of its own choice there; a public one is refused in a
        // network without an internet gateway (Elastic Load Balancing API reference, `CreateLoadBalancer`,
        // `InvalidSubnet`).
        let after = if internal { &net.reservations } else { &net.gateway };
        self.add_after(resource, after, |tags| LoadBalancer {
            name,
            kind,
            internal,
            subnets,
            security_groups: vec![Ref::to(resource)],
            attributes,
            tags,
        });
    }

    #[expect(clippy::too_many_arguments, reason = "each is a field of the target group")]
    fn target_group(
        &mut self,
        net: &Net,
        resource: &str,
        protocol: Protocol,
        port: u16,
        target_type: TargetType,
        health_check: TargetHealthCheck,
        own: &[(&str, &str)],
    ) {
        let name = self.names.target_group(resource);
        let attributes = [("deregistration_delay.timeout_seconds", DRAIN_SECONDS)].iter().chain(own);
        let attributes = attributes.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.add(resource, |tags| TargetGroup {
            name,
            vpc: net.vpc.clone(),
            protocol,
            port,
            target_type,
            health_check,
            attributes,
            tags,
        });
    }

    fn listener(&mut self, balancer: &Balancer, listening: &Listening, group: &str) {
        let resource = format!("{}-{}", balancer.role, listening.port);
        let forward = || ListenerAction::Forward(Ref::to(group));
        let (protocol, certificate, ssl_policy, action) = match &listening.kind {
            ListenerKind::Https { certificate, .. } => {
                (Protocol::Https, Some(certificate.to_string()), Some(TLS_POLICY.to_owned()), forward())
            }
            ListenerKind::RedirectToHttps { .. } => (Protocol::Http, None, None, ListenerAction::RedirectToHttps),
            ListenerKind::Tcp { .. } => (Protocol::Tcp, None, None, forward()),
        };
        self.add(&resource, |tags| Listener {
            load_balancer: Ref::to(balancer.role.as_str()),
            port: listening.port,
            protocol,
            certificate,
            ssl_policy,
            action,
            tags,
        });
    }

    #[cfg(feature = "route53")]
    fn alias(&mut self) {
        if let (Some(zone_id), Some(name)) = (&self.settings.hosted_zone_id, &self.settings.record_name) {
            let (zone_id, name) = (zone_id.clone(), name.clone());
            let load_balancer = Ref::to(BalancerRole::Application.as_str());
            self.add(BalancerRole::Application.as_str(), |_| AliasRecord { zone_id, name, load_balancer });
        }
    }

    #[cfg(not(feature = "route53"))]
    fn alias(&mut self) {}
}

/// The port of the members behind a balancer that asks them over HTTPS.
fn member_port(balancer: &Balancer) -> u16 {
    let port = balancer.listeners.iter().find_map(|listening| match listening.kind {
        ListenerKind::Https { member_port, .. } => Some(member_port),
        _ => None,
    });
    port.unwrap_or(443)
}

fn health_check(probe: &Probe, member_port: u16) -> TargetHealthCheck {
    match probe {
        Probe::Https { port, check } => TargetHealthCheck {
            protocol: Protocol::Https,
            port: if *port == member_port { "traffic-port".to_owned() } else { port.to_string() },
            path: Some(check.path.clone()),
            interval_seconds: seconds(check.interval),
            timeout_seconds: seconds(check.timeout),
            healthy_threshold: threshold(check.healthy_threshold),
            unhealthy_threshold: threshold(check.unhealthy_threshold),
            matcher: Some("200".to_owned()),
        },
        Probe::Tcp { interval, threshold: times } => TargetHealthCheck {
            protocol: Protocol::Tcp,
            port: "traffic-port".to_owned(),
            path: None,
            interval_seconds: seconds(*interval),
            timeout_seconds: TCP_TIMEOUT.min(seconds(*interval).saturating_sub(1)),
            healthy_threshold: threshold(*times),
            unhealthy_threshold: threshold(*times),
            matcher: None,
        },
    }
}

fn seconds(span: Span) -> u16 {
    u16::try_from(span.as_secs()).unwrap_or(u16::MAX)
}

fn threshold(times: u32) -> u8 {
    u8::try_from(times).unwrap_or(u8::MAX)
}
