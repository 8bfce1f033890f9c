//! Emulated time: it flows at any rate, steps by hand, or jumps from deadline to deadline.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// How emulated time passes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Pace {
    /// As many emulated seconds pass in each real one; 1 is real time, 0 stops the clock.
    Scaled(f64),
    /// As real time; and whenever nothing is in flight, the clock jumps to the next deadline: the earliest end of a
    /// [`Clock::sleep`], or, if nobody sleeps, the next thing that is due to happen in the emulated cloud.
    Jumping,
}

/// The clock of an emulator. Clones tell the same time, so that a program under test can sleep on it too.
///
/// ```
/// use castra_emulator::{Clock, Pace};
/// use std::time::Duration;
///
/// let clock = Clock::new(Pace::Scaled(0.0));
/// let before = clock.now();
/// clock.advance(Duration::from_secs(90));
/// assert_eq!(clock.now().duration_since(before).as_secs(), 90);
/// ```
#[derive(Debug, Clone)]
pub struct Clock(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Changes whenever a sleeper or the jumper should look again.
    changed: watch::Sender<u64>,
    /// Whether the program under test has nothing to do but wait.
    idle: OnceLock<Idle>,
}

struct Idle(Box<dyn Fn() -> bool + Send + Sync>);

impl fmt::Debug for Idle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Idle")
    }
}

#[derive(Debug)]
struct State {
    pace: Pace,
    /// An emulated and a real moment that coincide.
    anchor: (Timestamp, Instant),
    in_flight: usize,
    /// How many sleep until each moment.
    sleepers: BTreeMap<Timestamp, usize>,
}

impl State {
    fn scale(&self) -> f64 {
        match self.pace {
            Pace::Scaled(scale) => scale,
            Pace::Jumping => 1.0,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "emulated time is made from real time here")]
    fn now(&self) -> Timestamp {
        let (emulated, real) = self.anchor;
        let passed = real.elapsed().as_secs_f64() * self.scale();
        later(emulated, Duration::try_from_secs_f64(passed).unwrap_or(Duration::MAX))
    }

    #[expect(clippy::disallowed_methods, reason = "as above")]
    fn set(&mut self, now: Timestamp) {
        self.anchor = (now, Instant::now());
    }
}

/// That much later; at the end of time if that is sooner.
pub(crate) fn later(moment: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| moment.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

impl Clock {
    /// A clock that starts at the real time.
    #[expect(clippy::disallowed_methods, reason = "emulated time begins with real time")]
    pub fn new(pace: Pace) -> Self {
        let state = State { pace, anchor: (Timestamp::now(), Instant::now()), in_flight: 0, sleepers: BTreeMap::new() };
        Self(Arc::new(Shared { state: Mutex::new(state), changed: watch::Sender::new(0), idle: OnceLock::new() }))
    }

    /// Lets the clock jump only while this says that the program under test has nothing to do but wait. Nothing in
    /// flight for a moment says as much on a machine that has nothing else to do; on a busy one the program may have
    /// been woken and not got its turn, and would find that its time has run away. Asked every few milliseconds. The
    /// first one given stays.
    pub fn jump_only_while(&self, idle: impl Fn() -> bool + Send + Sync + 'static) {
        let _ = self.0.idle.set(Idle(Box::new(idle)));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announce(&self) {
        self.0.changed.send_modify(|version| *version = version.wrapping_add(1));
    }

    /// The emulated time.
    pub fn now(&self) -> Timestamp {
        self.state().now()
    }

    /// How time passes.
    pub fn pace(&self) -> Pace {
        self.state().pace
    }

    /// Changes how time passes, from now on.
    pub fn set_pace(&self, pace: Pace) {
        let mut state = self.state();
        let now = state.now();
        state.set(now);
        state.pace = pace;
        drop(state);
        self.announce();
    }

    /// Lets that much emulated time pass at once.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state();
        let now = later(state.now(), by);
        state.set(now);
        drop(state);
        self.announce();
    }

    /// Puts the clock forward to that moment; does nothing if it has passed.
    pub fn advance_to(&self, moment: Timestamp) {
        let mut state = self.state();
        if moment > state.now() {
            state.set(moment);
            drop(state);
            self.announce();
        }
    }

    /// Waits until that much emulated time has passed.
    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(later(self.now(), duration)).await;
    }

    /// Waits until the clock shows that moment.
    pub async fn sleep_until(&self, moment: Timestamp) {
        let _sleeper = Sleeper::new(self, moment);
        let mut changed = self.0.changed.subscribe();
        loop {
            changed.mark_unchanged();
            let (left, scale) = {
                let state = self.state();
                (moment.duration_since(state.now()).as_secs_f64(), state.scale())
            };
            if left <= 0.0 {
                return;
            }
            let real = if scale > 0.0 { left / scale } else { f64::INFINITY };
            let real = Duration::try_from_secs_f64(real).unwrap_or(Duration::from_secs(3600));
            #[expect(clippy::disallowed_methods, reason = "emulated time is made from real time here")]
            let timer = tokio::time::sleep(real.max(Duration::from_micros(200)));
            tokio::select! {
                () = timer => {}
                // The sender lives as long as we do.
                _ = changed.changed() => {}
            }
        }
    }

    /// Says that a request is being worked on: while the returned value lives, a jumping clock stays where it is.
    pub(crate) fn enter(&self) -> InFlight {
        self.state().in_flight += 1;
        InFlight(self.clone())
    }

    /// Jumps from deadline to deadline while the pace is [`Pace::Jumping`]; ends never. `due` tells when the emulated
    /// cloud has something to do next.
    pub(crate) async fn jump(&self, due: impl Fn() -> Option<Timestamp>) {
        /// How long nothing must be in flight: a program between two requests is not idle.
        const SETTLED: Duration = Duration::from_millis(2);
        /// The same where nobody sleeps on this clock: a program may be busy for long, and nothing of it holds the
        /// cloud back from running ahead.
        const ALONE: Duration = Duration::from_millis(50);
        /// How many rounds of the runtime those that have come in get.
        const LET_IN: usize = 3;
        let mut changed = self.0.changed.subscribe();
        loop {
            changed.mark_unchanged();
            let (idle, settles) = {
                let state = self.state();
                let settles = if state.sleepers.is_empty() { ALONE } else { SETTLED };
                (state.pace == Pace::Jumping && state.in_flight == 0, settles)
            };
            if idle {
                #[expect(clippy::disallowed_methods, reason = "measures real idleness")]
                let settled = tokio::time::timeout(settles, changed.changed()).await.is_err();
                // What has come in by now is let in first, however late this thread got its turn.
                for _ in 0..LET_IN {
                    tokio::task::yield_now().await;
                }
                if !settled || changed.has_changed().unwrap_or(true) || !self.0.idle.get().is_none_or(|idle| idle.0()) {
                    continue;
                }
                let sleeper = self.state().sleepers.keys().next().copied();
                let next = sleeper.or_else(&due);
                if let Some(next) = next {
                    self.advance_to(next);
                    // Sleepers wake and take themselves off the list; without them there may be nothing to wait for.
                    if sleeper.is_none() {
                        continue;
                    }
                }
            }
            let _ = changed.changed().await;
        }
    }
}

