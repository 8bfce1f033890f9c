//! The two load balancers: where they listen, whom they send to and how they know who is well.

use castra_core::resource::Ref;
use castra_core::spec::{Exposure, Span};
use castra_core::topology::{Balancer, Listener, ListenerKind, Probe, Role};
use ipnet::Ipv4Net;

use super::Build;
use super::firewalls::way;
use super::network::Net;
use super::nodes::{POOL, primary_name};
use crate::facts::certificate;
use crate::kinds::{
    Address, Backend, BackendGroup, BackendService, Balancing, CheckProtocol, Firewall, ForwardingRule,
    ForwardingTarget, HealthCheck, InstanceGroupMembership, Protocol, Reach, Scheme, SecurityPolicy, TargetHttpProxy,
    TargetHttpsProxy, UrlMap, UrlMapAction,
};

/// How long an answer may take, in seconds: long enough for a stream of a run's log, as on AWS.
const ANSWER_SECONDS: u32 = 3600;

/// How long a machine that leaves may finish what it has begun, in seconds.
const DRAIN_SECONDS: u16 = 60;

/// How many requests a second a machine takes before one of another zone is preferred. More are taken when all machines
/// have that many (<https://cloud.google.com/load-balancing/docs/backend-service#traffic_distribution>).
const RATE: u32 = 100;

/// How long a TCP probe may take, in seconds, as long as it isn't longer than the interval.
const TCP_TIMEOUT: u16 = 5;

/// The names of what belongs to the application's balancer of one exposure alone.
const PUBLIC: &str = "application-public";
const INTERNAL: &str = "application-internal";

/// The groups' name of the port that members of the application balancer serve on.
pub(super) const HTTPS: &str = "https";

