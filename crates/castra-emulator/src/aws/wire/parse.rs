//! From a request to its operation and input.

use serde_json::Value;

use crate::aws::ApiError;
use crate::aws::contract::{Contract, Operation, Protocol};
use crate::http::Request;

pub(crate) struct Identified<'c> {
    pub(crate) protocol: Protocol,
    pub(crate) operation: &'c Operation,
}

pub(crate) struct Unidentified {
    pub(crate) name: String,
    pub(crate) protocol: Protocol,
    pub(crate) unserved: bool,
    pub(crate) error: ApiError,
}

pub(crate) fn identify<'c>(_contract: &'c Contract, _request: &Request) -> Result<Identified<'c>, Unidentified> {
    Err(Unidentified { name: String::new(), protocol: Protocol::Ec2, unserved: false, error: ApiError::new("", "") })
}

pub(crate) fn input(_contract: &Contract, _identified: &Identified<'_>, _request: &Request) -> Result<Value, ApiError> {
    Ok(Value::Null)
}
