//! From an output or a refusal to an answer.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::aws::ApiError;
use crate::aws::contract::{Contract, Operation, Protocol};
use crate::http::Response;

#[derive(Debug, thiserror::Error)]
#[error("violation")]
pub(crate) struct Violation;

pub(crate) fn answer(
    _contract: &Contract,
    _protocol: Protocol,
    _operation: &Operation,
    _output: &Value,
    _request_id: &str,
) -> Result<Response, Violation> {
    Err(Violation)
}

pub(crate) fn refuse(
    _contract: &Contract,
    _protocol: Protocol,
    _operation: Option<&Operation>,
    _error: &ApiError,
    _request_id: &str,
) -> Response {
    Response { status: StatusCode::BAD_REQUEST, headers: HeaderMap::new(), body: Bytes::new() }
}
