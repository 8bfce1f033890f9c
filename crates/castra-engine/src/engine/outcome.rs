//! How a run ended.

use std::fmt;

use castra_core::plan::Plan;
use castra_core::{Action, Address, Error, ErrorKind};

use crate::executor::Tally;

/// How a run ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// Everything is as asked.
    Complete,
    /// Steps failed; everything that doesn't depend on them was done. Applying again goes on from there. That the
    /// credentials are no longer good is said once, however many steps it ended. With
    /// [`OnFailure::Undo`](super::OnFailure::Undo) all is as it was before: see [`Applied::undo`].
    Failed(Vec<Error>),
    /// The run was asked to stop, and stopped. Applying again goes on from there.
    Interrupted,
    /// Steps failed, and what was done could not all be taken back.
    Stuck {
        /// Why the run failed.
        errors: Vec<Error>,
        /// What is left of it.
        what: Vec<Left>,
        /// How to go on.
        how: String,
    },
}

/// Something that a run did and its undo could not take back.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Left {
    /// The resource.
    pub address: Address,
    /// The cloud's id of the object, where it is known.
    pub id: Option<String>,
    /// What the undo would have done: delete what the run made, or update back what it changed.
    pub action: Action,
    /// What stood against it; none when the undo didn't come to it, because of another one's failure or because it was
    /// asked to stop.
    pub error: Option<Error>,
}

impl Left {
    /// What the undo didn't come to.
    pub fn new(address: Address, action: Action) -> Self {
        Self { address, id: None, action, error: None }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.action == Action::Delete { "still there" } else { "not changed back" };
        write!(f, "{}", self.address)?;
        if let Some(id) = &self.id {
            write!(f, " ({id})")?;
        }
        match &self.error {
            Some(error) => write!(f, " is {state}: {error}"),
            None => write!(f, " is {state}: the undo didn't come to it"),
        }
    }
}

/// What the operator is told of the steps' errors: credentials that end fail all that is under way, for one reason.
pub(super) fn told(errors: &[Error]) -> Vec<Error> {
    let is_credentials = |error: &&Error| error.kind() == ErrorKind::Credentials;
    let first = errors.iter().find(is_credentials);
    let others = errors.iter().filter(|error| !is_credentials(error));
    first.into_iter().chain(others).cloned().collect()
}

impl Outcome {
    pub(crate) fn of(tally: &Tally) -> Self {
        if !tally.errors.is_empty() {
            Self::Failed(told(&tally.errors))
        } else if tally.interrupted {
            Self::Interrupted
        } else {
            Self::Complete
        }
    }

    /// Why steps failed; none when none did.
    pub fn errors(&self) -> &[Error] {
        match self {
            Self::Failed(errors) | Self::Stuck { errors, .. } => errors,
            Self::Complete | Self::Interrupted => &[],
        }
    }

    /// One word: `complete`, `failed`, `interrupted` or `stuck`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Failed(_) => "failed",
            Self::Interrupted => "interrupted",
            Self::Stuck { .. } => "stuck",
        }
    }
}

/// What an apply or a destroy did.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Applied {
    /// The plan that was run.
    pub plan: Plan,
    /// How it ended.
    pub outcome: Outcome,
    /// How many steps were done.
    pub done: usize,
    /// How many steps were not begun.
    pub skipped: usize,
    /// What was done to take it back, when it failed and was to be undone. With [`Outcome::Failed`] that is complete,
    /// and the cluster is as it was before.
    pub undo: Option<Plan>,
}

impl Applied {
    /// What a run of a plan came to, of which no step was done or skipped.
    pub fn new(plan: Plan, outcome: Outcome) -> Self {
        Self { plan, outcome, done: 0, skipped: 0, undo: None }
    }

    /// Whether it failed and all is as it was before.
    pub fn is_undone(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_)) && self.undo.is_some()
    }

    pub(crate) fn nothing(plan: Plan) -> Self {
        Self::new(plan, Outcome::Complete)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_that_ended_are_told_once_and_first() {
        let error = |kind, text: &str| Error::new(kind, text);
        let errors = [
            error(ErrorKind::Denied, "a"),
            error(ErrorKind::Credentials, "b"),
            error(ErrorKind::Credentials, "c"),
            error(ErrorKind::Quota, "d"),
        ];
        let told: Vec<String> = told(&errors).iter().map(|error| error.message().to_owned()).collect();
        assert_eq!(told, ["b", "a", "d"]);
    }
}
