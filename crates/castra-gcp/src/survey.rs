//! Looking for everything that exists for a cluster.
//!
//! Every kind is listed at the same time as the others, and each by a number of calls that doesn't depend on the number of
//! nodes: by the names that follow from the cluster's, and then by the owner's mark.

mod addresses;
mod clusters;
mod going;
mod health;
mod identities;
mod nodes;

use std::sync::Arc;

use castra_core::backend::Ask;
use castra_core::inventory::Findings;
use castra_core::inventory::{Ownership, Scope};
use castra_core::resource::AnyOutput;
use castra_core::spec::ClusterName;
use castra_core::{BoxFuture, Context, Error, ErrorKind, Inventory, Item, Result};
use futures::future::{try_join_all, try_join4};
use uuid::Uuid;

use crate::call::Seam;
use crate::client::Clients;
use crate::facts::{self, Known};
use crate::graph::FIREWALLS;
use crate::kinds::{
    address, anchor, backend_service, firewall, forwarding_rule, health_check, network, router, security_policy,
    subnetwork, target_http_proxy, target_https_proxy, url_map,
};
use crate::names::Names;
use crate::settings::Settings;

pub(crate) use clusters::clusters;

/// What each kind's `list` is given.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
    /// The seam.
    pub(crate) cx: &'a dyn Context,
    /// Clients that can only read.
    pub(crate) clients: &'a Clients,
    /// The cluster's name.
    pub(crate) cluster: &'a ClusterName,
}

impl<'a> Look<'a> {
    /// The names of the cluster's objects.
    pub(crate) fn names(&self) -> Names<'a> {
        Names { cluster: self.cluster, region: &self.clients.region }
    }
}

impl Seam for Look<'_> {
    fn cx(&self) -> &dyn Context {
        self.cx
    }

    fn clients(&self) -> &Clients {
        self.clients
    }
}

/// Surveys a cluster.
pub(crate) async fn survey(cx: &dyn Context, clients: &Clients, ask: &Ask<'_>) -> Result<Inventory> {
    let look = Look { cx, clients, cluster: ask.cluster };
    let mut inventory = Inventory::empty(Scope {
        provider: "gcp".to_owned(),
        account: clients.project.clone(),
        region: clients.region.clone(),
    });
    let settings = match ask.spec.map(Settings::of).transpose() {
        Ok(settings) => settings,
        Err(problems) => {
            inventory.problems = problems.0;
            return Ok(inventory);
        }
    };
    if let Some(settings) = &settings {
        elsewhere(settings, clients)?;
    }
    let asked = async {
        match (ask.spec, &settings) {
            (Some(spec), Some(settings)) => facts::ask(&look, spec, settings).await.map(Some),
            _ => Ok(None),
        }
    };
    // Before all others: what is listed after that and isn't among them is there.
    let going = going::list(&look).await?;
    let nodes = nodes::look(&look, ask.spec.is_none());
    let (anchored, lists, nodes, asked) = try_join4(anchor::look(&look), lists(&look), nodes, asked).await?;
    inventory.items = anchored.item.into_iter().chain(lists).chain(nodes.items).collect();
    going::mark(&mut inventory.items, &going);
    let health = health::look(&look, &inventory.items).await?;
    inventory.nodes = nodes::nodes(&look, &nodes.machines, &health);
    inventory.cluster = anchored.record;
    if let Some(record) = &inventory.cluster {
        disown(&mut inventory.items, record.uid, ask.cluster);
    }
    addresses::refer(&mut inventory.items);
    inventory.endpoints = addresses::endpoints(&inventory.items);
    let mut findings = Findings::default();
    let mut facts = None;
    if let (Some(asked), Some(spec), Some(settings)) = (asked, ask.spec, &settings) {
        let known = Known { spec, settings, items: &inventory.items };
        facts = facts::settle(&look, asked, &known, &mut findings).await?;
    }
    inventory.problems = findings.problems;
    inventory.notes = findings.notes;
    if let Some(facts) = facts {
        inventory.facts = Arc::new(facts);
    }
    Ok(inventory)
}

/// What has a health check: the application, and each port of the control balancer.
const CHECKS: [&str; 3] = ["application", "control-6443", "control-23010"];
/// What has a backend service: the same, but the application one for its exposure.
const SERVICES: [&str; 4] = ["application-public", "application-internal", "control-6443", "control-23010"];
/// Where the load balancers listen: by HTTPS, by HTTP, and as they are.
const HTTPS: [&str; 2] = ["application-public-443", "application-internal-443"];
const HTTP: [&str; 2] = ["application-public-80", "application-internal-80"];
const CONTROL: [&str; 2] = ["control-6443", "control-23010"];
/// What has a reserved address.
const ADDRESSES: [&str; 6] =
    ["application-public", "application-internal", "control", "primary-0", "primary-1", "primary-2"];

/// Every kind but the anchor, each with the names of the resources that a cluster may have of it.
async fn lists(look: &Look<'_>) -> Result<Vec<Item>> {
    let (maps, listeners) = ([HTTPS, HTTP].concat(), [HTTPS, HTTP, CONTROL].concat());
    let lists: Vec<BoxFuture<'_, Result<Vec<Item>>>> = vec![
        Box::pin(network::list(look, &["main"])),
        Box::pin(subnetwork::list(look, &["nodes", "proxies"])),
        Box::pin(router::list(look, &["main"])),
        Box::pin(firewall::list(look, &FIREWALLS)),
        Box::pin(identities::list(look)),
        Box::pin(address::list(look, &ADDRESSES)),
        Box::pin(health_check::list(look, &CHECKS)),
        Box::pin(security_policy::list(look, &["application"])),
        Box::pin(backend_service::list(look, &SERVICES)),
        Box::pin(url_map::list(look, &maps)),
        Box::pin(target_https_proxy::list(look, &HTTPS)),
        Box::pin(target_http_proxy::list(look, &HTTP)),
        Box::pin(forwarding_rule::list(look, &listeners)),
    ];
    Ok(try_join_all(lists).await?.into_iter().flatten().collect())
}

/// The output of an item, where it is of that type.
pub(crate) fn output_of<T: 'static>(item: &Item) -> Option<&T> {
    let output: &dyn AnyOutput = item.output.as_ref();
    output.as_any().downcast_ref::<T>()
}

/// A spec that is for somewhere else than the connection leads to.
fn elsewhere(settings: &Settings, clients: &Clients) -> Result<()> {
    let pairs = [("project", &settings.project, &clients.project), ("region", &settings.region, &clients.region)];
    match pairs.into_iter().find(|(_, wanted, here)| wanted != here) {
        Some((what, wanted, here)) => Err(Error::new(
            ErrorKind::Invalid,
            format!("the spec is for the {what} {wanted}, and this connection leads to {here}"),
        )
        .remedy(format!("connect to the spec's {what}"))),
        None => Ok(()),
    }
}

/// Marks what another cluster of the same name has left: it isn't that of the anchor.
fn disown(items: &mut [Item], uid: Uuid, cluster: &ClusterName) {
    for item in items.iter_mut().filter(|item| item.uid.is_some_and(|other| other != uid)) {
        item.ownership = Ownership::Foreign(format!("it belongs to another cluster named {cluster}"));
    }
}
