//! Zones.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Zone, exists, invalid, missing, page, zone, zone_mut};
use crate::gcp::call::Call;
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::handlers::Handlers;
use crate::gcp::project::utc;
use crate::gcp::resource::{Document, list as list_of, text};
use crate::gcp::scope;
use crate::merge::merge;

pub(crate) static HANDLERS: Handlers = &[
    ("managedZones.create", create),
    ("managedZones.delete", delete),
    ("managedZones.get", get),
    ("managedZones.list", list),
    ("managedZones.patch", patch),
];

/// Names are as Compute Engine's (<https://cloud.google.com/dns/docs/reference/rest/v1/managedZones>).
fn check_name(name: &str) -> Result<(), ApiError> {
    let characters = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let ends = name.starts_with(|first: char| first.is_ascii_lowercase()) && !name.ends_with('-');
    if name.len() <= 63 && characters && ends { Ok(()) } else { Err(invalid("entity.managedZone.name", name)) }
}

fn create(call: &mut Call<'_>) -> Answer {
    let mut document = call.body.clone();
    for field in ["name", "dnsName", "description"] {
        // The description may be empty, and must be there.
        if !document.contains_key(field) {
            let message = format!("The 'entity.managedZone.{field}' parameter is required but was missing.");
            return Err(ApiError::new(400, "required", message));
        }
    }
    let (name, dns_name) = (text(&document, "name").to_owned(), text(&document, "dnsName").to_lowercase());
    check_name(&name)?;
    let labels = dns_name.trim_end_matches('.').split('.').all(|label| !label.is_empty() && label.len() <= 63);
    if !dns_name.ends_with('.') || !labels {
        return Err(invalid("entity.managedZone.dnsName", &dns_name));
    }
    if call.project.zones.contains_key(&name) {
        return Err(exists("entity.managedZone", &name));
    }
    let private = text(&document, "visibility") == "private";
    networks(call, &mut document, private)?;
    let shard = char::from(b'a' + u8::try_from(call.project.chance.below(5)).unwrap_or_default());
    let servers: Vec<String> = match private {
        true => vec!["ns-gcp-private.googledomains.com.".to_owned()],
        false => (1..=4).map(|number| format!("ns-cloud-{shard}{number}.googledomains.com.")).collect(),
    };
    document.insert("dnsName".to_owned(), dns_name.as_str().into());
    document.insert("kind".to_owned(), "dns#managedZone".into());
    document.insert("id".to_owned(), call.project.new_id().to_string().into());
    document.insert("creationTime".to_owned(), utc(call.project.now).into());
    document.insert("nameServers".to_owned(), json!(servers));
    document.entry("visibility").or_insert("public".into());
    let records = json!([
        { "kind": "dns#resourceRecordSet", "name": dns_name, "type": "NS", "ttl": 21600, "rrdatas": servers },
        {
            "kind": "dns#resourceRecordSet", "name": dns_name, "type": "SOA", "ttl": 21600,
            "rrdatas": [format!("{} cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300", servers.first().map_or("", |server| server))],
        },
    ]);
    let mut zone = Zone { document, records: BTreeMap::new(), changes: Vec::new() };
    for record in records.as_array().into_iter().flatten().filter_map(Value::as_object) {
        zone.records.insert((dns_name.clone(), text(record, "type").to_owned()), record.clone());
    }
    // Bringing it to life is the first change.
    zone.changes.push(super::changes::first(call.project, zone.records.values()));
    let shown = Value::Object(zone.document.clone());
    call.project.zones.insert(name, zone);
    Ok(shown)
}

/// The networks that see a private zone are there.
fn networks(call: &Call<'_>, document: &mut Document, private: bool) -> Result<(), ApiError> {
    let Some(Value::Object(config)) = document.get_mut("privateVisibilityConfig") else {
        return Ok(());
    };
    if !private {
        return Err(invalid("entity.managedZone.privateVisibilityConfig", "a public zone"));
    }
    for network in list_of(config, "networks") {
        let url = network.get("networkUrl").and_then(Value::as_str).unwrap_or_default();
        let (owner, path) = scope::parse(url);
        let own = owner.is_none_or(|owner| owner == call.project.id);
        let found = scope::place(path)
            .filter(|(_, collection, _)| *collection == "networks")
            .is_some_and(|(place, _, name)| call.project.resources.contains(&scope::Key::new("networks", place, name)));
        if own && !found {
            return Err(invalid("entity.managedZone.privateVisibilityConfig.networks[].networkUrl", url));
        }
    }
    Ok(())
}

fn get(call: &mut Call<'_>) -> Answer {
    Ok(Value::Object(zone(call)?.document.clone()))
}

fn list(call: &mut Call<'_>) -> Answer {
    let wanted = call.text("dnsName");
    let zones = call.project.zones.values().map(|zone| &zone.document);
    let shown = zones.filter(|zone| wanted.is_none_or(|wanted| text(zone, "dnsName") == wanted));
    page(call, "managedZones", "dns#managedZonesListResponse", shown.cloned().map(Value::Object).collect())
}

fn patch(call: &mut Call<'_>) -> Answer {
    let before = zone(call)?.document.clone();
    for field in ["name", "dnsName", "visibility"] {
        if let Some(value) = call.body.get(field).filter(|value| before.get(field) != Some(value)) {
            return Err(invalid(&format!("entity.managedZone.{field}"), value.as_str().unwrap_or_default()));
        }
    }
    let mut after = Value::Object(before.clone());
    merge(&mut after, Value::Object(call.body.clone()));
    let Value::Object(mut after) = after else { return Err(ApiError::invalid("Invalid patch.")) };
    networks(call, &mut after, text(&before, "visibility") == "private")?;
    let (now, user, id) = (utc(call.project.now), call.caller.to_owned(), call.project.chance.uuid());
    zone_mut(call)?.document = after.clone();
    Ok(json!({
        "kind": "dns#operation", "id": id, "startTime": now, "status": "done", "user": user, "type": "update",
        "zoneContext": { "oldValue": before, "newValue": after },
    }))
}

/// Only a zone that holds nothing but what it came with can go.
fn delete(call: &mut Call<'_>) -> Answer {
    let zone = zone(call)?;
    let name = text(&zone.document, "name").to_owned();
    if zone.own_records().next().is_some() {
        let message = format!("The resource named '{name}' cannot be deleted because it is not empty");
        return Err(ApiError::new(400, "containerNotEmpty", message));
    }
    call.project.zones.remove(&name).ok_or_else(|| missing("parameters.managedZone", &name))?;
    Ok(Value::Null)
}
