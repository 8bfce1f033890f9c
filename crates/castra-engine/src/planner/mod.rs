//! The planner: a pure function from what is wanted and what exists to the steps between.
//!
//! It holds no handle of any kind, makes no choice that depends on time or chance, and gives the same plan for the
//! same question. Resuming an interrupted run is nothing but a new plan.

mod conflicts;
mod order;
mod steps;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use castra_core::plan::{Plan, Purpose};
use castra_core::spec::ClusterName;
use castra_core::{Action, Address, Graph, Inventory, Resource, Result};
use uuid::Uuid;

/// What a plan is made from.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    /// The cluster's name.
    pub(crate) cluster: &'a ClusterName,
    /// The cluster's uid.
    pub(crate) uid: Uuid,
    /// What the plan is for.
    pub(crate) purpose: Purpose,
    /// What is wanted; empty when the cluster is to be destroyed. For an undo what was changed, as it was.
    pub(crate) graph: &'a Graph,
    /// What exists.
    pub(crate) inventory: &'a Inventory,
    /// For an undo, what the run made: addresses and the cloud's ids. Nothing else is deleted.
    pub(crate) made: &'a BTreeSet<(Address, String)>,
    /// The kind whose one object comes first and goes last.
    pub(crate) anchor: &'static str,
}

/// Makes the plan.
///
/// # Errors
/// - [`Conflict`](castra_core::ErrorKind::Conflict): something that isn't ours is in the way, another cluster has the
///   name, or duplicates are both in use. All of them are named.
/// - [`Protected`](castra_core::ErrorKind::Protected): the cluster, or data that a change would delete, is protected.
pub(crate) fn plan(question: &Question<'_>) -> Result<Plan> {
    let items = conflicts::resolve(question)?;
    let drafts = match question.purpose {
        Purpose::Apply => steps::apply(question, &items)?,
        Purpose::Destroy => steps::destroy(question, &items)?,
        Purpose::Undo => steps::undo(question, &items),
    };
    let steps = order::order(question, &items, drafts)?;
    let mut notes = question.inventory.notes.clone();
    // Only a destruction gets here with any: they are in the way of whatever is made.
    if items.foreign > 0 {
        notes.push(format!("{} not this cluster's and left alone", conflicts::count(items.foreign)));
    }
    for step in steps.iter().filter(|step| step.action == Action::Update) {
        let note = |resource: &Arc<dyn Resource>| resource.kind().update_note(&step.changes);
        if let Some(note) = question.graph.get(&step.address).and_then(note) {
            notes.push(format!("{}: {note}", step.address));
        }
    }
    Ok(Plan {
        format: Plan::FORMAT,
        purpose: question.purpose,
        cluster: question.cluster.clone(),
        uid: question.uid,
        scope: question.inventory.scope.clone(),
        fingerprint: question.inventory.fingerprint(question.graph),
        steps,
        notes,
        hash: String::new(),
    }
    .seal())
}
