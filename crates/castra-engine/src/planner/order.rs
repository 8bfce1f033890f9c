//! The order of steps.

use std::collections::{BTreeMap, BTreeSet};

use castra_core::{Action, Address, Error, ErrorKind, Result, Step};
use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

use super::Question;
use super::conflicts::{Items, uses};
use super::steps::Draft;

/// Puts the drafts in order: each step after all that it needs, and as early as that allows.
pub(super) fn order<'a>(question: &Question<'a>, items: &Items<'a>, drafts: Vec<Draft<'a>>) -> Result<Vec<Step>> {
    let edges = edges(question, items, &drafts);
    let mut graph = DiGraph::<usize, ()>::new();
    let nodes: Vec<NodeIndex> = (0..drafts.len()).map(|index| graph.add_node(index)).collect();
    // petgraph's order walks neighbours from the newest; adding them backwards keeps the drafts' own order among equals.
    for (before, after) in edges.iter().rev() {
        graph.add_edge(nodes[*before], nodes[*after], ());
    }
    let sorted = toposort(&graph, None).map_err(|cycle| {
        let draft = &drafts[graph[cycle.node_id()]];
        Error::new(
            ErrorKind::Conflict,
            format!("to {} {} everything that uses it would have to go first", draft.action, draft.address),
        )
        .remedy("this change needs a new cluster: undo it, or destroy the cluster and apply")
    })?;
    let mut place = vec![0; drafts.len()];
    for (position, node) in sorted.iter().enumerate() {
        place[graph[*node]] = position;
    }
    let mut steps: Vec<(usize, Step)> = drafts
        .into_iter()
        .enumerate()
        .map(|(index, draft)| {
            let mut after: Vec<usize> = edges.iter().filter(|edge| edge.1 == index).map(|edge| place[edge.0]).collect();
            after.sort_unstable();
            let step = Step {
                address: draft.address,
                action: draft.action,
                id: draft.item.map(|item| item.id.clone()),
                changes: draft.changes,
                reason: draft.reason,
                after,
            };
            (place[index], step)
        })
        .collect();
    steps.sort_by_key(|(place, _)| *place);
    Ok(steps.into_iter().map(|(_, step)| step).collect())
}

/// Which draft comes before which.
fn edges(question: &Question<'_>, items: &Items<'_>, drafts: &[Draft<'_>]) -> BTreeSet<(usize, usize)> {
    let mut edges = BTreeSet::new();
    let mut making: BTreeMap<&Address, usize> = BTreeMap::new();
    let mut deleting: BTreeMap<&Address, usize> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        // An extra one's deletion is not the first half of a replacement.
        let kept = || items.ours.get(&draft.address).map(|item| &item.id) == draft.item.map(|item| &item.id);
        match draft.action {
            Action::Delete if kept() => _ = deleting.insert(&draft.address, index),
            Action::Delete => {}
            _ => _ = making.insert(&draft.address, index),
        }
    }
    for (index, draft) in drafts.iter().enumerate() {
        if draft.action == Action::Delete {
            delete_edges(question, drafts, index, &making, &mut edges);
            continue;
        }
        if let Some(&own) = deleting.get(&draft.address) {
            edges.insert((own, index));
        }
        if let Some(resource) = question.graph.get(&draft.address) {
            let needs = question.graph.needs(resource.as_ref(), question.anchor);
            edges.extend(needs.iter().filter_map(|need| making.get(need)).map(|before| (*before, index)));
        }
    }
    one_at_a_time(items, drafts, &making, &deleting, &mut edges);
    edges
}

/// An object goes after whatever uses it: after the deletion of what names it in a live field, after the update that
/// makes something stop naming it, after the kinds that use it unseen; and the anchor after everything.
fn delete_edges(
    question: &Question<'_>,
    drafts: &[Draft<'_>],
    index: usize,
    making: &BTreeMap<&Address, usize>,
    edges: &mut BTreeSet<(usize, usize)>,
) {
    let draft = &drafts[index];
    let Some(item) = draft.item else { return };
    let replaced = making.contains_key(&draft.address);
    let is_anchor = item.kind.name() == question.anchor;
    for (other_index, other) in drafts.iter().enumerate() {
        if other_index == index {
            continue;
        }
        let uses = other.item.is_some_and(|other| uses(other, item));
        let before = match other.action {
            Action::Delete => uses || is_anchor || item.kind.delete_after().contains(&other.address.kind()),
            // What is replaced goes before it is made again, and users of it are updated after that.
            Action::Update => uses && !replaced,
            Action::Create | Action::Wait => false,
        };
        if before {
            edges.insert((other_index, index));
        }
    }
}

/// Chains the replacements of a kind that is replaced one at a time.
fn one_at_a_time(
    items: &Items<'_>,
    drafts: &[Draft<'_>],
    making: &BTreeMap<&Address, usize>,
    deleting: &BTreeMap<&Address, usize>,
    edges: &mut BTreeSet<(usize, usize)>,
) {
    let mut previous: BTreeMap<&str, usize> = BTreeMap::new();
    // By address, which is the order of a map.
    for (address, &delete) in deleting {
        let serial = items.ours.get(*address).is_some_and(|item| item.kind.one_at_a_time());
        let create = making.get(*address).filter(|index| drafts[**index].action == Action::Create);
        let (true, Some(&create)) = (serial, create) else { continue };
        if let Some(before) = previous.insert(address.kind(), create) {
            edges.insert((before, delete));
        }
    }
}
