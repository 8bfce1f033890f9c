//! Snapshots that were taken through the control API.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::world::Snapshot;

/// How many snapshots are kept; the oldest go first.
const KEPT: usize = 64;

/// The snapshots that were taken, by number.
#[derive(Debug, Default)]
pub(crate) struct Snapshots(Mutex<(u64, BTreeMap<u64, Arc<Snapshot>>)>);

impl Snapshots {
    /// Keeps one; its number.
    pub(crate) fn keep(&self, snapshot: Snapshot) -> u64 {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.0 += 1;
        let number = kept.0;
        kept.1.insert(number, Arc::new(snapshot));
        if kept.1.len() > KEPT {
            kept.1.pop_first();
        }
        number
    }

    /// The one of that number.
    pub(crate) fn get(&self, number: u64) -> Option<Arc<Snapshot>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.get(&number).cloned()
    }
}
