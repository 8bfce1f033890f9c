//! Rules: break the nth call of an operation, in one of the ways that real networks and clouds do.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::sync::oneshot;

use super::is_read;

/// What is done to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// The cloud does it, and the answer is held until the `Stalled` is dropped.
    HoldReply,
    /// The cloud does it, and the connection breaks before the answer. The same call again, by its client token, gets
    /// that answer and isn't done again: as on AWS, but not on moto, which ignores tokens.
    LoseReply,
    /// The cloud never sees it; the answer is this status, as for a throttled call.
    Refuse(u16),
}

/// Which call, and what is done to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// The operation; `*` is any that changes something.
    pub(crate) operation: &'static str,
    /// How many such calls pass first.
    pub(crate) after: usize,
    /// What is done to the next.
    pub(crate) action: Action,
}

/// A rule that waits for its call.
pub(super) struct Armed {
    rule: Rule,
    hit: Sender<()>,
    released: oneshot::Receiver<()>,
}

/// Tells when the rule's call came; while it lives, a held call stays held.
pub(crate) struct Stalled {
    hit: Receiver<()>,
    _release: oneshot::Sender<()>,
}

impl Rule {
    pub(super) fn arm(self) -> (Armed, Stalled) {
        let (hit, seen) = channel();
        let (release, released) = oneshot::channel();
        (Armed { rule: self, hit, released }, Stalled { hit: seen, _release: release })
    }
}

impl Armed {
    /// Counts a call; true when it is the one.
    pub(super) fn counts_down(&mut self, operation: &str) -> bool {
        let matches = if self.rule.operation == "*" { !is_read(operation) } else { self.rule.operation == operation };
        if matches && self.rule.after > 0 {
            self.rule.after -= 1;
            return false;
        }
        matches
    }

    pub(super) fn action(&self) -> Action {
        self.rule.action
    }

    /// Says that the call came.
    pub(super) fn report(&self) {
        // Nobody may be listening.
        let _ = self.hit.send(());
    }

    /// Returns when whoever armed the rule lets go.
    pub(super) async fn until_released(self) {
        let _ = self.released.await;
    }
}

impl Stalled {
    /// Waits for the call; an error if it doesn't come in time.
    pub(crate) fn wait(&self, at_most: Duration) -> Result<()> {
        if self.hit.recv_timeout(at_most).is_err() {
            bail!("the call that was waited for did not come within {at_most:?}");
        }
        Ok(())
    }
}
