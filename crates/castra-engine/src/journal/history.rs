//! What the journal knows.

use std::collections::BTreeMap;
use std::time::Duration;

use castra_core::context::elapsed;
use castra_core::{Action, Address, Result};
use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use uuid::Uuid;

use super::record::{Read, Record};
use super::{Entry, Holder, OpenIntent};
use crate::store::Store;

/// How many records are read at once.
const READS: usize = 16;

/// A lease that wasn't released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The nonce that it was taken with.
    pub writer: Uuid,
    /// Who took it.
    pub holder: Holder,
    /// When, by the holder's clock.
    pub since: Timestamp,
    /// The last sign of life, by the holder's clock.
    pub last: Timestamp,
}

/// What a cluster's journal knows.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The cluster's name, as the records have it.
    pub cluster: Option<String>,
    /// The uid of the cluster that exists, as far as the journal knows.
    pub uid: Option<Uuid>,
    /// What earlier runs intended and of which the journal doesn't know what came.
    pub open: Vec<OpenIntent>,
    /// What earlier runs made of late, and when: it may not show everywhere yet.
    pub made: BTreeMap<Address, Timestamp>,
    /// The lease, unless it is free.
    pub lease: Option<Lease>,
    /// The next free slot.
    pub next: u64,
    /// The moment before which an earlier holder, displaced while it may have been running, can still be changing
    /// the cloud. Absence counts only from there on.
    pub settle_from: Option<Timestamp>,
    /// What was found in the journal and couldn't be read.
    pub notes: Vec<String>,
}

impl History {
    /// The first slot.
    const FIRST: u64 = 1;

    /// Reads a journal; an empty one for a store that has none. Changes nothing.
    ///
    /// Records that are torn, garbled or of an unknown version are skipped with a note.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn read(store: &Store) -> Result<Self> {
        let slots = store.list().await?;
        let mut reads = stream::iter(slots.iter().rev().copied())
            .map(|seq| async move { store.read(seq).await.map(|bytes| (seq, bytes)) })
            .buffered(READS);
        let mut newest_first = Vec::new();
        while let Some(read) = reads.next().await {
            let (seq, bytes) = read?;
            let read = match bytes {
                Some(bytes) => Read::slot(seq, &bytes),
                None => Read::Garbled(format!("record {seq} was listed and is not there")),
            };
            let complete = read.is_complete();
            newest_first.push(read);
            if complete {
                break;
            }
        }
        let mut history = Self::empty(slots.last().map_or(Self::FIRST, |last| last + 1));
        for read in newest_first.into_iter().rev() {
            history.apply(read);
        }
        Ok(history)
    }

    /// When the latest creation or change of a resource was intended of which it isn't known what came, or until
    /// when a displaced run may still have been at it; or when it was made.
    pub fn intended_since(&self, address: &Address) -> Option<Timestamp> {
        let open = self.open.iter().filter(|intent| intent.address == *address).map(|intent| intent.at).max();
        let at = open.max(self.made.get(address).copied())?;
        Some(self.settle_from.map_or(at, |from| from.max(at)))
    }

    /// What was made less than `window` before `now`.
    pub(crate) fn fresh(&self, now: Timestamp, window: Duration) -> impl Iterator<Item = &Address> {
        self.made.iter().filter(move |(_, at)| elapsed(**at, now) < window).map(|(address, _)| address)
    }

    /// When the latest creation was intended of which it isn't known what came.
    pub(crate) fn last_creation(&self) -> Option<Timestamp> {
        let creations = self.open.iter().filter(|intent| intent.action == Action::Create);
        creations.filter_map(|intent| self.intended_since(&intent.address)).max()
    }

    /// The history of a cluster that has no journal.
    pub(crate) fn none() -> Self {
        Self::empty(Self::FIRST)
    }

    pub(super) fn empty(next: u64) -> Self {
        Self {
            cluster: None,
            uid: None,
            open: Vec::new(),
            made: BTreeMap::new(),
            lease: None,
            next,
            settle_from: None,
            notes: Vec::new(),
        }
    }

    /// Takes in what the next slot holds.
    pub(super) fn apply(&mut self, read: Read) {
        match read {
            Read::Garbled(note) => self.notes.push(note),
            Read::Foreign { note, writer, time } => {
                self.notes.push(note);
                // It may have been an acquisition: what isn't understood holds the lease until it falls silent.
                let last = time.unwrap_or(Timestamp::MIN);
                let since = self.lease.as_ref().map_or(last, |lease| lease.since);
                let writer = writer.unwrap_or_default();
                self.lease = Some(Lease { writer, holder: Holder::unknown(), since, last });
            }
            Read::Known(record, notes) => {
                self.notes.extend(notes);
                self.take(record);
            }
        }
    }

    fn take(&mut self, record: Record) {
        let Record { writer, time, cluster, entries, .. } = record;
        self.cluster = Some(cluster);
        if let Some(lease) = self.lease.as_mut().filter(|lease| lease.writer == writer) {
            lease.last = time;
        }
        for entry in entries {
            match entry {
                Entry::Acquire { holder, uid, open, made, settle_from } => {
                    self.settle_from = settle_from;
                    self.lease = Some(Lease { writer, holder, since: time, last: time });
                    self.uid = uid;
                    self.open = open;
                    self.made = made;
                }
                Entry::Release => self.lease = None,
                Entry::Renew => {}
                // A complete run found or made everything that is wanted, so nothing is open any more.
                Entry::RunFinished { outcome, .. } => {
                    if outcome == "complete" {
                        self.open.clear();
                    }
                }
                Entry::RunStarted { uid, .. } => self.uid = Some(uid),
                Entry::Intent(intent) => {
                    self.open.retain(|open| !same_step(open, &intent.run, &intent.address, intent.action));
                    self.open.push(intent);
                }
                // Whatever was done to an object, it was found or made first: that settles every earlier intent.
                Entry::Done { address, action, .. } => {
                    self.open.retain(|open| open.address != address);
                    match action {
                        Action::Create => _ = self.made.insert(address, time),
                        Action::Delete => _ = self.made.remove(&address),
                        Action::Update | Action::Wait => {}
                    }
                }
                Entry::Failed { run, address, action, ambiguous, .. } => {
                    if ambiguous || action == Action::Create {
                        // A creation is several calls, and the one that failed need not be the one that made the
                        // object. Absence counts from here.
                        for open in self.open.iter_mut().filter(|open| open.address == address) {
                            open.at = open.at.max(time);
                        }
                    } else {
                        self.open.retain(|open| !same_step(open, &run, &address, action));
                    }
                }
                Entry::Destroyed { uid } => {
                    if self.uid == Some(uid) {
                        self.uid = None;
                        self.open.clear();
                        self.made.clear();
                    }
                }
            }
        }
    }
}

fn same_step(open: &OpenIntent, run: &str, address: &Address, action: Action) -> bool {
    open.run == run && open.address == *address && open.action == action
}
