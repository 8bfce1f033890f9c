//! Routes (<https://cloud.google.com/vpc/docs/routes>).

use serde_json::{Value, json};

use super::kind::{Kind, New, Reference};
use super::{insert, ranges};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::Call;
use crate::gcp::error::ApiError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Phase, Resource, text};
use crate::gcp::scope::{BASE, Key, Scope};

pub(super) struct Routes;

/// Where a route may lead; exactly one of these is given.
const HOPS: &[&str] = &["nextHopGateway", "nextHopIlb", "nextHopInstance", "nextHopIp", "nextHopVpnTunnel"];

impl Kind for Routes {
    fn collection(&self) -> &'static str {
        "routes"
    }

    fn schema(&self) -> &'static str {
        "Route"
    }

    fn noun(&self) -> &'static str {
        "route"
    }

    fn references(&self) -> &'static [Reference] {
        // The network looks after its routes itself.
        const { &[Reference::loosely("network", &["networks"])] }
    }

    fn quota(&self) -> Option<&'static str> {
        Some("ROUTES")
    }

    fn takes(&self, timings: &Timings, _verb: &str) -> Seconds {
        timings.firewall
    }

    fn prepare(&self, call: &mut Call<'_>, _key: &Key, new: &mut New) -> Result<(), ApiError> {
        let document = &mut new.document;
        for field in ["network", "destRange"] {
            if text(document, field).is_empty() {
                return Err(ApiError::required(field));
            }
        }
        ranges::parse("destRange", text(document, "destRange"))?;
        let given: Vec<&&str> = HOPS.iter().filter(|hop| document.contains_key(**hop)).collect();
        if given.len() != 1 {
            return Err(ApiError::invalid("Exactly one next hop must be specified for a route."));
        }
        if let Some(Value::String(gateway)) = document.get_mut("nextHopGateway") {
            if !gateway.ends_with("global/gateways/default-internet-gateway") {
                let why = "Only the default internet gateway can be a next hop.";
                return Err(ApiError::field("nextHopGateway", &Value::from(gateway.as_str()), why));
            }
            *gateway = gateway_of(call.project);
        }
        document.entry("priority").or_insert(1000.into());
        Ok(())
    }
}

fn gateway_of(project: &Project) -> String {
    format!("{BASE}projects/{}/global/gateways/default-internet-gateway", project.id)
}

/// The routes of a network.
pub(super) fn of<'p>(project: &'p Project, network: &'p str) -> impl Iterator<Item = &'p Resource> {
    project.resources.of("routes").filter(move |route| route.text("network") == network)
}

/// Whether a route came with its network.
pub(super) fn is_default(route: &Resource) -> bool {
    route.hidden.contains_key("default")
}

/// The way to the internet, which every network comes with
/// (<https://cloud.google.com/vpc/docs/routes#routingpacketsinternet>).
pub(super) fn add_default(project: &mut Project, network: &Key) {
    let name = format!("default-route-{}", project.chance.hex(16));
    let document = json!({
        "network": network.link(&project.id), "destRange": "0.0.0.0/0", "priority": 1000,
        "description": "Default route to the Internet.", "nextHopGateway": gateway_of(project),
    });
    let (Value::Object(document), Value::Object(hidden)) = (document, json!({ "default": true })) else { return };
    let key = Key::new("routes", Scope::Global, &name);
    insert::add(project, &key, New { document, hidden });
    if let Some(resource) = project.resources.get_mut(&key) {
        resource.phase = Phase::There;
    }
}
