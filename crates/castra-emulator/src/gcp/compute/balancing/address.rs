//! The address of a forwarding rule (<https://cloud.google.com/load-balancing/docs/ip-addresses>).

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::Value;

use super::super::{address, ranges, reference};
use super::place;
use crate::gcp::error::ApiError;
use crate::gcp::field;
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Phase, Resource, list, text};
use crate::gcp::scope::{Key, Scope};

const FIELD: &str = "IPAddress";

/// Whether a rule's address is one of a subnetwork's.
pub(super) fn is_internal(document: &Document) -> bool {
    matches!(text(document, "loadBalancingScheme"), "INTERNAL" | "INTERNAL_MANAGED")
}

/// Puts in the rule's address: the reserved one that it names by link or by itself, or else a free one.
pub(super) fn choose(project: &mut Project, key: &Key, document: &mut Document) -> Result<(), ApiError> {
    if text(document, "ipVersion") == "IPV6" {
        let why = "Addresses of version 6 are not served by this emulator.";
        return Err(ApiError::field("ipVersion", &Value::from("IPV6"), why));
    }
    let given = text(document, FIELD).to_owned();
    if !given.is_empty() && document.contains_key("ipVersion") {
        // https://github.com/hashicorp/terraform-provider-google/pull/616 shows the text.
        let value = document.get("ipVersion").cloned().unwrap_or_default();
        return Err(ApiError::field("ipVersion", &value, "Both IP Version and IP Address cannot be specified."));
    }
    let chosen = match (given.as_str(), is_internal(document)) {
        ("", true) => free(project, document)?.to_string(),
        ("", false) => address::public(project),
        (given, internal) => reserved(project, key, document, given, internal)?,
    };
    document.insert(FIELD.to_owned(), chosen.as_str().into());
    if !is_internal(document) {
        unused(project, key, document, &chosen)?;
    }
    Ok(())
}

/// A free address of the rule's subnetwork.
fn free(project: &Project, document: &Document) -> Result<Ipv4Addr, ApiError> {
    let missing = || ApiError::required("subnetwork");
    let subnetwork = reference::follow(project, text(document, "subnetwork")).ok_or_else(missing)?;
    let net: Ipv4Net = subnetwork.text("ipCidrRange").parse().map_err(|_| missing())?;
    let taken = |address: Ipv4Addr| address::is_taken(project, subnetwork.link(), address);
    let message = format!("No more addresses are available in '{}'.", subnetwork.key.path(&project.id));
    ranges::free(&net, &taken).ok_or_else(|| ApiError::new(400, "ipSpaceExhausted", message))
}

/// The address that is asked for. An external one has to be reserved where the rule is; an internal one may be any of
/// the subnetwork's.
fn reserved(
    project: &Project,
    key: &Key,
    document: &Document,
    given: &str,
    internal: bool,
) -> Result<String, ApiError> {
    let wrong = |why: &str| ApiError::field(FIELD, &Value::from(given), why);
    let found = match given.parse::<Ipv4Addr>() {
        Ok(_) => project.resources.at("addresses", &key.scope).find(|one| one.text("address") == given),
        Err(_) => {
            let found = reference::find(project, &key.scope, &["addresses"], FIELD, given)?;
            project.resources.get(&found)
        }
    };
    let Some(found) = found else {
        // https://github.com/hashicorp/terraform/issues/19231 shows the text.
        return if internal { within(project, document, given) } else { Err(wrong("Invalid IP address specified.")) };
    };
    if place::scope_of(found.link()).as_ref() != Some(&key.scope) {
        return Err(wrong("The address must be in the forwarding rule's scope."));
    }
    let kind = if internal { "INTERNAL" } else { "EXTERNAL" };
    if found.text("addressType") != kind {
        return Err(wrong(&format!("The address must be of type {kind}, as the load balancing scheme is.")));
    }
    let tier = text(document, "networkTier");
    if !internal && found.text("networkTier") != tier {
        return Err(wrong(&format!("The address must be of the forwarding rule's network tier: {tier}.")));
    }
    if internal && found.text("subnetwork") != text(document, "subnetwork") {
        return Err(wrong("The address must be in the forwarding rule's subnetwork."));
    }
    Ok(found.text("address").to_owned())
}

