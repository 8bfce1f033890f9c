//! What can be set for a project.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::operation::OperationError;
use super::quotas::Quotas;
use super::timings::Timings;
use crate::Seconds;
use crate::pattern::like;
use crate::workload::Workload;

/// How an emulated project behaves.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// How long things take.
    pub timings: Timings,
    /// When what was written can be read.
    pub consistency: Consistency,
    /// How much the project may have.
    pub quotas: Quotas,
    /// Where machines are short.
    pub stockouts: Vec<Stockout>,
    /// What runs on instances: nothing, unless it is said here.
    pub workload: Workload,
    /// How much there is to do for managed groups, by which autoscalers scale. A group that no rule is about has no
    /// load that is known, and keeps the size that it has, between its autoscaler's bounds.
    pub demand: Vec<Demand>,
    /// Operations that take longer, or fail.
    pub operations: Vec<OperationRule>,
    /// Whether callers need a role that allows what they do. Off, everyone may do everything. Whoever calls without
    /// credentials is the project's owner, and always may.
    pub enforce_policies: bool,
}

impl Settings {
    /// Everything happens at once and can be read at once.
    pub fn instant() -> Self {
        Self { timings: Timings::instant(), consistency: Consistency::strong(), ..Self::default() }
    }

    /// Things take their time, and can be read at once.
    pub fn calm() -> Self {
        Self { consistency: Consistency::strong(), ..Self::default() }
    }
}

/// How much there is to do for managed groups.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Demand {
    /// The groups' name; may have wildcards. None = every group.
    pub group: Option<String>,
    /// How many instances it would keep fully busy: at a target utilization of 0.5, twice as many are wanted.
    pub cpu: f64,
}

impl Demand {
    /// Whether it is about the group of that name.
    pub(crate) fn is_about(&self, group: &str) -> bool {
        self.group.as_deref().is_none_or(|name| like(name, group))
    }
}

/// When what was written can be read. A resource can be got by its name as soon as its operation is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Consistency {
    /// A resource is in lists at the latest so long after its insertion; each has a moment of its own within. Google
    /// promises nothing for lists.
    pub list_window: Seconds,
    /// Whether a resource comes and goes in lists within its window, as they come from one replica or another.
    pub flapping: bool,
    /// How long it takes until a changed policy counts: "typically within 2 minutes, potentially 7 minutes or longer"
    /// (<https://cloud.google.com/iam/docs/access-change-propagation>).
    pub policy_window: Seconds,
    /// How long it takes until a new service account can be used and looked up: "you might need to wait for 60 seconds
    /// or more" (<https://cloud.google.com/iam/docs/service-accounts-create>).
    pub service_account_window: Seconds,
}

impl Default for Consistency {
    fn default() -> Self {
        Self {
            list_window: Seconds(2.0),
            flapping: true,
            policy_window: Seconds(120.0),
            service_account_window: Seconds(60.0),
        }
    }
}

impl Consistency {
    /// What was written can be read at once.
    pub fn strong() -> Self {
        let none = Seconds(0.0);
        Self { list_window: none, flapping: false, policy_window: none, service_account_window: none }
    }
}

/// A zone that has no machines of a type: what is to be created there fails with `ZONE_RESOURCE_POOL_EXHAUSTED`
/// (<https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-resource-availability>).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Stockout {
    /// The zone; may have wildcards. None = every zone.
    pub zone: Option<String>,
    /// The machine type; may have wildcards. None = every type.
    pub machine_type: Option<String>,
    /// How many instances of these there may be in each zone before it has no more.
    pub left: u32,
}

impl Stockout {
    /// Whether it is about that type in that zone.
    pub(crate) fn is_about(&self, zone: &str, machine_type: &str) -> bool {
        let fits = |wanted: &Option<String>, has: &str| wanted.as_deref().is_none_or(|wanted| like(wanted, has));
        fits(&self.zone, zone) && fits(&self.machine_type, machine_type)
    }
}

/// Operations that take longer than usual, or fail.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct OperationRule {
    /// The method that asks for it, `instances.insert`; may have wildcards. None = every method.
    pub method: Option<String>,
    /// What it is about, `projects/p/zones/z/instances/i`; may have wildcards. None = anything.
    pub target: Option<String>,
    /// How long it runs instead of what is usual.
    pub takes: Option<Seconds>,
    /// How it fails.
    pub error: Option<OperationFailure>,
}

/// How an operation fails: what its `error.errors[0]` and its HTTP status say.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct OperationFailure {
    /// `ZONE_RESOURCE_POOL_EXHAUSTED`.
    pub code: String,
    /// The text.
    pub message: String,
    /// The HTTP status that it speaks of.
    pub status: u16,
}

impl OperationRule {
    pub(crate) fn covers(&self, method: &str, target: &str) -> bool {
        let fits = |wanted: &Option<String>, has: &str| wanted.as_deref().is_none_or(|wanted| like(wanted, has));
        fits(&self.method, method) && fits(&self.target, target)
    }

    pub(crate) fn failure(&self) -> Option<OperationError> {
        let OperationFailure { code, message, status } = self.error.as_ref()?;
        Some(OperationError::new(*status, code, message.as_str()))
    }
}

/// Limits by name.
pub(super) type Limits = BTreeMap<String, f64>;
