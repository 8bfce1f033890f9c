//! STS: who am I, and temporary credentials.

mod assume_role;
mod identity;
mod session;
mod session_token;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use assume_role::elsewhere;
pub(crate) use session::{Of, Session};
pub(crate) use state::State;

use super::call::Operations;

/// The operations that are served, file by file.
pub(crate) const OPERATIONS: &[Operations] =
    &[assume_role::OPERATIONS, identity::OPERATIONS, session_token::OPERATIONS];
