//! Firewall rules: the topology's traffic rules at the end where they arrive.
//!
//! A VPC network lets everything out and nothing in, so a rule is written as ingress of the nodes that it leads to, known
//! by their service account (<https://cloud.google.com/firewall/docs/firewalls#service-accounts-vs-tags>).

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use castra_core::resource::Ref;
use castra_core::topology::{BalancerRole, Peer, PortRange, Protocol, Role, Topology};
use ipnet::Ipv4Net;

use super::Build;
use super::network::Net;
use crate::kinds::{Allowed, Firewall};

/// Where health checks come from (<https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges>).
const HEALTH_CHECKS: [Ipv4Net; 2] = [range([35, 191, 0, 0], 16), range([130, 211, 0, 0], 22)];
/// Where TCP forwarding of Identity-Aware Proxy comes from
/// (<https://cloud.google.com/iap/docs/using-tcp-forwarding#create-firewall-rule>).
const IDENTITY_AWARE_PROXY: Ipv4Net = range([35, 235, 240, 0], 20);
/// Everything: the range that stands for anywhere.
const ANYWHERE: Ipv4Net = range([0, 0, 0, 0], 0);
/// The port of SSH, which Identity-Aware Proxy forwards to.
const SSH: u16 = 22;

/// The names of all resources that there may be.
pub(crate) const FIREWALLS: [&str; 11] = [
    "application-to-primary",
    "application-to-secondary",
    "control-to-primary",
    "operators-to-primary",
    "operators-to-secondary",
    "primary-to-primary",
    "primary-to-secondary",
    "secondary-to-primary",
    "secondary-to-secondary",
    "session-to-primary",
    "session-to-secondary",
];

const fn range([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

/// Who connects, as a firewall rule says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Source {
    /// What its rules are called after.
    name: &'static str,
    /// The nodes of a role, by their service account.
    nodes: Option<Role>,
    /// Or ranges.
    ranges: BTreeSet<Ipv4Net>,
}

impl Source {
    fn nodes(role: Role) -> Self {
        Self { name: role.as_str(), nodes: Some(role), ranges: BTreeSet::new() }
    }

    fn ranges(name: &'static str, ranges: impl IntoIterator<Item = Ipv4Net>) -> Self {
        Self { name, nodes: None, ranges: ranges.into_iter().collect() }
    }

    /// Who an end of a traffic rule is on the wire. What comes through the application balancer comes from its proxies,
    /// and through the control balancer, which hands packets on as they are, only the health checks' own
    /// (<https://cloud.google.com/load-balancing/docs/firewall-rules>).
    fn of(peer: &Peer, net: &Net) -> Self {
        match peer {
            Peer::Anywhere => Self::ranges("anywhere", [ANYWHERE]),
            Peer::Cidrs(cidrs) => Self::ranges("operators", cidrs.iter().copied()),
            Peer::Network => Self::ranges("network", net.cidrs.iter().copied()),
            Peer::Nodes(role) => Self::nodes(*role),
            Peer::Balancer(BalancerRole::Application) => {
                Self::ranges("application", HEALTH_CHECKS.into_iter().chain([net.proxies_range]))
            }
            Peer::Balancer(BalancerRole::Control) => Self::ranges("control", HEALTH_CHECKS),
        }
    }
}

/// The ports of each protocol.
type Ports = BTreeMap<Protocol, BTreeSet<PortRange>>;

/// What each source may reach on the nodes of each role.
fn ways(topology: &Topology, net: &Net) -> BTreeMap<(Source, Role), Ports> {
    let mut ways: BTreeMap<(Source, Role), Ports> = BTreeMap::new();
    let mut allow = |source: Source, to: Role, protocol: Protocol, ports: PortRange| {
        ways.entry((source, to)).or_default().entry(protocol).or_default().insert(ports);
    };
    for rule in &topology.rules {
        match &rule.to {
            Peer::Nodes(role) => allow(Source::of(&rule.from, net), *role, rule.protocol, rule.ports),
            // Its members see the clients.
            Peer::Balancer(BalancerRole::Control) => {
                for member in &topology.control.members {
                    allow(Source::of(&rule.from, net), *member, rule.protocol, rule.ports);
                }
            }
            // The proxies are Google's, and no rule of the network is about them.
            Peer::Balancer(BalancerRole::Application) => {}
            // Egress.
            Peer::Anywhere | Peer::Cidrs(_) | Peer::Network => {}
        }
    }
    for identity in topology.identities.iter().filter(|identity| identity.session_service) {
        let session = Source::ranges("session", [IDENTITY_AWARE_PROXY]);
        allow(session, identity.role, Protocol::Tcp, PortRange::one(SSH));
    }
    ways
}

impl Build<'_> {
    /// One rule for each source and each role that it reaches.
    pub(super) fn firewalls(&mut self, net: &Net) {
        if !self.writes_firewalls() {
            return;
        }
        for ((source, role), ports) in ways(self.topology, net) {
            let resource = way(source.name, role);
            let rule = Firewall {
                name: self.names.global(&resource),
                network: net.network.clone(),
                allowed: ports.into_iter().map(|(protocol, ports)| allowed(protocol, &ports)).collect(),
                source_ranges: source.ranges.into_iter().collect(),
                source_service_accounts: source.nodes.map(|role| Ref::to(role.as_str())).into_iter().collect(),
                target_service_accounts: vec![Ref::to(role.as_str())],
                priority: Firewall::PRIORITY,
                disabled: false,
            };
            self.add(&resource, rule);
        }
    }
}

