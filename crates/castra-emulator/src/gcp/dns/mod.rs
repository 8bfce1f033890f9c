//! Cloud DNS (<https://cloud.google.com/dns/docs/reference/rest/v1>).

mod changes;
mod records;
#[cfg(test)]
mod tests;
mod zones;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::call::Call;
use super::error::ApiError;
use super::resource::{Document, text};
use crate::page;

pub(super) use changes::HANDLERS as CHANGE_HANDLERS;
pub(super) use records::HANDLERS as RECORD_HANDLERS;
pub(super) use zones::HANDLERS as ZONE_HANDLERS;

/// The zones of a project, by name.
pub(crate) type Zones = BTreeMap<String, Zone>;

/// A zone.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub(crate) document: Document,
    /// By name and type.
    records: BTreeMap<(String, String), Document>,
    /// The first has the id 0.
    changes: Vec<Document>,
}

impl Zone {
    /// What it holds, besides what it came with: names and types.
    pub(crate) fn own_records(&self) -> impl Iterator<Item = String> {
        let apex = text(&self.document, "dnsName");
        let own = self.records.keys().filter(move |(name, kind)| name != apex || (kind != "NS" && kind != "SOA"));
        own.map(|(name, kind)| format!("{name} {kind}"))
    }
}

/// The zone of a call's path, by its name or its number.
fn zone<'c>(call: &'c Call<'_>) -> Result<&'c Zone, ApiError> {
    let which = call.required("managedZone");
    let by_id =
        || call.project.zones.values().find(|zone| zone.document.get("id").and_then(Value::as_str) == Some(which));
    call.project.zones.get(which).or_else(by_id).ok_or_else(|| missing("parameters.managedZone", which))
}

/// As [`zone`], to change it.
fn zone_mut<'c>(call: &'c mut Call<'_>) -> Result<&'c mut Zone, ApiError> {
    let name = text(&zone(call)?.document, "name").to_owned();
    call.project.zones.get_mut(&name).ok_or_else(|| missing("parameters.managedZone", &name))
}

/// 404 in Cloud DNS's words.
fn missing(what: &str, name: &str) -> ApiError {
    ApiError::new(404, "notFound", format!("The '{what}' resource named '{name}' does not exist."))
}

/// 409 in Cloud DNS's words.
fn exists(what: &str, name: &str) -> ApiError {
    ApiError::new(409, "alreadyExists", format!("The resource '{what}' named '{name}' already exists"))
}

/// 400 in Cloud DNS's words.
fn invalid(what: &str, value: &str) -> ApiError {
    ApiError::invalid(format!("Invalid value for '{what}': '{value}'"))
}

/// A page of a list, with what the contract puts around it.
fn page(call: &Call<'_>, name: &str, kind: &str, items: Vec<Value>) -> Result<Value, ApiError> {
    let size = call.number("maxResults").and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
    let token = call.text("pageToken").filter(|token| !token.is_empty());
    let refusal = || invalid("parameters.pageToken", token.unwrap_or_default());
    let (items, next) = page::by_place(token, size.unwrap_or(1000), items, refusal)?;
    let mut answer = json!({ "kind": kind, name: items });
    if let Some(next) = next {
        answer["nextPageToken"] = next.into();
    }
    Ok(answer)
}
