//! Service Quotas: the limits that are enforced here, by their real names, and requests to raise them.

mod catalogue;
mod list;
mod request;

pub(crate) use request::State;

use super::call::Operations;

/// The operations that are served.
pub(crate) const OPERATIONS: &[Operations] = &[list::OPERATIONS, request::OPERATIONS];

#[cfg(test)]
mod tests;
