//! What holds for every topology, whatever its spec and size.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::spec::{Exposure, Percent, Spec};

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

fn spec(public: bool, ssh: bool) -> Spec {
    let exposure = if public { "exposure = 'public'\nallowed_cidrs = ['0.0.0.0/0']" } else { "" };
    let ssh = if ssh { format!("ssh_public_keys = ['{KEY}']\nssh_cidrs = ['192.168.0.0/16']") } else { String::new() };
    Spec::parse_core(&format!(
        "name = 'demo'
        provider = {{ name = 'nimbus' }}
        network = {{ cidr = '10.20.0.0/16' }}
        primaries = {{ machine_type = 's1', data_disk = {{ size = '300GiB' }} }}
        secondaries = {{ machine_type = 's2', count = 5 }}
        [load_balancer]
        certificate = 'cert/1'
        {exposure}
        [access]
        {ssh}"
    ))
    .unwrap()
}

fn tcp_ports(topology: &Topology, from: &Peer, to: &Peer) -> BTreeSet<u16> {
    let between = |rule: &&Rule| rule.from == *from && rule.to == *to && rule.protocol == Protocol::Tcp;
    topology.rules.iter().filter(between).flat_map(|rule| rule.ports.first..=rule.ports.last).collect()
}

#[test]
fn three_primaries_each_in_a_slot_of_its_own() {
    let topology = Topology::expand(&spec(true, false), PoolSize::Fixed { count: 5 });
    for (i, primary) in topology.primaries.iter().enumerate() {
        assert_eq!((primary.index, primary.zone.index()), (i, i));
        assert_eq!(primary.data_disk.size.whole_gib(), Some(300));
    }
    assert_eq!(topology.secondaries.zones.map(ZoneSlot::index), [0, 1, 2]);
    assert_eq!(topology.most_nodes(), 8);
}

#[test]
fn the_rules_of_a_public_cluster_with_ssh() {
    let topology = Topology::expand(&spec(true, true), PoolSize::Fixed { count: 5 });
    let written: Vec<String> = topology
        .rules
        .iter()
        .map(|rule| format!("{} -> {}: {} {} ({})", rule.from, rule.to, rule.protocol, rule.ports, rule.why))
        .collect();
    insta::assert_snapshot!(written.join("\n"));
}

#[test]
fn the_port_matrix_is_met() {
    let topology = Topology::expand(&spec(true, false), PoolSize::Fixed { count: 0 });
    let (primary, secondary) = (Peer::Nodes(Role::Primary), Peer::Nodes(Role::Secondary));
    let (application, control) = (Peer::Balancer(BalancerRole::Application), Peer::Balancer(BalancerRole::Control));
    let ports = |from: &Peer, to: &Peer| tcp_ports(&topology, from, to).into_iter().collect::<Vec<_>>();
    assert_eq!(ports(&application, &primary), [443]);
    assert_eq!(ports(&application, &secondary), [443]);
    assert_eq!(ports(&control, &primary), [6443, 23010]);
    assert!(ports(&control, &secondary).is_empty());
    assert_eq!(ports(&primary, &control), [6443, 23010]);
    assert_eq!(ports(&secondary, &control), [6443, 23010]);
    assert_eq!(ports(&primary, &primary), [2379, 2380, 4001, 6443, 6783, 7001, 10250, 23010]);
    for (from, to) in [(&primary, &secondary), (&secondary, &primary), (&secondary, &secondary)] {
        assert_eq!(ports(from, to), [6783, 10250]);
    }
    for from in [&primary, &secondary] {
        for to in [&primary, &secondary] {
            let udp = |rule: &Rule| rule.from == *from && rule.to == *to && rule.protocol == Protocol::Udp;
            let rules: Vec<String> =
                topology.rules.iter().filter(|rule| udp(rule)).map(|rule| rule.ports.to_string()).collect();
            assert_eq!(rules, ["6783-6784"]);
        }
    }
}

