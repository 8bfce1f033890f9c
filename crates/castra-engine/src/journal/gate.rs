//! Whether the lease still allows changes.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use castra_core::{Error, ErrorKind, Result};
use tokio::sync::{mpsc, oneshot};

use super::writer::Request;
use crate::clock::{Clock, Mark};
use crate::context::Gate;

/// What the writer and whoever asks it share.
#[derive(Debug)]
pub(super) struct Shared {
    clock: Arc<dyn Clock>,
    /// When the last record that is known to be durable was first sent: nobody saw it earlier, so nobody's
    /// patience began earlier.
    sent: Mutex<Mark>,
    /// Why nothing can be written any more.
    failure: OnceLock<Error>,
    /// How long after the last record changes may begin.
    limit: Duration,
}

impl Shared {
    pub(super) fn new(clock: Arc<dyn Clock>, sent: Mark, limit: Duration) -> Self {
        Self { clock, sent: Mutex::new(sent), failure: OnceLock::new(), limit }
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    pub(super) fn durable(&self, sent: Mark) {
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = sent;
    }

    /// The time since the last durable record was sent.
    pub(super) fn age(&self) -> Duration {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).age(self.clock())
    }

    /// Nothing is written from here on, for this reason; the first one counts.
    pub(super) fn end(&self, reason: Error) {
        let _ = self.failure.set(reason);
    }

    /// Why nothing is written any more, if so.
    pub(super) fn failure(&self) -> Option<Error> {
        self.failure.get().cloned()
    }

    fn is_fresh(&self) -> bool {
        self.failure.get().is_none() && self.age() < self.limit
    }
}

/// The gate of a lease: open while the last durable record is young enough, by the larger of the monotonic and the
/// wall clock, that no challenger can have taken over before a call that begins now has ended.
///
/// Where it is older the holder's writer is asked for a new record first. A machine that was suspended finds out
/// that way whether it was displaced.
#[derive(Debug)]
pub(super) struct LeaseGate {
    pub(super) shared: Arc<Shared>,
    pub(super) writer: mpsc::UnboundedSender<Request>,
}

#[async_trait]
impl Gate for LeaseGate {
    async fn may_mutate(&self) -> Result<()> {
        if self.shared.is_fresh() {
            return Ok(());
        }
        let (answer, renewed) = oneshot::channel();
        if self.shared.failure().is_none() && self.writer.send(Request::Renew(answer)).is_ok() {
            // Without an answer the writer is gone, and the state below says so.
            let _ = renewed.await;
        }
        if self.shared.is_fresh() {
            return Ok(());
        }
        Err(self.shared.failure().unwrap_or_else(|| fenced("the lease could not be renewed in time")))
    }
}

/// The run no longer holds the lease.
pub(super) fn fenced(why: &str) -> Error {
    Error::new(ErrorKind::Fenced, format!("this run no longer holds the cluster's lease: {why}"))
        .remedy("let the other run finish, then run the same command again")
}
