//! Security groups: the topology's traffic rules, each at both of its ends.

use castra_core::resource::Ref;
use castra_core::topology::{BalancerRole, Peer, Protocol, Role, Rule as Traffic, Topology};
use ipnet::Ipv4Net;

use super::Build;
use super::network::Net;
use crate::kinds::{Rule, RulePeer, SecurityGroup, SecurityGroupRules};

/// The groups, by the names of their resources, with what their description calls the members.
pub(crate) const GROUPS: [(Member, &str); 4] = [
    (Member::Nodes(Role::Primary), "primaries"),
    (Member::Nodes(Role::Secondary), "secondaries"),
    (Member::Balancer(BalancerRole::Application), "the application load balancer"),
    (Member::Balancer(BalancerRole::Control), "the control load balancer"),
];

/// Everything: the range that stands for anywhere.
const ANYWHERE: Ipv4Net = Ipv4Net::new_assert(std::net::Ipv4Addr::UNSPECIFIED, 0);

/// The longest description of a rule (Amazon EC2 API reference, `IpRange`).
const LONGEST_DESCRIPTION: usize = 255;

/// Who is in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Member {
    /// The nodes of a role.
    Nodes(Role),
    /// A load balancer.
    Balancer(BalancerRole),
}

impl Member {
    /// The name of the group's resource.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nodes(role) => role.as_str(),
            Self::Balancer(role) => role.as_str(),
        }
    }

    /// Who a rule's end is, where that has a group.
    const fn of(peer: &Peer) -> Option<Self> {
        match peer {
            Peer::Nodes(role) => Some(Self::Nodes(*role)),
            Peer::Balancer(role) => Some(Self::Balancer(*role)),
            Peer::Anywhere | Peer::Cidrs(_) | Peer::Network => None,
        }
    }
}

/// How many rules a group has at most in one direction (Amazon VPC User Guide, "Amazon VPC quotas").
const RULES: usize = 60;

impl Build<'_> {
    pub(super) fn security_groups(&mut self, net: &Net) {
        for (member, members) in GROUPS {
            let resource = member.name();
            let (name, description) =
                (self.names.security_group(resource), format!("Castra {}: {members}", self.spec.name));
            self.add(resource, |tags| SecurityGroup { vpc: net.vpc.clone(), name, description, tags });
            let (ingress, egress) = rules(self.topology, member, &net.cidrs);
            if ingress.len() > RULES || egress.len() > RULES {
                let most = ingress.len().max(egress.len());
                let path = if resource == "application" { "load_balancer.allowed_cidrs" } else { "access.ssh_cidrs" };
                let message = format!("these ranges make {most} rules, and a security group has at most {RULES}");
                self.problem(path, message, "give fewer, wider ranges");
            }
            self.add(resource, |_| SecurityGroupRules { group: Ref::to(resource), ingress, egress });
        }
    }
}

/// The rules of one group: ingress, then egress.
fn rules(topology: &Topology, member: Member, network: &[Ipv4Net]) -> (Vec<Rule>, Vec<Rule>) {
    let (mut ingress, mut egress) = (Vec::new(), Vec::new());
    for traffic in &topology.rules {
        if Member::of(&traffic.to) == Some(member) {
            allow(&mut ingress, traffic, &traffic.from, network);
        }
        if Member::of(&traffic.from) == Some(member) {
            allow(&mut egress, traffic, &traffic.to, network);
        }
    }
    // What may go anywhere needs no rule for a single way.
    if let Some(all) = egress.iter().find(|rule| is(&rule.peer, &RulePeer::Cidr(ANYWHERE)) && rule.protocol == "-1") {
        egress = vec![all.clone()];
    }
    (ingress, egress)
}

/// Adds a rule for each of a traffic rule's other ends. Two that AWS would call the same become one with both
/// reasons.
fn allow(rules: &mut Vec<Rule>, traffic: &Traffic, other: &Peer, network: &[Ipv4Net]) {
    let ranges = |ranges: &[Ipv4Net]| ranges.iter().copied().map(RulePeer::Cidr).collect();
    let peers: Vec<RulePeer> = match other {
        Peer::Anywhere => vec![RulePeer::Cidr(ANYWHERE)],
        Peer::Cidrs(cidrs) => ranges(cidrs),
        Peer::Network => ranges(network),
        Peer::Nodes(role) => vec![RulePeer::Group(Ref::to(role.as_str()))],
        Peer::Balancer(role) => vec![RulePeer::Group(Ref::to(role.as_str()))],
    };
    let (protocol, from_port, to_port) = match traffic.protocol {
        Protocol::Tcp => ("tcp", i32::from(traffic.ports.first), i32::from(traffic.ports.last)),
        Protocol::Udp => ("udp", i32::from(traffic.ports.first), i32::from(traffic.ports.last)),
        Protocol::All => ("-1", -1, -1),
    };
    for peer in peers {
        let same = rules.iter_mut().find(|rule| {
            rule.protocol == protocol && (rule.from_port, rule.to_port) == (from_port, to_port) && is(&rule.peer, &peer)
        });
        let why = description(traffic.why);
        match same {
            Some(rule) if rule.description.contains(&why) => {}
            Some(rule) => rule.description = description(&format!("{}; {why}", rule.description)),
            None => {
                rules.push(Rule { protocol: protocol.to_owned(), from_port, to_port, peer, description: why });
            }
        }
    }
}

fn is(one: &RulePeer, other: &RulePeer) -> bool {
    format!("{one:?}") == format!("{other:?}")
}

/// A text in the characters that a rule's description may have: `a-z A-Z 0-9 . _ - : / ( ) # , @ [ ] + = & ; { } ! $ *`
/// and spaces (Amazon EC2 API reference, `IpRange`).
fn description(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(*c))
        .take(LONGEST_DESCRIPTION)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::description;

    #[test]
    fn descriptions_have_only_what_aws_takes() {
        assert_eq!(description("the overlay network's packets"), "the overlay networks packets");
        assert_eq!(description(&"long ".repeat(100)).len(), 255);
    }
}
