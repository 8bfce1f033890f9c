//! From a spec to its topology.

use super::ports;
use super::{
    Balancer, BalancerRole, Identity, Listener, ListenerKind, Peer, PortRange, Primary, Probe, Protocol, Role, Rule,
    SecondaryPool, Topology, ZoneSlot,
};
use crate::sizing::PoolSize;
use crate::spec::{Exposure, Span, Spec};

impl Topology {
    /// The topology of a spec with a pool of that size, as [`Spec::pool_size`] gives it.
    pub fn expand(spec: &Spec, secondaries: PoolSize) -> Self {
        Self {
            cluster: spec.name.clone(),
            primaries: ZoneSlot::ALL.map(|zone| Primary {
                index: zone.index(),
                zone,
                machine_type: spec.primaries.machine_type.clone(),
                root_disk: spec.primaries.root_disk,
                data_disk: spec.primaries.data_disk,
            }),
            secondaries: SecondaryPool {
                size: secondaries,
                zones: ZoneSlot::ALL,
                machine_type: spec.secondaries.machine_type.clone(),
                root_disk: spec.secondaries.root_disk,
            },
            application: application(spec),
            control: control(),
            rules: rules(spec),
            identities: Role::ALL.map(|role| Identity { role, session_service: spec.access.session_service }),
        }
    }

    /// The primaries' number and the most secondaries: how many machines the cluster may have at once.
    pub fn most_nodes(&self) -> usize {
        self.primaries.len() + self.secondaries.size.most() as usize
    }

    /// The load balancer of that role.
    pub const fn balancer(&self, role: BalancerRole) -> &Balancer {
        match role {
            BalancerRole::Application => &self.application,
            BalancerRole::Control => &self.control,
        }
    }
}

fn application(spec: &Spec) -> Balancer {
    Balancer {
        role: BalancerRole::Application,
        exposure: spec.load_balancer.exposure,
        listeners: vec![
            Listener {
                port: ports::HTTPS,
                kind: ListenerKind::Https {
                    certificate: spec.load_balancer.certificate.clone(),
                    member_port: ports::HTTPS,
                },
            },
            Listener { port: ports::HTTP, kind: ListenerKind::RedirectToHttps { port: ports::HTTPS } },
        ],
        members: Role::ALL.to_vec(),
        probe: Probe::Https { port: ports::HTTPS, check: spec.load_balancer.health_check.clone() },
    }
}

fn control() -> Balancer {
    Balancer {
        role: BalancerRole::Control,
        exposure: Exposure::Internal,
        listeners: [ports::CLUSTER_API, ports::JOIN]
            .map(|port| Listener { port, kind: ListenerKind::Tcp { member_port: port } })
            .to_vec(),
        members: vec![Role::Primary],
        // Every 10 s, 2 in a row: what the original modules asked of their cluster API balancer.
        probe: Probe::Tcp { interval: Span::secs(10), threshold: 2 },
    }
}

fn rules(spec: &Spec) -> Vec<Rule> {
    let mut rules = from_outside(spec);
    rules.extend(through_balancers());
    rules.extend(between_nodes());
    rules.extend(Role::ALL.map(|role| Rule {
        from: Peer::Nodes(role),
        to: Peer::Anywhere,
        protocol: Protocol::All,
        ports: PortRange::ALL,
        why: "nodes fetch packages, images and providers, and call the services of the cloud",
    }));
    rules
}

fn from_outside(spec: &Spec) -> Vec<Rule> {
    let clients = match spec.load_balancer.allowed_cidrs.as_slice() {
        [] => Peer::Network,
        cidrs => Peer::Cidrs(cidrs.to_vec()),
    };
    let application = Peer::Balancer(BalancerRole::Application);
    let mut rules = vec![
        tcp(clients.clone(), application.clone(), ports::HTTPS, "clients use the application over HTTPS"),
        tcp(clients, application, ports::HTTP, "clients that begin with plain HTTP are sent to HTTPS"),
    ];
    if let Some(ssh) = &spec.access.ssh {
        let operators = Peer::Cidrs(ssh.cidrs.clone());
        rules.extend(
            Role::ALL.map(|role| tcp(operators.clone(), Peer::Nodes(role), ports::SSH, "operators log in over SSH")),
        );
    }
    rules
}

fn through_balancers() -> Vec<Rule> {
    let application = Peer::Balancer(BalancerRole::Application);
    let control = Peer::Balancer(BalancerRole::Control);
    let mut rules: Vec<Rule> = Role::ALL
        .map(|role| {
            tcp(
                application.clone(),
                Peer::Nodes(role),
                ports::HTTPS,
                "the application load balancer forwards requests and checks health",
            )
        })
        .to_vec();
    for (port, to_control, to_primaries) in [
        (
            ports::CLUSTER_API,
            "nodes reach the cluster API through the control load balancer",
            "the control load balancer passes the cluster API on and probes it",
        ),
        (
            ports::JOIN,
            "nodes join through the control load balancer",
            "the control load balancer passes joining on and probes it",
        ),
    ] {
        rules.extend(Role::ALL.map(|role| tcp(Peer::Nodes(role), control.clone(), port, to_control)));
        rules.push(tcp(control.clone(), Peer::Nodes(Role::Primary), port, to_primaries));
    }
    rules
}

fn between_nodes() -> Vec<Rule> {
    let primaries = || Peer::Nodes(Role::Primary);
    let mut rules: Vec<Rule> = ports::STATE
        .map(|port| tcp(primaries(), primaries(), port, "primaries keep the state of the cluster with one another"))
        .to_vec();
    // A primary can't reach itself through an internal load balancer on any of the clouds, so primaries use each
    // other's own addresses.
    for (port, why) in [
        (ports::CLUSTER_API, "primaries reach the cluster API of one another without the load balancer"),
        (ports::JOIN, "primaries reach the join service of one another without the load balancer"),
    ] {
        rules.push(tcp(primaries(), primaries(), port, why));
    }
    for from in Role::ALL {
        for to in Role::ALL {
            let (from, to) = (Peer::Nodes(from), Peer::Nodes(to));
            rules.push(tcp(
                from.clone(),
                to.clone(),
                ports::OVERLAY_CONTROL,
                "control connections of the overlay network",
            ));
            rules.push(Rule {
                from: from.clone(),
                to: to.clone(),
                protocol: Protocol::Udp,
                ports: PortRange { first: ports::OVERLAY_DATA.0, last: ports::OVERLAY_DATA.1 },
                why: "packets of the overlay network",
            });
            rules.push(tcp(from, to, ports::NODE_AGENT, "node agents answer for logs, commands and metrics"));
        }
    }
    rules
}

fn tcp(from: Peer, to: Peer, port: u16, why: &'static str) -> Rule {
    Rule { from, to, protocol: Protocol::Tcp, ports: PortRange::one(port), why }
}
