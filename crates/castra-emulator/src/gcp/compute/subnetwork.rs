//! Subnetworks (<https://cloud.google.com/vpc/docs/subnets>).

use serde_json::Value;

use super::kind::{Kind, New, Reference};
use super::{balancing, change, network, ranges, reference, target};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Phase, Resource, list, text};
use crate::gcp::scope::{Key, Scope};

pub(super) struct Subnetworks;

/// Purposes of subnetworks that only proxies of load balancers live in
/// (<https://cloud.google.com/load-balancing/docs/proxy-only-subnets>).
const PROXY_ONLY: &[&str] = &["REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER"];

impl Kind for Subnetworks {
    fn collection(&self) -> &'static str {
        "subnetworks"
    }

    fn schema(&self) -> &'static str {
        "Subnetwork"
    }

    fn noun(&self) -> &'static str {
        "subnetwork"
    }

    fn references(&self) -> &'static [Reference] {
        // The network looks after its subnetworks itself.
        const { &[Reference::loosely("network", &["networks"])] }
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["network", "ipCidrRange", "description"]
    }

    fn quota(&self) -> Option<&'static str> {
        None
    }

    fn needs_fingerprint(&self, _verb: &str) -> bool {
        true
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.subnetwork
    }

    fn prepare(&self, _call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        let document = &mut new.document;
        for field in ["network", "ipCidrRange"] {
            if text(document, field).is_empty() {
                return Err(ApiError::required(field));
            }
        }
        named_region(document, key)?;
        let mut put = |field: &str, value: Value| {
            document.entry(field).or_insert(value);
        };
        put("purpose", "PRIVATE".into());
        put("privateIpGoogleAccess", false.into());
        put("privateIpv6GoogleAccess", "DISABLE_GOOGLE_ACCESS".into());
        put("stackType", "IPV4_ONLY".into());
        put("allowSubnetCidrRoutesOverlap", false.into());
        document.remove("params");
        own_ranges(document)?;
        purpose(document)?;
        put_gateway(document);
        Ok(())
    }

    fn amend(&self, call: &mut Call<'_>, key: &Key, before: &Document, after: &mut Document) -> Result<(), ApiError> {
        if before.get("purpose") != after.get("purpose") {
            let value = after.get("purpose").cloned().unwrap_or_default();
            return Err(ApiError::field("purpose", &value, "The field cannot be changed after creation."));
        }
        purpose(after)?;
        own_ranges(after)?;
        apart(call.project, key, after).map_err(|message| ApiError::new(400, "invalidUsage", message))
    }

    fn ready(&self, project: &mut Project, key: &Key) -> Result<(), OperationError> {
        let document = project.resources.get(key).map(|resource| resource.document.clone()).unwrap_or_default();
        apart(project, key, &document).map_err(|message| OperationError::new(400, "INVALID_USAGE", message))?;
        match active(project, key, &document) {
            Some(other) => {
                let message = format!(
                    "Invalid usage: a proxy-only subnetwork with role ACTIVE already exists in the region and network: \
                     '{}'.",
                    other.path(&project.id)
                );
                Err(OperationError::new(400, "INVALID_USAGE", message))
            }
            None => Ok(()),
        }
    }

    /// "You cannot delete an automatically created subnet" while its network makes its own
    /// (<https://cloud.google.com/vpc/docs/create-modify-vpc-networks#delete-subnet>). And load balancers need the
    /// proxies of their region.
    fn keeps(&self, project: &Project, resource: &Resource) -> Result<(), ApiError> {
        let network = reference::follow(project, resource.text("network"));
        let automatic = network.is_some_and(|it| network::is_automatic(it) && it.key.name == resource.key.name);
        if automatic {
            let why = "Invalid resource usage: 'Cannot delete auto subnetwork from an auto subnet mode network.'.";
            return Err(ApiError::new(400, "invalidResourceUsage", why));
        }
        if !PROXY_ONLY.contains(&resource.text("purpose")) || resource.text("role") != "ACTIVE" {
            return Ok(());
        }
        match balancing::needing_proxies(project, resource.text("network"), &resource.key.scope) {
            Some(rule) => {
                let (path, by) = (resource.key.path(&project.id), rule.key.path(&project.id));
                Err(ApiError::in_use(self.noun(), &path, &by))
            }
            None => Ok(()),
        }
    }

    /// One that becomes active takes the place of the one that was.
    fn changed(&self, project: &mut Project, key: &Key) {
        let document = project.resources.get(key).map(|resource| resource.document.clone()).unwrap_or_default();
        if let Some(other) = active(project, key, &document)
            && let Some(other) = project.resources.get_mut(&other)
        {
            other.document.insert("role".to_owned(), "BACKUP".into());
        }
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[("expandIpCidrRange", expand), ("setPrivateIpGoogleAccess", set_private_access)]
    }
}

