//! Requests and answers held against the contract.

mod answer;
mod body;
mod parameters;
mod scalar;

pub(crate) use answer::answer;
#[cfg(any(test, fuzzing))]
pub(crate) use answer::request;
pub(crate) use body::body;
pub(crate) use parameters::parameters;
