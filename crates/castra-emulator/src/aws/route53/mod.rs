//! Route 53: hosted zones and their records, health checks. Nobody is answered over DNS, and nothing is probed.

mod change;
mod change_info;
mod delegation;
mod error;
mod health_check;
mod limit;
mod name;
mod page;
mod record;
mod record_list;
mod request;
mod state;
mod tag;
mod value;
mod vpc;
mod zone;
mod zone_list;

pub(crate) use change_info::{Due, happen};
pub(crate) use state::State;

use super::call::Operations;

/// The operations that are served, file by file.
pub(crate) const OPERATIONS: &[Operations] = &[
    change::OPERATIONS,
    change_info::OPERATIONS,
    health_check::OPERATIONS,
    limit::OPERATIONS,
    record_list::OPERATIONS,
    tag::OPERATIONS,
    vpc::OPERATIONS,
    zone::OPERATIONS,
    zone_list::OPERATIONS,
];

#[cfg(test)]
mod tests;
