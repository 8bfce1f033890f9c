//! Forwarding rules: what is in front of a load balancer
//! (<https://cloud.google.com/load-balancing/docs/forwarding-rule-concepts>).

use serde_json::Value;

use super::super::kind::{Kind, New, Reference};
use super::super::{change, network, reference, subnetwork, target};
use super::scheme::{self, Balancing};
use super::{address, map, place, ports};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Phase, Resource, text};
use crate::gcp::scope::{Key, Scope};

pub(in crate::gcp::compute) struct ForwardingRules;

const TARGETS: &[&str] = &["targetHttpProxies", "targetHttpsProxies"];

impl Kind for ForwardingRules {
    fn collection(&self) -> &'static str {
        "forwardingRules"
    }

    fn schema(&self) -> &'static str {
        "ForwardingRule"
    }

    fn noun(&self) -> &'static str {
        "forwarding_rule"
    }

    fn references(&self) -> &'static [Reference] {
        const {
            &[
                Reference::to("target", TARGETS),
                Reference::to("backendService", &["backendServices"]),
                Reference::to("network", &["networks"]),
                Reference::to("subnetwork", &["subnetworks"]),
            ]
        }
    }

    fn fixed(&self) -> &'static [&'static str] {
        &[
            "IPAddress",
            "IPProtocol",
            "loadBalancingScheme",
            "portRange",
            "ports",
            "allPorts",
            "target",
            "backendService",
            "network",
            "subnetwork",
            "networkTier",
        ]
    }

    fn quota(&self) -> Option<&'static str> {
        Some("FORWARDING_RULES")
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.forwarding_rule
    }

    fn prepare(&self, call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        let document = &mut new.document;
        scheme::complete(key, document)?;
        let balancing = scheme::balancing(&key.scope, document);
        leads(call.project, key, document, balancing)?;
        ports::complete(key, document, balancing)?;
        tier(key, document)?;
        networked(call.project, key, document)?;
        proxied(call.project, key, document, balancing)?;
        address::choose(call.project, key, document)
    }

    fn ready(&self, project: &mut Project, key: &Key) -> Result<(), OperationError> {
        project.resources.get(key).map_or(Ok(()), |rule| address::settled(project, rule))
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[("setTarget", set_target)]
    }
}

/// What packets go through to is a backend service; proxies are targets. Either is where the rule is, and is made for
/// the rule's scheme.
fn leads(project: &Project, key: &Key, document: &Document, balancing: Balancing) -> Result<(), ApiError> {
    let (needed, other) = match balancing {
        Balancing::Passthrough => ("backendService", "target"),
        Balancing::Proxy => ("target", "backendService"),
    };
    let scheme = text(document, "loadBalancingScheme");
    if let Some(value) = document.get(other) {
        let why = format!("It cannot be set for the load balancing scheme {scheme}; set {needed}.");
        return Err(ApiError::field(other, value, why));
    }
    let link = text(document, needed);
    if link.is_empty() {
        return Err(ApiError::required(needed));
    }
    place::same(key, document, &[needed])?;
    for service in services(project, link) {
        if service.text("loadBalancingScheme") != scheme {
            let why = format!(
                "The load balancing scheme of the forwarding rule ({scheme}) must match that of the backend service \
                 '{}' ({}).",
                service.key.path(&project.id),
                service.text("loadBalancingScheme")
            );
            return Err(ApiError::field(needed, &Value::from(link), why));
        }
        let (protocol, through) = (text(document, "IPProtocol"), service.text("protocol"));
        if balancing == Balancing::Passthrough && !carries(through, protocol) {
            let why = format!("The protocol must match that of the backend service: {through}.");
            return Err(ApiError::field("IPProtocol", &Value::from(protocol), why));
        }
    }
    Ok(())
}

/// Which rules go with a service of a protocol
/// (<https://cloud.google.com/load-balancing/docs/internal#forwarding-rule-protocols>).
fn carries(service: &str, rule: &str) -> bool {
    match service {
        "UNSPECIFIED" => true,
        "TCP" => matches!(rule, "" | "TCP"),
        other => rule == other,
    }
}

/// The backend services behind a target, or the one that a link is to.
fn services<'p>(project: &'p Project, link: &str) -> Vec<&'p Resource> {
    let Some(found) = reference::follow(project, link) else { return Vec::new() };
    if !TARGETS.contains(&found.key.collection) {
        return vec![found];
    }
    let map = reference::follow(project, found.text("urlMap"));
    let links = map.map(|map| map::services(&map.document)).unwrap_or_default();
    links.into_iter().filter_map(|link| reference::follow(project, link)).collect()
}

