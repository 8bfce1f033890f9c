//! Whether inputs and outputs keep AWS's published contract.

mod broken;
mod find;
mod output;
mod pattern;
mod refuse;

use serde_json::Value;

use crate::aws::contract::{Contract, Operation, Protocol};
use crate::aws::error::ApiError;

pub(crate) use broken::lower_camel;
pub(crate) use output::output;

/// Checks an input: required members, enums, patterns, lengths and ranges, at every level.
///
/// # Errors
///
/// The refusal that the service gives: EC2 for the first problem, the others for all at once.
pub(crate) fn input(
    contract: &Contract,
    protocol: Protocol,
    operation: &Operation,
    input: &Value,
) -> Result<(), ApiError> {
    let Some(reference) = &operation.input else { return Ok(()) };
    let problems = find::problems(contract, reference, input);
    if problems.is_empty() { Ok(()) } else { Err(refuse::refusal(contract, protocol, operation, &problems)) }
}

#[cfg(test)]
mod tests;
