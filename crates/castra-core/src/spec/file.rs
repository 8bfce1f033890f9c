//! The file as it is written: what a spec serialises to, and what the JSON Schema describes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ipnet::Ipv4Net;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    CertificateRef, ClusterName, Disk, Exposure, HealthCheck, MachineType, Network, Percent, Pool, Size, Spec,
    SshPublicKey,
};
use crate::sizing::{MEMORY_PER_RUN, PoolSize, Reading};

/// A Castra cluster: a load balancer, three primaries and a pool of secondaries.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "Castra cluster")]
pub(super) struct SpecFile {
    /// The cluster's name, part of every name derived from it.
    name: ClusterName,
    /// Which backend builds the cluster, with that backend's own settings.
    provider: ProviderFile,
    /// The network: one to create, or an existing one.
    network: NetworkFile,
    /// The three primaries.
    primaries: PrimariesFile,
    /// The pool of secondaries.
    secondaries: SecondariesFile,
    /// The work to carry: another way to say how many secondaries there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<CapacityFile>,
    /// The application load balancer.
    load_balancer: BalancerFile,
    /// Ways for people to reach a node; off unless asked for.
    #[schemars(default)]
    access: AccessFile,
    /// Tags to put on everything, up to 40; keys don't begin with castra:.
    #[schemars(default, schema_with = "tags")]
    tags: BTreeMap<String, String>,
    /// Protection from being destroyed.
    #[schemars(default)]
    protection: ProtectionFile,
    /// The application's settings. Secrets are given as { secret = "name" }.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    application: Option<toml::Table>,
    /// The data services' settings. Secrets are given as { secret = "name" }.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    data: Option<toml::Table>,
}

/// The backend and its settings.
#[derive(Serialize, JsonSchema)]
struct ProviderFile {
    /// The backend's name.
    name: String,
    #[serde(flatten)]
    #[schemars(with = "Map<String, Value>")]
    settings: toml::Table,
}

/// The network: cidr to create one, existing = true to use the one that the provider section names.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("oneOf" = [
    { "required": ["cidr"], "properties": { "existing": { "const": false } } },
    { "required": ["existing"], "properties": { "existing": { "const": true }, "cidr": false } },
]))]
struct NetworkFile {
    /// The private range of a network to create, from /16 to /22.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Range>")]
    cidr: Option<Ipv4Net>,
    /// Whether an existing network is used.
    #[schemars(default)]
    existing: bool,
}

/// The three primaries.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct PrimariesFile {
    /// How many there are: always 3.
    #[schemars(default, schema_with = "three")]
    count: usize,
    /// The cloud's name of the machine type.
    machine_type: MachineType,
    /// The memory of one machine, for when no catalogue can be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<Size>,
    /// The system disk.
    #[schemars(default)]
    root_disk: Disk,
    /// The disk of the stateful services, which outlives the machine.
    #[schemars(default)]
    data_disk: Disk,
}

/// The pool of secondaries: count, or min and max, or neither beside a capacity section.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("dependentRequired" = {
    "min": ["max"], "max": ["min"], "target_cpu": ["min", "max"],
}))]
struct SecondariesFile {
    /// A fixed number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1000))]
    count: Option<u32>,
    /// The fewest that the autoscaler keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1000))]
    min: Option<u32>,
    /// The most that the autoscaler makes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    max: Option<u32>,
    /// The mean CPU use that the autoscaler keeps to; 70% if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_cpu: Option<Percent>,
    /// The cloud's name of the machine type.
    machine_type: MachineType,
    /// The memory of one machine, for when no catalogue can be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<Size>,
    /// The system disk.
    #[schemars(default)]
    root_disk: Disk,
}

/// The work to carry.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct CapacityFile {
    /// How many runs at once.
    #[schemars(range(min = 1))]
    concurrent_runs: u32,
    /// The memory of each, 512MiB or more.
    #[schemars(default = "memory_per_run")]
    memory_per_run: Size,
    /// Which machines carry them.
    #[schemars(default)]
    reading: Reading,
}