/// A body may name the region too; then it is the path's.
pub(super) fn named_region(document: &mut Document, key: &Key) -> Result<(), ApiError> {
    if let Some(value) = document.remove("region") {
        let name = value.as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        if !name.is_empty() && Some(name) != key.scope.region() {
            return Err(ApiError::field("region", &value, "The region doesn't match the request's."));
        }
    }
    Ok(())
}

pub(super) fn put_gateway(document: &mut Document) {
    if let Ok(net) = text(document, "ipCidrRange").parse() {
        document.insert("gatewayAddress".to_owned(), ranges::gateway(&net).to_string().into());
    }
}

/// Holds a subnetwork's ranges against the rules for each: from /8, and not smaller than /29
/// (<https://cloud.google.com/vpc/docs/subnets#valid-ranges>).
fn own_ranges(document: &Document) -> Result<(), ApiError> {
    let whole = ranges::parse("ipCidrRange", text(document, "ipCidrRange"))?;
    let secondary = list(document, "secondaryIpRanges").iter().enumerate().map(|(place, range)| {
        let field = format!("secondaryIpRanges[{place}].ipCidrRange");
        let range = range.get("ipCidrRange").and_then(Value::as_str).unwrap_or_default();
        ranges::parse(&field, range).map(|net| (field, net))
    });
    let all = std::iter::once(Ok(("ipCidrRange".to_owned(), whole))).chain(secondary).collect::<Result<Vec<_>, _>>()?;
    for (at, (field, net)) in all.iter().enumerate() {
        if !(4..=29).contains(&net.prefix_len()) {
            let why = "Subnetwork CIDR range must have a prefix length between 4 and 29.";
            return Err(ApiError::field(field, &Value::from(net.to_string()), why));
        }
        if all.iter().take(at).any(|(_, other)| ranges::overlap(net, other)) {
            let why = "The range overlaps with another of the same subnetwork.";
            return Err(ApiError::field(field, &Value::from(net.to_string()), why));
        }
    }
    Ok(())
}

/// Roles are for proxy-only subnetworks, which are of at least 64 addresses
/// (<https://cloud.google.com/load-balancing/docs/proxy-only-subnets#size>).
fn purpose(document: &mut Document) -> Result<(), ApiError> {
    let proxy_only = PROXY_ONLY.contains(&text(document, "purpose"));
    match document.get("role") {
        Some(role) if !proxy_only => {
            Err(ApiError::field("role", role, "The role can only be set for subnetworks of proxies."))
        }
        // As the service says it: <https://github.com/hashicorp/terraform-provider-google/issues/13438>.
        None if proxy_only => {
            let why = format!("Subnetwork role must be specified when purpose set to {}.", text(document, "purpose"));
            Err(ApiError::field("role", &"UNSPECIFIED_ROLE".into(), &why))
        }
        Some(_) => {
            document.insert("state".to_owned(), "READY".into());
            let range = text(document, "ipCidrRange");
            let long = range.rsplit('/').next().and_then(|length| length.parse::<u8>().ok()).is_some_and(|it| it > 26);
            if long {
                let why = "A proxy-only subnetwork must have a prefix length of 26 or less.";
                return Err(ApiError::field("ipCidrRange", &Value::from(range), why));
            }
            Ok(())
        }
        None => Ok(()),
    }
}

/// Says which other subnetwork of the network is in the way of one's ranges.
fn apart(project: &Project, key: &Key, document: &Document) -> Result<(), String> {
    let mine = ranges::of_subnetwork(document);
    let others = network::subnetworks(project, text(document, "network"));
    for other in others.filter(|other| other.key != *key && other.phase != Phase::Coming) {
        let theirs = ranges::of_subnetwork(&other.document);
        if let Some(net) = mine.iter().find(|net| theirs.iter().any(|other| ranges::overlap(net, other))) {
            return Err(format!(
                "Invalid IPCidrRange: {net} conflicts with existing subnetwork '{}' in region '{}'.",
                other.key.name,
                other.key.scope.name()
            ));
        }
    }
    Ok(())
}

