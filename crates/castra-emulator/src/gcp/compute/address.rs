//! Addresses, reserved in a region or globally (<https://cloud.google.com/compute/docs/ip-addresses>).

use std::collections::HashSet;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::{Value, json};

use super::kind::{Kind, New, Reference};
use super::{network, ranges, reference};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::Call;
use crate::gcp::error::ApiError;
use crate::gcp::field;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Resource, list, text};
use crate::gcp::scope::{Key, Scope};

pub(super) struct Addresses;

impl Kind for Addresses {
    fn collection(&self) -> &'static str {
        "addresses"
    }

    fn schema(&self) -> &'static str {
        "Address"
    }

    fn noun(&self) -> &'static str {
        "address"
    }

    fn references(&self) -> &'static [Reference] {
        const { &[Reference::to("network", &["networks"]), Reference::to("subnetwork", &["subnetworks"])] }
    }

    fn quota(&self) -> Option<&'static str> {
        Some("STATIC_ADDRESSES")
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.address
    }

    fn prepare(&self, call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        let document = &mut new.document;
        if text(document, "ipVersion") == "IPV6" {
            let why = "Addresses of version 6 are not served by this emulator.";
            return Err(ApiError::field("ipVersion", &Value::from("IPV6"), why));
        }
        document.remove("ipVersion");
        let kind = document.entry("addressType").or_insert("EXTERNAL".into()).clone();
        let internal = kind == "INTERNAL";
        let (global, subnetwork) = (key.scope == Scope::Global, text(document, "subnetwork").to_owned());
        if !internal && !subnetwork.is_empty() {
            let why = "A subnetwork can only be specified for an internal address.";
            return Err(ApiError::field("subnetwork", &Value::from(subnetwork), why));
        }
        if internal && global && text(document, "purpose").is_empty() {
            let why = "A global internal address needs a purpose: VPC_PEERING or PRIVATE_SERVICE_CONNECT.";
            return Err(ApiError::field("purpose", &Value::from(""), why));
        }
        if !internal {
            document.entry("networkTier").or_insert("PREMIUM".into());
        }
        if internal && !global {
            within_subnetwork(call.project, key, document, &subnetwork)?;
        } else if text(document, "address").is_empty() {
            let address = if internal { private_range(call.project, document) } else { public(call.project) };
            document.insert("address".to_owned(), address.into());
        } else if !internal {
            let why = "An external address is assigned, and can't be chosen.";
            return Err(ApiError::field("address", &Value::from(text(document, "address")), why));
        }
        document.insert("status".to_owned(), "RESERVED".into());
        Ok(())
    }

    /// Who uses it is who refers to it, by its link or by its address.
    fn show(&self, project: &Project, resource: &Resource) -> Document {
        let mut document = resource.document.clone();
        let users = users(project, resource);
        if !users.is_empty() {
            document.insert("status".to_owned(), "IN_USE".into());
            document.insert("users".to_owned(), json!(users));
        }
        document
    }

    fn keeps(&self, project: &Project, resource: &Resource) -> Result<(), ApiError> {
        match users(project, resource).first().and_then(|user| reference::key_of(user)) {
            Some(user) => Err(ApiError::in_use(self.noun(), &resource.key.path(&project.id), &user.path(&project.id))),
            None => Ok(()),
        }
    }
}

/// Where resources hold addresses: a field of theirs by collection.
const HELD: &[(&str, &str)] = &[
    ("forwardingRules", "IPAddress"),
    ("instances", "networkInterfaces[].networkIP"),
    ("instances", "networkInterfaces[].accessConfigs[].natIP"),
    ("routers", "nats[].natIps[]"),
];

/// Links of those who use an address. A number alone is that of an internal address in its own subnetwork only: other
/// networks have the same numbers (<https://cloud.google.com/vpc/docs/vpc>).
fn users(project: &Project, resource: &Resource) -> Vec<String> {
    let (link, address, subnetwork) = (resource.link(), resource.text("address"), resource.text("subnetwork"));
    let by_number = |value: &str, holder: &Document| value == address && is_in(holder, subnetwork);
    let mut users = Vec::new();
    for (collection, at) in HELD {
        for other in project.resources.of(collection) {
            let mut used = false;
            field::each(&other.document, at, &mut |_, value| {
                used |= value.as_str().is_some_and(|value| value == link || by_number(value, &other.document));
            });
            if used && users.iter().all(|user| user != other.link()) {
                users.push(other.link().to_owned());
            }
        }
    }
    users
}