impl Build<'_> {
    /// The way in: HTTPS to every node, by the proxies of the region.
    ///
    /// Whatever is before its service is for one scheme alone, and so for one exposure: with another a second balancer is
    /// made beside the first, which then goes.
    pub(super) fn application_balancer(&mut self, net: &Net) {
        let topology = self.topology;
        let balancer = &topology.application;
        let (scheme, resource) = match balancer.exposure {
            Exposure::Public => (Scheme::ExternalManaged, PUBLIC),
            Exposure::Internal => (Scheme::InternalManaged, INTERNAL),
        };
        let shared = balancer.role.as_str();
        self.balancer_address(net, resource, balancer.exposure);
        self.policy(net, shared);
        self.health_check(shared, &balancer.probe, 443);
        let mut backends = primary_groups(Balancing::RatePerMachine(RATE));
        backends
            .push(Backend { group: BackendGroup::Managed(Ref::to(POOL)), balancing: Balancing::RatePerMachine(RATE) });
        let service = BackendService {
            name: self.names.of(resource),
            scheme,
            protocol: Protocol::Https,
            port_name: Some(HTTPS.to_owned()),
            health_check: Ref::to(shared),
            backends,
            timeout_seconds: Some(ANSWER_SECONDS),
            drain_seconds: DRAIN_SECONDS,
            security_policy: Some(Ref::to(shared)),
        };
        self.add_after(resource, &self.reached(balancer), service);
        for listener in &balancer.listeners {
            if let Some(target) = self.proxy(resource, listener) {
                self.forwarding_rule(net, resource, listener.port, scheme, target);
            }
        }
    }

    /// The way from nodes to the primaries' own services: packets go through as they are. Each port has a service of its
    /// own, because a service has one health check, and a primary gets connections to what it serves alone.
    pub(super) fn control_balancer(&mut self, net: &Net) {
        let topology = self.topology;
        let balancer = &topology.control;
        let control = balancer.role.as_str();
        self.balancer_address(net, control, balancer.exposure);
        for listener in &balancer.listeners {
            let ListenerKind::Tcp { member_port } = listener.kind else { continue };
            let resource = on_port(control, listener.port);
            self.health_check(&resource, &balancer.probe, member_port);
            let service = BackendService {
                name: self.names.of(&resource),
                scheme: Scheme::Internal,
                protocol: Protocol::Tcp,
                port_name: None,
                health_check: Ref::to(&resource),
                backends: primary_groups(Balancing::Connections),
                timeout_seconds: None,
                drain_seconds: DRAIN_SECONDS,
                security_policy: None,
            };
            self.add_after(&resource, &self.reached(balancer), service);
            let target = ForwardingTarget::Service(Ref::to(&resource));
            self.forwarding_rule(net, control, listener.port, Scheme::Internal, target);
        }
    }

    /// A balancer's address. An internal one is any of the nodes' subnetwork, so it comes after those that are planned.
    fn balancer_address(&mut self, net: &Net, resource: &str, exposure: Exposure) {
        let internal = exposure == Exposure::Internal;
        let planned: Vec<castra_core::Address> =
            (0..3).map(|index| castra_core::Address::of::<Address>(&primary_name(index))).collect();
        let address = Address {
            name: self.names.of(resource),
            reach: if internal { Reach::Internal } else { Reach::External },
            subnetwork: internal.then(|| net.nodes.clone()),
            shared: true,
            address: None,
            labels: self.labels::<Address>(resource),
        };
        self.add_after(resource, if internal { &planned } else { &[] }, address);
    }

    /// Who gets through to the application: what the spec allows, or else the cluster's network.
    fn policy(&mut self, net: &Net, resource: &str) {
        let allowed = &self.spec.load_balancer.allowed_cidrs;
        let ranges: &[Ipv4Net] = if allowed.is_empty() { &net.cidrs } else { allowed };
        let policy = SecurityPolicy::allowing(self.names.of(resource), ranges);
        self.add(resource, policy);
    }

    /// What must be there for a balancer's members to be found healthy: the primaries in their groups, and the ways by
    /// which health checks reach nodes. A service waits for their health, so that it comes after these: where one of them
    /// fails nothing is waited for in vain.
    fn reached(&self, balancer: &Balancer) -> Vec<castra_core::Address> {
        let members = (0..3).map(|index| castra_core::Address::of::<InstanceGroupMembership>(&primary_name(index)));
        let way = |to: &Role| castra_core::Address::of::<Firewall>(&way(balancer.role.as_str(), *to));
        // None where the firewall rules are the operator's own.
        let ways = balancer.members.iter().map(way).filter(|way| self.graph.get(way).is_some());
        members.chain(ways).collect()
    }

    fn health_check(&mut self, resource: &str, probe: &Probe, member_port: u16) {
        let check = health_check(self.names.of(resource), probe, member_port);
        self.add(resource, check);
    }

    /// What takes a listener's requests; none for a listener of another kind of balancer.
    fn proxy(&mut self, balancer: &str, listener: &Listener) -> Option<ForwardingTarget> {
        let resource = on_port(balancer, listener.port);
        let name = self.names.of(&resource);
        let action = match &listener.kind {
            ListenerKind::Https { .. } => UrlMapAction::Forward(Ref::to(balancer)),
            ListenerKind::RedirectToHttps { .. } => UrlMapAction::RedirectToHttps,
            ListenerKind::Tcp { .. } => return None,
        };
        self.add(&resource, UrlMap { name: name.clone(), action });
        let url_map = Ref::to(&resource);
        Some(match &listener.kind {
            ListenerKind::Https { certificate, .. } => {
                let certificates = vec![certificate::path(self.settings, certificate)];
                self.add(&resource, TargetHttpsProxy { name, url_map, certificates });
                ForwardingTarget::Https(Ref::to(&resource))
            }
            _ => {
                self.add(&resource, TargetHttpProxy { name, url_map });
                ForwardingTarget::Http(Ref::to(&resource))
            }
        })
    }

    fn forwarding_rule(&mut self, net: &Net, balancer: &str, port: u16, scheme: Scheme, target: ForwardingTarget) {
        let resource = on_port(balancer, port);
        let internal = scheme != Scheme::ExternalManaged;
        let rule = ForwardingRule {
            name: self.names.of(&resource),
            scheme,
            address: Ref::to(balancer),
            ports: vec![port],
            target,
            network: net.network.clone(),
            subnetwork: internal.then(|| net.nodes.clone()),
            global_access: false,
            labels: self.labels::<ForwardingRule>(&resource),
        };
        let after: &[castra_core::Address] = if scheme == Scheme::Internal { &[] } else { &net.proxies };
        self.add_after(&resource, after, rule);
    }
}

/// The name of what belongs to one port of a balancer.
fn on_port(balancer: &str, port: u16) -> String {
    format!("{balancer}-{port}")
}

fn primary_groups(balancing: Balancing) -> Vec<Backend> {
    let group = |index| BackendGroup::Chosen(Ref::to(&primary_name(index)));
    (0..3).map(|index| Backend { group: group(index), balancing }).collect()
}

fn health_check(name: String, probe: &Probe, member_port: u16) -> HealthCheck {
    match probe {
        Probe::Https { port, check } => HealthCheck {
            name,
            protocol: CheckProtocol::Https,
            port: *port,
            path: Some(check.path.clone()),
            interval_seconds: seconds(check.interval),
            timeout_seconds: seconds(check.timeout),
            healthy_threshold: threshold(check.healthy_threshold),
            unhealthy_threshold: threshold(check.unhealthy_threshold),
            logging: false,
        },
        Probe::Tcp { interval, threshold: times } => HealthCheck {
            name,
            protocol: CheckProtocol::Tcp,
            port: member_port,
            path: None,
            interval_seconds: seconds(*interval),
            timeout_seconds: TCP_TIMEOUT.min(seconds(*interval)),
            healthy_threshold: threshold(*times),
            unhealthy_threshold: threshold(*times),
            logging: false,
        },
    }
}

fn seconds(span: Span) -> u16 {
    u16::try_from(span.as_secs()).unwrap_or(u16::MAX)
}

fn threshold(times: u32) -> u8 {
    u8::try_from(times).unwrap_or(u8::MAX)
}
