//! Addresses that are reserved, so that they outlive what has them.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::{Call, Error, ErrorKind, FieldChange, Item, Result, Status};
use google_cloud_compute_v1::model::address::{AddressType, Purpose, Status as State};
use google_cloud_compute_v1::model::{Address as Model, RegionSetLabelsRequest};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Subnetwork;
use super::live::{Live, items};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, from_latest, operate};
use crate::survey::Look;
use crate::tags::{Mark, kept_labels, live_labels};

/// An IPv4 address of the region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Address {
    /// Its name.
    pub(crate) name: String,
    /// Whether it is one of the internet's.
    pub(crate) reach: Reach,
    /// The subnetwork that it is of; none for one of the internet's.
    pub(crate) subnetwork: Option<Ref<Subnetwork>>,
    /// Whether several forwarding rules may have it, each for ports of its own. One of the internet's always is shared so.
    pub(crate) shared: bool,
    /// The address itself, where it is planned; else any that is free.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) address: Option<Ipv4Addr>,
    /// Its labels.
    pub(crate) labels: BTreeMap<String, String>,
}

/// Where an address is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Reach {
    /// In the internet.
    External,
    /// In its network.
    Internal,
}

/// What an address gives to others.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AddressOutput {
    /// Its path.
    pub(crate) id: String,
    /// The address itself.
    pub(crate) address: Ipv4Addr,
}

impl Output for AddressOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for Address {
    const KIND: &'static str = "address";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "reach", "subnetwork", "shared", "address"];
    type Output = AddressOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<AddressOutput>>> {
        Ok(maybe(get(at, &self.name).await)?.as_ref().and_then(live).map(|live| live.found(at)))
    }

    /// Labels are set by a request of their own, because an insertion takes none (Compute Engine API reference,
    /// `Address.labels`); whose the address is, its description says from the beginning.
    async fn create(&self, at: &At<'_, Clients>) -> Result<AddressOutput> {
        let Clients { project, region, .. } = at.cloud;
        let mut address = Model::new()
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_or_clear_address(self.address.map(|address| address.to_string()))
            .set_or_clear_purpose(
                (self.shared && self.reach == Reach::Internal).then_some(Purpose::SharedLoadbalancerVip),
            )
            .set_address_type(match self.reach {
                Reach::External => AddressType::External,
                Reach::Internal => AddressType::Internal,
            });
        if let Some(subnetwork) = &self.subnetwork {
            address = address.set_subnetwork(at.get(subnetwork)?.id);
        }
        let request = at.cloud.addresses.insert().set_project(project).set_region(region).set_body(address);
        operate!(at, "addresses.insert", USUAL, request)?;
        if !self.labels.is_empty() {
            self.set_labels(at).await?;
        }
        let output = live(&get(at, &self.name).await?).map(|live| live.output);
        output.ok_or_else(|| Error::new(ErrorKind::Unexpected, "it was reserved and can't be seen").ambiguous())
    }

    async fn update(&self, at: &At<'_, Clients>, live: &AddressOutput, _: &[FieldChange]) -> Result<AddressOutput> {
        self.set_labels(at).await?;
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &AddressOutput) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.addresses.delete().set_project(project).set_region(region);
        gone(operate!(at, "addresses.delete", USUAL, request.set_address(links::name(&live.id))))
    }
}

impl Address {
    async fn set_labels(&self, at: &At<'_, Clients>) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        from_latest(at, &self.name, || async {
            let now = get(at, &self.name).await?;
            let body = RegionSetLabelsRequest::new()
                .set_labels(kept_labels(&now.labels, &self.labels))
                .set_or_clear_label_fingerprint(now.label_fingerprint);
            let request = at.cloud.addresses.set_labels().set_project(project).set_region(region);
            operate!(at, "addresses.setLabels", USUAL, request.set_resource(&self.name).set_body(body))
        })
        .await
    }
}

async fn get(at: &At<'_, Clients>, name: &str) -> Result<Model> {
    let request = at.cloud.addresses.get().set_project(&at.cloud.project).set_region(&at.cloud.region);
    send!(at, Call::read("compute", "addresses.get"), request.set_address(name))
}

/// Reads an address; none as long as it isn't known which one it is.
fn live(address: &Model) -> Option<Live<AddressOutput>> {
    let id = links::relative(address.self_link.as_deref()?).to_owned();
    let output = AddressOutput { id, address: address.address.as_deref()?.parse().ok()? };
    let external = address.address_type == Some(AddressType::External);
    let fields = json!({
        "name": address.name,
        "reach": address.address_type.as_ref().and_then(AddressType::name),
        "subnetwork": address.subnetwork.as_deref().map(links::relative),
        "shared": external || address.purpose == Some(Purpose::SharedLoadbalancerVip),
        "address": output.address,
        "labels": live_labels(&address.labels),
    });
    let status = match &address.status {
        Some(State::Reserving) => Status::Pending("RESERVING".to_owned()),
        _ => Status::Ready,
    };
    Some(Live::described(output, fields, address.description.as_deref()).status(status))
}

/// The addresses of a cluster.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let Clients { project, region, .. } = look.clients;
    let request = look.clients.addresses.list().set_project(project).set_region(region);
    let found: Vec<Model> = list!(look, "addresses.list", request.set_filter(look.names().filter()))?;
    Ok(items::<Address>(look, found.iter().filter_map(live), wanted))
}
