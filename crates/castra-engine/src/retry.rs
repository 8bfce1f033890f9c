//! When an attempt is made again, and after how long.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use castra_core::{Access, Call, Error, ErrorKind, Retry};
use uuid::Uuid;

/// How often and how long calls are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts at one call, the first included; not counted are those that were throttled, which say nothing about the
    /// call and end by the budget. 10 unless set.
    pub attempts: u32,
    /// The time within which the last attempt must begin, waits included. 5 minutes unless set.
    pub budget: Duration,
    /// How long an error of [`ErrorKind::NotYetPropagated`] is tried again; its attempts aren't counted. 2 minutes
    /// unless set.
    pub propagation: Duration,
    /// How long one attempt may take, in real time. 30 seconds unless set.
    pub attempt_timeout: Duration,
    /// The first delay; each further one is twice as long, and jitter adds up to as much again. 500 ms unless set.
    pub first_delay: Duration,
    /// The longest delay before jitter. 20 seconds unless set, as in the clouds' own SDKs.
    pub longest_delay: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 10,
            budget: Duration::from_secs(300),
            propagation: Duration::from_secs(120),
            attempt_timeout: Duration::from_secs(30),
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(20),
        }
    }
}

/// An endless series of delays: exponential, with jitter.
pub(crate) fn delays(first: Duration, longest: Duration) -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(first)
        .with_max_delay(longest)
        .without_max_times()
        .with_jitter()
        // Without a seed every process would draw the same numbers, which is what jitter is there to prevent.
        .with_jitter_seed(Uuid::new_v4().as_u64_pair().0)
        .build()
}

/// The longest delay while a fresh object spreads through the cloud.
const PROPAGATION_DELAY: Duration = Duration::from_secs(5);

/// The longest delay after a throttle before jitter: the pace follows from the rate limit, which was slowed down.
const THROTTLE_DELAY: Duration = Duration::from_secs(5);

/// The retries of one call.
pub(crate) struct Retries<'a> {
    policy: &'a RetryPolicy,
    call: &'a Call,
    began: Duration,
    unpropagated_since: Option<Duration>,
    counted: u32,
    attempts: u32,
    ambiguous: bool,
    delays: ExponentialBackoff,
    propagation: ExponentialBackoff,
    throttle: ExponentialBackoff,
}

impl<'a> Retries<'a> {
    /// The retries of a call whose first attempt begins at `now`, by a monotonic clock.
    pub(crate) fn new(policy: &'a RetryPolicy, call: &'a Call, now: Duration) -> Self {
        Self {
            policy,
            call,
            began: now,
            unpropagated_since: None,
            counted: 0,
            attempts: 0,
            ambiguous: false,
            delays: delays(policy.first_delay, policy.longest_delay),
            propagation: delays(policy.first_delay, PROPAGATION_DELAY.min(policy.longest_delay)),
            throttle: delays(policy.first_delay, THROTTLE_DELAY.min(policy.longest_delay)),
        }
    }

    /// Counts an attempt, from 1.
    pub(crate) fn attempt(&mut self) -> u32 {
        self.attempts += 1;
        self.attempts
    }

    /// What follows the failure of an attempt: a delay and another attempt, or the call's error.
    pub(crate) fn after(&mut self, error: Error, now: Duration) -> Result<Duration, Error> {
        self.ambiguous |= error.is_ambiguous() && self.call.access == Access::Mutate;
        if !error.is_temporary() || (error.is_ambiguous() && !self.call.repeatable) {
            return Err(self.give_up(error));
        }
        let delay = if error.kind() == ErrorKind::NotYetPropagated {
            let since = *self.unpropagated_since.get_or_insert(now);
            let delay = self.propagation.next().unwrap_or(PROPAGATION_DELAY).max(error.after().unwrap_or_default());
            (now.saturating_sub(since) + delay <= self.policy.propagation).then_some(delay)
        } else {
            self.unpropagated_since = None;
            let delays = match error.kind() {
                ErrorKind::Throttled => &mut self.throttle,
                _ => {
                    self.counted += 1;
                    &mut self.delays
                }
            };
            let delay = delays.next().unwrap_or(self.policy.longest_delay);
            let delay = delay.max(error.after().unwrap_or_default());
            let in_time = now.saturating_sub(self.began) + delay <= self.policy.budget;
            (self.counted < self.policy.attempts && in_time).then_some(delay)
        };
        delay.ok_or_else(|| {
            let error = self.exhausted(&error, now);
            self.give_up(error)
        })
    }

    /// The call's error. What an earlier attempt left open, a later one's plain refusal doesn't close.
    pub(crate) fn give_up(&self, error: Error) -> Error {
        if self.ambiguous { error.ambiguous() } else { error }
    }

    fn exhausted(&self, last: &Error, now: Duration) -> Error {
        let attempts = match self.attempts {
            1 => "1 attempt".to_owned(),
            more => format!("{more} attempts"),
        };
        let took = now.saturating_sub(self.began).as_secs_f64();
        let mut error = Error::new(last.kind(), format!("{} (after {attempts} in {took:.0} s)", last.message()))
            .retry(Retry::Exhausted)
            .source(last.clone());
        if let Some(cloud) = last.cloud_detail() {
            error = error.cloud(cloud.clone());
        }
        if let Some(remedy) = last.remedy_text() {
            error = error.remedy(remedy);
        }
        if let Some(address) = last.address() {
            error = error.resource(address);
        }
        if last.is_ambiguous() { error.ambiguous() } else { error }
    }
}
