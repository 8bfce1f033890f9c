//! Eventual consistency: when what was written can be read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;

use crate::chance::Chance;

/// What reads see of young objects.
#[derive(Debug)]
pub(crate) struct Sight {
    seed: u64,
    reads: AtomicU64,
}

impl Clone for Sight {
    fn clone(&self) -> Self {
        Self { seed: self.seed, reads: AtomicU64::new(self.reads.load(Ordering::Relaxed)) }
    }
}

impl Sight {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, reads: AtomicU64::new(0) }
    }

    /// Whether an object of that age shows within that window.
    pub(crate) fn sees(&self, id: &str, age: SignedDuration, window: Duration, flapping: bool) -> bool {
        if window.is_zero() || age.as_secs_f64() >= window.as_secs_f64() {
            return true;
        }
        let moment = Chance::of(self.seed, id).share() * window.as_secs_f64();
        if age.as_secs_f64() >= moment {
            return true;
        }
        let read = self.reads.fetch_add(1, Ordering::Relaxed);
        // A replica that has caught up answers every third read or so.
        flapping && Chance::of(self.seed ^ read, id).below(3) == 0
    }
}
