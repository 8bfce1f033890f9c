//! The journal, as a run holds it.

use std::sync::Arc;

use castra_core::Result;
use castra_core::plan::Plan;
use castra_core::spec::ClusterName;
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::AbortOnDropHandle;

use super::gate::{LeaseGate, Shared, fenced};
use super::holder::Live;
use super::lease::{self, LeaseOptions, Takeover};
use super::writer::{Answer, Request, Writer};
use super::{Entry, History};
use crate::clock::Clock;
use crate::context::Gate;
use crate::engine::Session;
use crate::store::Store;

/// A cluster's journal in the hands of the run that holds its lease.
///
/// Dropping it is the same as killing the process, except that this process may take the lease again at once.
#[derive(Debug)]
pub struct Journal {
    writer: mpsc::UnboundedSender<Request>,
    shared: Arc<Shared>,
    takeover: Option<Takeover>,
    _live: Live,
    _task: AbortOnDropHandle<()>,
}

impl Journal {
    /// Takes the cluster's lease, and reads what the journal knows.
    ///
    /// A lease that another run didn't release is taken over at once when that run is certainly gone, and otherwise
    /// when its journal shows no sign of life for the time it promised one. Clocks of different machines are only
    /// compared to tell early that a holder is alive, never to tell that it is gone.
    ///
    /// # Errors
    /// - [`ErrorKind::Locked`](castra_core::ErrorKind::Locked) when a live run holds the lease for longer than
    ///   [`LeaseOptions::wait`]; the message says who.
    /// - [`ErrorKind::Conflict`](castra_core::ErrorKind::Conflict) when the store is another cluster's.
    /// - [`ErrorKind::Interrupted`](castra_core::ErrorKind::Interrupted) when the session was asked to stop.
    /// - When the store can't be read or written.
    pub async fn acquire(
        store: Store,
        cluster: &ClusterName,
        clock: Arc<dyn Clock>,
        options: &LeaseOptions,
        session: &Session,
    ) -> Result<(Self, History)> {
        let limit = options.limit()?;
        let acquired = lease::acquire(&store, cluster.as_ref(), clock.as_ref(), options, session).await?;
        let lease::Acquired { history, nonce, sent, live, takeover } = acquired;
        let shared = Arc::new(Shared::new(clock, sent, limit));
        let (writer, requests) = mpsc::unbounded_channel();
        let task = Writer {
            store,
            cluster: cluster.to_string(),
            nonce,
            next: history.next,
            ttl: options.ttl,
            shared: Arc::clone(&shared),
        };
        #[expect(clippy::disallowed_methods, reason = "it is aborted when the journal is dropped")]
        let task = AbortOnDropHandle::new(tokio::spawn(task.run(requests)));
        Ok((Self { writer, shared, takeover, _live: live, _task: task }, history))
    }

    /// The run whose lease was taken over, if that was so.
    pub fn takeover(&self) -> Option<&Takeover> {
        self.takeover.as_ref()
    }

    /// What mutating calls must ask first.
    pub fn gate(&self) -> Arc<dyn Gate> {
        Arc::new(LeaseGate { shared: Arc::clone(&self.shared), writer: self.writer.clone() })
    }

    /// Appends an entry; it is durable when this returns. Entries of steps that are ready at the same time share a
    /// record.
    ///
    /// # Errors
    /// [`ErrorKind::Fenced`](castra_core::ErrorKind::Fenced) when another run has taken the lease over, and the
    /// store's own errors. After either nothing more is written.
    pub async fn append(&self, entry: Entry) -> Result<()> {
        self.ask(|answer| Request::Append(vec![entry], answer)).await
    }

    /// Adds an entry that need not be durable yet: it goes with the next record, at the latest with the release.
    pub fn note(&self, entry: Entry) {
        // Once the writer has ended nothing can be written, which the next append reports.
        let _ = self.writer.send(Request::Note(Box::new(entry)));
    }

    /// Says that a run of this plan begins.
    ///
    /// # Errors
    /// As for [`Journal::append`].
    pub async fn begin(&self, plan: &Plan) -> Result<()> {
        self.append(Entry::started(plan)).await
    }

    /// Says how the run of this plan ended, `complete` or otherwise, and whether the cluster is `gone`: then its uid is
    /// no longer in use. A failure to write this is only logged: the run is over, and the next one surveys.
    pub async fn finish(&self, plan: &Plan, outcome: &str, gone: bool) {
        let mut entries = vec![Entry::RunFinished { run: plan.hash.clone(), outcome: outcome.to_owned() }];
        if gone {
            entries.push(Entry::Destroyed { uid: plan.uid });
        }
        if let Err(error) = self.ask(|answer| Request::Append(entries, answer)).await {
            tracing::warn!(%error, "the end of the run is not in the journal");
        }
    }

    /// Writes what is left and gives the lease back.
    ///
    /// # Errors
    /// As for [`Journal::append`]. The lease then runs out by itself.
    pub async fn release(&self) -> Result<()> {
        self.ask(Request::Release).await
    }

    async fn ask(&self, request: impl FnOnce(Answer) -> Request) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        let gone = || self.shared.failure().unwrap_or_else(|| fenced("its journal was closed"));
        self.writer.send(request(answer)).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // From here on this process may take the lease again, so a gate that outlives the journal must be shut.
        self.shared.end(fenced("the run was dropped"));
    }
}
