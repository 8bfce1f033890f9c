//! The protocol and the ports of a forwarding rule
//! (<https://cloud.google.com/load-balancing/docs/forwarding-rule-concepts#port_specifications>).

use serde_json::Value;

use super::address::range;
use super::scheme::Balancing;
use crate::gcp::error::ApiError;
use crate::gcp::resource::{Document, list, text};
use crate::gcp::scope::{Key, Scope};

/// "You can specify a list of up to five ports" (the discovery document).
const MOST: usize = 5;
/// Ports of what classic Application Load Balancers serve.
const CLASSIC_HTTP: &[u16] = &[80, 8080];
const CLASSIC_HTTPS: &[u16] = &[443];

/// Holds a rule's protocol and ports against the rules for its scheme, and puts in what isn't said.
pub(super) fn complete(key: &Key, document: &mut Document, balancing: Balancing) -> Result<(), ApiError> {
    let protocol = document.entry("IPProtocol").or_insert("TCP".into()).clone();
    let scheme = text(document, "loadBalancingScheme").to_owned();
    let known: &[&str] = match (balancing, scheme.as_str()) {
        (Balancing::Proxy, _) => &["TCP"],
        (_, "INTERNAL") => &["TCP", "UDP", "L3_DEFAULT"],
        _ => &["TCP", "UDP", "L3_DEFAULT", "ESP", "ICMP"],
    };
    if !known.iter().any(|known| protocol == *known) {
        let why = format!("The protocol is not supported by the load balancing scheme {scheme}.");
        return Err(ApiError::field("IPProtocol", &protocol, why));
    }
    if document.get("allPorts") == Some(&Value::Bool(false)) {
        document.remove("allPorts");
    }
    if list(document, "ports").is_empty() {
        document.remove("ports");
    }
    let given: Vec<&str> =
        ["ports", "portRange", "allPorts"].into_iter().filter(|field| document.contains_key(*field)).collect();
    // "The ports, portRange, and allPorts fields are mutually exclusive" (the discovery document).
    if given.len() > 1 {
        let message = format!("Only one of ports, portRange and allPorts can be specified, not {}.", given.join(", "));
        return Err(ApiError::invalid(message));
    }
    match balancing {
        Balancing::Proxy => single(key, document, &scheme),
        Balancing::Passthrough => several(document, &scheme, protocol == "L3_DEFAULT"),
    }
}

/// A proxy is at one port.
fn single(key: &Key, document: &mut Document, scheme: &str) -> Result<(), ApiError> {
    for field in ["ports", "allPorts"] {
        if let Some(value) = document.get(field) {
            let why = "It cannot be set for a rule whose target is a proxy; set portRange.";
            return Err(ApiError::field(field, value, why));
        }
    }
    let given = text(document, "portRange").to_owned();
    if given.is_empty() {
        return Err(ApiError::required("portRange"));
    }
    let wrong = |why: &str| Err(ApiError::field("portRange", &Value::from(given.as_str()), why));
    let port = match range(&given) {
        Some((first, last)) if first == last => first,
        Some(_) => return wrong("A rule whose target is a proxy must have exactly one port."),
        None => return wrong("Invalid port or port range."),
    };
    if key.scope == Scope::Global && scheme == "EXTERNAL" {
        let secure = text(document, "target").contains("/targetHttpsProxies/");
        let known = if secure { CLASSIC_HTTPS } else { CLASSIC_HTTP };
        if !known.contains(&port) {
            return wrong(&format!("The port must be one of {known:?} for a target of this type."));
        }
    }
    document.insert("portRange".to_owned(), format!("{port}-{port}").into());
    Ok(())
}

/// Packets go through at up to five ports, at all, or, from outside, at a range.
fn several(document: &mut Document, scheme: &str, any: bool) -> Result<(), ApiError> {
    if any && !document.contains_key("allPorts") {
        return Err(ApiError::required("allPorts"));
    }
    if let Some(value) = document.get("portRange").filter(|_| scheme == "INTERNAL") {
        let why = "It cannot be set for the load balancing scheme INTERNAL; set ports or allPorts.";
        return Err(ApiError::field("portRange", value, why));
    }
    if let Some(value) = document.get("portRange") {
        let Some((first, last)) = range(value.as_str().unwrap_or_default()) else {
            return Err(ApiError::field("portRange", value, "Invalid port or port range."));
        };
        document.insert("portRange".to_owned(), format!("{first}-{last}").into());
        return Ok(());
    }
    let ports = list(document, "ports");
    if ports.len() > MOST {
        let why = format!("At most {MOST} ports can be specified.");
        return Err(ApiError::field("ports", &Value::from(ports.len()), why));
    }
    for (place, port) in ports.iter().enumerate() {
        let at = format!("ports[{place}]");
        if !range(port.as_str().unwrap_or_default()).is_some_and(|(first, last)| first == last || scheme != "INTERNAL")
        {
            return Err(ApiError::field(&at, port, "Invalid port."));
        }
        if ports.iter().take(place).any(|other| other == port) {
            return Err(ApiError::field(&at, port, "Ports must be unique."));
        }
    }
    if scheme == "INTERNAL" && ports.is_empty() && !document.contains_key("allPorts") {
        return Err(ApiError::required("ports"));
    }
    Ok(())
}
