//! The cluster's network.

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Recovery};
use castra_core::{Call, FieldChange, Item, Result};
use google_cloud_compute_v1::model::network_routing_config::RoutingMode as Mode;
use google_cloud_compute_v1::model::{Network as Model, NetworkRoutingConfig};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::{Live, items};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{LONG, operate};
use crate::survey::Look;
use crate::tags::Mark;

/// A VPC network of the cluster's own. Its subnetworks are made one by one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Network {
    /// Its name.
    pub(crate) name: String,
    /// Whether Google makes a subnetwork in every region.
    pub(crate) auto_create_subnetworks: bool,
    /// Which routes its cloud routers tell.
    pub(crate) routing_mode: RoutingMode,
}

/// Which routes a network's cloud routers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum RoutingMode {
    /// Those of their own region.
    Regional,
    /// Those of every region.
    Global,
}

impl Network {
    /// The network that a cluster gets.
    pub(crate) fn new(name: String) -> Self {
        Self { name, auto_create_subnetworks: false, routing_mode: RoutingMode::Regional }
    }

    fn routing(&self) -> NetworkRoutingConfig {
        NetworkRoutingConfig::new().set_routing_mode(match self.routing_mode {
            RoutingMode::Regional => Mode::Regional,
            RoutingMode::Global => Mode::Global,
        })
    }
}

#[async_trait]
impl Kind for Network {
    const KIND: &'static str = "network";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "auto_create_subnetworks"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let request = at.cloud.networks.get().set_project(&at.cloud.project).set_network(&self.name);
        let found = maybe(send!(at, Call::read("compute", "networks.get"), request))?;
        Ok(found.map(|network| live(&network).found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let network = Model::new()
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_auto_create_subnetworks(self.auto_create_subnetworks)
            .set_routing_config(self.routing());
        let request = at.cloud.networks.insert().set_project(&at.cloud.project).set_body(network);
        operate!(at, "networks.insert", LONG, request)?;
        Ok(at.cloud.global("networks", &self.name))
    }

    async fn update(&self, at: &At<'_, Clients>, live: &String, _: &[FieldChange]) -> Result<String> {
        let network = Model::new().set_routing_config(self.routing());
        let request =
            at.cloud.networks.patch().set_project(&at.cloud.project).set_network(&self.name).set_body(network);
        operate!(at, "networks.patch", LONG, request)?;
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let request = at.cloud.networks.delete().set_project(&at.cloud.project).set_network(links::name(live));
        gone(operate!(at, "networks.delete", LONG, request))
    }
}

/// Reads a network.
fn live(network: &Model) -> Live<String> {
    let link = network.self_link.as_deref().unwrap_or_default();
    let routing = network.routing_config.as_ref().and_then(|routing| routing.routing_mode.as_ref());
    let fields = json!({
        "name": network.name,
        "auto_create_subnetworks": network.auto_create_subnetworks,
        "routing_mode": routing.and_then(Mode::name),
    });
    Live::described(links::relative(link).to_owned(), fields, network.description.as_deref())
}

/// The networks of a cluster.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let request =
        look.clients.networks.list().set_project(&look.clients.project).set_filter(look.names().global_filter());
    let found: Vec<Model> = list!(look, "networks.list", request)?;
    Ok(items::<Network>(look, found.iter().map(live), wanted))
}
