//! The project as others use it: requests by hand, without anybody's client, for what is done behind Castra's back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use castra_engine::clock::Clock;

use super::lab::REGION;

/// One project on an emulator.
#[derive(Debug, Clone)]
pub struct Cloud {
    /// The project's id.
    pub project: String,
    pub(super) address: SocketAddr,
    pub(super) clock: Arc<dyn Clock>,
}

impl Cloud {
    /// What Compute Engine answers to a request; `path` is below the project, `zones/z/instances/i`, or begins with it.
    ///
    /// # Errors
    /// As [`Cloud::request`].
    pub async fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let path = path.strip_prefix(&format!("projects/{}/", self.project)).unwrap_or(path);
        self.request(method, &format!("/compute/v1/projects/{}/{path}", self.project), body).await
    }

    /// What any service answers to a request.
    ///
    /// # Errors
    /// When it answers with an error, or not at all.
    pub async fn request(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        send(self.address, method, path, body).await
    }

    /// What is there.
    ///
    /// # Errors
    /// As [`Cloud::request`].
    pub async fn read(&self, path: &str) -> Result<Value> {
        self.ask("GET", path, &Value::Null).await
    }

    /// Changes something, and waits until that is done.
    ///
    /// # Errors
    /// As [`Cloud::request`], and when the operation ends with one.
    pub async fn meddle(&self, method: &str, path: &str, body: Value) -> Result<()> {
        let mut operation = self.ask(method, path, &body).await?;
        while operation["status"] != "DONE" {
            self.clock.sleep(Duration::from_secs(2)).await;
            let link = operation["selfLink"].as_str().context("an operation has a link")?;
            let (_, path) = link.split_once(&format!("/projects/{}/", self.project)).context("of the project")?;
            operation = self.read(path).await?;
        }
        ensure!(operation["error"].is_null(), "{method} {path}: {operation}");
        Ok(())
    }

    /// The project's policy: who may do what.
    ///
    /// # Errors
    /// As [`Cloud::request`].
    pub async fn policy(&self) -> Result<Value> {
        let body = json!({ "options": { "requestedPolicyVersion": 3 } });
        self.request("POST", &format!("/v3/projects/{}:getIamPolicy", self.project), &body).await
    }

    /// Sets the project's policy.
    ///
    /// # Errors
    /// As [`Cloud::request`].
    pub async fn set_policy(&self, policy: &Value) -> Result<Value> {
        let path = format!("/v3/projects/{}:setIamPolicy", self.project);
        self.request("POST", &path, &json!({ "policy": policy })).await
    }

    /// The address of the service account of a role's machines.
    pub fn account(&self, role: &str) -> String {
        format!("camp-{REGION}-{role}@{}.iam.gserviceaccount.com", self.project)
    }
}

/// What an emulator answers to a request; an error where it answers with one.
pub(super) async fn send(address: SocketAddr, method: &str, path: &str, body: &Value) -> Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").context("an answer has a body")?;
    ensure!(head.contains(" 200 "), "{method} {path}: {answer}");
    Ok(serde_json::from_str(body)?)
}
