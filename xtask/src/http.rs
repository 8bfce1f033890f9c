//! Plain HTTP to a server on loopback: clouds as the emulator plays them, and the emulator's own control API.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

/// A local server answers sooner.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection that is kept.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Client {
    /// Connects to `http://HOST:PORT`.
    pub(crate) fn connect(endpoint: &str) -> Result<Self> {
        let host = endpoint.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).with_context(|| format!("cannot reach {endpoint}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream: BufReader::new(stream), host })
    }

    /// Calls an AWS service as an account's root user; the answer's body. The signature is none: nobody checks it.
    pub(crate) fn aws(&mut self, account: &str, service: &str, headers: &str, body: &str) -> Result<String> {
        let headers = format!(
            "{headers}X-Amz-Date: 20260101T000000Z\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={account}/20260101/eu-central-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0\r\n"
        );
        self.send("POST", "/", &headers, body)
    }

    /// Calls a Google Cloud service as the project's owner; the answer's body.
    pub(crate) fn google(&mut self, method: &str, path: &str, body: &str) -> Result<String> {
        self.send(method, path, "Content-Type: application/json\r\n", body)
    }

    /// Calls the control API; the answer's body.
    pub(crate) fn control(&mut self, method: &str, path: &str, body: &str) -> Result<String> {
        self.send(method, &format!("/_castra/{path}"), "", body)
    }

    fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Result<String> {
        let (host, length) = (&self.host, body.len());
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n{headers}\r\n");
        self.stream.get_mut().write_all(format!("{head}{body}").as_bytes())?;
        let (mut status, mut length) = (String::new(), 0);
        self.stream.read_line(&mut status)?;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        let body = String::from_utf8(body)?;
        ensure!(status.contains(" 200 "), "{method} {path}: {} {body}", status.trim_end());
        Ok(body)
    }
}
