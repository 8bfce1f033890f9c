//! The names of all clusters here.

use std::collections::BTreeSet;

use castra_core::spec::ClusterName;
use castra_core::{BoxFuture, Context, Result};
use futures::future::try_join_all;
use google_cloud_compute_v1::model::{
    Address, Autoscaler, DisksScopedList, Firewall, HealthCheck, InstanceGroupManager, InstanceGroupsScopedList,
    InstanceTemplate, InstancesScopedList, Network, Router, Subnetwork,
};

use super::Look;
use crate::call::list;
use crate::client::Clients;
use crate::kinds::service_account;
use crate::names::Names;
use crate::tags::{DESCRIBED, LABELLED, OwnerTags};

/// The names of all clusters of which anything shows, by the owner's marks. Of global objects those count whose names are
/// of this region.
pub(crate) async fn clusters(cx: &dyn Context, clients: &Clients) -> Result<BTreeSet<ClusterName>> {
    // Only the names of the clusters count here.
    let Ok(cluster) = "any".parse::<ClusterName>() else { return Ok(BTreeSet::new()) };
    let look = Look { cx, clients, cluster: &cluster };
    let look = &look;
    let lists: Vec<BoxFuture<'_, Result<Vec<String>>>> = vec![
        Box::pin(async move {
            let request = clients.region_health_checks.list().set_project(&clients.project).set_region(&clients.region);
            let found: Vec<HealthCheck> = list!(look, "regionHealthChecks.list", request.set_filter(DESCRIBED))?;
            Ok(described(found.into_iter().map(|one| one.description)))
        }),
        Box::pin(async move {
            let request = clients.networks.list().set_project(&clients.project).set_filter(DESCRIBED);
            let found: Vec<Network> = list!(look, "networks.list", request)?;
            Ok(global(look, found.into_iter().map(|one| (one.name, one.description))))
        }),
        Box::pin(async move {
            let request = clients.subnetworks.list().set_project(&clients.project).set_region(&clients.region);
            let found: Vec<Subnetwork> = list!(look, "subnetworks.list", request.set_filter(DESCRIBED))?;
            Ok(described(found.into_iter().map(|one| one.description)))
        }),
        Box::pin(async move {
            let request = clients.routers.list().set_project(&clients.project).set_region(&clients.region);
            let found: Vec<Router> = list!(look, "routers.list", request.set_filter(DESCRIBED))?;
            Ok(described(found.into_iter().map(|one| one.description)))
        }),
        Box::pin(async move {
            let request = clients.firewalls.list().set_project(&clients.project).set_filter(DESCRIBED);
            let found: Vec<Firewall> = list!(look, "firewalls.list", request)?;
            Ok(global(look, found.into_iter().map(|one| (one.name, one.description))))
        }),
        Box::pin(async move {
            let found = service_account::all(look).await?;
            Ok(found.iter().filter_map(|account| service_account::cluster(look, account)).collect())
        }),
        Box::pin(async move {
            let request = clients.addresses.list().set_project(&clients.project).set_region(&clients.region);
            let found: Vec<Address> = list!(look, "addresses.list", request.set_filter(DESCRIBED))?;
            Ok(described(found.into_iter().map(|one| one.description)))
        }),
        Box::pin(async move {
            let request = clients.instances.aggregated_list().set_project(&clients.project).set_filter(LABELLED);
            let found: Vec<(String, InstancesScopedList)> = list!(look, "instances.aggregatedList", request)?;
            let here =
                found.into_iter().filter(|(place, _)| clients.is_here(place)).flat_map(|(_, zone)| zone.instances);
            Ok(here.filter_map(|one| OwnerTags::of_labels(&one.labels).cluster).collect())
        }),
        Box::pin(async move {
            let request = clients.disks.aggregated_list().set_project(&clients.project).set_filter(LABELLED);
            let found: Vec<(String, DisksScopedList)> = list!(look, "disks.aggregatedList", request)?;
            let here = found.into_iter().filter(|(place, _)| clients.is_here(place)).flat_map(|(_, zone)| zone.disks);
            Ok(here.filter_map(|one| OwnerTags::of_labels(&one.labels).cluster).collect())
        }),
        Box::pin(async move {
            let request = clients.instance_groups.aggregated_list().set_project(&clients.project).set_filter(DESCRIBED);
            let found: Vec<(String, InstanceGroupsScopedList)> = list!(look, "instanceGroups.aggregatedList", request)?;
            let here = found.into_iter().filter(|(place, _)| clients.is_here(place));
            Ok(described(here.flat_map(|(_, zone)| zone.instance_groups).map(|one| one.description)))
        }),
        Box::pin(async move {
            let request = clients.region_instance_templates.list().set_project(&clients.project);
            let request = request.set_region(&clients.region).set_filter(DESCRIBED);
            let found: Vec<InstanceTemplate> = list!(look, "regionInstanceTemplates.list", request)?;
            Ok(described(found.into_iter().map(|one| one.description)))
        }),
        Box::pin(async move {
            let request = clients.region_instance_group_managers.list().set_project(&clients.project);
            let request = request.set_region(&clients.region).set_filter(DESCRIBED);
            let found: Vec<InstanceGroupManager> = list!(look, "regionInstanceGroupManagers.list", request)?;
            Ok(described(found.into_iter().map(|one| one.description)))
        }),
        Box::pin(async move {
            let request = clients.region_autoscalers.list().set_project(&clients.project).set_region(&clients.region);
            let found: Vec<Autoscaler> = list!(look, "regionAutoscalers.list", request.set_filter(DESCRIBED))?;
            Ok(described(found.into_iter().map(|one| one.description)))
        }),
    ];
    let names = try_join_all(lists).await?.into_iter().flatten();
    Ok(names.filter_map(|name| name.parse().ok()).collect())
}

/// The clusters that descriptions name: the anchor's says more than a mark.
fn described(descriptions: impl Iterator<Item = Option<String>>) -> Vec<String> {
    let name = |text: String| Some(text.strip_prefix("castra:cluster=")?.split(' ').next()?.to_owned());
    descriptions.flatten().filter_map(name).collect()
}

/// The clusters that descriptions of global objects name, where the objects are those of this region.
fn global(look: &Look<'_>, objects: impl Iterator<Item = (Option<String>, Option<String>)>) -> Vec<String> {
    let of_region = |name: &str, cluster: &str| {
        let cluster = cluster.parse::<ClusterName>();
        cluster.is_ok_and(|cluster| Names { cluster: &cluster, region: &look.clients.region }.is_global(name))
    };
    let clusters = |(name, description): (Option<String>, Option<String>)| {
        let clusters = described(std::iter::once(description)).into_iter();
        clusters.filter(|cluster| name.as_deref().is_some_and(|name| of_region(name, cluster))).collect::<Vec<_>>()
    };
    objects.flat_map(clusters).collect()
}
