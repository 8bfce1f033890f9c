//! Networks (<https://cloud.google.com/vpc/docs/vpc>).

use serde_json::{Value, json};

use super::kind::{InUse, Kind, New};
use super::{change, insert, places, reference, route, target};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::{Answer, ApiError};
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Phase, Resource};
use crate::gcp::scope::{BASE, Key, Scope};

pub(super) struct Networks;

/// The largest packet, in bytes, if nothing else is said (<https://cloud.google.com/vpc/docs/mtu>).
const MTU: i64 = 1460;

impl Kind for Networks {
    fn collection(&self) -> &'static str {
        "networks"
    }

    fn schema(&self) -> &'static str {
        "Network"
    }

    fn noun(&self) -> &'static str {
        "network"
    }

    fn in_use(&self) -> InUse {
        InUse::AtTheEnd
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["autoCreateSubnetworks", "IPv4Range", "description"]
    }

    fn quota(&self) -> Option<&'static str> {
        Some("NETWORKS")
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.network
    }

    fn prepare(&self, call: &mut Call<'_>, _key: &Key, new: &mut New) -> Result<(), ApiError> {
        let document = &mut new.document;
        if document.contains_key("IPv4Range") || !document.contains_key("autoCreateSubnetworks") {
            // https://cloud.google.com/vpc/docs/legacy: "You can no longer create legacy networks."
            let why = "Must be specified: legacy networks can no longer be created.";
            return Err(ApiError::field("autoCreateSubnetworks", &Value::from(""), why));
        }
        mtu(document)?;
        document.entry("mtu").or_insert(MTU.into());
        document.entry("networkFirewallPolicyEnforcementOrder").or_insert("AFTER_CLASSIC_FIREWALL".into());
        let routing = document.entry("routingConfig").or_insert_with(|| json!({}));
        if let Value::Object(routing) = routing {
            routing.entry("routingMode").or_insert("REGIONAL".into());
        }
        document.remove("params");
        document
            .insert("selfLinkWithId".to_owned(), format!("{BASE}projects/{}/global/networks/", call.project.id).into());
        Ok(())
    }

    fn amend(
        &self,
        _call: &mut Call<'_>,
        _key: &Key,
        _before: &Document,
        after: &mut Document,
    ) -> Result<(), ApiError> {
        mtu(after)
    }

    fn ready(&self, project: &mut Project, key: &Key) -> Result<(), OperationError> {
        route::add_default(project, key);
        let automatic = project.resources.get(key).is_some_and(is_automatic);
        if automatic {
            for (region, range) in places::automatic_subnets() {
                let document = json!({
                    "network": key.link(&project.id), "ipCidrRange": range, "purpose": "PRIVATE",
                    "privateIpGoogleAccess": false, "stackType": "IPV4_ONLY", "allowSubnetCidrRoutesOverlap": false,
                    "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS",
                });
                let Value::Object(mut document) = document else { continue };
                super::subnetwork::put_gateway(&mut document);
                let subnetwork = Key::new("subnetworks", Scope::Region(region.to_owned()), &key.name);
                if !project.resources.contains(&subnetwork) {
                    insert::add(project, &subnetwork, New { document, ..New::default() });
                    if let Some(resource) = project.resources.get_mut(&subnetwork) {
                        resource.phase = Phase::There;
                    }
                }
            }
        }
        Ok(())
    }

    fn keeps(&self, project: &Project, resource: &Resource) -> Result<(), ApiError> {
        let refuse = |by: &Resource| {
            Err(ApiError::in_use(self.noun(), &resource.key.path(&project.id), &by.key.path(&project.id)))
        };
        for subnetwork in subnetworks(project, resource.link()) {
            // Those that came with the network go with it.
            let came_along = is_automatic(resource) && subnetwork.key.name == resource.key.name;
            if !came_along {
                return refuse(subnetwork);
            }
            if let Some(holder) = reference::holders(project, subnetwork).next() {
                return refuse(holder);
            }
        }
        match route::of(project, resource.link()).find(|route| !route::is_default(route)) {
            Some(route) => refuse(route),
            None => Ok(()),
        }
    }

    fn gone(&self, project: &mut Project, resource: Resource) {
        let along = subnetworks(project, resource.link()).chain(route::of(project, resource.link()));
        let keys: Vec<Key> = along.map(|one| one.key.clone()).collect();
        for key in keys {
            project.resources.remove(&key);
        }
    }

    fn show(&self, project: &Project, resource: &Resource) -> Document {
        let mut document = resource.document.clone();
        let links: Vec<&str> = subnetworks(project, resource.link())
            .filter(|one| one.phase != Phase::Coming)
            .map(Resource::link)
            .collect();
        if !links.is_empty() {
            document.insert("subnetworks".to_owned(), json!(links));
        }
        let with_id = format!("{BASE}projects/{}/global/networks/{}", project.id, resource.id);
        document.insert("selfLinkWithId".to_owned(), with_id.into());
        document
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[("switchToCustomMode", switch_to_custom_mode)]
    }
}

/// The subnetworks of a network.
pub(super) fn subnetworks<'p>(project: &'p Project, network: &'p str) -> impl Iterator<Item = &'p Resource> {
    project.resources.of("subnetworks").filter(move |subnetwork| subnetwork.text("network") == network)
}

/// Whether a network makes its own subnets.
pub(super) fn is_automatic(network: &Resource) -> bool {
    network.document.get("autoCreateSubnetworks").and_then(Value::as_bool).unwrap_or(false)
}

/// 1300 to 8896 (<https://cloud.google.com/vpc/docs/mtu>).
fn mtu(document: &Document) -> Result<(), ApiError> {
    match document.get("mtu").and_then(Value::as_i64) {
        Some(mtu) if !(1300..=8896).contains(&mtu) => {
            Err(ApiError::field("mtu", &Value::from(mtu), "Must be between 1300 and 8896."))
        }
        _ => Ok(()),
    }
}

/// From then on its subnets are the project's to make; there is no way back
/// (<https://cloud.google.com/vpc/docs/create-modify-vpc-networks#switch-network-mode>).
fn switch_to_custom_mode(call: &mut Call<'_>) -> Answer {
    let key = target::changeable(call)?;
    let mut after = change::document(call, &key)?;
    if after.get("autoCreateSubnetworks") != Some(&Value::Bool(true)) {
        let message = format!("The network '{}' is already in custom mode.", key.path(&call.project.id));
        return Err(ApiError::invalid(message));
    }
    after.insert("autoCreateSubnetworks".to_owned(), false.into());
    Ok(change::apply(call, "switchToCustomMode", key, after))
}
