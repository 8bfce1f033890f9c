//! Certificate Manager (<https://docs.aws.amazon.com/acm/latest/APIReference/Welcome.html>).

mod certificate;
mod describe;
mod import;
mod lifecycle;
mod list;
mod objects;
mod option;
mod request;
mod state;
mod tag;
#[cfg(test)]
mod tests;
mod validation;

pub(crate) use certificate::is_issued;
pub(crate) use state::State;
pub(crate) use validation::{Due, happen, look_again};

use super::call::Operations;

/// The operations that are served, file by file.
pub(crate) const OPERATIONS: &[Operations] = &[
    describe::OPERATIONS,
    import::OPERATIONS,
    lifecycle::OPERATIONS,
    list::OPERATIONS,
    option::OPERATIONS,
    request::OPERATIONS,
    tag::OPERATIONS,
];
