//! What a topology is made of.

use std::fmt;

use ipnet::Ipv4Net;
use serde::Serialize;

use crate::sizing::PoolSize;
use crate::spec::{CertificateRef, ClusterName, Disk, Exposure, HealthCheck, MachineType, Span};

/// A cluster, provider-neutral and complete: what a backend turns into resources.
///
/// Its size doesn't grow with the pool's: 3 nodes or 1,003, the rules, balancers and identities are the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Topology {
    /// The cluster's name.
    pub cluster: ClusterName,
    /// The three primaries, in the order of their index, each in a zone slot of its own.
    pub primaries: [Primary; 3],
    /// The pool of secondaries.
    pub secondaries: SecondaryPool,
    /// The way in from outside: HTTPS to every node.
    pub application: Balancer,
    /// The way from nodes to the cluster's own services on the primaries: TCP, never exposed.
    pub control: Balancer,
    /// Who may reach whom. Whatever no rule allows is refused.
    pub rules: Vec<Rule>,
    /// What nodes of each role are to the cloud.
    pub identities: [Identity; 2],
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// One of the three that run the stateful services.
    Primary,
    /// One of the pool.
    Secondary,
}

impl Role {
    /// Both roles.
    pub const ALL: [Self; 2] = [Self::Primary, Self::Secondary];

    /// The role as a word: `primary` or `secondary`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One of the cluster's places, 0 to 2, that a backend maps to a zone of its region.
///
/// With fewer zones than slots (where the spec allows that), slots share a zone: slot modulo zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ZoneSlot(u8);

impl ZoneSlot {
    /// The three slots.
    pub const ALL: [Self; 3] = [Self(0), Self(1), Self(2)];

    /// The slot's number, 0 to 2.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for ZoneSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// One primary: an address and a data disk that outlive the machine, and the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Primary {
    /// Which of the three, 0 to 2; a number and not a rank.
    pub index: usize,
    /// Where it is.
    pub zone: ZoneSlot,
    /// The cloud's name of the machine type.
    pub machine_type: MachineType,
    /// The system disk, replaced with the machine.
    pub root_disk: Disk,
    /// The disk of the stateful services, kept when the machine is replaced.
    pub data_disk: Disk,
}

/// The pool of secondaries, spread evenly over the zone slots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SecondaryPool {
    /// How many.
    pub size: PoolSize,
    /// Where they are.
    pub zones: [ZoneSlot; 3],
    /// The cloud's name of the machine type.
    pub machine_type: MachineType,
    /// The system disk.
    pub root_disk: Disk,
}

/// Which of the two load balancers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BalancerRole {
    /// The way in from outside.
    Application,
    /// The way to the primaries' cluster services.
    Control,
}

impl BalancerRole {
    /// The balancer's name: `application` or `control`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Control => "control",
        }
    }
}

impl fmt::Display for BalancerRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Balancer {
    /// Which of the two.
    pub role: BalancerRole,
    /// Whether it has public addresses; the control balancer never does.
    pub exposure: Exposure,
    /// What it listens to.
    pub listeners: Vec<Listener>,
    /// Nodes of these roles are its members.
    pub members: Vec<Role>,
    /// How it finds out whether a member serves.
    pub probe: Probe,
}

/// One port that a load balancer listens to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Listener {
    /// The port.
    pub port: u16,
    /// What is done with a connection.
    pub kind: ListenerKind,
}

/// What a listener does with a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum ListenerKind {
    /// Ends TLS with the certificate and asks a member over HTTPS, whatever certificate that member shows.
    Https {
        /// The certificate shown to clients.
        certificate: CertificateRef,
        /// The members' port.
        member_port: u16,
    },
    /// Sends the client to HTTPS for good.
    RedirectToHttps {
        /// The port that the client is sent to.
        port: u16,
    },
    /// Passes the connection on as it is, so that clients see the member's own certificate.
    Tcp {
        /// The members' port.
        member_port: u16,
    },
}

/// How a load balancer finds out whether a member serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Probe {
    /// Asking for a path over HTTPS, whatever certificate the member shows.
    Https {
        /// The members' port.
        port: u16,
        /// Path, times and thresholds.
        check: HealthCheck,
    },
    /// Connecting to the listener's own member port.
    Tcp {
        /// The time from one probe to the next.
        interval: Span,
        /// Good and bad probes in a row that change a member's state.
        threshold: u32,
    },
}

/// An end of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    /// Anything at all; only ever where nodes connect to.
    Anywhere,
    /// Addresses in these ranges.
    Cidrs(Vec<Ipv4Net>),
    /// Addresses of the cluster's network.
    Network,
    /// Every node of the role.
    Nodes(Role),
    /// The load balancer.
    Balancer(BalancerRole),
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anywhere => f.write_str("anywhere"),
            Self::Cidrs(cidrs) => {
                let cidrs: Vec<String> = cidrs.iter().map(ToString::to_string).collect();
                f.write_str(&cidrs.join(", "))
            }
            Self::Network => f.write_str("the cluster's network"),
            Self::Nodes(Role::Primary) => f.write_str("primaries"),
            Self::Nodes(Role::Secondary) => f.write_str("secondaries"),
            Self::Balancer(role) => write!(f, "the {role} load balancer"),
        }
    }
}

/// The protocol of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// Every protocol and port.
    All,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::All => "all",
        })
    }
}

/// Ports from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PortRange {
    /// The first port.
    pub first: u16,
    /// The last port, not below the first.
    pub last: u16,
}

impl PortRange {
    /// Every port.
    pub const ALL: Self = Self { first: 0, last: u16::MAX };

    /// A single port.
    pub const fn one(port: u16) -> Self {
        Self { first: port, last: port }
    }

    /// Whether the port is among them.
    pub const fn contains(self, port: u16) -> bool {
        self.first <= port && port <= self.last
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}-{}", self.first, self.last) }
    }
}

/// Who may reach whom, and why.
///
/// A rule is about who opens a connection; answers always pass. A backend writes it at both ends: as ingress of
/// `to`, and as egress of `from` where the cloud restricts that.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Rule {
    /// Who connects.
    pub from: Peer,
    /// To whom.
    pub to: Peer,
    /// By which protocol.
    pub protocol: Protocol,
    /// To which ports.
    pub ports: PortRange,
    /// What it is for: a clause without apostrophes, as it goes into the cloud's own description of the rule. All
    /// take up to 255 of letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*` there.
    pub why: &'static str,
}

/// What nodes of a role are to the cloud: the holder of their permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Identity {
    /// Whose it is.
    pub role: Role,
    /// Whether it may be reached by the cloud's session service.
    pub session_service: bool,
}
