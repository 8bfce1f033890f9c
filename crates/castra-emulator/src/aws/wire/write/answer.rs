//! The two entry points.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::refusal::Refusal;
use super::violation::Violation;
use super::{cbor, ec2, json, query, rest_xml};
use crate::aws::contract::{Contract, Operation, Protocol};
use crate::aws::error::ApiError;
use crate::http::Response;

/// Writes an operation's output, walking the contract: null and absent members are left out.
///
/// # Errors
///
/// The output has a member that the contract doesn't know, or a value of the wrong type: the emulator is wrong.
pub(crate) fn answer(
    contract: &Contract,
    protocol: Protocol,
    operation: &Operation,
    output: &Value,
    request_id: &str,
) -> Result<Response, Violation> {
    let empty = Value::Object(serde_json::Map::new());
    let output = if output.is_null() { &empty } else { output };
    if operation.output.is_none() && output != &empty {
        return Err(Violation::new("the contract has no output"));
    }
    let body = match protocol {
        Protocol::Ec2 => ec2::output(contract, operation, output, request_id)?,
        Protocol::Query => query::output(contract, operation, output, request_id)?,
        Protocol::Json => json::output(contract, operation, output)?,
        Protocol::Cbor => cbor::output(contract, operation, output)?,
        Protocol::RestXml => return rest_xml::output(contract, operation, output, request_id),
    };
    Ok(response(contract, protocol, StatusCode::OK, body, request_id))
}

/// Writes a refusal the way the service does. Its code may be the name of an error's shape or what the service puts on
/// the wire; the contract turns the one into the other and knows the status.
pub(crate) fn refuse(
    contract: &Contract,
    protocol: Protocol,
    operation: Option<&Operation>,
    error: &ApiError,
    request_id: &str,
) -> Response {
    let refusal = Refusal::of(contract, protocol, operation, error);
    let body = match protocol {
        Protocol::Ec2 => ec2::refusal(&refusal, request_id),
        Protocol::Query => query::refusal(contract, &refusal, request_id),
        Protocol::Json => json::refusal(&refusal),
        Protocol::Cbor => cbor::refusal(&refusal),
        Protocol::RestXml => return rest_xml::refusal(contract, operation, &refusal, request_id),
    };
    let mut response = response(contract, protocol, refusal.status, body, request_id);
    if contract.metadata.aws_query_compatible.is_some() && matches!(protocol, Protocol::Json | Protocol::Cbor) {
        // <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait>
        set(&mut response.headers, "x-amzn-query-error", &format!("{};{}", refusal.code, refusal.fault()));
    }
    response
}

fn response(contract: &Contract, protocol: Protocol, status: StatusCode, body: Bytes, request_id: &str) -> Response {
    let mut headers = HeaderMap::new();
    set(&mut headers, "x-amzn-requestid", request_id);
    let content_type = match protocol {
        Protocol::Ec2 => "text/xml;charset=UTF-8",
        Protocol::Query | Protocol::RestXml => "text/xml",
        Protocol::Json if contract.metadata.json_version.as_deref() == Some("1.0") => "application/x-amz-json-1.0",
        Protocol::Json => "application/x-amz-json-1.1",
        Protocol::Cbor => "application/cbor",
    };
    // RPC v2 forbids a content type where there is no content; JSON services send theirs all the same.
    if protocol != Protocol::Cbor || !body.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if protocol == Protocol::Cbor {
        set(&mut headers, "smithy-protocol", "rpc-v2-cbor");
    }
    Response { status, headers, body }
}

/// Sets a header, unless its value can't be one.
fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
