//! Requests and answers held against the contract.

use serde_json::Value;

use super::ApiError;
use super::contract::{Contract, Operation, Protocol};

pub(crate) fn input(_: &Contract, _: Protocol, _: &Operation, _: &Value) -> Result<(), ApiError> {
    Ok(())
}

pub(crate) fn output(_: &Contract, _: &Operation, _: &Value) -> Vec<String> {
    Vec::new()
}
