//! Secrets Manager.

use super::call::Operations;

/// What the service holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {}

impl State {
    pub(crate) fn arn(&self, _id: &str) -> Option<String> {
        None
    }
}

/// The operations that are served.
pub(crate) const OPERATIONS: &[Operations] = &[];
