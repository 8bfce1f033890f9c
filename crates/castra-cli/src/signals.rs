//! Being asked to stop.

use std::io;

use castra::Cancel;

use crate::exit::Exit;

/// What the first signal is answered with.
pub(crate) const STOPPING: &str = "stopping: what is in flight is finished and nothing new begun; a second signal stops waiting, a third ends at once";
/// What the second one is answered with.
pub(crate) const NOT_WAITING: &str = "no longer waiting; a third signal ends at once";

/// Hands each SIGINT and SIGTERM on: the first and second to `cancel`, the third ends the process. Never returns
/// otherwise.
///
/// # Errors
/// When signals can't be listened to.
pub(crate) async fn escalate(cancel: &Cancel) -> io::Result<()> {
    let mut signals = Signals::new()?;
    loop {
        signals.next().await?;
        if cancel.is_stop_waiting() {
            abandon();
        }
        cancel.escalate();
    }
}

#[expect(clippy::disallowed_methods, reason = "the operator asked three times; a killed run is recovered from")]
fn abandon() -> ! {
    std::process::exit(Exit::ABANDONED)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> io::Result<()> {
        tokio::select! {
            _ = self.interrupt.recv() => Ok(()),
            _ = self.terminate.recv() => Ok(()),
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}
