//! A proxy that loses answers.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::wire::{answer, request};

/// Passes calls on to a cloud, and loses the answer to the first call of some operations: the cloud has done the
/// work, and the caller's connection ends.
#[derive(Debug)]
pub struct Thief {
    /// Its address.
    pub endpoint: String,
    wanted: Arc<Mutex<BTreeSet<String>>>,
    _tasks: JoinSet<()>,
}

impl Thief {
    /// One in front of an endpoint. It goes when dropped.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn before(endpoint: &str, operations: &[&str]) -> Result<Self> {
        let upstream = endpoint.strip_prefix("http://").context("the endpoint is plain HTTP")?.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let wanted = Arc::new(Mutex::new(operations.iter().map(|one| (*one).to_owned()).collect()));
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, upstream, Arc::clone(&wanted)));
        Ok(Self { endpoint, wanted, _tasks: tasks })
    }

    /// The operations of which nothing was lost yet.
    pub fn left(&self) -> Vec<String> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

async fn serve(listener: TcpListener, upstream: String, wanted: Arc<Mutex<BTreeSet<String>>>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (upstream, wanted) = (upstream.clone(), Arc::clone(&wanted));
        connections.spawn(async move {
            // A client that hangs up has its reasons, and sees that its call failed.
            let _ = pass(client, &upstream, &wanted).await;
        });
    }
}

async fn pass(mut client: TcpStream, upstream: &str, wanted: &Mutex<BTreeSet<String>>) -> Result<()> {
    let request = request(&mut client).await?;
    let lost = wanted.lock().unwrap_or_else(PoisonError::into_inner).remove(&operation(&request));
    let answer = answer(upstream, &request).await?;
    if !lost {
        client.write_all(&answer).await?;
    }
    client.shutdown().await?;
    Ok(())
}

/// The operation that a request asks for: a form's `Action`, or the end of the header `X-Amz-Target`.
fn operation(request: &[u8]) -> String {
    let text = String::from_utf8_lossy(request);
    let target = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let (_, operation) = value.trim().split_once('.')?;
        name.eq_ignore_ascii_case("x-amz-target").then(|| operation.to_owned())
    });
    let body = text.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
    let action = || body.split('&').find_map(|pair| pair.strip_prefix("Action=")).map(str::to_owned);
    target.or_else(action).unwrap_or_default()
}
