//! Requests and answers held against the contract.

mod answer;
mod body;
mod parameters;
mod scalar;

pub(crate) use answer::answer;
pub(crate) use body::body;
pub(crate) use parameters::parameters;
