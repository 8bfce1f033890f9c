//! The clock of an emulator in another process.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use castra_core::BoxFuture;
use castra_core::context::elapsed;
use castra_engine::clock::{Clock, SystemClock};
use jiff::Timestamp;

use super::Control;

/// How long an answer is good for: in between the emulator may have jumped while this process did nothing, or could do
/// nothing because it was stopped.
const GOOD: Duration = Duration::from_millis(250);

/// Sleeps until the emulator's clock shows a time, and goes on by real time from what it showed last.
#[derive(Debug)]
pub struct ServedClock {
    control: Control,
    real: SystemClock,
    started: Timestamp,
    shown: Mutex<Shown>,
}

/// What the emulator's clock showed, and when by the real one.
#[derive(Debug, Clone, Copy)]
struct Shown {
    time: Timestamp,
    at: Duration,
}

impl ServedClock {
    /// The clock of an emulator, which jumps from now on whenever everybody sleeps.
    ///
    /// # Errors
    /// When it doesn't answer.
    pub async fn jumping(control: Control) -> Result<Self> {
        let answer = control.ask("POST", "clock", r#"{"jumping": true}"#).await?;
        Self::showing(control, &answer)
    }

    /// The clock of an emulator, whatever its pace is.
    ///
    /// # Errors
    /// When it doesn't answer.
    pub async fn as_it_is(control: Control) -> Result<Self> {
        let answer = control.ask("GET", "clock", "").await?;
        Self::showing(control, &answer)
    }

    fn showing(control: Control, answer: &serde_json::Value) -> Result<Self> {
        let started = time(answer)?;
        let real = SystemClock::new();
        let shown = Mutex::new(Shown { time: started, at: real.monotonic() });
        Ok(Self { control, real, started, shown })
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self, time: Timestamp) {
        let mut shown = self.shown();
        if time > shown.time {
            *shown = Shown { time, at: self.real.monotonic() };
        }
    }
}

fn time(answer: &serde_json::Value) -> Result<Timestamp> {
    Ok(answer["now"].as_str().context("the clock shows a time")?.parse()?)
}

impl Clock for ServedClock {
    fn now(&self) -> Timestamp {
        let age = |shown: Shown| self.real.monotonic().saturating_sub(shown.at);
        let mut shown = *self.shown();
        if age(shown) > GOOD
            && let Ok(answer) = self.control.ask_now("clock")
            && let Ok(time) = time(&answer)
        {
            self.show(time);
            shown = *self.shown();
        }
        shown.time.checked_add(age(shown)).unwrap_or(Timestamp::MAX)
    }

    fn monotonic(&self) -> Duration {
        elapsed(self.started, self.now())
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let until = self.now().checked_add(duration).unwrap_or(Timestamp::MAX);
            match self.control.ask("GET", &format!("clock?until={until}"), "").await.and_then(|answer| time(&answer)) {
                Ok(time) => self.show(time),
                // The emulator is gone, and what this sleep waits for with it.
                Err(_) => self.real.sleep(duration).await,
            }
        })
    }
}
