//! Systems Manager: parameters
//! (<https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html>).

mod delete;
mod describe;
mod filter;
mod get;
mod history;
mod key;
mod label;
mod name;
mod page;
mod parameter;
mod path;
mod public;
mod put;
mod reference;
mod state;
mod tag;
#[cfg(test)]
mod tests;

pub(crate) use state::State;

use super::call::Operations;

/// The operations that are served, file by file.
pub(crate) const OPERATIONS: &[Operations] = &[
    delete::OPERATIONS,
    describe::OPERATIONS,
    get::OPERATIONS,
    history::OPERATIONS,
    label::OPERATIONS,
    path::OPERATIONS,
    put::OPERATIONS,
    tag::OPERATIONS,
];
