//! An HTTP client of a few lines, which shows what happens to its connections.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// Whether the body is as long as it was said to be.
    pub(crate) whole: bool,
}

impl Answer {
    /// The text of the first element of that name.
    pub(crate) fn element(&self, name: &str) -> Option<&str> {
        let start = self.body.find(&format!("<{name}>"))? + name.len() + 2;
        let end = start + self.body[start..].find(&format!("</{name}>"))?;
        Some(&self.body[start..end])
    }
}

/// Sends a request and leaves its answer on the line.
pub(crate) fn open(endpoint: &str, method: &str, path: &str, headers: &str, body: &str) -> io::Result<TcpStream> {
    let address: SocketAddr = endpoint.strip_prefix("http://").expect("http").parse().expect("an address");
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\
         {headers}\r\n{body}"
    )?;
    Ok(stream)
}

/// Sends a request and reads the answer; an error if the connection breaks before an answer begins.
pub(crate) fn send(endpoint: &str, method: &str, path: &str, headers: &str, body: &str) -> io::Result<Answer> {
    let mut stream = open(endpoint, method, path, headers, body)?;
    let mut bytes = Vec::new();
    let ended = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        ended?;
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let said = head.to_ascii_lowercase();
    let said = said.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    Ok(Answer { status, whole: said == Some(body.len()), body: body.to_owned() })
}

/// Calls EC2 as the root user of an account.
pub(crate) fn ec2(endpoint: &str, account: &str, parameters: &str) -> io::Result<Answer> {
    send(endpoint, "POST", "/", &signed(account), &format!("Version=2016-11-15&{parameters}"))
}

/// As [`ec2`], without waiting for the answer.
pub(crate) fn begin(endpoint: &str, account: &str, parameters: &str) -> io::Result<TcpStream> {
    open(endpoint, "POST", "/", &signed(account), &format!("Version=2016-11-15&{parameters}"))
}

fn signed(account: &str) -> String {
    format!(
        "Content-Type: application/x-www-form-urlencoded\r\nX-Amz-Date: 20260101T000000Z\r\nAuthorization: \
         AWS4-HMAC-SHA256 Credential={account}/20260101/eu-central-1/ec2/aws4_request, SignedHeaders=host, \
         Signature=0\r\n"
    )
}

/// Calls the control API.
pub(crate) fn control(endpoint: &str, method: &str, path: &str, body: &str) -> (u16, serde_json::Value) {
    let answer = send(endpoint, method, &format!("/_castra/{path}"), "", body).expect("an answer");
    (answer.status, serde_json::from_str(&answer.body).expect("JSON"))
}
