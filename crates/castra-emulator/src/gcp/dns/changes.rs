//! Changes of zones: all of one happens, or nothing.

use serde_json::{Value, json};

use super::records::{check, titled};
use super::{exists, invalid, missing, page, zone, zone_mut};
use crate::gcp::call::Call;
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::handlers::Handlers;
use crate::gcp::project::{Project, utc};
use crate::gcp::resource::{Document, list as list_of, text};

pub(crate) static HANDLERS: Handlers = &[("changes.create", create), ("changes.get", get), ("changes.list", list)];

/// What of a request a set of records is, in the words of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The whole of it.
    Entity,
    /// One of a change's.
    Change,
}

impl Part {
    fn of(self, list: &str, place: usize) -> String {
        match self {
            Self::Entity => "entity.rrset".to_owned(),
            Self::Change => format!("entity.change.{list}[{place}]"),
        }
    }
}

/// The change that a zone begins with.
pub(super) fn first<'r>(project: &Project, records: impl Iterator<Item = &'r Document>) -> Document {
    let change = json!({
        "kind": "dns#change", "id": "0", "status": "done", "startTime": utc(project.now), "additions": records.collect::<Vec<_>>(),
    });
    change.as_object().cloned().unwrap_or_default()
}

fn create(call: &mut Call<'_>) -> Answer {
    let of = |name: &str| -> Vec<Document> {
        list_of(call.body, name).iter().filter_map(Value::as_object).cloned().collect()
    };
    let (additions, deletions) = (of("additions"), of("deletions"));
    if additions.is_empty() && deletions.is_empty() {
        let message = "The 'entity.change' parameter is required but was missing.";
        return Err(ApiError::new(400, "required", message));
    }
    make(call, &additions, &deletions, Part::Change)
}

/// Makes a change: what is deleted must be there as it is said to be, and what is added must not be there.
pub(super) fn make(call: &mut Call<'_>, additions: &[Document], deletions: &[Document], part: Part) -> Answer {
    let zone = zone(call)?;
    let dns_name = text(&zone.document, "dnsName").to_owned();
    let mut records = zone.records.clone();
    let mut gone = Vec::new();
    for (place, record) in deletions.iter().enumerate() {
        let at = part.of("deletions", place);
        let record = check(record, &at, &dns_name)?;
        let key = (text(&record, "name").to_owned(), text(&record, "type").to_owned());
        let apex = key.0 == dns_name && (key.1 == "NS" || key.1 == "SOA");
        let replaced = additions.iter().any(|other| text(other, "type") == key.1 && text(other, "name") == dns_name);
        if apex && !replaced {
            return Err(invalid(&at, &titled(&record)));
        }
        let there = records.remove(&key).ok_or_else(|| missing(&at, &titled(&record)))?;
        let same = |field: &str| there.get(field) == record.get(field);
        if !same("ttl") || !same("rrdatas") {
            let message = format!("Precondition not met for '{at}'");
            return Err(ApiError::condition_not_met(&message));
        }
        gone.push(there);
    }
    let mut made = Vec::new();
    for (place, record) in additions.iter().enumerate() {
        let at = part.of("additions", place);
        let record = check(record, &at, &dns_name)?;
        let key = (text(&record, "name").to_owned(), text(&record, "type").to_owned());
        if records.contains_key(&key) {
            return Err(exists(&at, &titled(&record)));
        }
        // An alias stands alone at its name.
        let alias = key.1 == "CNAME";
        if records.keys().any(|(name, kind)| *name == key.0 && (alias || kind == "CNAME")) {
            let message =
                format!("The resource record set '{at}' is invalid because it conflicts with another of that name.");
            return Err(ApiError::new(400, "cnameResourceRecordSetConflict", message));
        }
        records.insert(key, record.clone());
        made.push(record);
    }
    let (now, takes) = (utc(call.project.now), call.project.settings.timings.dns_change);
    let zone = zone_mut(call)?;
    zone.records = records;
    let (zone_name, id) = (text(&zone.document, "name").to_owned(), zone.changes.len());
    let mut change = json!({ "kind": "dns#change", "id": id.to_string(), "status": "pending", "startTime": now });
    for (name, records) in [("additions", made), ("deletions", gone)] {
        if !records.is_empty() {
            change[name] = records.into_iter().map(Value::Object).collect();
        }
    }
    zone.changes.push(change.as_object().cloned().unwrap_or_default());
    call.project.schedule_other(&format!("{zone_name}/{id}"), takes, done);
    Ok(change)
}

/// A change has reached the servers.
fn done(project: &mut Project, which: &str) {
    let Some((zone, id)) = which.rsplit_once('/') else { return };
    let change = project.zones.get_mut(zone).and_then(|zone| zone.changes.get_mut(id.parse::<usize>().ok()?));
    if let Some(change) = change {
        change.insert("status".to_owned(), "done".into());
    }
}

fn get(call: &mut Call<'_>) -> Answer {
    let id = call.required("changeId");
    let found = id.parse::<usize>().ok().and_then(|id| Some(zone(call).ok()?.changes.get(id)?.clone()));
    zone(call)?;
    found.map(Value::Object).ok_or_else(|| missing("parameters.changeId", id))
}

/// The latest come first.
fn list(call: &mut Call<'_>) -> Answer {
    let mut changes: Vec<Value> = zone(call)?.changes.iter().rev().cloned().map(Value::Object).collect();
    if call.text("sortOrder") == Some("ascending") {
        changes.reverse();
    }
    page(call, "changes", "dns#changesListResponse", changes)
}
