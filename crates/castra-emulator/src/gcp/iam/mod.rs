//! Identity and Access Management: service accounts, predefined roles, and who may do what.

mod accounts;
mod authorize;
mod methods;
mod predefined;
#[cfg(test)]
mod tests;

pub(crate) use accounts::{Accounts, deleted, is_known};
pub(crate) use authorize::{authorize, may, refusal};
pub(super) use methods::HANDLERS;
pub(super) use predefined::HANDLERS as ROLE_HANDLERS;
