//! Changes behind Castra's back: requests by hand, without anybody's client.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::lab::{Lab, REGION};

impl Lab {
    /// What Compute Engine answers to a request; `path` is below the project: `zones/z/instances/i`.
    pub async fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        self.request(method, &format!("/compute/v1/projects/{}/{path}", self.project), body).await
    }

    /// What any service answers to a request.
    pub async fn request(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let address = self.emulator.address();
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

    /// The operations since the log was cleared that were for something that changes the project.
    pub fn changes(&self) -> Vec<String> {
        let changes = self.emulator.log(|entry| entry.subject.changing);
        changes.into_iter().map(|entry| entry.subject.operation).collect()
    }

    /// What is there.
    pub async fn read(&self, path: &str) -> Result<Value> {
        self.ask("GET", path, &Value::Null).await
    }

    /// Changes something, and waits until that is done.
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
    /// As [`Lab::request`].
    pub async fn policy(&self) -> Result<Value> {
        let body = json!({ "options": { "requestedPolicyVersion": 3 } });
        self.request("POST", &format!("/v3/projects/{}:getIamPolicy", self.project), &body).await
    }

    /// Sets the project's policy.
    ///
    /// # Errors
    /// As [`Lab::request`].
    pub async fn set_policy(&self, policy: &Value) -> Result<Value> {
        let path = format!("/v3/projects/{}:setIamPolicy", self.project);
        self.request("POST", &path, &json!({ "policy": policy })).await
    }

    /// The address of the service account of a role's machines.
    pub fn account(&self, role: &str) -> String {
        format!("camp-{REGION}-{role}@{}.iam.gserviceaccount.com", self.project)
    }
}
