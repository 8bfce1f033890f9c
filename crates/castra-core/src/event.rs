//! What a run tells whoever watches it.

use std::time::Duration;

use serde::Serialize;

use crate::context::Access;
use crate::plan::Action;
use crate::resource::Address;

/// Something that happened in a run, in the order it happened.
///
/// Serialised with its name under `event`, so that a stream of them is JSON lines. Times are milliseconds.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The cloud is being looked at.
    Surveying {
        /// The cluster's name.
        cluster: String,
    },
    /// Another run's lease is being waited for or was taken over.
    Lease {
        /// What happened, in a sentence.
        message: String,
    },
    /// The run begins. The undo of one that failed is a run of its own.
    RunStarted {
        /// The run's id.
        run: String,
        /// How many steps it has.
        steps: usize,
    },
    /// A step begins.
    StepStarted {
        /// The resource.
        address: Address,
        /// What is done to it.
        action: Action,
    },
    /// The cloud is being waited for.
    Waiting {
        /// The resource whose step waits.
        address: Option<Address>,
        /// What is waited for.
        what: String,
        /// What was seen instead.
        observed: String,
    },
    /// One attempt at a call ended.
    Called {
        /// The service.
        service: &'static str,
        /// The operation.
        operation: &'static str,
        /// Whether it can change anything.
        access: Access,
        /// Counted from 1.
        attempt: u32,
        /// How long it took.
        #[serde(serialize_with = "milliseconds")]
        took: Duration,
        /// The kind of failure, or nothing when it succeeded.
        error: Option<crate::error::ErrorKind>,
    },
    /// A step's object exists; what depends on it can begin.
    StepDone {
        /// The resource.
        address: Address,
        /// What was done to it.
        action: Action,
        /// The cloud's id.
        id: Option<String>,
        /// How long it took.
        #[serde(serialize_with = "milliseconds")]
        took: Duration,
    },
    /// A step failed.
    StepFailed {
        /// The resource.
        address: Address,
        /// What was being done to it.
        action: Action,
        /// One line that says what failed and what to do.
        error: String,
    },
    /// A step was not begun, because a step that it needs failed or because the run was asked to stop.
    StepSkipped {
        /// The resource.
        address: Address,
        /// What would have been done to it.
        action: Action,
    },
    /// Something the operator should know that isn't a failure.
    Note {
        /// The message.
        message: String,
    },
    /// The run ended.
    RunFinished {
        /// How: `complete`, `failed`, `interrupted` or `stuck`.
        outcome: String,
        /// Steps done.
        done: usize,
        /// Steps failed.
        failed: usize,
        /// Steps not begun.
        skipped: usize,
        /// How long the run took.
        #[serde(serialize_with = "milliseconds")]
        took: Duration,
    },
}

fn milliseconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
