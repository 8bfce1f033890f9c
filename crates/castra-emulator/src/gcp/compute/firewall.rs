//! Firewall rules (<https://cloud.google.com/firewall/docs/firewalls>).

use serde_json::{Value, json};

use super::kind::{Kind, New, Reference};
use super::{ranges, reference};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::Call;
use crate::gcp::error::ApiError;
use crate::gcp::resource::{Document, list, text};
use crate::gcp::scope::{Key, Scope};

pub(super) struct Firewalls;

/// Protocols that have ports.
const WITH_PORTS: &[&str] = &["tcp", "udp", "sctp", "6", "17", "132"];
/// Protocols by name; any other is a number.
const PROTOCOLS: &[&str] = &["tcp", "udp", "icmp", "esp", "ah", "sctp", "ipip", "all"];

impl Kind for Firewalls {
    fn collection(&self) -> &'static str {
        "firewalls"
    }

    fn schema(&self) -> &'static str {
        "Firewall"
    }

    fn noun(&self) -> &'static str {
        "firewall"
    }

    fn references(&self) -> &'static [Reference] {
        const { &[Reference::to("network", &["networks"])] }
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["network", "direction"]
    }

    fn quota(&self) -> Option<&'static str> {
        Some("FIREWALLS")
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.firewall
    }

    fn prepare(&self, call: &mut Call<'_>, _key: &Key, new: &mut New) -> Result<(), ApiError> {
        let document = &mut new.document;
        if text(document, "network").is_empty() {
            // The discovery document: "If not specified when creating a firewall rule, the default network is used".
            let (scope, link) = (Scope::Global, "global/networks/default");
            let key = reference::find(call.project, &scope, &["networks"], "network", link)?;
            document.insert("network".to_owned(), key.link(&call.project.id).into());
        }
        document.remove("params");
        complete(document)
    }

    fn amend(
        &self,
        _call: &mut Call<'_>,
        _key: &Key,
        _before: &Document,
        after: &mut Document,
    ) -> Result<(), ApiError> {
        complete(after)
    }
}

/// Holds a rule against what rules are made of, and puts in what isn't said.
fn complete(document: &mut Document) -> Result<(), ApiError> {
    document.entry("priority").or_insert(1000.into());
    document.entry("direction").or_insert("INGRESS".into());
    document.entry("disabled").or_insert(false.into());
    document.entry("logConfig").or_insert_with(|| json!({ "enable": false }));
    if let Some(priority) =
        document.get("priority").filter(|value| !(0..=65535).contains(&value.as_i64().unwrap_or(-1)))
    {
        return Err(ApiError::field("priority", priority, "Must be between 0 and 65535."));
    }
    let has = |field: &str| !list(document, field).is_empty();
    match (has("allowed"), has("denied")) {
        (true, true) => return Err(ApiError::invalid("Firewall cannot have both allowed and denied specified.")),
        (false, false) => return Err(ApiError::required("allowed")),
        _ => {}
    }
    for field in ["allowed", "denied"] {
        for (place, rule) in list(document, field).iter().enumerate() {
            protocol(&format!("{field}[{place}]"), rule)?;
        }
    }
    let ingress = text(document, "direction") == "INGRESS";
    let (sources, others) = (["sourceRanges", "sourceTags", "sourceServiceAccounts"], ["destinationRanges"]);
    if !ingress && sources.iter().any(|field| has(field)) {
        return Err(ApiError::invalid("Egress firewall rules cannot have sources specified."));
    }
    let tags = has("sourceTags") || has("targetTags");
    if tags && (has("sourceServiceAccounts") || has("targetServiceAccounts")) {
        let message = "Firewall cannot have both tags and service accounts specified.";
        return Err(ApiError::invalid(message));
    }
    for field in ["sourceRanges", "destinationRanges"] {
        for (place, range) in list(document, field).iter().enumerate() {
            let range = range.as_str().unwrap_or_default();
            // Version 6 is taken as it is.
            if !range.contains(':') {
                let whole = if range.contains('/') { range.to_owned() } else { format!("{range}/32") };
                ranges::parse(&format!("{field}[{place}]"), &whole)?;
            }
        }
    }
    // Rules without any are about the whole internet.
    if ingress && !sources.iter().any(|field| has(field)) {
        document.insert("sourceRanges".to_owned(), json!(["0.0.0.0/0"]));
    } else if !ingress && !others.iter().any(|field| has(field)) {
        document.insert("destinationRanges".to_owned(), json!(["0.0.0.0/0"]));
    }
    Ok(())
}

/// One protocol, and its ports: `80`, `8000-9000`.
fn protocol(at: &str, rule: &Value) -> Result<(), ApiError> {
    let Some(name) = rule.get("IPProtocol").and_then(Value::as_str) else {
        return Err(ApiError::required(&format!("{at}.IPProtocol")));
    };
    if !PROTOCOLS.contains(&name) && name.parse::<u8>().is_err() {
        return Err(ApiError::field(&format!("{at}.IPProtocol"), &Value::from(name), "Unknown protocol."));
    }
    let ports = rule.get("ports").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if !ports.is_empty() && !WITH_PORTS.contains(&name) {
        let message =
            format!("Ports may only be specified on rules whose protocol is one of [TCP, UDP, SCTP], not {name}.");
        return Err(ApiError::invalid(message));
    }
    for (place, port) in ports.iter().enumerate() {
        let text = port.as_str().unwrap_or_default();
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let fits = matches!((first.parse::<u16>(), last.parse::<u16>()), (Ok(first), Ok(last)) if first <= last);
        if !fits {
            return Err(ApiError::field(&format!("{at}.ports[{place}]"), port, "Invalid port or port range."));
        }
    }
    Ok(())
}
