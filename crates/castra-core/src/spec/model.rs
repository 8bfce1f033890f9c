//! The validated spec and its sections.

use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use schemars::JsonSchema;
use serde::Serialize;

use super::{CertificateRef, ClusterName, Disk, HealthCheck, MachineType, ProviderSection, Size, SshPublicKey};
use crate::sizing::{Capacity, PoolSize, SizingError};

/// What the operator asks for: typed, in range, and free of contradictions within itself.
///
/// Serialising gives the canonical form of the file (defaults written out, sizes and spans in canonical units),
/// which deserialising reads back to the same value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Spec {
    /// The cluster's name, part of every derived name.
    pub name: ClusterName,
    /// Which backend builds it, and that backend's own settings, opaque here.
    pub provider: ProviderSection,
    /// The network to create, or the word that an existing one is used.
    pub network: Network,
    /// The three primaries.
    pub primaries: Primaries,
    /// The pool of secondaries.
    pub secondaries: Secondaries,
    /// The application load balancer.
    pub load_balancer: LoadBalancer,
    /// Ways for people to reach a node.
    pub access: Access,
    /// The operator's own tags, put on everything that is created.
    pub tags: BTreeMap<String, String>,
    /// Whether destroying is refused.
    pub protection: Protection,
    /// The application's settings, opaque here and free of inline secrets.
    pub application: Option<toml::Table>,
    /// The data services' settings, opaque here and free of inline secrets.
    pub data: Option<toml::Table>,
}

/// Where the cluster's network comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// A network of the cluster's own.
    Create {
        /// Its private range, between /16 and /22.
        cidr: Ipv4Net,
    },
    /// A network that the provider section names; it is referenced and never changed.
    Existing,
}

/// The three primaries.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Primaries {
    /// The cloud's name of the machine type.
    pub machine_type: MachineType,
    /// The memory of one machine, for when no catalogue can be asked.
    pub memory: Option<Size>,
    /// The system disk, replaced with the machine.
    pub root_disk: Disk,
    /// The disk of the stateful services, which outlives the machine.
    pub data_disk: Disk,
}

impl Primaries {
    /// How many primaries a cluster has: always three, the smallest quorum that survives the loss of one member.
    ///
    /// Source: HashiCorp, *Architecture Overview for Clustered Deployment* (2019), "Application Instances".
    pub const COUNT: usize = 3;
}

/// The pool of secondaries.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Secondaries {
    /// How many there are, or how to find out.
    pub pool: Pool,
    /// The cloud's name of the machine type.
    pub machine_type: MachineType,
    /// The memory of one machine, for when no catalogue can be asked.
    pub memory: Option<Size>,
    /// The system disk.
    pub root_disk: Disk,
}

impl Secondaries {
    /// The most secondaries that a spec may ask for.
    pub const MOST: u32 = 1000;
}

/// How the size of the pool is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    /// As a number or a range of machines.
    Sized(PoolSize),
    /// As the work to carry; machine memory turns it into a number ([`Spec::pool_size`]).
    ForCapacity(Capacity),
}

/// Who may reach the application load balancer's address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Exposure {
    /// It has public addresses.
    Public,
    /// It has addresses of the cluster's network only.
    #[default]
    Internal,
}

/// The application load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadBalancer {
    /// Public or internal.
    pub exposure: Exposure,
    /// Who may connect. Never empty when public; empty when internal means the cluster's own network.
    pub allowed_cidrs: Vec<Ipv4Net>,
    /// The certificate, kept by the cloud.
    pub certificate: CertificateRef,
    /// How the balancer asks a node whether it serves.
    pub health_check: HealthCheck,
}

/// Ways for people to reach a node; both are off unless asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Access {
    /// SSH, with keys and the ranges that may connect.
    pub ssh: Option<SshAccess>,
    /// Whether the cloud's own session service may reach nodes.
    pub session_service: bool,
}

/// SSH access: neither list is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SshAccess {
    /// The public keys that may log in.
    pub public_keys: Vec<SshPublicKey>,
    /// The ranges that may connect, none wider than a /8.
    pub cidrs: Vec<Ipv4Net>,
}

/// Protection from being destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Protection {
    /// Whether destroying is refused.
    pub enabled: bool,
}

impl Spec {
    /// The pool's size: as given, or for `[capacity]` computed from the machines' memory.
    ///
    /// `memory_of` is the backend's catalogue; where it answers `None` the spec's own `memory` stands in.
    ///
    /// # Errors
    ///
    /// When a machine's memory is neither in the catalogue nor in the spec, when a run doesn't fit one machine, or
    /// when more than [`Secondaries::MOST`] secondaries would be needed.
    pub fn pool_size(&self, memory_of: impl Fn(&MachineType) -> Option<Size>) -> Result<PoolSize, SizingError> {
        let capacity = match &self.secondaries.pool {
            Pool::Sized(size) => return Ok(*size),
            Pool::ForCapacity(capacity) => capacity,
        };
        let memory = |machine: &MachineType, stated: Option<Size>| {
            memory_of(machine).or(stated).ok_or_else(|| SizingError::UnknownMemory(machine.clone()))
        };
        let secondary = memory(&self.secondaries.machine_type, self.secondaries.memory)?;
        let primary = memory(&self.primaries.machine_type, self.primaries.memory)?;
        let count = capacity.secondaries_for(secondary, primary)?;
        match u32::try_from(count) {
            Ok(count) if count <= Secondaries::MOST => Ok(PoolSize::Fixed { count }),
            _ => Err(SizingError::TooMany { count, most: Secondaries::MOST }),
        }
    }
}
