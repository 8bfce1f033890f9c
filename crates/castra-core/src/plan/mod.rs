//! A plan: immutable data, every step chosen, nothing left to decide.

mod diff;
mod render;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::inventory::Scope;
use crate::resource::Address;
use crate::spec::ClusterName;

pub use diff::differences;
pub(crate) use diff::normalise;

/// What is done to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is made.
    Create,
    /// Fields of it are changed in place.
    Update,
    /// It is deleted, to be made anew by a later step or because nothing wants it any more.
    Delete,
    /// It exists and is on its way into service; the step waits for that and changes nothing.
    Wait,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field's name.
    pub field: String,
    /// The live value.
    pub from: Value,
    /// The wanted value; `null` stands for one that only the cloud can assign and that is known later.
    pub to: Value,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The resource.
    pub address: Address,
    /// What is done to it.
    pub action: Action,
    /// The cloud's id of the object that is changed or deleted.
    pub id: Option<String>,
    /// The fields that differ (update), or every field (create).
    pub changes: Vec<FieldChange>,
    /// Why, in a few words.
    pub reason: String,
    /// Steps that must be done before, by their index.
    pub after: Vec<usize>,
}

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Make the cloud match the spec.
    Apply,
    /// Remove everything that is the cluster's.
    Destroy,
    /// Take back what a run that failed has done.
    Undo,
}

/// A plan. Made by the engine's planner, a pure function; see [`Plan::seal`] for its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The version of this format.
    pub format: u32,
    /// What it is for.
    pub purpose: Purpose,
    /// The cluster's name.
    pub cluster: ClusterName,
    /// The cluster's uid: that of the anchor found, or the one a new anchor will carry.
    pub uid: Uuid,
    /// Where.
    pub scope: Scope,
    /// The inventory's fingerprint.
    pub fingerprint: String,
    /// The steps, each after all that it needs.
    pub steps: Vec<Step>,
    /// What the operator should know.
    pub notes: Vec<String>,
    /// The hash over everything above but the notes.
    pub hash: String,
}

impl Plan {
    /// The format that this version writes.
    pub const FORMAT: u32 = 1;

    /// Computes the hash. Two plans with the same hash do the same.
    #[must_use]
    pub fn seal(mut self) -> Self {
        let body = serde_json::json!([
            self.format,
            self.purpose,
            self.cluster,
            self.uid,
            self.scope,
            self.fingerprint,
            self.steps
        ]);
        self.hash = digest(&body.to_string());
        self
    }

    /// True when nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many steps have an action.
    pub fn count(&self, action: Action) -> usize {
        self.steps.iter().filter(|step| step.action == action).count()
    }

    /// True when a step deletes an object that another step then makes again.
    pub fn replaces(&self, address: &Address) -> bool {
        let has = |action| self.steps.iter().any(|step| step.address == *address && step.action == action);
        has(Action::Delete) && has(Action::Create)
    }
}

/// A short digest of a text: the first 32 hexadecimal digits of its SHA-256.
pub fn digest(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(32);
    for byte in Sha256::digest(text.as_bytes()).iter().take(16) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}
