//! Outputs that break the contract.

use std::fmt;

/// An output that the contract doesn't allow: the emulator's own mistake, not the caller's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Where in the output, from the outside in; empty for the output itself.
    path: Vec<String>,
    /// What is wrong there.
    what: String,
}

impl Violation {
    /// Something wrong right here.
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { path: Vec::new(), what: what.into() }
    }

    /// The same, seen from one level further out.
    pub(super) fn within(mut self, segment: impl Into<String>) -> Self {
        self.path.insert(0, segment.into());
        self
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return write!(formatter, "the output: {}", self.what);
        }
        write!(formatter, "{}: {}", self.path.join("."), self.what)
    }
}

impl std::error::Error for Violation {}
