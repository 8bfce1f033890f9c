//! What botocore's clients, unmodified, write is read as what they were given.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::*;
use crate::aws::contract::Protocol;
use crate::aws::wire::signature;

/// A Python that has botocore; `cargo xtask test` sets it.
const PYTHON: &str = "CASTRA_TEST_PYTHON";

#[test]
#[expect(clippy::print_stderr, reason = "says why nothing was tested")]
fn what_botocore_writes_is_read() {
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
    let mut cases = 0;
    for served in contracts::all() {
        for operation in served.contract.operations.values() {
            for protocol in &served.contract.metadata.protocols {
                let sample = sample::full(&served.contract, operation);
                let case = json!({
                    "service": served.name, "protocol": name(*protocol), "operation": operation.name, "sample": sample,
                });
                lines.push_str(&format!("{case}\n"));
                cases += 1;
            }
        }
    }
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("Python ends");
    let _ = writer.join();
    let written = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{written}");
    let wrong: Vec<String> = written.lines().filter_map(|line| wrong(&serde_json::from_str(line).unwrap())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(written.lines().count(), cases);
}

fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Ec2 => "ec2",
        Protocol::Query => "query",
        Protocol::Json => "json",
        Protocol::RestXml => "rest-xml",
        Protocol::Cbor => "smithy-rpc-v2-cbor",
    }
}

/// What is read differently from what was given.
fn wrong(case: &Value) -> Option<String> {
    let text = |name: &str| case[name].as_str().unwrap_or_else(|| panic!("{name} in {case}"));
    let (service, operation) = (text("service"), text("operation"));
    let contract = served(service);
    let headers: Vec<(&str, &str)> = case["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let line = format!("{} {}", text("method"), text("target"));
    let request = request(&line, &headers, STANDARD.decode(text("body")).unwrap());
    let complain = |what: String| Some(format!("{service} {operation} ({}): {what}", text("protocol")));
    match signature(&request) {
        Ok(Some(signature)) if signature.service == service && signature.region == "eu-west-1" => {}
        // Global services have one region.
        Ok(Some(signature)) if signature.service == service && ["iam", "route53"].contains(&service) => {}
        other => return complain(format!("signature: {other:?}")),
    }
    let identified = match identify(contract, &request) {
        Ok(identified) => identified,
        Err(unknown) => return complain(format!("{line}: {}", unknown.error.message)),
    };
    if identified.operation.name != operation || name(identified.protocol) != text("protocol") {
        return complain(format!("{line}: is {} ({:?})", identified.operation.name, identified.protocol));
    }
    let mut read = match input(contract, &identified, &request) {
        Ok(read) => read,
        Err(error) => return complain(format!("{}: {}", error.code, error.message)),
    };
    let mut given = case["sample"].clone();
    // What clients add and change by themselves.
    for object in [&mut read, &mut given].into_iter().filter_map(Value::as_object_mut) {
        let added = ["ContentLength", "ContentMD5", "ChecksumCRC32", "ChecksumAlgorithm", "UserData", "CopySource"];
        object.retain(|name, _| !added.contains(&name.as_str()) && !name.contains("SSECustomerKey"));
    }
    if read == given {
        return None;
    }
    let (read, given) = (read.as_object()?, given.as_object()?);
    let names = read.keys().chain(given.keys().filter(|name| !read.contains_key(*name)));
    let differs = names.filter(|name| read.get(*name) != given.get(*name));
    let show = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
    let differences: Vec<String> =
        differs.map(|name| format!("{name}: {} instead of {}", show(read.get(name)), show(given.get(name)))).collect();
    complain(differences.join("; "))
}
