//! botocore's clients, unmodified, read what is written: every output and every error.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::aws::contract::Operation;
use crate::aws::contracts;

/// A Python that has botocore; `cargo xtask test` sets it.
const PYTHON: &str = "CASTRA_TEST_PYTHON";

#[test]
#[expect(clippy::print_stderr, reason = "says why nothing was tested")]
fn botocore_reads_every_output_and_every_error() {
    let Some(python) = std::env::var_os(PYTHON) else {
        eprintln!("skipped: {PYTHON} is not set; `cargo xtask test` sets it");
        return;
    };
    let mut child = Command::new(python)
        .args(["-c", include_str!("botocore.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut lines = String::new();
    for served in contracts::all() {
        for operation in served.contract.operations.values() {
            for protocol in &served.contract.metadata.protocols {
                for case in cases(served.name, &served.contract, *protocol, operation) {
                    lines.push_str(&case.to_string());
                    lines.push('\n');
                }
            }
        }
    }
    // The script answers as it reads, so that neither side may wait for the other to finish.
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("Python ends");
    let _ = writer.join();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn cases(service: &str, contract: &Contract, protocol: Protocol, operation: &Operation) -> Vec<Value> {
    let mut cases = Vec::new();
    for (kind, output) in [
        ("full", sample::full(contract, operation)),
        ("hollow", sample::hollow(contract, operation)),
        ("empty", Value::Null),
    ] {
        let response = super::super::answer(contract, protocol, operation, &output, "id-1").expect("an answer");
        let mut case = wire(service, protocol, operation, kind, &response);
        case["sample"] = output;
        cases.push(case);
    }
    for error in &operation.errors {
        let said = ApiError::new(&error.shape, "a <b> & c");
        let response = super::super::refuse(contract, protocol, Some(operation), &said, "id-1");
        let code = contract.shape(error).error.as_ref().and_then(|error| error.code.clone());
        let code = code.unwrap_or_else(|| error.shape.clone());
        let mut case = wire(service, protocol, operation, "error", &response);
        case["error"] = json!({ "Code": code, "Message": said.message });
        case["shape"] = error.shape.clone().into();
        cases.push(case);
    }
    cases
}

fn wire(service: &str, protocol: Protocol, operation: &Operation, kind: &str, response: &Response) -> Value {
    let text = |value: &http::HeaderValue| value.to_str().expect("ASCII").to_owned();
    let headers: serde_json::Map<_, _> =
        response.headers.iter().map(|(name, value)| (name.to_string(), text(value).into())).collect();
    let protocol = match protocol {
        Protocol::Ec2 => "ec2",
        Protocol::Query => "query",
        Protocol::Json => "json",
        Protocol::RestXml => "rest-xml",
        Protocol::Cbor => "smithy-rpc-v2-cbor",
    };
    json!({
        "service": service,
        "protocol": protocol,
        "operation": operation.name,
        "kind": kind,
        "status": response.status.as_u16(),
        "head": operation.http.method == "HEAD",
        "headers": headers,
        "body": STANDARD.encode(&response.body),
    })
}
