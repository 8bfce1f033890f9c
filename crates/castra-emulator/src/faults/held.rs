//! Calls that wait to be released.

use serde::{Deserialize, Serialize};

use super::Phase;
use crate::log::Subject;

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
}
