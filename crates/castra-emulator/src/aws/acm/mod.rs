//! Certificate Manager.

use super::call::Operations;

/// What the service holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {}

/// The operations that are served.
pub(crate) const OPERATIONS: &[Operations] = &[];
#[derive(Debug, Clone)]
pub(crate) enum Due {}
pub(crate) fn happen(_: &mut super::Account, _: &str, due: Due) {
    match due {}
}
pub(crate) fn look_again(_: &mut super::Account) {}
pub(crate) fn is_issued(_: &State, _: &str) -> Option<bool> {
    None
}
