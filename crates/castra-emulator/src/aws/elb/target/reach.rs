//! Whether security groups let a load balancer reach a target
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html#target-security-groups>).

use std::net::Ipv4Addr;

use crate::aws::ec2::{self, NetworkInterface, Peer, Rule};
use crate::aws::elb::load_balancer::LoadBalancer;

/// Whether every node of the load balancer can open a connection to that port of the interface: the interface's groups
/// let it in, and the load balancer's groups, if it has any, let it out.
pub(super) fn reaches(ec2: &ec2::State, from: &LoadBalancer, to: &NetworkInterface, port: u16) -> bool {
    let lets = |groups: &[String], egress: bool, address: Ipv4Addr, peers: &[String]| {
        let rules = groups.iter().filter_map(|id| ec2.security_groups.get(id)).flat_map(|group| &group.rules);
        rules.filter(|rule| rule.egress == egress && is_about(rule, port)).any(|rule| match &rule.peer {
            Peer::Cidr(cidr) => cidr.contains(&address),
            Peer::Group(group) => peers.contains(group),
            Peer::Cidr6(_) | Peer::PrefixList(_) => false,
        })
    };
    let out = from.security_groups.is_empty() || lets(&from.security_groups, true, to.address(), &to.groups);
    out && from.nodes.iter().all(|node| lets(&to.groups, false, node.address, &from.security_groups))
}

/// Whether the rule is about TCP connections to that port.
fn is_about(rule: &Rule, port: u16) -> bool {
    match rule.protocol.as_str() {
        "-1" => true,
        "tcp" | "6" => rule.from_port == -1 || (rule.from_port..=rule.to_port).contains(&i64::from(port)),
        _ => false,
    }
}
