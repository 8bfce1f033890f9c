//! How fast a cloud's services may be called, and how many calls at once.

mod bucket;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use castra_core::{Error, ErrorKind, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::cancel::Cancel;
use crate::clock::Clock;
use bucket::Bucket;

/// Calls in flight at once, over all services, unless set otherwise.
pub const CONCURRENCY: usize = 32;
/// Calls per second and burst of a service whose backend states none.
const DEFAULT: (f64, f64) = (10.0, 20.0);

/// The limits on calls, shared by as many engines as one likes: a clone is the same limits.
///
/// Each service has a token bucket. When the service throttles, the bucket is drained and its rate is halved, down
/// to a sixteenth; each call that succeeds gives a fortieth of the full rate back. Engines that work on one account
/// should share their limits, because the cloud counts their calls together.
#[derive(Debug, Clone)]
pub struct Limits(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Arc<dyn Clock>,
    slots: Arc<Semaphore>,
    services: Mutex<HashMap<String, Arc<Service>>>,
}

#[derive(Debug)]
struct Service {
    /// Held by whoever waits for the next token, so that calls are sent in the order in which they asked.
    queue: tokio::sync::Mutex<()>,
    bucket: Mutex<Bucket>,
}

impl Service {
    fn new((rate, burst): (f64, f64), now: Duration) -> Self {
        Self { queue: tokio::sync::Mutex::new(()), bucket: Mutex::new(Bucket::new(rate, burst, now)) }
    }

    fn bucket(&self) -> MutexGuard<'_, Bucket> {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Limits {
    /// Limits that keep time by `clock`, with [`CONCURRENCY`] calls in flight at most.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_concurrency(clock, CONCURRENCY)
    }

    /// Limits with another number of calls in flight at once; at least one.
    pub fn with_concurrency(clock: Arc<dyn Clock>, calls: usize) -> Self {
        let slots = Arc::new(Semaphore::new(calls.clamp(1, Semaphore::MAX_PERMITS)));
        Self(Arc::new(Inner { clock, slots, services: Mutex::default() }))
    }

    /// States the rates of services, as in [`Capabilities::rate_limits`](castra_core::Capabilities): service, calls
    /// per second, burst. A service that is known already keeps what was learnt about it.
    pub fn state(&self, rates: &[(&str, f64, f64)]) {
        let now = self.0.clock.monotonic();
        let mut services = self.services();
        for (service, rate, burst) in rates {
            services.entry((*service).to_owned()).or_insert_with(|| Arc::new(Service::new((*rate, *burst), now)));
        }
    }

    /// Waits until a call to `service` may be sent.
    ///
    /// # Errors
    /// [`ErrorKind::Interrupted`] when `cancel` says to stop waiting.
    pub async fn permit(&self, service: &str, cancel: &Cancel) -> Result<Permit> {
        let entry = self.service(service);
        let wait = async {
            {
                let _turn = entry.queue.lock().await;
                loop {
                    let taken = entry.bucket().take(self.0.clock.monotonic());
                    match taken {
                        Ok(()) => break,
                        Err(wait) => self.0.clock.sleep(wait).await,
                    }
                }
            }
            Arc::clone(&self.0.slots).acquire_owned().await
        };
        let slot = tokio::select! {
            biased;
            () = cancel.until_stop_waiting() => return Err(interrupted()),
            slot = wait => slot.map_err(|_| Error::new(ErrorKind::Unexpected, "the limits were closed"))?,
        };
        Ok(Permit { service: entry, sent: self.0.clock.monotonic(), clock: Arc::clone(&self.0.clock), _slot: slot })
    }

    fn service(&self, service: &str) -> Arc<Service> {
        let now = self.0.clock.monotonic();
        let mut services = self.services();
        if let Some(known) = services.get(service) {
            return Arc::clone(known);
        }
        let new = Arc::new(Service::new(DEFAULT, now));
        services.insert(service.to_owned(), Arc::clone(&new));
        new
    }

    fn services(&self) -> MutexGuard<'_, HashMap<String, Arc<Service>>> {
        self.0.services.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to have one call in flight; it ends when the permit is dropped.
#[derive(Debug)]
pub struct Permit {
    service: Arc<Service>,
    clock: Arc<dyn Clock>,
    sent: Duration,
    _slot: OwnedSemaphorePermit,
}

impl Permit {
    /// The service took the call.
    pub fn succeeded(self) {
        self.service.bucket().recover(self.clock.monotonic());
    }

