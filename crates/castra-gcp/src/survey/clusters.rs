//! The names of all clusters here.

use std::collections::BTreeSet;

use castra_core::spec::ClusterName;
use castra_core::{BoxFuture, Context, Result};
use futures::future::try_join_all;
use google_cloud_compute_v1::model::{
    Address, Autoscaler, BackendService, DisksScopedList, Firewall, ForwardingRule, HealthCheck, InstanceGroupManager,
    InstanceGroupsScopedList, InstanceTemplate, InstancesScopedList, Network, Router, SecurityPolicy, Subnetwork,
    TargetHttpProxy, TargetHttpsProxy, UrlMap,
};

use super::Look;
use crate::call::list;
use crate::client::Clients;
use crate::kinds::service_account;
use crate::names::Names;
use crate::tags::{DESCRIBED, LABELLED, OwnerTags};

/// The clusters that a regional kind's descriptions name.
macro_rules! regional {
    ($look:ident, $client:ident, $operation:literal, $model:ty) => {
        Box::pin(async move {
            let Clients { project, region, .. } = $look.clients;
            let request = $look.clients.$client.list().set_project(project).set_region(region);
            let found: Vec<$model> = list!($look, $operation, request.set_filter(DESCRIBED))?;
            Ok(described(found.into_iter().map(|one| one.description)))
        })
    };
}

/// The names of all clusters of which anything shows, by the owner's marks. Of global objects those count whose names are
/// of this region.
pub(crate) async fn clusters(cx: &dyn Context, clients: &Clients) -> Result<BTreeSet<ClusterName>> {
    // Only the names of the clusters count here.
    let Ok(cluster) = "any".parse::<ClusterName>() else { return Ok(BTreeSet::new()) };
    let look = Look { cx, clients, cluster: &cluster };
    let look = &look;
    let lists: Vec<BoxFuture<'_, Result<Vec<String>>>> = vec![
        regional!(look, region_health_checks, "regionHealthChecks.list", HealthCheck),
        Box::pin(async move {
            let request = clients.networks.list().set_project(&clients.project).set_filter(DESCRIBED);
            let found: Vec<Network> = list!(look, "networks.list", request)?;
            Ok(global(look, found.into_iter().map(|one| (one.name, one.description))))
        }),
        regional!(look, subnetworks, "subnetworks.list", Subnetwork),
        regional!(look, routers, "routers.list", Router),
        Box::pin(async move {
            let request = clients.firewalls.list().set_project(&clients.project).set_filter(DESCRIBED);
            let found: Vec<Firewall> = list!(look, "firewalls.list", request)?;
            Ok(global(look, found.into_iter().map(|one| (one.name, one.description))))
        }),
        Box::pin(async move {
            let found = service_account::all(look).await?;
            Ok(found.iter().filter_map(|account| service_account::cluster(look, account)).collect())
        }),
        regional!(look, addresses, "addresses.list", Address),
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
        regional!(look, region_autoscalers, "regionAutoscalers.list", Autoscaler),
        regional!(look, region_security_policies, "regionSecurityPolicies.list", SecurityPolicy),
        regional!(look, region_backend_services, "regionBackendServices.list", BackendService),
        regional!(look, region_url_maps, "regionUrlMaps.list", UrlMap),
        regional!(look, region_target_http_proxies, "regionTargetHttpProxies.list", TargetHttpProxy),
        regional!(look, region_target_https_proxies, "regionTargetHttpsProxies.list", TargetHttpsProxy),
        regional!(look, forwarding_rules, "forwardingRules.list", ForwardingRule),
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
