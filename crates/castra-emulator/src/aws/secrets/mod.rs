//! Secrets Manager (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/intro.html>).

mod create;
mod delete;
mod describe;
mod filter;
mod get;
mod key;
mod list;
mod name;
mod password;
mod policy;
mod put;
mod secret;
mod stage;
mod state;
mod tag;
#[cfg(test)]
mod tests;
mod update;

pub(crate) use state::State;

use super::call::Operations;

/// The operations that are served, file by file.
pub(crate) const OPERATIONS: &[Operations] = &[
    create::OPERATIONS,
    delete::OPERATIONS,
    describe::OPERATIONS,
    get::OPERATIONS,
    list::OPERATIONS,
    password::OPERATIONS,
    policy::OPERATIONS,
    put::OPERATIONS,
    stage::OPERATIONS,
    tag::OPERATIONS,
    update::OPERATIONS,
];
