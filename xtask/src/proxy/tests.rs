#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::call::identify;
use super::wire::Message;
use super::*;

/// A cloud that answers `requests` requests of one connection each with `answer`, and returns what it was sent.
fn cloud(answer: &'static str, requests: usize) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        (0..requests)
            .map(|_| {
                let (mut stream, _) = listener.accept().unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
                let mut seen = Vec::new();
                let mut buffer = [0; 4096];
                while !seen.ends_with(b"END") {
                    let read = stream.read(&mut buffer).unwrap();
                    assert!(read > 0, "the request ended early");
                    seen.extend_from_slice(&buffer[..read]);
                }
                stream.write_all(answer.as_bytes()).unwrap();
                String::from_utf8(seen).unwrap()
            })
            .collect()
    });
    (endpoint, served)
}

fn exchange(connection: &mut TcpStream, request: &str, ends: &str) -> String {
    connection.write_all(request.as_bytes()).unwrap();
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    while !seen.ends_with(ends.as_bytes()) {
        let read = connection.read(&mut buffer).unwrap();
        assert!(read > 0, "the answer ended early: {}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8(seen).unwrap()
}

fn connect(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(proxy.endpoint().strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

const LENGTH: &str = "POST / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=K/20260101/r/ec2/aws4_request, S=x\r\n\
    Content-Length: 32\r\n\r\nAction=DescribeVpcs&Version=1END";
const CHUNKED: &str = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX-Amz-Target: AmazonSSM.GetParameter\r\n\r\n\
    4\r\nab=1\r\n3\r\nEND\r\n0\r\n\r\n";

#[test]
fn a_connection_survives_a_cloud_that_closes_after_each_answer() {
    let (upstream, served) = cloud("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello", 2);
    let proxy = Proxy::start(&upstream, Duration::ZERO).unwrap();
    let mut connection = connect(&proxy);
    assert!(exchange(&mut connection, LENGTH, "hello").starts_with("HTTP/1.1 200 OK\r\n"));
    let second = exchange(&mut connection, CHUNKED, "hello");
    assert!(second.contains("content-length: 5\r\n"), "{second}");
    assert!(!second.to_lowercase().contains("connection"), "{second}");
    let requests = served.join().unwrap();
    assert!(
        requests[1].contains("content-length: 7\r\n") && requests[1].ends_with("\r\n\r\nab=1END"),
        "{}",
        requests[1]
    );

    let calls = proxy.take_calls();
    let named: Vec<_> =
        calls.iter().map(|call| (call.service.as_str(), call.operation.as_str(), call.status)).collect();
    assert_eq!(named, [("ec2", "DescribeVpcs", 200), ("unsigned", "GetParameter", 200)]);
    assert!(calls[0].end <= calls[1].start);
    assert!(proxy.take_calls().is_empty());
}

#[test]
fn chunked_answers_arrive_whole() {
    let (upstream, served) =
        cloud("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 1);
    let proxy = Proxy::start(&upstream, Duration::ZERO).unwrap();
    assert!(exchange(&mut connect(&proxy), CHUNKED, "hello").contains("content-length: 5\r\n"));
    served.join().unwrap();
}

#[test]
fn a_rule_breaks_the_call_it_names_and_no_other() {
    let (upstream, served) = cloud("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 1);
    let proxy = Proxy::start(&upstream, Duration::ZERO).unwrap();
    let other = proxy.arm(Rule { operation: "RunInstances", after: 0, action: Action::LoseReply });
    let refused = proxy.arm(Rule { operation: "GetParameter", after: 0, action: Action::Refuse(503) });
    let mut connection = connect(&proxy);
    assert!(exchange(&mut connection, CHUNKED, "</ErrorResponse>").starts_with("HTTP/1.1 503"));
    refused.wait(Duration::from_secs(5)).unwrap();
    assert!(other.wait(Duration::ZERO).is_err());
    exchange(&mut connection, CHUNKED, "hello");
    served.join().unwrap();
}

#[test]
fn a_lost_reply_closes_the_connection_after_the_work_is_done() {
    let (upstream, served) = cloud("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 1);
    let proxy = Proxy::start(&upstream, Duration::ZERO).unwrap();
    let lost = proxy.arm(Rule { operation: "GetParameter", after: 0, action: Action::LoseReply });
    let mut connection = connect(&proxy);
    connection.write_all(CHUNKED.as_bytes()).unwrap();
    assert_eq!(connection.read(&mut [0; 16]).unwrap_or(0), 0);
    lost.wait(Duration::from_secs(5)).unwrap();
    assert_eq!(served.join().unwrap().len(), 1);
}

#[test]
fn a_repetition_of_a_lost_call_gets_the_reply_and_is_not_done_again() {
    let (upstream, served) = cloud("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 1);
    let proxy = Proxy::start(&upstream, Duration::ZERO).unwrap();
    let _lost = proxy.arm(Rule { operation: "RunInstances", after: 0, action: Action::LoseReply });
    let body = "Action=RunInstances&ClientToken=abc&x=END";
    let request = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let mut connection = connect(&proxy);
    connection.write_all(request.as_bytes()).unwrap();
    assert_eq!(connection.read(&mut [0; 16]).unwrap_or(0), 0);
    assert!(exchange(&mut connect(&proxy), &request, "hello").starts_with("HTTP/1.1 200"));
    assert_eq!(served.join().unwrap().len(), 1);
}

#[test]
fn a_held_call_stays_held_until_let_go() {
    let (upstream, served) = cloud("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 1);
    let proxy = Proxy::start(&upstream, Duration::ZERO).unwrap();
    let held = proxy.arm(Rule { operation: "GetParameter", after: 0, action: Action::HoldReply });
    let mut connection = connect(&proxy);
    connection.write_all(CHUNKED.as_bytes()).unwrap();
    held.wait(Duration::from_secs(5)).unwrap();
    served.join().unwrap();
    connection.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    assert!(connection.read(&mut [0; 16]).is_err(), "the answer came before it was let go");
    connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    drop(held);
    assert!(exchange(&mut connection, "", "hello").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_star_counts_only_calls_that_change_something() {
    let (mut armed, _stalled) = Rule { operation: "*", after: 1, action: Action::LoseReply }.arm();
    assert!(!armed.counts_down("DescribeVpcs"));
    assert!(!armed.counts_down("CreateVpc"));
    assert!(!armed.counts_down("ListRoles"));
    assert!(armed.counts_down("CreateSubnet"));
}

#[test]
fn rest_and_cbor_operations_are_named_by_their_path() {
    let message = |start: &str| Message { start_line: start.to_owned(), ..Message::default() };
    assert_eq!(
        identify(&message("GET /2013-04-01/hostedzone/Z0123/rrset HTTP/1.1")).1,
        "GET /2013-04-01/hostedzone/*/rrset"
    );
    assert_eq!(identify(&message("POST /service/Granite/operation/PutMetricAlarm HTTP/1.1")).1, "PutMetricAlarm");
    assert_eq!(identify(&message("GET /?Action=DescribeTags&x=1 HTTP/1.1")).1, "DescribeTags");
}
