//! Looking for everything that exists for a cluster.
//!
//! Every kind is listed at the same time as the others, and each by a number of calls that doesn't depend on the
//! number of nodes. The longest chain is that of the load balancers: what there is, what it is like, whose it is.

mod alias;
mod base;
mod clusters;
mod nodes;

use std::collections::BTreeMap;
use std::sync::Arc;

use castra_core::backend::Ask;
use castra_core::inventory::Findings;
use castra_core::inventory::{Ownership, Scope};
use castra_core::spec::{ClusterName, Network};
use castra_core::topology::BalancerRole;
use castra_core::{Context, Error, ErrorKind, Inventory, Item, Result};
use futures::channel::oneshot;
use futures::future::try_join;
use uuid::Uuid;

use crate::client::Clients;
use crate::facts::{self, Known};
use crate::kinds::load_balancing;
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

/// The resource of the secondaries' launch template and group.
const POOL: &str = "secondaries";

/// Surveys a cluster. The account is left open.
pub(crate) async fn survey(cx: &dyn Context, clients: &Clients, ask: &Ask<'_>) -> Result<Inventory> {
    let look = Look { cx, clients, cluster: ask.cluster };
    let names = Names { cluster: ask.cluster, region: &clients.region };
    let mut inventory =
        Inventory::empty(Scope { provider: "aws".to_owned(), account: String::new(), region: clients.region.clone() });
    let settings = match ask.spec.map(Settings::of).transpose() {
        Ok(settings) => settings,
        Err(problems) => {
            inventory.problems = problems.0;
            return Ok(inventory);
        }
    };
    if let Some(settings) = settings.as_ref().filter(|settings| settings.region != clients.region) {
        return Err(Error::new(
            ErrorKind::Invalid,
            format!("the spec is for {}, and this connection leads to {}", settings.region, clients.region),
        )
        .remedy("connect to the spec's region"));
    }
    let rest = async {
        let (tell, told) = oneshot::channel();
        let early = early(&look, ask, settings.as_ref(), told);
        let (mut base, early) = try_join(base::look(&look, &names, settings.as_ref(), tell), early).await?;
        let mut findings = Findings::default();
        let facts = async {
            match early {
                Some((facts, found)) if base.items.is_empty() => {
                    findings = found;
                    Ok(facts)
                }
                _ => learn(&look, ask, settings.as_ref(), &base, &mut findings).await,
            }
        };
        let (facts, strangers) =
            try_join(facts, base::strangers(&look, &names, settings.as_ref(), &base.items)).await?;
        base.items.extend(strangers);
        Ok::<_, Error>((base, facts, findings))
    };
    let balancers = async {
        let balancing = load_balancing::look(&look, names.balancing()).await?;
        let mut findings = Findings::default();
        if let (Some(spec), Some(settings)) = (ask.spec, &settings) {
            facts::certificate(&look, spec, settings, &balancing, &mut findings).await?;
        }
        Ok::<_, Error>((balancing, findings))
    };
    let ((balancing, of_balancers), (base, facts, findings)) = try_join(balancers, rest).await?;

    let machines = nodes::machines(&base);
    inventory.items = base.items;
    inventory.items.extend(balancing.items(&look, &machines)?);
    inventory.items.extend(base.records.items(&names, &inventory.items));
    inventory.cluster = base.anchored.record;
    if let Some(record) = &inventory.cluster {
        disown(&mut inventory.items, record.uid, ask.cluster);
    }
    inventory.nodes = nodes::nodes(&base.machines, base.group.as_ref(), &balancing.health());
    let alias = base.anchored.alias.as_ref().map(|(_, name)| name.as_str());
    let application = alias.or_else(|| balancing.dns_name(BalancerRole::Application.as_str()));
    inventory.endpoints = nodes::endpoints(application, balancing.dns_name(BalancerRole::Control.as_str()));
    for part in [base.findings, findings, of_balancers] {
        inventory.problems.extend(part.problems);
        inventory.notes.extend(part.notes);
    }
    if let Some(facts) = facts {
        inventory.facts = Arc::new(facts);
    }
    Ok(inventory)
}

/// What a new cluster's plan needs to know, learned while the lists are still under way: a cluster without an anchor
/// is most likely new, and its facts then follow from the spec alone.
async fn early(
    look: &Look<'_>,
    ask: &Ask<'_>,
    settings: Option<&Settings>,
    told: oneshot::Receiver<Option<String>>,
) -> Result<Option<(Option<facts::Facts>, Findings)>> {
    let (Some(spec), Some(settings)) = (ask.spec, settings) else { return Ok(None) };
    let (Ok(parameter), Network::Create { .. }) = (told.await, spec.network) else { return Ok(None) };
    let known = Known { spec, settings, items: &[], network: None, parameter, roots: BTreeMap::new() };
    let mut findings = Findings::default();
    let facts = facts::learn(look, known, &mut findings).await?;
    Ok(Some((facts, findings)))
}

async fn learn(
    look: &Look<'_>,
    ask: &Ask<'_>,
    settings: Option<&Settings>,
    base: &base::Base,
    findings: &mut Findings,
) -> Result<Option<facts::Facts>> {
    let (Some(spec), Some(settings)) = (ask.spec, settings) else { return Ok(None) };
    let known = Known {
        spec,
        settings,
        items: &base.items,
        network: base.network.clone(),
        parameter: base.anchored.beside.clone(),
        roots: nodes::roots(&base.machines),
    };
    facts::learn(look, known, findings).await
}

/// Marks what another cluster of the same name has left: it isn't that of the anchor.
fn disown(items: &mut [Item], uid: Uuid, cluster: &ClusterName) {
    for item in items.iter_mut().filter(|item| item.uid.is_some_and(|other| other != uid)) {
        item.ownership = Ownership::Foreign(format!("it belongs to another cluster named {cluster}"));
    }
}
