//! Service Quotas.

use super::call::Operations;

/// What the service holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {}

/// The operations that are served.
pub(crate) const OPERATIONS: &[Operations] = &[];
