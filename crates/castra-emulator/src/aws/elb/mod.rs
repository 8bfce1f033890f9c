//! Elastic Load Balancing, version 2: application and network load balancers.

use super::call::Operations;

/// What the service holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {}

/// The operations that are served.
pub(crate) const OPERATIONS: &[Operations] = &[];

/// What is due to happen.
#[derive(Debug, Clone)]
pub(crate) enum Due {}

/// Lets it happen.
pub(crate) fn happen(_account: &mut super::account::Account, _region: &str, due: Due) {
    match due {}
}
