//! Asking a run to stop, in two phases.

use tokio_util::sync::CancellationToken;

/// A request to stop, in two phases. Cheap to clone; all clones are one.
///
/// ```
/// use castra_engine::cancel::Cancel;
///
/// let cancel = Cancel::new();
/// cancel.graceful();
/// assert!(cancel.is_graceful() && !cancel.is_stop_waiting());
/// cancel.stop_waiting();
/// assert!(cancel.is_stop_waiting());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Cancel {
    graceful: CancellationToken,
    stop_waiting: CancellationToken,
}

impl Cancel {
    /// Nothing asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// First phase: nothing new is started, what is in flight is finished.
    pub fn graceful(&self) {
        self.graceful.cancel();
    }

    /// Second phase: every wait ends now. Implies the first.
    pub fn stop_waiting(&self) {
        self.graceful.cancel();
        self.stop_waiting.cancel();
    }

    /// The next phase: what a signal handler calls at each signal.
    pub fn escalate(&self) {
        if self.is_graceful() { self.stop_waiting() } else { self.graceful() }
    }

    /// True from the first phase on.
    pub fn is_graceful(&self) -> bool {
        self.graceful.is_cancelled()
    }

    /// True in the second phase.
    pub fn is_stop_waiting(&self) -> bool {
        self.stop_waiting.is_cancelled()
    }

    /// Waits for the first phase.
    pub async fn until_graceful(&self) {
        self.graceful.cancelled().await;
    }

    /// Waits for the second phase.
    pub async fn until_stop_waiting(&self) {
        self.stop_waiting.cancelled().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_second_phase_implies_the_first() {
        let cancel = Cancel::new();
        let other = cancel.clone();
        other.stop_waiting();
        cancel.until_graceful().await;
        cancel.until_stop_waiting().await;
        assert!(cancel.is_graceful() && cancel.is_stop_waiting());
    }

    #[test]
    fn signals_escalate() {
        let cancel = Cancel::new();
        assert!(!cancel.is_graceful());
        cancel.escalate();
        assert!(cancel.is_graceful() && !cancel.is_stop_waiting());
        cancel.escalate();
        assert!(cancel.is_stop_waiting());
    }
}
