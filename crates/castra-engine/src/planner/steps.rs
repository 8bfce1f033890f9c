//! What is to be done, still without order.

use std::collections::BTreeSet;
use std::sync::Arc;

use castra_core::plan::{FieldChange, differences};
use castra_core::{Action, Address, Error, ErrorKind, Item, Resource, Result, Status};
use serde_json::Value;

use super::Question;
use super::conflicts::Items;

/// Why an undo's step is done.
const UNDONE: &str = "the run that did it failed";

/// A step before it has a place in the order.
pub(super) struct Draft<'a> {
    pub(super) address: Address,
    pub(super) action: Action,
    pub(super) item: Option<&'a Item>,
    pub(super) changes: Vec<FieldChange>,
    pub(super) reason: String,
}

impl<'a> Draft<'a> {
    fn delete(item: &'a Item, reason: impl Into<String>) -> Self {
        Self {
            address: item.address.clone(),
            action: Action::Delete,
            item: Some(item),
            changes: Vec::new(),
            reason: reason.into(),
        }
    }

    fn create(resource: &Arc<dyn Resource>, reason: impl Into<String>) -> Self {
        let changes = match resource.fields() {
            Value::Object(fields) => fields
                .iter()
                .map(|(field, to)| FieldChange { field: field.clone(), from: Value::Null, to: to.clone() })
                .collect(),
            _ => Vec::new(),
        };
        Self { address: resource.address().clone(), action: Action::Create, item: None, changes, reason: reason.into() }
    }
}

/// The steps that make the cloud match the graph.
pub(super) fn apply<'a>(question: &Question<'a>, items: &Items<'a>) -> Result<Vec<Draft<'a>>> {
    let mut drafts = Vec::new();
    // What gets a new id in this plan: references to it cannot be resolved yet.
    let mut fresh: BTreeSet<Address> = BTreeSet::new();
    let mut refused = Vec::new();
    for resource in question.graph.order(question.anchor)? {
        let address = resource.address();
        let Some(&item) = items.ours.get(address) else {
            fresh.insert(address.clone());
            drafts.push(Draft::create(&resource, ""));
            continue;
        };
        let resolve = |needed: &Address| {
            if fresh.contains(needed) { None } else { items.ours.get(needed).map(|item| item.id.clone()) }
        };
        let mut changes = differences(resource.fields(), &item.fields, &resolve);
        if let Status::Pending(_) = item.status {
            // What is on its way into service doesn't show all of itself yet.
            let fixed = resource.kind().replace_fields();
            changes.retain(|change| !(change.from.is_null() && fixed.contains(&change.field.as_str())));
        }
        let replace = match &item.status {
            Status::Deleting => Some("it is being deleted by someone else".to_owned()),
            Status::Failed(how) => Some(format!("it failed: {how}")),
            _ => replacing(resource.kind().replace_fields(), &changes),
        };
        match replace {
            Some(reason) if resource.kind().holds_data() && item.status != Status::Deleting => {
                refused.push(format!("{address} ({}): {reason}", item.id));
            }
            Some(reason) => {
                fresh.insert(address.clone());
                let mut delete = Draft::delete(item, reason.clone());
                delete.changes = changes;
                drafts.push(delete);
                drafts.push(Draft::create(&resource, reason));
            }
            None if !changes.is_empty() => drafts.push(Draft {
                address: address.clone(),
                action: Action::Update,
                item: Some(item),
                changes,
                reason: String::new(),
            }),
            None => {
                if let Status::Pending(state) = &item.status {
                    drafts.push(Draft {
                        address: address.clone(),
                        action: Action::Wait,
                        item: Some(item),
                        changes: Vec::new(),
                        reason: format!("it is {state}"),
                    });
                }
            }
        }
    }
    for (address, item) in &items.ours {
        if question.graph.get(address).is_none() {
            if item.kind.holds_data() {
                refused.push(format!("{address} ({}): nothing in the spec wants it any more", item.id));
            }
            drafts.push(Draft::delete(item, "nothing in the spec wants it any more"));
        }
    }
    drafts.extend(items.extra.iter().map(|item| Draft::delete(item, "a duplicate that nothing uses")));
    if refused.is_empty() {
        return Ok(drafts);
    }
    Err(Error::new(ErrorKind::Protected, format!("this would delete data:\n  {}", refused.join("\n  ")))
        .remedy("undo that change of the spec; or move the data, delete the object yourself and plan again"))
}

/// Why the object must be replaced, if it must.
fn replacing(replace_fields: &[&str], changes: &[FieldChange]) -> Option<String> {
    let fields: Vec<&str> =
        changes.iter().map(|change| change.field.as_str()).filter(|field| replace_fields.contains(field)).collect();
    (!fields.is_empty()).then(|| format!("{} cannot change in place", fields.join(", ")))
}

/// The steps that remove everything of the cluster's.
pub(super) fn destroy<'a>(question: &Question<'a>, items: &Items<'a>) -> Result<Vec<Draft<'a>>> {
    if question.inventory.cluster.as_ref().is_some_and(|cluster| cluster.protected) {
        let count = |role: &str| question.inventory.nodes.iter().filter(|node| node.role == role).count();
        let disks = items.ours.values().filter(|item| item.kind.holds_data()).count();
        return Err(Error::new(
            ErrorKind::Protected,
            format!(
                "{} is protected; destroying it would lose {} primaries with {disks} data disks, {} secondaries and {} objects in all",
                question.cluster,
                count("primary"),
                count("secondary"),
                items.ours.len() + items.extra.len(),
            ),
        )
        .remedy("set `protection.enabled = false` in the spec, apply that, then destroy"));
    }
    Ok(items.ours.values().copied().chain(items.extra.iter().copied()).map(|item| Draft::delete(item, "")).collect())
}

/// The steps that take back what a run has done: what it changed is changed back, what it deleted is made again, and
/// what it made goes.
pub(super) fn undo<'a>(question: &Question<'a>, items: &Items<'a>) -> Vec<Draft<'a>> {
    let resolve = |address: &Address| items.ours.get(address).map(|item| item.id.clone());
    let all = items.ours.values().chain(&items.extra).copied();
    let made = all.filter(|item| question.made.contains(&(item.address.clone(), item.id.clone())));
    let mut drafts: Vec<Draft<'a>> = made.map(|item| Draft::delete(item, UNDONE)).collect();
    let gone = question.graph.iter().filter(|one| one.kind().comes_back() && !items.ours.contains_key(one.address()));
    drafts.extend(gone.map(|resource| Draft::create(resource, UNDONE)));
    for (address, &item) in &items.ours {
        let Some(resource) = question.graph.get(address) else { continue };
        let changes = differences(resource.fields(), &item.fields, &resolve);
        if !changes.is_empty() {
            let reason = UNDONE.to_owned();
            drafts.push(Draft { address: address.clone(), action: Action::Update, item: Some(item), changes, reason });
        }
    }
    drafts
}
