//! A probe that watches a run, and stands in its way where it is told to.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use castra_core::{Access, Call, Error, ErrorKind, Result};
use castra_engine::context::Probe;
use tokio::sync::Notify;

/// What is done to a run. Changes are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// Nothing.
    Watch,
    /// This change and all later ones are refused.
    RefuseFrom(usize),
    /// This one change is refused.
    RefuseAt(usize),
    /// Changes by this operation are refused.
    Refuse(&'static str),
    /// From this change on every call is refused for its credentials.
    ExpireFrom(usize),
    /// The reply to this change is lost.
    Lose(usize),
    /// The reply to every other change of each operation is lost, from the first on.
    LoseMany,
    /// The run stands still before this change.
    HoldBefore(usize),
    /// The run stands still after this change was made.
    HoldAfter(usize),
    /// Whoever waits for it is told of this change, and the run goes on.
    TellAt(usize),
    /// Every other call of each operation is throttled, from the first on.
    Throttle,
}

/// Notes every attempt, and does what it is told.
pub(crate) struct Meddler {
    how: How,
    seen: Mutex<Vec<(Call, Option<ErrorKind>)>>,
    changes: Mutex<usize>,
    held: Notify,
}

impl Meddler {
    pub(crate) fn new(how: How) -> Arc<Self> {
        Arc::new(Self { how, seen: Mutex::default(), changes: Mutex::default(), held: Notify::new() })
    }

    /// The attempts that were made so far, in the order in which they ended, and how they did.
    pub(crate) fn seen(&self) -> MutexGuard<'_, Vec<(Call, Option<ErrorKind>)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many attempts there were.
    pub(crate) fn calls(&self) -> usize {
        self.seen().len()
    }

    /// The operations that could change something, one for each attempt.
    pub(crate) fn changes(&self) -> Vec<&'static str> {
        self.seen().iter().filter(|(call, _)| call.access == Access::Mutate).map(|(call, _)| call.operation).collect()
    }

    /// True when the run was refused a change.
    pub(crate) fn refused(&self) -> bool {
        let refusal = |error: &Option<ErrorKind>| matches!(error, Some(ErrorKind::Denied | ErrorKind::Credentials));
        self.seen().iter().any(|(call, error)| call.access == Access::Mutate && refusal(error))
    }

    /// Waits until the run stands still, or comes to where this is to be told.
    pub(crate) async fn until_held(&self) {
        self.held.notified().await;
    }

    async fn hold(&self) {
        self.held.notify_one();
        pending().await
    }

    fn note(&self, call: &Call, outcome: &Result<()>) {
        self.seen().push((call.clone(), outcome.as_ref().err().map(Error::kind)));
    }

    /// How often the operation was seen before.
    fn times(&self, call: &Call) -> usize {
        self.seen().iter().filter(|(seen, _)| seen.service == call.service && seen.operation == call.operation).count()
    }

    /// The number of the change that is about to be made, or of the next one.
    fn number(&self) -> usize {
        *self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Probe for Meddler {
    async fn before(&self, call: &Call) -> Result<()> {
        let change = call.access == Access::Mutate;
        let number = self.number();
        let refused = match self.how {
            How::RefuseFrom(from) if change && number >= from => {
                Err(Error::new(ErrorKind::Denied, format!("{} is refused by the trial", call.operation)))
            }
            How::RefuseAt(at) if change && number == at => {
                Err(Error::new(ErrorKind::Denied, format!("{} is refused by the trial", call.operation)))
            }
            How::TellAt(at) if change && number == at => {
                self.held.notify_one();
                Ok(())
            }
            How::Refuse(operation) if change && call.operation == operation => {
                Err(Error::new(ErrorKind::Denied, format!("{operation} is refused by the trial")))
            }
            How::ExpireFrom(from) if number > from || (change && number == from) => {
                Err(Error::new(ErrorKind::Credentials, "the credentials have expired, says the trial"))
            }
            How::Throttle if self.times(call).is_multiple_of(2) => {
                Err(Error::new(ErrorKind::Throttled, "slow down, says the trial"))
            }
            How::HoldBefore(at) if change && number == at => {
                self.hold().await;
                Ok(())
            }
            _ => Ok(()),
        };
        if change {
            *self.changes.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        }
        if refused.is_err() {
            self.note(call, &refused);
        }
        refused
    }

    async fn after(&self, call: &Call, outcome: Result<()>) -> Result<()> {
        let change = call.access == Access::Mutate;
        let number = self.changes().len();
        let times = self.times(call);
        let lost = match self.how {
            How::Lose(at) => change && number == at,
            How::LoseMany => change && times.is_multiple_of(2),
            _ => false,
        };
        let outcome = match outcome {
            Ok(()) if lost => Err(Error::new(ErrorKind::Unavailable, "the reply is lost, says the trial").ambiguous()),
            outcome => outcome,
        };
        self.note(call, &outcome);
        if self.how == How::HoldAfter(number) && change {
            self.hold().await;
        }
        outcome
    }
}
