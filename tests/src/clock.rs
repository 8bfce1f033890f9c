//! The emulated cloud's clock, as the engine's.

use std::time::Duration;

use castra_core::BoxFuture;
use castra_core::context::elapsed;
use castra_engine::clock::Clock;
use jiff::Timestamp;

/// Tells and sleeps the time of an emulator in this process. On a jumping one nobody waits: as soon as everybody
/// sleeps, cloud and engine are at the next deadline together.
#[derive(Debug, Clone)]
pub struct EmulatedClock {
    clock: castra_emulator::Clock,
    started: Timestamp,
}

impl EmulatedClock {
    /// The clock of an emulator.
    pub fn of(emulator: &castra_emulator::Emulator) -> Self {
        Self { clock: emulator.clock().clone(), started: emulator.clock().now() }
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
        Box::pin(self.clock.sleep(duration))
    }
}