/// The application load balancer.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct BalancerFile {
    /// Public or internal.
    #[schemars(default)]
    exposure: Exposure,
    /// The ranges that may connect: needed when public; the cluster's network if left out when internal.
    #[schemars(default, with = "Vec<Range>")]
    allowed_cidrs: Vec<Ipv4Net>,
    /// The certificate shown to clients.
    certificate: CertificateRef,
    /// How a node is asked whether it serves.
    #[schemars(default)]
    health_check: HealthCheck,
}

/// Ways for people to reach a node. SSH needs both the keys and the ranges.
#[derive(Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("dependentRequired" = {
    "ssh_public_keys": ["ssh_cidrs"], "ssh_cidrs": ["ssh_public_keys"],
}))]
struct AccessFile {
    /// The public keys that may log in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    ssh_public_keys: Vec<SshPublicKey>,
    /// The ranges that may connect, none wider than a /8.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default, with = "Vec<Range>")]
    ssh_cidrs: Vec<Ipv4Net>,
    /// Whether the cloud's own session service may reach nodes.
    #[schemars(default)]
    session_service: bool,
}

/// Protection from being destroyed.
#[derive(Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ProtectionFile {
    /// Whether destroying is refused.
    #[schemars(default)]
    enabled: bool,
}

fn memory_per_run() -> Size {
    MEMORY_PER_RUN
}

/// How a range is written.
struct Range;

impl JsonSchema for Range {
    fn schema_name() -> Cow<'static, str> {
        "Range".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "An IPv4 range: an address and a prefix length.",
            "pattern": r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$",
            "examples": ["10.20.0.0/16"],
        })
    }
}

fn three(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "const": 3, "default": 3 })
}

fn tags(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "object",
        "maxProperties": 40,
        "propertyNames": { "minLength": 1, "maxLength": 128, "not": { "pattern": "^([Cc][Aa][Ss][Tt][Rr][Aa]|[Aa][Ww][Ss]):" } },
        "additionalProperties": { "type": "string", "maxLength": 256 },
        "default": {},
    })
}

impl From<&Spec> for SpecFile {
    fn from(spec: &Spec) -> Self {
        let Spec { name, provider, network, primaries, secondaries, load_balancer, access, tags, .. } = spec;
        let (count, range, capacity) = match secondaries.pool {
            Pool::Sized(PoolSize::Fixed { count }) => (Some(count), None, None),
            Pool::Sized(PoolSize::Range { min, max, target_cpu }) => (None, Some((min, max, target_cpu)), None),
            Pool::ForCapacity(capacity) => (None, None, Some(capacity)),
        };
        Self {
            name: name.clone(),
            provider: ProviderFile { name: provider.name.clone(), settings: provider.settings.clone() },
            network: match network {
                Network::Create { cidr } => NetworkFile { cidr: Some(*cidr), existing: false },
                Network::Existing => NetworkFile { cidr: None, existing: true },
            },
            primaries: PrimariesFile {
                count: super::Primaries::COUNT,
                machine_type: primaries.machine_type.clone(),
                memory: primaries.memory,
                root_disk: primaries.root_disk,
                data_disk: primaries.data_disk,
            },
            secondaries: SecondariesFile {
                count,
                min: range.map(|(min, ..)| min),
                max: range.map(|(_, max, _)| max),
                target_cpu: range.map(|(.., target_cpu)| target_cpu),
                machine_type: secondaries.machine_type.clone(),
                memory: secondaries.memory,
                root_disk: secondaries.root_disk,
            },
            capacity: capacity.map(|capacity| CapacityFile {
                concurrent_runs: capacity.concurrent_runs,
                memory_per_run: capacity.memory_per_run,
                reading: capacity.reading,
            }),
            load_balancer: BalancerFile {
                exposure: load_balancer.exposure,
                allowed_cidrs: load_balancer.allowed_cidrs.clone(),
                certificate: load_balancer.certificate.clone(),
                health_check: load_balancer.health_check.clone(),
            },
            access: AccessFile {
                ssh_public_keys: access.ssh.iter().flat_map(|ssh| ssh.public_keys.clone()).collect(),
                ssh_cidrs: access.ssh.iter().flat_map(|ssh| ssh.cidrs.clone()).collect(),
                session_service: access.session_service,
            },
            tags: tags.clone(),
            protection: ProtectionFile { enabled: spec.protection.enabled },
            application: spec.application.clone(),
            data: spec.data.clone(),
        }
    }
}
