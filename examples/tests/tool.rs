//! A tool of somebody's own is the same on every cloud, but for one line and the provider's section, and works on each.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use castra_emulator::{Emulator, Listens, Options, Pace, Seconds};
use serde_json::{Value, json};

const ON_AWS: &str = include_str!("../src/bin/on_aws.rs");
const ON_GOOGLE_CLOUD: &str = include_str!("../src/bin/on_google_cloud.rs");
const TOOL: &str = include_str!("../src/tool.rs");

/// A second here is a minute there.
const FASTER: f64 = 60.0;

/// A program without its introduction and the provider's section.
fn code(program: &str) -> Vec<&str> {
    let (before, rest) = program.split_once("const PROVIDER").unwrap();
    let (_, after) = rest.split_once("\"#;").unwrap();
    before.lines().filter(|line| !line.starts_with("//!")).chain(after.lines()).collect()
}

#[test]
fn one_line_of_code_differs_from_cloud_to_cloud() {
    let (one, other) = (code(ON_AWS), code(ON_GOOGLE_CLOUD));
    assert_eq!(one.len(), other.len());
    let differing: Vec<_> = one.iter().zip(&other).filter(|(one, other)| one != other).collect();
    assert_eq!(differing.len(), 1, "{differing:?}");
    assert!(differing[0].0.contains("Place::new"), "{differing:?}");
}

#[test]
fn the_tool_itself_names_no_cloud() {
    for word in ["aws", "amazon", "google", "gcp"] {
        assert!(!TOOL.to_lowercase().contains(word), "{word}");
    }
}

/// A cloud on which every machine answers as soon as it runs.
fn emulator() -> Emulator {
    let mut options = Options::default();
    options.pace = Pace::Scaled(FASTER);
    options.settings.workload.listens = vec![Listens::default()];
    options.settings.issue_unvalidated_certificates = true;
    options.settings.timings.certificate_issuance = Seconds(0.0);
    options.project_settings.workload.listens = vec![Listens::default()];
    Emulator::start(options).unwrap()
}

/// What a request is answered with.
fn post(emulator: &Emulator, path: &str, headers: &[&str], body: &Value) -> String {
    let (address, body) = (emulator.address(), body.to_string());
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// Runs a program with a machine type and a certificate; it must say that its cluster is gone.
fn lives(program: &str, arguments: [&str; 2], environment: &[(&str, &str)]) {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).envs(environment.iter().copied());
    command.env("CASTRA_CLOCK_SCALE", FASTER.to_string()).env("HOME", home.path()).env("XDG_STATE_HOME", home.path());
    let run = command.output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.contains("is gone") && said.lines().count() == 3 + 4 + 1, "{said}");
}

#[test]
fn it_works_on_aws() {
    let emulator = emulator();
    let headers = [
        "Content-Type: application/x-amz-json-1.1",
        "X-Amz-Target: CertificateManager.RequestCertificate",
        "X-Amz-Date: 20260101T000000Z",
        "Authorization: AWS4-HMAC-SHA256 Credential=100000000001/20260101/eu-central-1/acm/aws4_request, \
         SignedHeaders=host, Signature=0",
    ];
    let answer =
        post(&emulator, "/", &headers, &json!({ "DomainName": "camp.example.com", "ValidationMethod": "DNS" }));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let environment = [
        ("AWS_ENDPOINT_URL", &*emulator.endpoint()),
        ("AWS_ACCESS_KEY_ID", "100000000001"),
        ("AWS_SECRET_ACCESS_KEY", "unused"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    lives(env!("CARGO_BIN_EXE_on_aws"), ["m7i.xlarge", answer["CertificateArn"].as_str().unwrap()], &environment);
    let objects = emulator.objects("100000000001");
    let gone = |state: &Option<String>| matches!(state.as_deref(), Some("terminated" | "deleted"));
    let left: Vec<_> = objects.iter().filter(|object| object.service != "acm" && !gone(&object.state)).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn it_works_on_google_cloud() {
    let emulator = emulator();
    let key = include_str!("../../tests/certificate/key.base64");
    let body = json!({
        "name": "camp-example-com",
        "certificate": include_str!("../../tests/certificate/certificate.pem"),
        "privateKey": format!("-----BEGIN {label}-----\n{key}-----END {label}-----\n", label = "PRIVATE KEY"),
    });
    let place = "/compute/v1/projects/my-project/regions/europe-west3/sslCertificates";
    post(&emulator, place, &["Content-Type: application/json"], &body);
    // Until it is there.
    emulator.clock().advance(Duration::from_secs(60));
    let environment = [("CASTRA_GCP_ENDPOINT", &*emulator.endpoint())];
    lives(env!("CARGO_BIN_EXE_on_google_cloud"), ["n2-standard-4", "camp-example-com"], &environment);
    let left = emulator.objects("my-project");
    assert!(left.iter().all(|object| object.kind.ends_with("sslCertificates")), "{left:?}");
}