/// Another active proxy-only subnetwork of the same purpose, region and network, if this one is active: there is one
/// at most (<https://cloud.google.com/load-balancing/docs/proxy-only-subnets#availability>).
fn active(project: &Project, key: &Key, document: &Document) -> Option<Key> {
    if text(document, "role") != "ACTIVE" {
        return None;
    }
    let same = |other: &Document, field: &str| text(other, field) == text(document, field);
    let mut others = network::subnetworks(project, text(document, "network"));
    let found = others.find(|other| {
        other.key != *key
            && other.key.scope == key.scope
            && other.phase != Phase::Coming
            && same(&other.document, "role")
            && same(&other.document, "purpose")
    });
    found.map(|other| other.key.clone())
}

/// The active proxy-only subnetwork of a region and a network: regional load balancers with proxies need one.
pub(super) fn of_proxies<'p>(project: &'p Project, network: &'p str, region: &str) -> Option<&'p Resource> {
    let scope = Scope::Region(region.to_owned());
    network::subnetworks(project, network).find(|one| {
        one.key.scope == scope
            && one.phase == Phase::There
            && one.text("role") == "ACTIVE"
            && one.text("purpose") == "REGIONAL_MANAGED_PROXY"
    })
}

/// The range can only grow (<https://cloud.google.com/vpc/docs/create-modify-vpc-networks#expand-subnet>).
fn expand(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let mut after = change::document(call, &key)?;
    let wanted = text(call.body, "ipCidrRange");
    let net = ranges::parse("ipCidrRange", wanted)?;
    let contains = text(&after, "ipCidrRange").parse().is_ok_and(|old| net.contains(&old) && net != old);
    if !contains || net.prefix_len() < 4 {
        let why = "The new range must contain the old one, and be larger.";
        return Err(ApiError::field("ipCidrRange", &Value::from(wanted), why));
    }
    after.insert("ipCidrRange".to_owned(), net.to_string().into());
    put_gateway(&mut after);
    apart(call.project, &key, &after).map_err(|message| ApiError::new(400, "invalidUsage", message))?;
    Ok(change::apply(call, "expandIpCidrRange", key, after))
}

fn set_private_access(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let mut after = change::document(call, &key)?;
    let on = call.body.get("privateIpGoogleAccess").cloned().unwrap_or(Value::Bool(false));
    after.insert("privateIpGoogleAccess".to_owned(), on);
    Ok(change::apply(call, "setPrivateIpGoogleAccess", key, after))
}

/// A subnetwork by its link, if it is there.
pub(super) fn by_link<'p>(project: &'p Project, link: &str) -> Option<&'p Resource> {
    reference::follow(project, link)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use serde_json::json;

    use crate::gcp::testing::Lab;

    #[test]
    fn a_proxy_only_subnetwork_says_its_role() {
        let mut lab = Lab::new();
        lab.network("net", "10.0.0.0/20");
        let mut body = json!({
            "name": "proxies", "network": "global/networks/net", "ipCidrRange": "10.1.0.0/23",
            "purpose": "REGIONAL_MANAGED_PROXY",
        });
        let path = "regions/europe-west1/subnetworks";
        let why = lab.refused("POST", path, body.clone(), 400, "invalid");
        assert!(why.contains("'resource.role': 'UNSPECIFIED_ROLE'. Subnetwork role must be specified"), "{why}");
        body["role"] = "ACTIVE".into();
        lab.done("POST", path, body);
    }

    #[test]
    fn an_automatic_one_goes_with_its_network_only() {
        let mut lab = Lab::new();
        lab.done("POST", "global/networks", json!({"name": "auto", "autoCreateSubnetworks": true}));
        let path = "regions/europe-west1/subnetworks/auto";
        lab.refused("DELETE", path, json!(null), 400, "invalidResourceUsage");
        lab.done("POST", "global/networks/auto/switchToCustomMode", json!(null));
        lab.done("DELETE", path, json!(null));
    }
}
