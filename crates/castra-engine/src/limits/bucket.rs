//! One service's token bucket, as pure arithmetic over a monotonic time.

use std::time::Duration;

/// Additive recovery: this fraction of the full rate with each success, so that some twenty successes undo a halving
/// from the full rate.
const RECOVERY: f64 = 1.0 / 40.0;
/// The rate never falls below this fraction of the full rate.
const FLOOR: f64 = 1.0 / 16.0;

/// A token bucket that falls empty and slows down when its service throttles.
#[derive(Debug)]
pub(super) struct Bucket {
    full_rate: f64,
    rate: f64,
    burst: f64,
    tokens: f64,
    refilled: Duration,
    halved: Option<Duration>,
}

impl Bucket {
    /// A full bucket. `rate` is in calls per second, `burst` in calls.
    pub(super) fn new(rate: f64, burst: f64, now: Duration) -> Self {
        let rate = if rate.is_finite() && rate > 0.0 { rate } else { 1.0 };
        let burst = if burst.is_finite() { burst.max(1.0) } else { 1.0 };
        Self { full_rate: rate, rate, burst, tokens: burst, refilled: now, halved: None }
    }

    /// Takes a token, or says how long until there is one.
    pub(super) fn take(&mut self, now: Duration) -> Result<(), Duration> {
        self.refill(now);
        // A sum of fractions may miss the whole by a rounding; nobody should wait for that.
        if self.tokens >= 1.0 - 1e-9 {
            self.tokens = (self.tokens - 1.0).max(0.0);
            return Ok(());
        }
        let wait = Duration::try_from_secs_f64((1.0 - self.tokens) / self.rate).unwrap_or(Duration::from_secs(1));
        Err(wait.max(Duration::from_millis(1)))
    }

    /// The service throttled a call that was sent at `sent`: no tokens, and half the rate. Calls that were on their
    /// way when the rate was last halved say nothing about the new rate and don't halve it again.
    pub(super) fn drain(&mut self, sent: Duration, now: Duration) {
        self.refill(now);
        self.tokens = 0.0;
        if self.halved.is_none_or(|halved| sent > halved) {
            self.rate = (self.rate / 2.0).max(self.full_rate * FLOOR);
            self.halved = Some(now);
        }
    }

    /// The service took a call.
    pub(super) fn recover(&mut self, now: Duration) {
        self.refill(now);
        self.rate = (self.rate + self.full_rate * RECOVERY).min(self.full_rate);
    }

    fn refill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.refilled);
        self.tokens = (self.tokens + passed.as_secs_f64() * self.rate).min(self.burst);
        self.refilled = self.refilled.max(now);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let mut bucket = Bucket::new(2.0, 3.0, at(0.0));
        for _ in 0..3 {
            bucket.take(at(0.0)).unwrap();
        }
        assert_eq!(bucket.take(at(0.0)), Err(at(0.5)));
        bucket.take(at(0.5)).unwrap();
        assert_eq!(bucket.take(at(0.5)), Err(at(0.5)));
    }

    #[test]
    fn it_never_holds_more_than_its_burst() {
        let mut bucket = Bucket::new(100.0, 2.0, at(0.0));
        bucket.take(at(1000.0)).unwrap();
        bucket.take(at(1000.0)).unwrap();
        assert!(bucket.take(at(1000.0)).is_err());
    }

    #[test]
    fn a_throttle_empties_it_and_halves_the_rate_once_for_all_calls_of_that_time() {
        let mut bucket = Bucket::new(8.0, 10.0, at(0.0));
        bucket.drain(at(0.5), at(1.0));
        bucket.drain(at(0.6), at(1.0));
        bucket.drain(at(0.9), at(1.0));
        assert_eq!(bucket.take(at(1.0)), Err(at(0.25)));
        bucket.drain(at(1.1), at(1.1));
        assert_eq!(bucket.take(at(1.1)), Err(at(0.5)));
    }

    #[test]
    fn the_rate_has_a_floor_and_comes_back_bit_by_bit() {
        let mut bucket = Bucket::new(16.0, 16.0, at(0.0));
        for second in 1..20 {
            bucket.drain(at(f64::from(second)), at(f64::from(second)));
        }
        assert_eq!(bucket.take(at(19.0)), Err(at(1.0)));
        for _ in 0..40 {
            bucket.recover(at(19.0));
        }
        assert_eq!(bucket.take(at(19.0)), Err(at(1.0 / 16.0)));
    }

    #[test]
    fn senseless_limits_still_let_calls_pass() {
        for (rate, burst) in [(0.0, 0.0), (-1.0, f64::NAN), (f64::INFINITY, f64::INFINITY)] {
            let mut bucket = Bucket::new(rate, burst, at(0.0));
            bucket.take(at(0.0)).unwrap();
            assert_eq!(bucket.take(at(0.0)), Err(at(1.0)));
        }
    }
}
