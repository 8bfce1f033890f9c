//! KMS, as far as volumes, objects and secrets name keys. Nothing is encrypted.

mod alias;
mod error;
mod key;
mod key_state;
mod page;
mod state;

pub(crate) use state::{State, usable};

use super::call::Operations;

/// The operations that are served.
pub(crate) const OPERATIONS: &[Operations] = &[alias::OPERATIONS, key::OPERATIONS, key_state::OPERATIONS];

#[cfg(test)]
mod tests;
