//! Sets of records, one by one. Each change of one is a change of its zone.

use serde_json::{Value, json};

use super::changes::{self, Part};
use super::{invalid, missing, page, zone};
use crate::gcp::call::Call;
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::handlers::Handlers;
use crate::gcp::resource::{Document, list as list_of, text};
use crate::merge::merge;

pub(crate) static HANDLERS: Handlers = &[
    ("resourceRecordSets.create", create),
    ("resourceRecordSets.delete", delete),
    ("resourceRecordSets.get", get),
    ("resourceRecordSets.list", list),
    ("resourceRecordSets.patch", patch),
];

/// Types of records that zones hold (<https://cloud.google.com/dns/docs/records-overview>).
const TYPES: &[&str] = &[
    "A", "AAAA", "ALIAS", "CAA", "CNAME", "DNSKEY", "DS", "HTTPS", "IPSECKEY", "MX", "NAPTR", "NS", "PTR", "SOA",
    "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT",
];

/// Holds a set of records against the rules, and completes it.
pub(super) fn check(record: &Document, at: &str, dns_name: &str) -> Result<Document, ApiError> {
    let (name, kind) = (text(record, "name").to_lowercase(), text(record, "type"));
    let within = name == dns_name || name.ends_with(&format!(".{dns_name}"));
    let labels = name.trim_end_matches('.').split('.').all(|label| !label.is_empty() && label.len() <= 63);
    if !name.ends_with('.') || !within || !labels || name.len() > 254 {
        return Err(invalid(&format!("{at}.name"), text(record, "name")));
    }
    if !TYPES.contains(&kind) {
        return Err(invalid(&format!("{at}.type"), kind));
    }
    let data = list_of(record, "rrdatas");
    if data.is_empty() && !record.contains_key("routingPolicy") {
        return Err(ApiError::new(
            400,
            "required",
            format!("The '{at}.rrdatas' parameter is required but was missing."),
        ));
    }
    for (place, value) in data.iter().enumerate() {
        let value = value.as_str().unwrap_or_default();
        let fits = match kind {
            "A" => value.parse::<std::net::Ipv4Addr>().is_ok(),
            "AAAA" => value.parse::<std::net::Ipv6Addr>().is_ok(),
            "CNAME" | "NS" | "PTR" => value.ends_with('.'),
            _ => !value.is_empty(),
        };
        if !fits || (kind == "CNAME" && (data.len() > 1 || name == dns_name)) {
            return Err(invalid(&format!("{at}.rrdata[{place}]"), value));
        }
    }
    let ttl = record.get("ttl").and_then(Value::as_i64).unwrap_or(0);
    if ttl < 0 {
        return Err(invalid(&format!("{at}.ttl"), &ttl.to_string()));
    }
    let mut record = record.clone();
    record.insert("kind".to_owned(), "dns#resourceRecordSet".into());
    record.insert("name".to_owned(), name.into());
    record.entry("ttl").or_insert(0.into());
    Ok(record)
}

/// How errors name one.
pub(super) fn titled(record: &Document) -> String {
    format!("{} ({})", text(record, "name"), text(record, "type"))
}

/// The set of records of a call's path.
fn named(call: &Call<'_>) -> Result<Document, ApiError> {
    let (name, kind) = (call.required("name").to_lowercase(), call.required("type").to_owned());
    let title = format!("{name} ({kind})");
    let found = zone(call)?.records.get(&(name, kind)).cloned();
    found.ok_or_else(|| missing("parameters.name", &title))
}

fn create(call: &mut Call<'_>) -> Answer {
    let record = call.body.clone();
    let change = changes::make(call, &[record], &[], Part::Entity)?;
    Ok(change.pointer("/additions/0").cloned().unwrap_or_default())
}

fn get(call: &mut Call<'_>) -> Answer {
    named(call).map(Value::Object)
}

fn list(call: &mut Call<'_>) -> Answer {
    let (name, kind) = (call.text("name"), call.text("type"));
    if kind.is_some() && name.is_none() {
        return Err(invalid("parameters.type", kind.unwrap_or_default()));
    }
    let records = zone(call)?.records.values();
    let wanted = records.filter(|record| {
        let is = |wanted: Option<&str>, field: &str| wanted.is_none_or(|wanted| text(record, field) == wanted);
        is(name, "name") && is(kind, "type")
    });
    page(call, "rrsets", "dns#resourceRecordSetsListResponse", wanted.cloned().map(Value::Object).collect())
}

fn patch(call: &mut Call<'_>) -> Answer {
    let before = named(call)?;
    let mut after = Value::Object(before.clone());
    merge(&mut after, Value::Object(call.body.clone()));
    let Value::Object(after) = after else { return Err(ApiError::invalid("Invalid patch.")) };
    let change = changes::make(call, &[after], &[before], Part::Entity)?;
    Ok(change.pointer("/additions/0").cloned().unwrap_or_default())
}

fn delete(call: &mut Call<'_>) -> Answer {
    let record = named(call)?;
    changes::make(call, &[], &[record], Part::Entity)?;
    Ok(json!({}))
}
