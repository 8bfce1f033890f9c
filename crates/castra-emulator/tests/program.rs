//! The program, as a client in any language meets it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A running program; killed if a test fails before its end.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it on its leash; what it printed when it listened, and the process.
fn start(arguments: &[&str]) -> (String, Program) {
    let child = Command::new(env!("CARGO_BIN_EXE_castra-emulator"))
        .args(["aws", "--leash"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut program = Program(child.unwrap());
    let mut endpoint = String::new();
    BufReader::new(program.0.stdout.take().unwrap()).read_line(&mut endpoint).unwrap();
    (endpoint.trim_end().to_owned(), program)
}

/// Asks for something nobody serves; the answer's first line.
fn ask(address: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /?Action=Nothing HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn it_says_where_it_listens_logs_what_is_asked_and_stops_with_its_leash() {
    let log = concat!(env!("CARGO_TARGET_TMPDIR"), "/castra-emulator-program.jsonl");
    let _ = std::fs::remove_file(log);
    let (endpoint, mut program) = start(&["--port", "0", "--log", log]);
    let address = endpoint.strip_prefix("http://").unwrap();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    assert!(ask(address).starts_with("HTTP/1.1 "));
    assert!(ask(address).starts_with("HTTP/1.1 "));
    drop(program.0.stdin.take());
    assert!(program.0.wait().unwrap().success());
    let lines = std::fs::read_to_string(log).unwrap();
    let numbers = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["number"].clone());
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn it_says_why_it_cannot_start() {
    let (endpoint, _first) = start(&["--port", "0"]);
    let port = endpoint.rsplit(':').next().unwrap();
    for (arguments, why) in [
        (["--port", port], "cannot listen on 127.0.0.1"),
        (["--port=0", "--log=/nowhere/log"], "cannot write to /nowhere"),
    ] {
        let (said, mut program) = start(&arguments);
        assert_eq!(said, "");
        assert!(!program.0.wait().unwrap().success());
        let mut complaint = String::new();
        program.0.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
        assert!(complaint.starts_with("castra-emulator: ") && complaint.contains(why), "{complaint}");
    }
}
