//! Calls that wait to be released.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Phase;
use crate::log::{Outcome, Subject};

/// A call that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Held {
    /// What it is released by.
    pub id: u64,
    /// The fault that holds it.
    pub fault: u64,
    /// Where in the call.
    pub phase: Phase,
    /// What it is about.
    pub subject: Subject,
    /// Its parameters, as the log will tell them.
    pub parameters: Value,
    /// What came of it, where its reply is held.
    pub outcome: Option<Outcome>,
}
