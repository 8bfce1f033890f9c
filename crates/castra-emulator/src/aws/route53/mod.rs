//! Route 53: hosted zones and their records.

use super::account::Account;
use super::call::Operations;

/// What the service holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {}

/// What is due to happen.
#[derive(Debug, Clone)]
pub(crate) enum Due {}

pub(crate) fn happen(_: &mut Account, _: Due) {}

/// The operations that are served.
pub(crate) const OPERATIONS: &[Operations] = &[];
