//! Answers as expected by hand, from small contracts of the tests' own; every expectation is in AWS's documented form.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod botocore;
mod ec2;
mod every_operation;
mod json_and_cbor;
mod query;
mod rest_xml;
mod sample;

use serde_json::{Value, json};

use crate::aws::contract::{Contract, Protocol};
use crate::aws::error::ApiError;
use crate::http::Response;

/// A contract of one operation, `Do`, and whatever shapes it has.
fn contract(metadata: Value, operation: Value, shapes: Value) -> Contract {
    let mut operation = operation;
    operation["name"] = "Do".into();
    serde_json::from_value(json!({ "metadata": metadata, "operations": { "Do": operation }, "shapes": shapes }))
        .expect("a contract")
}

fn post(output: &str) -> Value {
    json!({ "http": { "method": "POST", "requestUri": "/" }, "output": { "shape": output } })
}

fn answer(contract: &Contract, output: Value) -> Result<Response, String> {
    let protocol = *contract.metadata.protocols.first().expect("a protocol");
    answer_in(contract, protocol, output)
}

fn answer_in(contract: &Contract, protocol: Protocol, output: Value) -> Result<Response, String> {
    super::answer(contract, protocol, &contract.operations["Do"], &output, "id-1")
        .map_err(|violation| violation.to_string())
}

fn refuse(contract: &Contract, error: &ApiError) -> Response {
    let protocol = *contract.metadata.protocols.first().expect("a protocol");
    super::refuse(contract, protocol, contract.operations.get("Do"), error, "id-1")
}

fn text(response: &Response) -> &str {
    std::str::from_utf8(&response.body).expect("text")
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers.get(name).map_or("", |value| value.to_str().expect("text"))
}