/// A request that is being worked on.
#[derive(Debug)]
pub(crate) struct InFlight(Clock);

impl InFlight {
    /// Waits for something that the clock may jump over.
    pub(crate) async fn pause<F: Future<Output = ()>>(&mut self, wait: impl FnOnce(Clock) -> F) {
        let wait = wait(self.0.clone());
        self.0.state().in_flight -= 1;
        self.0.announce();
        // Counted again however the wait ends: a client that goes away drops it half-way.
        let _counted = Again(&self.0);
        wait.await;
    }
}

struct Again<'a>(&'a Clock);

impl Drop for Again<'_> {
    fn drop(&mut self) {
        self.0.state().in_flight += 1;
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
        self.0.announce();
    }
}

struct Sleeper<'a>(&'a Clock, Timestamp);

impl<'a> Sleeper<'a> {
    fn new(clock: &'a Clock, until: Timestamp) -> Self {
        *clock.state().sleepers.entry(until).or_default() += 1;
        clock.announce();
        Self(clock, until)
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if let Some(count) = state.sleepers.get_mut(&self.1) {
            *count -= 1;
            if *count == 0 {
                state.sleepers.remove(&self.1);
            }
        }
        drop(state);
        self.0.announce();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[tokio::test]
    async fn a_stopped_clock_wakes_sleepers_when_it_is_advanced() {
        let clock = Clock::new(Pace::Scaled(0.0));
        let sleeper = clock.sleep(Duration::from_secs(3600));
        tokio::pin!(sleeper);
        assert!(futures_poll(&mut sleeper).await);
        clock.advance(Duration::from_secs(3599));
        assert!(futures_poll(&mut sleeper).await);
        clock.advance(Duration::from_secs(1));
        sleeper.await;
    }

    /// Whether the future still waits.
    async fn futures_poll(future: &mut (impl Future<Output = ()> + Unpin)) -> bool {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context).is_pending())
        })
        .await
    }

    #[tokio::test]
    async fn a_jumping_clock_skips_what_everyone_sleeps_through() {
        let clock = Clock::new(Pace::Jumping);
        let before = clock.now();
        tokio::select! {
            () = clock.jump(|| None) => {}
            () = async {
                clock.sleep(Duration::from_secs(1000)).await;
                clock.sleep(Duration::from_secs(1000)).await;
            } => {}
        }
        assert!(clock.now().duration_since(before).as_secs() >= 2000);
    }

    #[tokio::test]
    async fn a_clock_does_not_jump_while_the_program_has_something_to_do() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let clock = Clock::new(Pace::Jumping);
        let before = clock.now();
        let (asked, watched) = (Arc::new(AtomicUsize::new(0)), clock.clone());
        let counted = Arc::clone(&asked);
        clock.jump_only_while(move || {
            // Busy for the first ten times that it is asked.
            let busy = counted.fetch_add(1, Ordering::Relaxed) < 10;
            assert!(!busy || watched.now().duration_since(before).as_secs() < 900);
            !busy
        });
        tokio::select! {
            () = clock.jump(|| None) => {}
            () = clock.sleep(Duration::from_secs(1000)) => {}
        }
        assert!(asked.load(Ordering::Relaxed) > 10);
    }
}