/// Global rules are of the premium tier, and internal ones have no other
/// (<https://cloud.google.com/network-tiers/docs/overview>).
fn tier(key: &Key, document: &mut Document) -> Result<(), ApiError> {
    let premium = key.scope == Scope::Global || address::is_internal(document);
    let tier = document.entry("networkTier").or_insert("PREMIUM".into());
    if premium && *tier != "PREMIUM" {
        return Err(ApiError::field("networkTier", tier, "The forwarding rule must be of the PREMIUM tier."));
    }
    Ok(())
}

/// Puts in the network and the subnetwork of a rule that has them: the subnetwork's network, or the default one; and in
/// a network that makes its own subnets, the region's (the discovery document's `network` and `subnetwork`).
fn networked(project: &Project, key: &Key, document: &mut Document) -> Result<(), ApiError> {
    let scheme = text(document, "loadBalancingScheme");
    if !matches!(scheme, "INTERNAL" | "INTERNAL_MANAGED" | "INTERNAL_SELF_MANAGED") && !needs_proxies(key, document) {
        return Ok(());
    }
    let reserved = reference::follow(project, text(document, "IPAddress")).map_or("", |one| one.text("subnetwork"));
    let given =
        if text(document, "subnetwork").is_empty() { reserved } else { text(document, "subnetwork") }.to_owned();
    let found = subnetwork::by_link(project, &given);
    if text(document, "network").is_empty() {
        let link = match found {
            Some(subnetwork) => subnetwork.text("network").to_owned(),
            None => {
                let default = "global/networks/default";
                reference::find(project, &key.scope, &["networks"], "network", default)?.link(&project.id)
            }
        };
        document.insert("network".to_owned(), link.into());
    }
    if !address::is_internal(document) {
        return Ok(());
    }
    let link = text(document, "network").to_owned();
    let own = || {
        let automatic = reference::follow(project, &link).is_some_and(network::is_automatic);
        let mut subnets = network::subnetworks(project, &link).filter(|one| automatic && one.key.scope == key.scope);
        subnets.find(|one| one.text("purpose") == "PRIVATE")
    };
    let subnetwork = found.or_else(own).ok_or_else(|| ApiError::required("subnetwork"))?;
    let wrong = |why: &str| Err(ApiError::field("subnetwork", &Value::from(subnetwork.link()), why));
    if subnetwork.text("network") != link {
        return wrong("The subnetwork must be in the forwarding rule's network.");
    }
    if subnetwork.text("purpose") != "PRIVATE" {
        return wrong("A subnetwork of proxies cannot be used by a forwarding rule.");
    }
    document.insert("subnetwork".to_owned(), subnetwork.link().into());
    Ok(())
}

/// Regional load balancers with proxies need an active subnetwork for them in their region and network
/// (<https://cloud.google.com/load-balancing/docs/proxy-only-subnets>).
fn proxied(project: &Project, key: &Key, document: &Document, balancing: Balancing) -> Result<(), ApiError> {
    let region = key.scope.region().filter(|_| balancing == Balancing::Proxy);
    let Some(region) = region else { return Ok(()) };
    if subnetwork::of_proxies(project, text(document, "network"), region).is_some() {
        return Ok(());
    }
    let why = "An active proxy-only subnetwork is required in the same region and VPC as the forwarding rule.";
    Err(ApiError::field("target", &Value::from(text(document, "target")), why))
}

fn needs_proxies(key: &Key, document: &Document) -> bool {
    key.scope != Scope::Global && scheme::balancing(&key.scope, document) == Balancing::Proxy
}

/// A rule that needs the proxies of that region and network.
pub(in crate::gcp::compute) fn needing_proxies<'p>(
    project: &'p Project,
    network: &str,
    scope: &Scope,
) -> Option<&'p Resource> {
    let mut rules = project.resources.of("forwardingRules");
    rules.find(|rule| {
        rule.key.scope == *scope
            && rule.phase != Phase::Going
            && rule.text("network") == network
            && needs_proxies(&rule.key, &rule.document)
    })
}

/// "The new target should be of the same type as the old target" (the discovery document).
fn set_target(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let mut after = change::document(call, &key)?;
    let link = text(call.body, "target");
    if link.is_empty() {
        return Err(ApiError::required("target"));
    }
    let new = reference::find(call.project, &key.scope, TARGETS, "target", link)?;
    let same = reference::key_of(text(&after, "target")).is_some_and(|old| old.collection == new.collection);
    if !same {
        let why = "The new target must be of the same type as the old one.";
        return Err(ApiError::field("target", &Value::from(link), why));
    }
    after.insert("target".to_owned(), new.link(&call.project.id).into());
    leads(call.project, &key, &after, Balancing::Proxy)?;
    Ok(change::apply(call, "setTarget", key, after))
}
