//! AWS.

mod contract;
mod contracts;
mod error;
mod validate;
mod wire;
