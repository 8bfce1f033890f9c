//! How a run ended.

use castra_core::Error;
use castra_core::plan::Plan;

use crate::executor::Tally;

/// How a run ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// Everything is as asked.
    Complete,
    /// Steps failed; everything that doesn't depend on them was done. Applying again goes on from there.
    Failed(Vec<Error>),
    /// The run was asked to stop, and stopped. Applying again goes on from there.
    Interrupted,
}

impl Outcome {
    pub(crate) fn of(tally: &Tally) -> Self {
        if !tally.errors.is_empty() {
            Self::Failed(tally.errors.clone())
        } else if tally.interrupted {
            Self::Interrupted
        } else {
            Self::Complete
        }
    }

    /// One word: `complete`, `failed` or `interrupted`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Failed(_) => "failed",
            Self::Interrupted => "interrupted",
        }
    }
}

/// What an apply or a destroy did.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The plan that was run.
    pub plan: Plan,
    /// How it ended.
    pub outcome: Outcome,
    /// How many steps were done.
    pub done: usize,
    /// How many steps were not begun.
    pub skipped: usize,
}

impl Applied {
    pub(crate) fn nothing(plan: Plan) -> Self {
        Self { plan, outcome: Outcome::Complete, done: 0, skipped: 0 }
    }
}
