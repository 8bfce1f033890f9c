//! What no client would send: whatever it is, the emulator goes on.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use castra_emulator::{Emulator, Options};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::client::{ec2, send};

const HEADS: &[&str] = &[
    "",
    "GET / HTTP/1.1\r\n",
    "GET /compute/v1/projects/project-1/global/networks HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /compute/v1/projects/%ff%00/global/networks?filter=%ff HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST /compute/v1/projects/project-1/global/networks HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n",
    "POST /compute/v1/projects/project-1/global/networks HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
    "POST /v1/projects/project-1/secrets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\nzz\r\n",
    "PATCH /dns/v1/projects/project-1/managedZones/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: AWS4-HMAC-SHA256 Credential=\r\nContent-Length: 9\r\n\r\nAction=%%",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
];

/// Sends bytes and reads whatever comes until the connection ends, which must be soon.
fn talk(address: SocketAddr, bytes: &[u8]) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    // Either may fail where the emulator has closed the connection by now.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        let hangs = matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut);
        assert!(!hangs, "no end after {bytes:?}");
    }
}

#[test]
fn a_connection_that_speaks_nonsense_ends_and_others_go_on() {
    let emulator = Emulator::start(Options::default()).unwrap();
    let endpoint = emulator.endpoint();
    let nonsense = (proptest::sample::select(HEADS), vec(any::<u8>(), 0..60));
    let config = ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() };
    let ran = TestRunner::new(config).run(&nonsense, |(head, rest)| {
        talk(emulator.address(), &[head.as_bytes(), &rest].concat());
        Ok(())
    });
    ran.unwrap();
    let networks = "/compute/v1/projects/project-1/global/networks";
    assert_eq!(send(&endpoint, "GET", networks, "", "").unwrap().status, 200);
    assert_eq!(ec2(&endpoint, "100000000001", "Action=DescribeVpcs").unwrap().status, 200);
}

#[test]
fn a_body_that_is_too_large_or_too_deep_is_refused() {
    let emulator = Emulator::start(Options::default()).unwrap();
    let insert = |body: &str| {
        let path = "/compute/v1/projects/project-1/global/networks";
        send(&emulator.endpoint(), "POST", path, "", body).unwrap().status
    };
    assert_eq!(insert(&"[".repeat(100_000)), 400);
    assert_eq!(insert(&format!("{}{}", r#"{"routingConfig":"#.repeat(60), "1")), 400);
    assert_eq!(insert(&format!(r#"{{"name": "{}"}}"#, "a".repeat(1 << 20))), 400);
}
