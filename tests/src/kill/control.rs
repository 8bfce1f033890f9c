//! The emulator's control API, as a process elsewhere asks it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::wire::answer;

/// An emulator in another process.
#[derive(Debug, Clone)]
pub struct Control {
    address: String,
}

impl Control {
    /// The emulator at an endpoint, `http://127.0.0.1:PORT`.
    ///
    /// # Errors
    /// When that isn't such an address.
    pub fn of(endpoint: &str) -> Result<Self> {
        let address = endpoint.strip_prefix("http://").with_context(|| format!("{endpoint:?} is no emulator"))?;
        Ok(Self { address: address.trim_end_matches('/').to_owned() })
    }

    /// What it answers to a request; `path` is below `/_castra/`, and `body` JSON or nothing.
    ///
    /// # Errors
    /// When it can't be reached, or refuses.
    pub async fn ask(&self, method: &str, path: &str, body: &str) -> Result<Value> {
        let sent = self.send(method, &format!("/_castra/{path}"), "", body).await?;
        serde_json::from_str(&sent).with_context(|| format!("the answer to {path} is JSON"))
    }

    /// Makes a bucket in an account.
    ///
    /// # Errors
    /// As [`Control::ask`].
    pub async fn make_bucket(&self, account: &str, region: &str, name: &str) -> Result<()> {
        let signature = format!(
            "X-Amz-Date: 20260101T000000Z\r\nX-Amz-Content-Sha256: UNSIGNED-PAYLOAD\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential={account}/20260101/{region}/s3/aws4_request, SignedHeaders=host, Signature=0\r\n"
        );
        let place = format!(
            "<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
        );
        self.send("PUT", &format!("/{name}"), &signature, &place).await.map(drop)
    }

    /// What it answers to a `GET` at once, while the thread waits.
    ///
    /// # Errors
    /// As [`Control::ask`].
    pub fn ask_now(&self, path: &str) -> Result<Value> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.write_all(self.written("GET", &format!("/_castra/{path}"), "", "").as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        serde_json::from_str(&body(&answer)?).with_context(|| format!("the answer to {path} is JSON"))
    }

    async fn send(&self, method: &str, path: &str, headers: &str, body_sent: &str) -> Result<String> {
        let request = self.written(method, path, headers, body_sent);
        body(&answer(&self.address, request.as_bytes()).await?).with_context(|| format!("{method} {path}"))
    }

    fn written(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            self.address,
            body.len()
        )
    }
}

/// The body of an answer that isn't a refusal.
fn body(answer: &[u8]) -> Result<String> {
    let answer = String::from_utf8_lossy(answer);
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer is HTTP")?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    ensure!(status.starts_with('2'), "it answered {status}: {body}");
    Ok(body.to_owned())
}
