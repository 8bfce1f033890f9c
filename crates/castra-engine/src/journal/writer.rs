//! The one task that writes a journal.

use std::sync::Arc;
use std::time::Duration;

use castra_core::Result;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::Entry;
use super::gate::{Shared, fenced};
use super::place::{Placed, place};
use super::record::{FORMAT, Record};
use crate::clock::Mark;
use crate::store::Store;

/// Who is told when a record is durable.
pub(super) type Answer = oneshot::Sender<Result<()>>;

/// What the writer is asked for.
#[derive(Debug)]
pub(super) enum Request {
    /// Write this and say when it is durable.
    Append(Vec<Entry>, Answer),
    /// Write this with the next record.
    Note(Box<Entry>),
    /// Write a sign of life.
    Renew(Answer),
    /// Write what is left, give the lease back and end.
    Release(Answer),
}

/// The task's state. Whatever is asked for while a record is on its way goes into the next one together.
pub(super) struct Writer {
    pub(super) store: Store,
    pub(super) cluster: String,
    pub(super) nonce: Uuid,
    pub(super) next: u64,
    pub(super) ttl: Duration,
    pub(super) shared: Arc<Shared>,
}

/// What goes into one record.
#[derive(Default)]
struct Batch {
    entries: Vec<Entry>,
    answers: Vec<Answer>,
    last: bool,
}

impl Batch {
    fn add(&mut self, request: Request) {
        let answer = match request {
            Request::Append(entries, answer) => {
                self.entries.extend(entries);
                answer
            }
            Request::Note(entry) => {
                self.entries.push(*entry);
                return;
            }
            Request::Renew(answer) => answer,
            Request::Release(answer) => {
                self.last = true;
                answer
            }
        };
        self.answers.push(answer);
    }

    fn answer(self, result: &Result<()>) {
        for answer in self.answers {
            // Whoever asked may have stopped waiting.
            let _ = answer.send(result.clone());
        }
    }
}

impl Writer {
    /// Serves requests until the lease is given back or everybody who could ask is gone.
    pub(super) async fn run(mut self, mut requests: mpsc::UnboundedReceiver<Request>) {
        let renew_every = self.ttl / 3;
        let mut batch = Batch::default();
        loop {
            let shared = Arc::clone(&self.shared);
            let idle = renew_every.saturating_sub(shared.age());
            let due = tokio::select! {
                biased;
                request = requests.recv() => match request {
                    Some(request) => {
                        batch.add(request);
                        false
                    }
                    None => return,
                },
                () = shared.clock().sleep(idle) => true,
            };
            // Steps that became ready together get to say so before the record goes out.
            tokio::task::yield_now().await;
            while !batch.last
                && let Ok(request) = requests.try_recv()
            {
                batch.add(request);
            }
            if !due && batch.answers.is_empty() {
                continue;
            }
            let mut full = std::mem::take(&mut batch);
            let last = full.last;
            let entries = std::mem::take(&mut full.entries);
            let result = self.write(entries, last).await;
            if last && result.is_ok() {
                self.shared.end(fenced("it was released"));
            }
            if let Err(error) = &result {
                self.shared.end(error.clone());
            }
            full.answer(&result);
            // Whoever asks from here on finds nobody there, and the reason in what is shared.
            if self.shared.failure().is_some() {
                return;
            }
        }
    }

    async fn write(&mut self, mut entries: Vec<Entry>, last: bool) -> Result<()> {
        if last {
            entries.push(Entry::Release);
        } else if entries.is_empty() {
            entries.push(Entry::Renew);
        }
        let sent = Mark::now(self.shared.clock());
        loop {
            let record = Record {
                format: FORMAT,
                seq: self.next,
                writer: self.nonce,
                time: self.shared.clock().now(),
                cluster: self.cluster.clone(),
                entries,
            };
            let bytes = record.to_bytes()?;
            let placed = place(&self.store, self.next, &bytes, self.shared.clock(), self.ttl).await?;
            match placed {
                Placed::Ours => {
                    self.next += 1;
                    self.shared.durable(sent);
                    return Ok(());
                }
                Placed::Torn => {
                    self.next += 1;
                    entries = record.entries;
                }
                Placed::Other => return Err(fenced("another run took it over")),
            }
        }
    }
}
