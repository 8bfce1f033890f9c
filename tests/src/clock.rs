//! The emulated cloud's clock, as the engine's.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use castra_core::BoxFuture;
use castra_core::context::elapsed;
use castra_engine::clock::Clock;
use jiff::Timestamp;

use crate::idle::Thread;

/// Tells and sleeps the time of an emulator in this process. On a jumping one nobody waits: as soon as everybody
/// sleeps, cloud and engine are at the next deadline together.
#[derive(Debug, Clone)]
pub struct EmulatedClock {
    clock: castra_emulator::Clock,
    started: Timestamp,
    sleepers: Arc<AtomicUsize>,
}

impl EmulatedClock {
    /// The clock of an emulator, for the runtime of this thread alone. It jumps only while somebody sleeps by it and
    /// the thread has nothing to do: who is at work on a busy machine would find that the cloud has gone ahead to
    /// whatever is due next, be it in three days, or a renewed lease further.
    pub fn of(emulator: &castra_emulator::Emulator) -> Self {
        let sleepers = Arc::new(AtomicUsize::new(0));
        let (asleep, thread) = (Arc::clone(&sleepers), Thread::current());
        emulator.clock().jump_only_while(move || asleep.load(Ordering::SeqCst) > 0 && thread.is_idle());
        Self { clock: emulator.clock().clone(), started: emulator.clock().now(), sleepers }
    }
}

/// Somebody who sleeps.
struct Sleeper(Arc<AtomicUsize>);

impl Sleeper {
    fn new(sleepers: &Arc<AtomicUsize>) -> Self {
        sleepers.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(sleepers))
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Clock for EmulatedClock {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn monotonic(&self) -> Duration {
        elapsed(self.started, self.clock.now())
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        let sleeping = self.clock.sleep(duration);
        Box::pin(async move {
            let _sleeper = Sleeper::new(&self.sleepers);
            sleeping.await;
        })
    }
}
