//! Subnetworks of the cluster's network.

use std::time::Duration;

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::{Call, ContextExt as _, FieldChange, Item, Result, Seen, Wait};
use google_cloud_compute_v1::model::subnetwork::{Purpose as ModelPurpose, Role};
use google_cloud_compute_v1::model::{Subnetwork as Model, SubnetworksSetPrivateIpGoogleAccessRequest};
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Network;
use super::live::{Live, items};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::error::changed_meanwhile;
use crate::links;
use crate::operation::{LONG, operate};
use crate::survey::Look;
use crate::tags::Mark;

/// How soon a change is tried again that another one overtook.
const AGAIN: Duration = Duration::from_secs(2);

/// A subnetwork of the region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Subnetwork {
    /// Its name.
    pub(crate) name: String,
    /// Its network.
    pub(crate) network: Ref<Network>,
    /// Its range.
    pub(crate) cidr: Ipv4Net,
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// Whether the region's load balancers use it. None for one that isn't for their proxies.
    pub(crate) role: Option<ProxyRole>,
    /// Whether machines without public addresses reach Google's services from it. None for one that has no machines.
    pub(crate) private_google_access: Option<bool>,
}

/// What a subnetwork is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Purpose {
    /// For machines and internal addresses.
    Private,
    /// For the proxies of the region's application load balancers.
    RegionalManagedProxy,
}

/// Whether a region's load balancers use a subnetwork for their proxies: one of a network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ProxyRole {
    /// They use this one.
    Active,
    /// It waits to be used, or is drained.
    Backup,
}

impl From<ProxyRole> for Role {
    fn from(role: ProxyRole) -> Self {
        match role {
            ProxyRole::Active => Self::Active,
            ProxyRole::Backup => Self::Backup,
        }
    }
}

/// What a subnetwork gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SubnetworkOutput {
    /// Its path.
    pub(crate) id: String,
    /// Its range.
    pub(crate) cidr: Ipv4Net,
}

impl Output for SubnetworkOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Subnetwork {
    /// One for machines.
    pub(crate) fn nodes(name: String, network: Ref<Network>, cidr: Ipv4Net) -> Self {
        Self { name, network, cidr, purpose: Purpose::Private, role: None, private_google_access: Some(true) }
    }

    /// One for load balancers' proxies.
    pub(crate) fn proxies(name: String, network: Ref<Network>, cidr: Ipv4Net) -> Self {
        let (purpose, role) = (Purpose::RegionalManagedProxy, Some(ProxyRole::Active));
        Self { name, network, cidr, purpose, role, private_google_access: None }
    }
}

#[async_trait]
impl Kind for Subnetwork {
    const KIND: &'static str = "subnetwork";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "network", "cidr", "purpose"];
    // Forwarding rules need proxies that they don't name, and a group's machines aren't resources.
    const DELETE_AFTER: &'static [&'static str] = &["forwarding_rule", "instance", "instance_group_manager"];
    type Output = SubnetworkOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<SubnetworkOutput>>> {
        let found = maybe(self.get(at).await)?;
        Ok(found.as_ref().and_then(live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<SubnetworkOutput> {
        let Clients { project, region, .. } = at.cloud;
        let subnetwork = Model::new()
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_network(at.get(&self.network)?)
            .set_ip_cidr_range(self.cidr.to_string())
            .set_purpose(match self.purpose {
                Purpose::Private => ModelPurpose::Private,
                Purpose::RegionalManagedProxy => ModelPurpose::RegionalManagedProxy,
            })
            .set_or_clear_role(self.role)
            .set_or_clear_private_ip_google_access(self.private_google_access);
        let request = at.cloud.subnetworks.insert().set_project(project).set_region(region).set_body(subnetwork);
        operate!(at, "subnetworks.insert", LONG, request)?;
        Ok(SubnetworkOutput { id: at.cloud.regional("subnetworks", &self.name), cidr: self.cidr })
    }

    async fn update(
        &self,
        at: &At<'_, Clients>,
        live: &SubnetworkOutput,
        changes: &[FieldChange],
    ) -> Result<SubnetworkOutput> {
        for change in changes {
            match change.field.as_str() {
                "role" => self.set_role(at).await?,
                _ => self.set_private_access(at).await?,
            }
        }
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &SubnetworkOutput) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.subnetworks.delete().set_project(project).set_region(region);
        gone(operate!(at, "subnetworks.delete", LONG, request.set_subnetwork(links::name(&live.id))))
    }
}

impl Subnetwork {
    async fn get(&self, at: &At<'_, Clients>) -> Result<Model> {
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.subnetworks.get().set_project(project).set_region(region).set_subnetwork(&self.name);
        send!(at, Call::read("compute", "subnetworks.get"), request)
    }

    async fn set_private_access(&self, at: &At<'_, Clients>) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let body = SubnetworksSetPrivateIpGoogleAccessRequest::new()
            .set_or_clear_private_ip_google_access(self.private_google_access);
        let request = at.cloud.subnetworks.set_private_ip_google_access().set_project(project).set_region(region);
        let request = request.set_subnetwork(&self.name).set_body(body);
        operate!(at, "subnetworks.setPrivateIpGoogleAccess", LONG, request)
    }

    /// A change of what is used must say which state it is made from. The one that is used now waits from then on.
    async fn set_role(&self, at: &At<'_, Clients>) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let wait =
            Wait::new(format!("a moment in which nobody else changes {}", self.name)).every(AGAIN).deadline(LONG);
        at.cx
            .wait(&wait, || async {
                let body =
                    Model::new().set_or_clear_fingerprint(self.get(at).await?.fingerprint).set_or_clear_role(self.role);
                let request = at.cloud.subnetworks.patch().set_project(project).set_region(region);
                match operate!(at, "subnetworks.patch", LONG, request.set_subnetwork(&self.name).set_body(body)) {
                    Err(error) if changed_meanwhile(&error) => Ok(Seen::Hindered(error)),
                    ended => ended.map(Seen::Done),
                }
            })
            .await
    }
}

/// Reads a subnetwork; none if it has no IPv4 range, as none of ours.
fn live(subnetwork: &Model) -> Option<Live<SubnetworkOutput>> {
    let cidr: Ipv4Net = subnetwork.ip_cidr_range.as_deref()?.parse().ok()?;
    let id = links::relative(subnetwork.self_link.as_deref()?).to_owned();
    let proxies = subnetwork.purpose == Some(ModelPurpose::RegionalManagedProxy);
    let fields = json!({
        "name": subnetwork.name,
        "network": subnetwork.network.as_deref().map(links::relative),
        "cidr": cidr,
        "purpose": subnetwork.purpose.as_ref().and_then(ModelPurpose::name),
        "role": subnetwork.role.as_ref().and_then(Role::name),
        "private_google_access": subnetwork.private_ip_google_access.filter(|_| !proxies),
    });
    Some(Live::described(SubnetworkOutput { id, cidr }, fields, subnetwork.description.as_deref()))
}

/// The subnetworks of a cluster.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let Clients { project, region, .. } = look.clients;
    let request = look.clients.subnetworks.list().set_project(project).set_region(region);
    let found: Vec<Model> = list!(look, "subnetworks.list", request.set_filter(look.names().filter()))?;
    Ok(items::<Subnetwork>(look, found.iter().filter_map(live), wanted))
}
