//! What records say.

use std::collections::BTreeMap;

use castra_core::plan::{Plan, Purpose};
use castra_core::{Action, Address, Error};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::Holder;

/// Something that a run was about to do, and of which the journal doesn't know that it was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenIntent {
    /// The run.
    pub run: String,
    /// The resource.
    pub address: Address,
    /// What was to be done to it.
    pub action: Action,
    /// The fields as planned; never a secret.
    pub parameters: Value,
    /// When.
    pub at: Timestamp,
}

/// One thing that a record says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Entry {
    /// The record's writer has the lease from here on. Everything that earlier records leave is in it, so that a
    /// reader needs to go back no further.
    Acquire {
        /// Who it is.
        holder: Holder,
        /// The uid of the cluster that exists, as far as the journal knows.
        uid: Option<Uuid>,
        /// What earlier runs left open.
        open: Vec<OpenIntent>,
        /// What earlier runs made of late, and when: it may not show everywhere yet.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        made: BTreeMap<Address, Timestamp>,
        /// The moment before which a run that was displaced may still be changing the cloud.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        settle_from: Option<Timestamp>,
    },
    /// The lease's holder is alive.
    Renew,
    /// The lease is free.
    Release,
    /// A run begins.
    RunStarted {
        /// The run.
        run: String,
        /// The cluster's uid.
        uid: Uuid,
        /// The hash of the plan.
        plan: String,
        /// What the plan is for.
        purpose: Purpose,
    },
    /// A step is about to be done.
    Intent(OpenIntent),
    /// A step is done.
    Done {
        /// The run.
        run: String,
        /// The resource.
        address: Address,
        /// What was done to it.
        action: Action,
        /// The cloud's id of the object, unless it is gone.
        id: Option<String>,
        /// What the object gives to others.
        output: Option<Value>,
    },
    /// A step failed.
    Failed {
        /// The run.
        run: String,
        /// The resource.
        address: Address,
        /// What was to be done to it.
        action: Action,
        /// One line that says what failed.
        error: String,
        /// Whether it may have taken effect all the same.
        ambiguous: bool,
    },
    /// A run ended.
    RunFinished {
        /// The run.
        run: String,
        /// How: `complete`, `failed`, `interrupted` or `stuck`.
        outcome: String,
    },
    /// The cluster is gone and its uid no longer in use.
    Destroyed {
        /// The uid.
        uid: Uuid,
    },
}

impl Entry {
    /// A run of this plan begins.
    pub fn started(plan: &Plan) -> Self {
        Self::RunStarted { run: plan.hash.clone(), uid: plan.uid, plan: plan.hash.clone(), purpose: plan.purpose }
    }

    /// A step is about to be done.
    pub fn intent(run: &str, address: &Address, action: Action, parameters: Value, at: Timestamp) -> Self {
        Self::Intent(OpenIntent { run: run.to_owned(), address: address.clone(), action, parameters, at })
    }

    /// A step is done, and this is the object's id and output, if it still is.
    pub fn done(run: &str, address: &Address, action: Action, object: Option<(String, Value)>) -> Self {
        let (id, output) = object.unzip();
        Self::Done { run: run.to_owned(), address: address.clone(), action, id, output }
    }

    /// A step failed.
    pub fn failed(run: &str, address: &Address, action: Action, error: &Error) -> Self {
        Self::Failed {
            run: run.to_owned(),
            address: address.clone(),
            action,
            error: error.to_string(),
            ambiguous: error.is_ambiguous(),
        }
    }
}
