//! Carrying plans out under one lease.

use std::sync::Arc;

use castra_core::plan::{Plan, Purpose};
use castra_core::resource::{Outputs, Owner, StepContext};
use castra_core::{Action, Event, Graph, Inventory, Item, Ownership, Result};

use super::{Engine, Outcome, Request, Session};
use crate::context::RunContext;
use crate::executor::{Run, Tally};
use crate::journal::{History, Journal};

/// What the plans that are carried out under one lease have in common.
pub(super) struct Work<'a> {
    pub(super) engine: &'a Engine,
    pub(super) request: Request<'a>,
    pub(super) session: &'a Session,
    pub(super) journal: &'a Journal,
    pub(super) history: &'a History,
    pub(super) cx: &'a RunContext,
    pub(super) owner: &'a Owner,
}

impl Work<'_> {
    /// Carries a plan out, from its beginning in the journal to its end there. Once it is complete and `last`, nothing
    /// of the cluster is left.
    ///
    /// # Errors
    /// When its beginning can't be written down. Nothing was started then.
    pub(super) async fn carry_out(
        &self,
        plan: &Plan,
        graph: &Graph,
        inventory: &Inventory,
        last: bool,
    ) -> Result<Tally> {
        self.journal.begin(plan).await?;
        let began = self.engine.clock.monotonic();
        let events = &self.session.events;
        events.emit(Event::RunStarted { run: plan.hash.clone(), steps: plan.steps.len() });
        let outputs = Outputs::new();
        // What is about to be deleted, a duplicate among it, is not what a reference leads to.
        let doomed = |item: &Item| {
            let mut deletions = plan.steps.iter().filter(|step| step.action == Action::Delete);
            deletions.any(|step| step.address == item.address && step.id.as_ref() == Some(&item.id))
        };
        for item in inventory.items.iter().filter(|item| item.ownership == Ownership::Ours && !doomed(item)) {
            outputs.set(item.address.clone(), Arc::clone(&item.output));
        }
        let step = StepContext {
            actuator: self.engine.backend.actuator(),
            cx: self.cx,
            owner: self.owner,
            outputs: &outputs,
            window: self.engine.backend.capabilities().visibility_window,
        };
        let (history, journal, cancel) = (self.history, self.journal, &self.session.cancel);
        let tally = Run { plan, graph, inventory, history, journal, step, cancel }.execute().await;
        let outcome = match Outcome::of(&tally) {
            Outcome::Failed(_) if plan.purpose == Purpose::Undo => "stuck",
            outcome => outcome.name(),
        };
        let gone = last && outcome == Outcome::Complete.name();
        self.journal.finish(plan, outcome, gone).await;
        events.emit(Event::RunFinished {
            outcome: outcome.into(),
            done: tally.done,
            failed: tally.errors.len(),
            skipped: tally.skipped,
            took: self.engine.clock.monotonic().saturating_sub(began),
        });
        Ok(tally)
    }
}
