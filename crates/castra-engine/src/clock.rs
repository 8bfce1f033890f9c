//! Time: the only place of the project that reads a clock or sleeps.
#![expect(clippy::disallowed_methods, reason = "everything else gets its time from here")]

use std::fmt::Debug;
use std::future::Future;
use std::time::{Duration, Instant};

use castra_core::BoxFuture;
use castra_core::context::elapsed;
use jiff::Timestamp;

pub(crate) mod manual;

pub use manual::ManualClock;

/// A source of time.
///
/// *Behaviour*
/// - `now` is the wall clock: it can be set, and it goes on while the machine is suspended.
/// - `monotonic` never goes back, and may stand still while the machine is suspended.
/// - `sleep` takes its time from the same source.
pub trait Clock: Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// The time since an arbitrary start.
    fn monotonic(&self) -> Duration;

    /// Sleeps. Dropping the future ends it.
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()>;
}

/// The machine's clock.
#[derive(Debug, Clone)]
pub struct SystemClock {
    factor: f64,
    wall: Timestamp,
    started: Instant,
}

impl SystemClock {
    /// The machine's clock as it is.
    pub fn new() -> Self {
        Self::scaled(1.0)
    }

    /// A clock on which time passes `factor` times faster from now on: a sleep of a minute takes a second with 60.
    ///
    /// For emulators, whose clouds need no more time than their caller takes. A lease between processes is only
    /// as good as the clock it is kept by, so give a [`Journal`](crate::journal::Journal) an unscaled one. A factor
    /// that isn't positive and finite is taken as 1.
    pub fn scaled(factor: f64) -> Self {
        let factor = if factor.is_finite() && factor > 0.0 { factor } else { 1.0 };
        Self { factor, wall: Timestamp::now(), started: Instant::now() }
    }

    fn is_scaled(&self) -> bool {
        (self.factor - 1.0).abs() > f64::EPSILON
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        if self.is_scaled() { later(self.wall, self.monotonic()) } else { Timestamp::now() }
    }

    fn monotonic(&self) -> Duration {
        multiply(self.started.elapsed(), self.factor)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(multiply(duration, 1.0 / self.factor)))
    }
}

/// A moment by both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    monotonic: Duration,
    wall: Timestamp,
}

impl Mark {
    /// This moment.
    pub fn now(clock: &dyn Clock) -> Self {
        Self { monotonic: clock.monotonic(), wall: clock.now() }
    }

    /// How long ago it was, by the larger of the two clocks: a machine that was suspended, or whose wall clock was
    /// set back, doesn't take an old moment for a fresh one.
    pub fn age(&self, clock: &dyn Clock) -> Duration {
        clock.monotonic().saturating_sub(self.monotonic).max(elapsed(self.wall, clock.now()))
    }
}

/// The moment that is `duration` after `moment`, or the end of time.
pub(crate) fn later(moment: Timestamp, duration: Duration) -> Timestamp {
    moment.checked_add(duration).unwrap_or(Timestamp::MAX)
}

/// What `future` gives within `limit` of real time, whatever clock the run keeps: a request to a cloud takes as
/// long as it takes.
pub(crate) async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    tokio::time::timeout(limit, future).await.ok()
}

/// Sleeps in real time.
pub(crate) async fn pass(duration: Duration) {
    tokio::time::sleep(duration).await;
}

fn multiply(duration: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scaled_clock_runs_faster_from_its_start() {
        let clock = SystemClock::scaled(1e6);
        let (from, at) = (clock.monotonic(), clock.now());
        while clock.monotonic() == from {
            std::hint::spin_loop();
        }
        assert!(clock.now() > at);
        assert!(elapsed(clock.wall, clock.now()) >= from);
        assert!(clock.monotonic() >= clock.started.elapsed() * 1000);
    }

    #[test]
    fn a_senseless_factor_is_one() {
        for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(!SystemClock::scaled(factor).is_scaled());
        }
    }

    #[tokio::test]
    async fn a_scaled_sleep_is_shorter() {
        let clock = SystemClock::scaled(1e6);
        let year = Duration::from_secs(365 * 86_400);
        assert_eq!(within(year, clock.sleep(Duration::from_secs(3600))).await, Some(()));
    }

    #[test]
    fn age_is_by_the_larger_of_both_clocks() {
        let clock = ManualClock::new();
        let mark = Mark::now(&clock);
        clock.advance(Duration::from_secs(5));
        assert_eq!(mark.age(&clock), Duration::from_secs(5));
        clock.suspend(Duration::from_secs(100));
        assert_eq!(mark.age(&clock), Duration::from_secs(105));
        clock.set_back(Duration::from_secs(1000));
        assert_eq!(mark.age(&clock), Duration::from_secs(5));
    }
}
