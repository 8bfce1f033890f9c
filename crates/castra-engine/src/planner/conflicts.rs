//! Whose the objects are, and which of several is the one.

use std::collections::BTreeMap;

use castra_core::plan::Purpose;
use castra_core::resource::Recovery;
use castra_core::{Address, Error, ErrorKind, Item, Ownership, Result, Status};
use serde_json::Value;

use super::Question;

/// The cluster's objects: one for each address, and the extra ones that nothing uses; and how many aren't its own.
pub(super) struct Items<'a> {
    pub(super) ours: BTreeMap<Address, &'a Item>,
    pub(super) extra: Vec<&'a Item>,
    pub(super) foreign: usize,
}

/// Refuses what isn't ours and chooses among duplicates.
pub(super) fn resolve<'a>(question: &Question<'a>) -> Result<Items<'a>> {
    let inventory = question.inventory;
    let mut complaints = Vec::new();
    let mut found: BTreeMap<Address, Vec<&Item>> = BTreeMap::new();
    for item in &inventory.items {
        match &item.ownership {
            Ownership::Foreign(whose) => complaints.push(format!("{}: {whose}", named(item))),
            Ownership::Ours if item.uid.is_some_and(|uid| uid != question.uid) => {
                complaints.push(format!("{}: it belongs to another cluster named {}", named(item), question.cluster))
            }
            Ownership::Ours => found.entry(item.address.clone()).or_default().push(item),
        }
    }
    // Destroying touches only what is ours, so what isn't is not in its way.
    if !complaints.is_empty() && question.purpose == Purpose::Apply {
        return Err(Error::new(
            ErrorKind::Conflict,
            format!("{} in the way and not this cluster's:\n  {}", count(complaints.len()), complaints.join("\n  ")),
        )
        .remedy("remove or rename them, or give the cluster another name"));
    }
    let mut items = Items { ours: BTreeMap::new(), extra: Vec::new(), foreign: complaints.len() };
    for (address, mut several) in found {
        // The one in use is the one; among unused ones that in service, then the one with the smallest id, so that
        // every process chooses the same.
        several.sort_by_key(|item| (!used(item, inventory.items.iter()), rank(&item.status), item.id.clone()));
        let (first, rest) = several.split_first().ok_or_else(|| Error::new(ErrorKind::Unexpected, "no item"))?;
        let in_use: Vec<&&Item> = rest
            .iter()
            .filter(|item| {
                used(item, inventory.items.iter()) || (item.kind.holds_data() && item.status != Status::Deleting)
            })
            .collect();
        if !in_use.is_empty() && question.purpose == Purpose::Apply {
            let ids: Vec<&str> =
                std::iter::once(first.id.as_str()).chain(in_use.iter().map(|item| item.id.as_str())).collect();
            return Err(Error::new(
                ErrorKind::Conflict,
                format!(
                    "{address} exists more than once, and more than one is in use or may hold data: {}",
                    ids.join(", ")
                ),
            )
            .remedy("keep the one that is wanted, delete the others yourself, then plan again"));
        }
        items.ours.insert(address, first);
        items.extra.extend(rest.iter().filter(|item| item.status != Status::Deleting));
    }
    Ok(items)
}

/// An object as the cloud's console shows it: by its name too, where it has one.
fn named(item: &Item) -> String {
    match item.fields.get("name").and_then(Value::as_str) {
        Some(name) if name != item.id => format!("{} ({name}, {})", item.address, item.id),
        _ => format!("{} ({})", item.address, item.id),
    }
}

/// The subject of a sentence about so many objects.
pub(super) fn count(n: usize) -> String {
    if n == 1 { "1 object is".into() } else { format!("{n} objects are") }
}

fn rank(status: &Status) -> u8 {
    match status {
        Status::Ready => 0,
        Status::Pending(_) => 1,
        Status::Failed(_) => 2,
        Status::Deleting => 3,
    }
}

/// True when another object's live fields name this one.
fn used<'a>(item: &Item, mut all: impl Iterator<Item = &'a Item>) -> bool {
    all.any(|other| other.id != item.id && uses(other, item))
}

/// True when an object's live fields name another. A part goes by its parent's id, so that id means the parent.
pub(super) fn uses(user: &Item, used: &Item) -> bool {
    used.kind.recovery() != Recovery::Part && user.names(used)
}