    /// The service throttled the call.
    pub fn throttled(self) {
        self.service.bucket().drain(self.sent, self.clock.monotonic());
    }
}

/// What everything that waits answers when it must stop waiting.
pub(crate) fn interrupted() -> Error {
    Error::new(ErrorKind::Interrupted, "stopped waiting, as asked").remedy("run the same command again to resume")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;

    use super::*;
    use crate::clock::manual::ManualClock;

    fn limits(clock: &ManualClock, calls: usize) -> Limits {
        let limits = Limits::with_concurrency(Arc::new(clock.clone()), calls);
        limits.state(&[("machines", 2.0, 4.0)]);
        limits
    }

    #[tokio::test]
    async fn a_burst_passes_at_once_and_the_rest_at_the_rate() {
        let clock = ManualClock::jumping();
        let (limits, cancel) = (limits(&clock, 100), Cancel::new());
        let began = clock.monotonic();
        let permits = join_all((0..10).map(|_| limits.permit("machines", &cancel))).await;
        assert!(permits.iter().all(Result::is_ok));
        assert_eq!(clock.monotonic() - began, Duration::from_secs(3));
    }

    #[tokio::test]
    async fn services_do_not_wait_for_each_other() {
        let clock = ManualClock::new();
        let (limits, cancel) = (limits(&clock, 100), Cancel::new());
        for _ in 0..4 {
            limits.permit("machines", &cancel).await.unwrap();
        }
        let mut fifth = Box::pin(limits.permit("machines", &cancel));
        assert!(futures::poll!(&mut fifth).is_pending());
        limits.permit("people", &cancel).await.unwrap();
        clock.advance(Duration::from_millis(500));
        fifth.await.unwrap();
    }

    #[tokio::test]
    async fn a_throttle_slows_the_service_for_every_clone() {
        let clock = ManualClock::jumping();
        let (limits, cancel) = (limits(&clock, 100), Cancel::new());
        let other = limits.clone();
        clock.advance(Duration::from_secs(1));
        limits.permit("machines", &cancel).await.unwrap().throttled();
        let began = clock.monotonic();
        other.permit("machines", &cancel).await.unwrap().succeeded();
        assert_eq!(clock.monotonic() - began, Duration::from_secs(1));
    }

    #[tokio::test]
    async fn no_more_calls_are_in_flight_than_allowed() {
        let clock = ManualClock::new();
        let (limits, cancel) = (limits(&clock, 3), Cancel::new());
        limits.state(&[("wide", 1000.0, 1000.0)]);
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        join_all((0..50).map(|_| async {
            let _permit = limits.permit("wide", &cancel).await.unwrap();
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            now.fetch_sub(1, Ordering::SeqCst);
        }))
        .await;
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn waiting_ends_when_told_to_stop_waiting() {
        let clock = ManualClock::new();
        let (limits, cancel) = (limits(&clock, 1), Cancel::new());
        let held = limits.permit("machines", &cancel).await.unwrap();
        let mut second = Box::pin(limits.permit("machines", &cancel));
        assert!(futures::poll!(&mut second).is_pending());
        cancel.graceful();
        assert!(futures::poll!(&mut second).is_pending());
        cancel.stop_waiting();
        assert_eq!(second.await.unwrap_err().kind(), ErrorKind::Interrupted);
        drop(held);
    }

    #[tokio::test]
    async fn who_asks_first_is_served_first() {
        let clock = ManualClock::new();
        let (limits, cancel) = (limits(&clock, 100), Cancel::new());
        for _ in 0..4 {
            limits.permit("machines", &cancel).await.unwrap();
        }
        let mut first = Box::pin(limits.permit("machines", &cancel));
        let mut second = Box::pin(limits.permit("machines", &cancel));
        assert!(futures::poll!(&mut first).is_pending() && futures::poll!(&mut second).is_pending());
        clock.advance(Duration::from_millis(500));
        assert!(futures::poll!(&mut second).is_pending());
        first.await.unwrap();
    }

    #[tokio::test]
    async fn a_waiter_that_is_dropped_lets_the_next_one_pass() {
        let clock = ManualClock::new();
        let (limits, cancel) = (limits(&clock, 100), Cancel::new());
        for _ in 0..4 {
            limits.permit("machines", &cancel).await.unwrap();
        }
        let mut first = Box::pin(limits.permit("machines", &cancel));
        let mut second = Box::pin(limits.permit("machines", &cancel));
        assert!(futures::poll!(&mut first).is_pending() && futures::poll!(&mut second).is_pending());
        drop(first);
        clock.advance(Duration::from_millis(500));
        second.await.unwrap();
    }
}
