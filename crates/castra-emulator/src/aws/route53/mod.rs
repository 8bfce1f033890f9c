//! Route 53: hosted zones and their records.

use super::account::Account;
use super::call::Operations;

/// What the service holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {}

impl State {
    /// The value of the CNAME record of that name (with its final dot) in one of the account's public hosted zones,
    /// which is how other services see what is in DNS.
    pub(crate) fn cname(&self, _name: &str) -> Option<String> {
        None
    }
}
/// What is due to happen.
#[derive(Debug, Clone)]
pub(crate) enum Due {}

pub(crate) fn happen(_: &mut Account, _: Due) {}

/// The operations that are served.
pub(crate) const OPERATIONS: &[Operations] = &[];