#[test]
fn every_listener_and_member_has_the_rules_it_needs() {
    let topology = Topology::expand(&spec(true, false), PoolSize::Fixed { count: 1 });
    for balancer in [&topology.application, &topology.control] {
        let peer = Peer::Balancer(balancer.role);
        let open: BTreeSet<u16> = topology
            .rules
            .iter()
            .filter(|rule| rule.to == peer)
            .flat_map(|rule| rule.ports.first..=rule.ports.last)
            .collect();
        assert_eq!(open, balancer.listeners.iter().map(|listener| listener.port).collect());
        for listener in &balancer.listeners {
            let (ListenerKind::Https { member_port, .. } | ListenerKind::Tcp { member_port }) = &listener.kind else {
                continue;
            };
            for role in &balancer.members {
                let ports = tcp_ports(&topology, &peer, &Peer::Nodes(*role));
                assert!(ports.contains(member_port), "{peer} -> {role} {member_port}");
            }
        }
    }
}

#[test]
fn an_internal_balancer_serves_the_network_unless_told_otherwise() {
    let topology = Topology::expand(&spec(false, false), PoolSize::Fixed { count: 1 });
    assert_eq!(topology.application.exposure, Exposure::Internal);
    let application = Peer::Balancer(BalancerRole::Application);
    assert_eq!(tcp_ports(&topology, &Peer::Network, &application).into_iter().collect::<Vec<_>>(), [80, 443]);
}

#[test]
fn a_rule_is_said_once() {
    let topology = Topology::expand(&spec(true, true), PoolSize::Fixed { count: 1 });
    let ends: BTreeSet<_> =
        topology.rules.iter().map(|rule| (&rule.from, &rule.to, rule.protocol, rule.ports)).collect();
    assert_eq!(ends.len(), topology.rules.len());
}

#[test]
fn a_topology_is_the_same_each_time_and_serialises() {
    let spec = spec(true, true);
    let size = PoolSize::Range { min: 2, max: 10, target_cpu: Percent::SEVENTY };
    let topology = Topology::expand(&spec, size);
    assert_eq!(topology, Topology::expand(&spec, size));
    let json = serde_json::to_value(&topology).unwrap();
    assert_eq!(json["secondaries"]["size"]["max"], 10);
    assert_eq!(json["control"]["exposure"], "internal");
}

proptest! {
    #[test]
    fn whatever_the_size_and_access(count in 0u32..=1000, public: bool, ssh: bool) {
        let topology = Topology::expand(&spec(public, ssh), PoolSize::Fixed { count });
        prop_assert_eq!(topology.most_nodes(), 3 + count as usize);
        prop_assert_eq!(topology.control.exposure, Exposure::Internal);
        prop_assert_eq!(&topology.control.members, &[Role::Primary]);
        for rule in &topology.rules {
            prop_assert!(rule.why.len() > 10 && rule.why.len() <= 255 && !rule.why.ends_with('.'));
            let allowed = |c: char| c.is_ascii_alphanumeric() || "._-:/()#,@[]+=&;{}!$* ".contains(c);
            prop_assert!(rule.why.chars().all(allowed), "{}", rule.why);
            prop_assert!(rule.ports.first <= rule.ports.last);
            // Only nodes connect to just anywhere, and only they use every port.
            prop_assert_ne!(&rule.from, &Peer::Anywhere);
            prop_assert_eq!(rule.protocol == Protocol::All, rule.to == Peer::Anywhere);
            // What comes from addresses reaches the application balancer, or nodes by SSH, and nothing else.
            if matches!(rule.from, Peer::Cidrs(_) | Peer::Network) {
                let application = rule.to == Peer::Balancer(BalancerRole::Application);
                let by_ssh = ssh && rule.ports == PortRange::one(22) && matches!(rule.to, Peer::Nodes(_));
                prop_assert!(application || by_ssh, "{:?}", rule);
            }
            if rule.to == Peer::Balancer(BalancerRole::Control) {
                prop_assert!(matches!(rule.from, Peer::Nodes(_)));
            }
        }
        prop_assert_eq!(topology.rules.iter().any(|rule| rule.ports == PortRange::one(22)), ssh);
        // The number of rules doesn't grow with the cluster.
        let bare = Topology::expand(&spec(public, ssh), PoolSize::Fixed { count: 0 });
        prop_assert_eq!(&bare.rules, &topology.rules);
    }
}
