//! The request log: what was asked, by whom, and what became of it, in order.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Clock;

/// One request, written down when its outcome was known.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its place in the order in which requests came in.
    pub number: u64,
    /// When it came in, in emulated time.
    pub at: Timestamp,
    /// When it was over: its answer was on its way, or there was to be none.
    pub ended: Timestamp,
    /// What it was for.
    pub subject: Subject,
    /// Its parameters in the contract's names, secrets left out.
    pub parameters: Value,
    /// What became of it.
    pub outcome: Outcome,
}

/// What a request is about: what faults are chosen by, and what the log tells.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subject {
    /// The service, as a signature's scope names it: `ec2`, `elasticloadbalancing`; Google's by the first part of a
    /// method's id: `compute`.
    pub service: String,
    /// The operation, `RunInstances`, or the rest of a method's id, `instances.insert`; what the request called it if nobody knows it; behind the proxy, method and path
    /// where no operation can be made out.
    pub operation: String,
    /// Whether it is for something that may change the account, by the operation's verb; where no operation can be made
    /// out, by the method.
    pub changing: bool,
    /// The account's number, or the project's id.
    pub account: String,
    /// The region; of Google's, a region, a zone or `global`.
    pub region: String,
    /// The ARN, or the e-mail address, of who called.
    pub caller: String,
    /// The id under which the answer speaks of it.
    pub request_id: String,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum Outcome {
    /// It was done.
    Done {
        /// The HTTP status.
        status: u16,
    },
    /// It was refused.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The error's code.
        code: String,
        /// The error's message.
        message: String,
    },
    /// Nobody serves the operation.
    Unknown {
        /// Whether the cloud has it, though the emulator doesn't.
        unserved: bool,
    },
    /// A fault kept it from being done: the connection was reset, or it hung.
    #[default]
    Dropped,
    /// It was done, and a fault kept the answer from arriving whole.
    Lost {
        /// The HTTP status that the caller didn't get to see.
        status: u16,
    },
}

/// The latest requests; the oldest go when it is full.
#[derive(Debug)]
pub(crate) struct Log {
    clock: Clock,
    entries: Mutex<Book>,
    capacity: usize,
    file: Option<File>,
}

#[derive(Debug, Default)]
struct Book {
    entries: VecDeque<Entry>,
    numbered: u64,
}

impl Log {
    /// One that holds so many entries, and also appends each to the file.
    pub(crate) fn new(clock: Clock, capacity: usize, file: Option<File>) -> Self {
        Self { clock, entries: Mutex::default(), capacity, file }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The record of a request that comes in now. Until more is noted it says that the request was dropped: the client
    /// may go away at any time.
    pub(crate) fn open(&self) -> Record<'_> {
        let at = self.clock.now();
        let mut book = self.book();
        book.numbered += 1;
        Record { log: self, entry: Entry { number: book.numbered, at, ..Entry::default() } }
    }

    /// Writes a request down, which is over now.
    fn write(&self, mut entry: Entry) {
        entry.ended = self.clock.now();
        let mut book = self.book();
        if let (Some(mut file), Ok(mut line)) = (self.file.as_ref(), serde_json::to_vec(&entry)) {
            line.push(b'\n');
            // A full disk must not fail the requests; what is in memory stays right.
            let _ = file.write_all(&line);
        }
        if book.entries.len() >= self.capacity {
            book.entries.pop_front();
        }
        // Nearly always the last place: outcomes come nearly in the order of requests.
        let place = book.entries.iter().rposition(|before| before.number < entry.number).map_or(0, |last| last + 1);
        book.entries.insert(place, entry);
    }

    /// The entries that `wanted` picks, in order.
    pub(crate) fn entries(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        self.book().entries.iter().filter(|entry| wanted(entry)).cloned().collect()
    }

    /// Forgets everything; numbers go on.
    pub(crate) fn clear(&self) {
        self.book().entries.clear();
    }
}

/// What the log will say of a request, written when that is over, however it ends.
pub(crate) struct Record<'a> {
    log: &'a Log,
    entry: Entry,
}

impl Deref for Record<'_> {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}

impl DerefMut for Record<'_> {
    fn deref_mut(&mut self) -> &mut Entry {
        &mut self.entry
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        self.log.write(std::mem::take(&mut self.entry));
    }
}
