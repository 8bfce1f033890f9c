//! A clock for tests: time passes when the test says so, or when nobody has anything else to do.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use castra_core::BoxFuture;
use jiff::{SignedDuration, Timestamp};

use super::Clock;

/// How many rounds of the runtime a sleeper lets pass before it takes it that everyone else sleeps too.
const IDLE_ROUNDS: u32 = 200;

#[derive(Debug)]
struct State {
    monotonic: Duration,
    wall: Timestamp,
    jumps: bool,
    next: u64,
    /// By deadline, then by who went to sleep first. Only the first one watches for idleness.
    sleepers: BTreeMap<(Duration, u64), Option<Waker>>,
}

impl State {
    fn advance(&mut self, duration: Duration) {
        self.monotonic += duration;
        self.wall = super::later(self.wall, duration);
        self.wake();
    }

    /// Wakes whose deadline has come, and who is to watch next.
    fn wake(&mut self) {
        for ((until, _), waker) in &mut self.sleepers {
            if let Some(waker) = waker.take() {
                waker.wake();
            }
            if *until > self.monotonic {
                break;
            }
        }
    }
}

/// A clock that stands still unless told otherwise.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<Mutex<State>>);

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl ManualClock {
    /// A clock that only [`ManualClock::advance`] moves.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(State {
            monotonic: Duration::from_secs(1_000),
            wall: Timestamp::from_second(1_800_000_000).unwrap_or(Timestamp::UNIX_EPOCH),
            jumps: false,
            next: 0,
            sleepers: BTreeMap::new(),
        })))
    }

    /// A clock that jumps to the next sleeper's deadline as soon as every task of the runtime sleeps. For a runtime
    /// of one thread and stores in memory: it doesn't know of work elsewhere.
    pub fn jumping() -> Self {
        let clock = Self::new();
        clock.state().jumps = true;
        clock
    }

    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        self.state().advance(duration);
    }

    /// Suspends the machine: only the wall clock goes on.
    pub fn suspend(&self, duration: Duration) {
        let mut state = self.state();
        state.wall = super::later(state.wall, duration);
    }

    /// Sets the wall clock back.
    pub fn set_back(&self, duration: Duration) {
        let mut state = self.state();
        let back = SignedDuration::try_from(duration).unwrap_or(SignedDuration::ZERO);
        state.wall = state.wall.checked_sub(back).unwrap_or(state.wall);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.state().wall
    }

    fn monotonic(&self) -> Duration {
        self.state().monotonic
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        let mut state = self.state();
        let id = state.next;
        state.next += 1;
        let key = (state.monotonic.saturating_add(duration), id);
        state.sleepers.insert(key, None);
        Box::pin(Sleep { clock: self.clone(), key, rounds: 0 })
    }
}

struct Sleep {
    clock: ManualClock,
    key: (Duration, u64),
    rounds: u32,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let (clock, key) = (self.clock.clone(), self.key);
        let mut state = clock.state();
        let watches = state.jumps && state.sleepers.keys().next() == Some(&key);
        if watches && state.monotonic < key.0 {
            self.rounds += 1;
            if self.rounds > IDLE_ROUNDS {
                let step = key.0 - state.monotonic;
                state.advance(step);
            }
        }
        if state.monotonic >= key.0 {
            return Poll::Ready(());
        }
        state.sleepers.insert(key, Some(cx.waker().clone()));
        if watches {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let mut state = self.clock.state();
        state.sleepers.remove(&self.key);
        state.wake();
    }
}
