//! What is due to happen, in the order of time; a time that may be behind the clock's.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::{SignedDuration, Timestamp};

/// Things to come; those of one moment in the order in which they were scheduled.
#[derive(Debug, Clone)]
pub(crate) struct Queue<T> {
    heap: BinaryHeap<Reverse<Entry<T>>>,
    scheduled: u64,
    /// By how much its time is behind the clock's.
    behind: SignedDuration,
}

#[derive(Debug, Clone)]
struct Entry<T> {
    at: Timestamp,
    number: u64,
    what: T,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), scheduled: 0, behind: SignedDuration::ZERO }
    }
}

impl<T> Queue<T> {
    /// Lets `what` happen at that moment.
    pub(crate) fn schedule(&mut self, at: Timestamp, what: T) {
        self.scheduled += 1;
        self.heap.push(Reverse(Entry { at, number: self.scheduled, what }));
    }

    /// The next that is due by `now`.
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<(Timestamp, T)> {
        if self.next_at()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| (entry.at, entry.what))
    }

    /// When the next is due.
    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        self.heap.peek().map(|Reverse(entry)| entry.at)
    }

    /// When the next is due, on the clock.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let at = self.next_at()?;
        Some(at.checked_add(self.behind).unwrap_or(Timestamp::MAX))
    }

    /// What time it is here when the clock shows `clock`.
    pub(crate) fn time(&self, clock: Timestamp) -> Timestamp {
        clock.checked_sub(self.behind).unwrap_or(clock)
    }

    /// Makes it `time` here when the clock shows `clock`; from then on both go on alike.
    pub(crate) fn set_back(&mut self, time: Timestamp, clock: Timestamp) {
        self.behind = clock.duration_since(time);
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}