/// Whether what holds addresses holds those of this subnetwork; of none, where they are external.
fn is_in(holder: &Document, subnetwork: &str) -> bool {
    let mut interfaces = list(holder, "networkInterfaces").iter().filter_map(Value::as_object);
    subnetwork.is_empty()
        || text(holder, "subnetwork") == subnetwork
        || interfaces.any(|interface| text(interface, "subnetwork") == subnetwork)
}

/// Whether something uses an address.
pub(super) fn is_used(project: &Project, resource: &Resource) -> bool {
    !users(project, resource).is_empty()
}

/// The addresses of a subnetwork that something has.
pub(super) fn used_in(project: &Project, subnetwork: &str) -> HashSet<Ipv4Addr> {
    let mut used = HashSet::new();
    let mut has = |document: &Document, field: &str| {
        if text(document, "subnetwork") == subnetwork {
            used.extend(text(document, field).parse::<Ipv4Addr>().ok());
        }
    };
    for instance in project.resources.of("instances") {
        let interfaces = list(&instance.document, "networkInterfaces").iter().filter_map(Value::as_object);
        interfaces.for_each(|interface| has(interface, "networkIP"));
    }
    for rule in project.resources.of("forwardingRules") {
        has(&rule.document, "IPAddress");
    }
    used
}

/// The addresses of a subnetwork that are reserved.
pub(super) fn reserved_in(project: &Project, subnetwork: &str) -> HashSet<Ipv4Addr> {
    let here = project.resources.of("addresses").filter(|one| one.text("subnetwork") == subnetwork);
    here.filter_map(|one| one.text("address").parse().ok()).collect()
}

/// Whether something in a subnetwork has that address.
pub(super) fn is_taken(project: &Project, subnetwork: &str, address: Ipv4Addr) -> bool {
    reserved_in(project, subnetwork).contains(&address) || used_in(project, subnetwork).contains(&address)
}

/// An internal address of a region is one of a subnetwork's: the one that is asked for, or the first that is free.
fn within_subnetwork(project: &Project, key: &Key, document: &mut Document, subnetwork: &str) -> Result<(), ApiError> {
    let missing = || ApiError::required("subnetwork");
    let subnetwork = reference::follow(project, subnetwork).ok_or_else(missing)?;
    if subnetwork.key.scope != key.scope {
        let why = "The subnetwork must be in the address's region.";
        return Err(ApiError::field("subnetwork", &Value::from(subnetwork.link()), why));
    }
    let net: Ipv4Net = subnetwork.text("ipCidrRange").parse().map_err(|_| missing())?;
    let taken = |address: Ipv4Addr| is_taken(project, subnetwork.link(), address);
    let address = match text(document, "address") {
        "" => {
            let message = format!("No more addresses are available in '{}'.", subnetwork.key.path(&project.id));
            ranges::free(&net, &taken).ok_or_else(|| ApiError::new(400, "ipSpaceExhausted", message))?
        }
        asked => {
            let wrong = |why: &str| ApiError::field("address", &Value::from(asked), why);
            let address: Ipv4Addr = asked.parse().map_err(|_| wrong("Must be a valid IP address."))?;
            if !ranges::usable(&net, address) {
                return Err(wrong("Requested internal IP address is outside the subnetwork's range."));
            }
            if taken(address) {
                return Err(wrong("Specified IP address is in use or reserved already."));
            }
            address
        }
    };
    document.insert("address".to_owned(), address.to_string().into());
    document.entry("purpose").or_insert("GCE_ENDPOINT".into());
    Ok(())
}

/// A free range for services of others, 10.N.0.0 of the length that is asked for.
fn private_range(project: &Project, document: &Document) -> String {
    let network = text(document, "network");
    let nets: Vec<Ipv4Net> =
        network::subnetworks(project, network).flat_map(|one| ranges::of_subnetwork(&one.document)).collect();
    let taken = |address: &Ipv4Addr| {
        let reserved = project.resources.of("addresses").any(|one| one.text("address") == address.to_string());
        reserved || nets.iter().any(|net| net.contains(address))
    };
    let free = (0..=255_u8).rev().map(|second| Ipv4Addr::new(10, second, 0, 0)).find(|address| !taken(address));
    free.unwrap_or(Ipv4Addr::new(10, 0, 0, 0)).to_string()
}

/// An address that nobody has: of the ranges that are for documentation
/// (<https://www.rfc-editor.org/rfc/rfc5737>, <https://www.rfc-editor.org/rfc/rfc2544>).
pub(super) fn public(project: &mut Project) -> String {
    let number = project.chance.below(1 << 17);
    let base = u32::from(Ipv4Addr::new(198, 18, 0, 0));
    Ipv4Addr::from(base + u32::try_from(number).unwrap_or_default()).to_string()
}