/// The name of the rule that lets a source reach the nodes of a role.
pub(super) fn way(source: &str, to: Role) -> String {
    format!("{source}-to-{to}")
}

fn allowed(protocol: Protocol, ports: &BTreeSet<PortRange>) -> Allowed {
    let ports = match protocol {
        Protocol::All => Vec::new(),
        Protocol::Tcp | Protocol::Udp => ports.iter().map(ToString::to_string).collect(),
    };
    Allowed { protocol: protocol.to_string(), ports }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use castra_core::sizing::PoolSize;
    use castra_core::spec::Spec;

    use super::*;
    use crate::settings::GcpProvider;

    const SPEC: &str = r#"
name = "camp"
provider = { name = "gcp", project = "project-1", region = "europe-west1", image = { project = "debian-cloud", family = "debian-12" } }
network = { cidr = "10.20.0.0/16" }
primaries = { machine_type = "n2-standard-4" }
secondaries = { count = 5, machine_type = "n2-standard-4" }
load_balancer = { exposure = "public", allowed_cidrs = ["0.0.0.0/0"], certificate = "camp" }
"#;
    const ACCESS: &str = r#"
[access]
session_service = true
ssh_cidrs = ["192.0.2.0/24"]
ssh_public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f ops@example.com"]
"#;

    fn net() -> Net {
        Net {
            network: Ref::to("main"),
            nodes: Ref::to("nodes"),
            cidrs: vec!["10.20.0.0/16".parse().unwrap()],
            planned: None,
            proxies_range: "10.20.192.0/20".parse().unwrap(),
            proxies: Vec::new(),
            way_out: Vec::new(),
        }
    }

    fn ways_of(text: &str) -> BTreeMap<String, (Source, Ports)> {
        let spec = Spec::parse(text, &[&GcpProvider]).unwrap_or_else(|problems| panic!("{problems}"));
        let topology = Topology::expand(&spec, PoolSize::Fixed { count: 5 });
        let named =
            |((source, role), ports): ((Source, Role), Ports)| (format!("{}-to-{role}", source.name), (source, ports));
        ways(&topology, &net()).into_iter().map(named).collect()
    }

    fn tcp(ports: &Ports) -> Vec<u16> {
        ports.get(&Protocol::Tcp).into_iter().flatten().map(|range| range.first).collect()
    }

    #[test]
    fn each_source_has_a_rule_for_each_role_that_it_reaches() {
        let usual: Vec<String> = ways_of(SPEC).into_keys().collect();
        let few = |name: &&&str| !name.starts_with("operators") && !name.starts_with("session");
        assert_eq!(usual, FIREWALLS.iter().filter(few).copied().collect::<Vec<_>>());
        let all: Vec<String> = ways_of(&format!("{SPEC}{ACCESS}")).into_keys().collect();
        assert_eq!(all, FIREWALLS, "the survey looks for all of them");
    }

    #[test]
    fn nodes_are_known_by_their_accounts_and_reach_what_their_role_needs() {
        let ways = ways_of(SPEC);
        let (source, ports) = &ways["primary-to-primary"];
        assert_eq!((source.nodes, source.ranges.len()), (Some(Role::Primary), 0));
        assert_eq!(tcp(ports), [2379, 2380, 4001, 6443, 6783, 7001, 10250, 23010]);
        let overlay = PortRange { first: 6783, last: 6784 };
        assert_eq!(ports.get(&Protocol::Udp), Some(&BTreeSet::from([overlay])));
        // The control balancer hands on what secondaries send it, as theirs.
        assert_eq!(tcp(&ways["secondary-to-primary"].1), [6443, 6783, 10250, 23010]);
        assert_eq!(tcp(&ways["primary-to-secondary"].1), [6783, 10250]);
    }

    #[test]
    fn balancers_reach_nodes_from_where_their_proxies_and_health_checks_are() {
        let ways = ways_of(SPEC);
        let ranges = |name: &str| ways[name].0.ranges.iter().map(ToString::to_string).collect::<Vec<_>>();
        for role in Role::ALL {
            let name = format!("application-to-{role}");
            assert_eq!(ranges(&name), ["10.20.192.0/20", "35.191.0.0/16", "130.211.0.0/22"]);
            assert_eq!(tcp(&ways[&name].1), [443]);
        }
        assert_eq!(ranges("control-to-primary"), ["35.191.0.0/16", "130.211.0.0/22"]);
        assert_eq!(tcp(&ways["control-to-primary"].1), [6443, 23010]);
    }

    #[test]
    fn people_reach_ssh_and_nothing_else_and_nothing_is_open_to_everybody() {
        let ways = ways_of(&format!("{SPEC}{ACCESS}"));
        for role in Role::ALL {
            for (name, range) in [("operators", "192.0.2.0/24"), ("session", "35.235.240.0/20")] {
                let (source, ports) = &ways[&format!("{name}-to-{role}")];
                assert_eq!(
                    (source.ranges.iter().map(ToString::to_string).collect::<Vec<_>>(), tcp(ports)),
                    (vec![range.to_owned()], vec![22])
                );
            }
        }
        assert!(ways.values().all(|(source, _)| !source.ranges.contains(&ANYWHERE)));
    }
}
