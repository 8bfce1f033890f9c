//! A proxy on loopback in front of a cloud: it slows calls down, writes each into a log, and breaks the ones it is
//! told to break. One connection to the cloud for each connection to the proxy; bodies are kept whole in memory.

mod call;
mod rule;
mod serve;
mod wire;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub(crate) use call::{Call, is_read};
pub(crate) use rule::{Action, Rule, Stalled};

/// A running proxy; dropping it stops it.
pub(crate) struct Proxy {
    endpoint: String,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

/// What the connections share.
struct Shared {
    /// The cloud's `host:port`.
    upstream: String,
    /// Added before each call goes on.
    delay: Duration,
    /// What the times in the log count from.
    epoch: Instant,
    log: Mutex<Vec<Call>>,
    rules: Mutex<Vec<rule::Armed>>,
    /// Replies that were lost, by what makes their repetition the same call.
    replies: Mutex<HashMap<String, wire::Message>>,
}

impl Shared {
    fn log(&self, call: Call) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    fn remember(&self, key: String, answer: wire::Message) {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).insert(key, answer);
    }

    /// The reply to a call whose reply was lost before.
    fn lost(&self, key: &str) -> Option<wire::Message> {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// The action of the first rule that this call sets off, which is then spent.
    fn fire(&self, operation: &str) -> Option<rule::Armed> {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let position = rules.iter_mut().position(|armed| armed.counts_down(operation))?;
        Some(rules.remove(position))
    }
}

impl Proxy {
    /// Starts one in front of `upstream` (`http://host:port`), on a free port, adding `delay` to every call.
    pub(crate) fn start(upstream: &str, delay: Duration) -> Result<Self> {
        let upstream = upstream.strip_prefix("http://").context("the proxy speaks plain HTTP only")?;
        let shared = Arc::new(Shared {
            upstream: upstream.trim_end_matches('/').to_owned(),
            delay,
            epoch: Instant::now(),
            log: Mutex::default(),
            rules: Mutex::default(),
            replies: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        runtime.spawn(serve::accept(listener, Arc::clone(&shared)));
        Ok(Self { endpoint, shared, runtime: Some(runtime) })
    }

    /// Its own address.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Breaks one call to come; the rule is spent when it has.
    pub(crate) fn arm(&self, rule: Rule) -> Stalled {
        let (armed, stalled) = rule.arm();
        self.shared.rules.lock().unwrap_or_else(PoisonError::into_inner).push(armed);
        stalled
    }

    /// Forgets the rules whose call hasn't come.
    pub(crate) fn disarm(&self) {
        self.shared.rules.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The calls answered since the last time this was asked.
    pub(crate) fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.shared.log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests;