fn within(project: &Project, document: &Document, given: &str) -> Result<String, ApiError> {
    let subnetwork = reference::follow(project, text(document, "subnetwork"));
    let net = subnetwork.and_then(|subnetwork| subnetwork.text("ipCidrRange").parse::<Ipv4Net>().ok());
    match (net, given.parse()) {
        (Some(net), Ok(address)) if ranges::usable(&net, address) => Ok(given.to_owned()),
        _ => {
            let why = "Requested internal IP address is outside the subnetwork's range.";
            Err(ApiError::field(FIELD, &Value::from(given), why))
        }
    }
}

/// Refuses an external address at which another rule has one of these ports, or something else is.
fn unused(project: &Project, key: &Key, document: &Document, address: &str) -> Result<(), ApiError> {
    let rules = project.resources.of("forwardingRules").filter(|rule| rule.key != *key && rule.text(FIELD) == address);
    let mut rules = rules.filter(|rule| rule.phase != Phase::Going);
    if rules.any(|rule| overlap(&rule.document, document)) || has(project, address) {
        let why = "Specified IP address is in-use and would result in a conflict.";
        return Err(ApiError::field(FIELD, &Value::from(address), why));
    }
    Ok(())
}

/// Whether two rules of one address would take the same traffic
/// (<https://cloud.google.com/load-balancing/docs/forwarding-rule-concepts#ip_address_specifications>).
fn overlap(one: &Document, other: &Document) -> bool {
    let (mine, theirs) = (text(one, "IPProtocol"), text(other, "IPProtocol"));
    if mine != theirs && mine != "L3_DEFAULT" && theirs != "L3_DEFAULT" {
        return false;
    }
    let (mine, theirs) = (ports(one), ports(other));
    mine.iter().any(|(first, last)| theirs.iter().any(|(from, to)| first <= to && from <= last))
}

/// The ranges of ports that a rule is for: all of them if it says none.
fn ports(rule: &Document) -> Vec<(u16, u16)> {
    let texts =
        list(rule, "ports").iter().filter_map(Value::as_str).chain(rule.get("portRange").and_then(Value::as_str));
    let ports: Vec<(u16, u16)> = texts.filter_map(range).collect();
    if ports.is_empty() { vec![(0, u16::MAX)] } else { ports }
}

/// A port, or a range of ports: `80`, `80-80`, `8000-9000`.
pub(super) fn range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first <= last && first > 0).then_some((first, last))
}

/// Whether an instance has that address.
fn has(project: &Project, address: &str) -> bool {
    let fields = ["networkInterfaces[].networkIP", "networkInterfaces[].accessConfigs[].natIP"];
    project.resources.of("instances").any(|instance| {
        let mut found = false;
        for path in fields {
            field::each(&instance.document, path, &mut |_, value| found |= value.as_str() == Some(address));
        }
        found
    })
}

/// Whether a rule's internal address is its alone is found out at the end: one that is reserved for it may be shared if
/// its purpose is that, with other ports (<https://github.com/kubernetes/ingress-gce/pull/2735> shows the error).
pub(super) fn settled(project: &Project, rule: &Resource) -> Result<(), OperationError> {
    if !is_internal(&rule.document) {
        return Ok(());
    }
    let address = rule.text(FIELD);
    let same = |other: &Resource| {
        other.key != rule.key
            && other.key.scope == rule.key.scope
            && other.text(FIELD) == address
            && other.text("network") == rule.text("network")
            && other.phase == Phase::There
    };
    let shared = project.resources.at("addresses", &rule.key.scope).any(|one| {
        one.text("address") == address
            && one.text("subnetwork") == rule.text("subnetwork")
            && one.text("purpose") == "SHARED_LOADBALANCER_VIP"
    });
    let mut others = project.resources.of("forwardingRules").filter(|other| same(other));
    if others.any(|other| !shared || overlap(&other.document, &rule.document))
        || (is_regional(rule) && has(project, address))
    {
        let message = format!("IP '{address}' is already being used by another resource.");
        return Err(OperationError::new(409, "IP_IN_USE_BY_ANOTHER_RESOURCE", message));
    }
    Ok(())
}

fn is_regional(rule: &Resource) -> bool {
    rule.key.scope != Scope::Global
}
