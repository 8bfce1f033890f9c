//! Taking back what a run that failed has done.

use std::collections::BTreeSet;
use std::sync::Arc;

use castra_core::plan::{Plan, Purpose};
use castra_core::{
    Action, Address, Context as _, Error, ErrorKind, Event, Graph, Inventory, Item, Ownership, Resource, Result,
    Status, Step,
};

use super::outcome::{Left, Outcome, told};
use super::work::Work;
use crate::executor::Tally;
use crate::planner::{self, Question};

/// What becomes of what a run has done when a step of it fails.
///
/// A request to stop is no failure: what was made until then stays, whatever this says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OnFailure {
    /// It stays, and applying again goes on from there.
    #[default]
    Keep,
    /// It is taken back: what the run made is deleted, and what it changed is changed back. Refused before anything is
    /// started where that can't be: for a destroy, and for a plan that replaces something, deletes what can't be made
    /// again as it was or changes what doesn't change back.
    Undo,
}

/// What a plan changes in place or deletes, as it was found: what an undo brings back.
///
/// # Errors
/// [`ErrorKind::Unsupported`] when the plan can't be undone, with every reason.
pub(super) fn before(plan: &Plan, graph: &Graph, inventory: &Inventory) -> Result<Graph> {
    if plan.purpose != Purpose::Apply {
        return Err(Error::new(ErrorKind::Unsupported, "a destroy can't be undone: what is deleted is gone")
            .remedy("destroy without the undo; a destroy that fails goes on when it is asked for again"));
    }
    let mut before = Graph::new();
    let mut reasons = Vec::new();
    for step in &plan.steps {
        match step.action {
            Action::Delete if !leaves(inventory, &step.address, step.id.as_deref()) => {
                match again(plan, step, inventory) {
                    Some(Ok(resource)) => before.insert(resource),
                    Some(Err(error)) => reasons.push(error.message().to_owned()),
                    None => reasons.push(format!(
                        "{} ({}) would be deleted and can't be brought back: {}",
                        step.address,
                        step.id.as_deref().unwrap_or_default(),
                        step.reason
                    )),
                }
            }
            Action::Update => {
                match graph.get(&step.address).map(|resource| resource.before(&step.changes, inventory)) {
                    Some(Ok(resource)) => before.insert(resource),
                    Some(Err(error)) => reasons.push(error.message().to_owned()),
                    None => reasons.push(format!("{} is not in the graph", step.address)),
                }
            }
            _ => {}
        }
    }
    if reasons.is_empty() {
        return Ok(before);
    }
    Err(Error::new(ErrorKind::Unsupported, format!("this plan can't be undone:\n  {}", reasons.join("\n  ")))
        .remedy("apply without the undo; what fails then stays, and applying again goes on from there"))
}

/// What a step deletes, such that it can be made again; none where that can't be, where it is a duplicate, and where
/// another object takes its place.
fn again(plan: &Plan, step: &Step, inventory: &Inventory) -> Option<Result<Arc<dyn Resource>>> {
    let item = inventory.get(&step.address).filter(|item| Some(item.id.as_str()) == step.id.as_deref())?;
    let comes_back = item.kind.comes_back() && !plan.replaces(&step.address);
    comes_back.then(|| item.kind.again(item, inventory))
}

/// True for what somebody else deletes: that isn't the run's doing.
fn leaves(inventory: &Inventory, address: &Address, id: Option<&str>) -> bool {
    let mut items = inventory.items.iter().filter(|item| item.address == *address && Some(item.id.as_str()) == id);
    items.any(|item| item.status == Status::Deleting)
}

/// A run that failed and is to be undone.
pub(super) struct Failed<'a> {
    /// What it was to do.
    pub(super) plan: &'a Plan,
    /// What there was before it.
    pub(super) inventory: &'a Inventory,
    /// What it changes, as that was.
    pub(super) before: &'a Graph,
    /// What became of its steps.
    pub(super) tally: &'a Tally,
}

impl Failed<'_> {
    /// Takes back what was done. The outcome is that of the failed run, unless something is left; with it comes what
    /// was planned to take it back.
    pub(super) async fn undo(&self, work: &Work<'_>) -> (Outcome, Option<Plan>) {
        work.cx.emit(Event::Note { message: "a step failed: what this run has done is taken back".into() });
        let errors = told(&self.tally.errors);
        let (what, plan) = match self.take_back(work).await {
            Ok((plan, tally)) => (left(&plan, &tally), Some(plan)),
            Err(error) => (self.all(&error), None),
        };
        if what.is_empty() {
            return (Outcome::Failed(errors), plan);
        }
        let fresh = !self.inventory.items.iter().any(|item| item.ownership == Ownership::Ours);
        let how = if fresh {
            "mend the cause; then apply again, which goes on from here, or destroy, which removes what is left"
        } else {
            "mend the cause; then apply again, which goes on from here, or apply the spec as it was before, which takes \
             back what is left"
        };
        (Outcome::Stuck { errors, what, how: how.to_owned() }, plan)
    }

    async fn take_back(&self, work: &Work<'_>) -> Result<(Plan, Tally)> {
        // What was made shows only after a while, and what doesn't show isn't deleted.
        let window = work.engine.backend.capabilities().visibility_window;
        if let Some(since) = self.tally.last_creation.max(work.history.last_creation()) {
            work.cx.outlast(since, window).await?;
        }
        let observer = work.engine.backend.observer();
        let now = observer.survey(work.cx, &work.request.ask()).await?;
        let made: BTreeSet<(Address, String)> = now
            .items
            .iter()
            .filter(|item| item.ownership == Ownership::Ours && self.made(item))
            .map(|item| (item.address.clone(), item.id.clone()))
            .collect();
        let plan = planner::plan(&Question {
            cluster: work.request.cluster(),
            uid: self.plan.uid,
            purpose: Purpose::Undo,
            graph: self.before,
            inventory: &now,
            made: &made,
            anchor: work.engine.backend.capabilities().anchor,
        })?;
        let gone = now.items.iter().filter(|item| item.ownership == Ownership::Ours).count() == made.len();
        let tally = work.carry_out(&plan, self.before, &now, gone).await?;
        Ok((plan, tally))
    }

    /// Whether the run made this: it began to, and it wasn't there before.
    fn made(&self, item: &Item) -> bool {
        let mut steps = self.plan.steps.iter().enumerate();
        let same = |old: &Item| old.address == item.address && old.id == item.id;
        steps.any(|(index, step)| {
            step.action == Action::Create && step.address == item.address && self.tally.began(index)
        }) && !self.inventory.items.iter().any(same)
    }

    /// Everything that was begun, when nothing could be taken back.
    fn all(&self, error: &Error) -> Vec<Left> {
        let begun = self.plan.steps.iter().enumerate().filter(|(index, _)| self.tally.began(*index));
        begun
            .filter_map(|(_, step)| {
                let action = match step.action {
                    Action::Create => Action::Delete,
                    Action::Update => Action::Update,
                    Action::Delete | Action::Wait => return None,
                };
                let (address, id) = (step.address.clone(), step.id.clone());
                Some(Left { address, id, action, error: Some(error.clone()) })
            })
            .collect()
    }
}

/// What of an undo's plan wasn't done.
fn left(plan: &Plan, tally: &Tally) -> Vec<Left> {
    let undone = plan.steps.iter().enumerate().filter(|(index, _)| !tally.is_done(*index));
    undone
        .map(|(_, step)| Left {
            address: step.address.clone(),
            id: step.id.clone(),
            action: step.action,
            error: tally.errors.iter().find(|error| error.address() == Some(&step.address)).cloned(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
