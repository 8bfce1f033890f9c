//! The names of all clusters here, and what has one of them and no uid.

use std::collections::{BTreeMap, HashMap};

use castra_core::spec::ClusterName;
use castra_core::{BoxFuture, Context, Owner, Result, Sign};
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
use crate::links;
use crate::names::Names;
use crate::tags::{DESCRIBED, LABELLED, OwnerTags, value};

/// The clusters that a regional kind's descriptions name.
macro_rules! regional {
    ($look:ident, $client:ident, $operation:literal, $model:ty) => {
        Box::pin(async move {
            let Clients { project, region, .. } = $look.clients;
            let request = $look.clients.$client.list().set_project(project).set_region(region);
            let found: Vec<$model> = list!($look, $operation, request.set_filter(DESCRIBED))?;
            Ok(described(found.into_iter().map(|one| (one.self_link, one.description))))
        })
    };
}

/// The names of all clusters of which anything shows, by the owner's marks, each with the paths of what names it and has no
/// uid. Of global objects those count whose names are of this region.
pub(crate) async fn clusters(cx: &dyn Context, clients: &Clients) -> Result<BTreeMap<ClusterName, Vec<String>>> {
    // Only the names of the clusters count here.
    let Ok(cluster) = "any".parse::<ClusterName>() else { return Ok(BTreeMap::new()) };
    let look = Look { cx, clients, cluster: &cluster };
    let look = &look;
    let lists: Vec<BoxFuture<'_, Result<Vec<Sign>>>> = vec![
        regional!(look, region_health_checks, "regionHealthChecks.list", HealthCheck),
        Box::pin(async move {
            let request = clients.networks.list().set_project(&clients.project).set_filter(DESCRIBED);
            let found: Vec<Network> = list!(look, "networks.list", request)?;
            Ok(global(look, found.into_iter().map(|one| (one.self_link, one.description))))
        }),
        regional!(look, subnetworks, "subnetworks.list", Subnetwork),
        regional!(look, routers, "routers.list", Router),
        Box::pin(async move {
            let request = clients.firewalls.list().set_project(&clients.project).set_filter(DESCRIBED);
            let found: Vec<Firewall> = list!(look, "firewalls.list", request)?;
            Ok(global(look, found.into_iter().map(|one| (one.self_link, one.description))))
        }),
        Box::pin(async move {
            let found = service_account::all(look).await?;
            let accounts = found.into_iter().filter(|account| service_account::is_here(look, account));
            Ok(described(accounts.map(|account| (Some(account.name), Some(account.description)))))
        }),
        regional!(look, addresses, "addresses.list", Address),
        Box::pin(async move {
            let request = clients.instances.aggregated_list().set_project(&clients.project).set_filter(LABELLED);
            let found: Vec<(String, InstancesScopedList)> = list!(look, "instances.aggregatedList", request)?;
            let here =
                found.into_iter().filter(|(place, _)| clients.is_here(place)).flat_map(|(_, zone)| zone.instances);
            Ok(labelled(here.map(|one| (one.self_link, one.labels))))
        }),
        Box::pin(async move {
            let request = clients.disks.aggregated_list().set_project(&clients.project).set_filter(LABELLED);
            let found: Vec<(String, DisksScopedList)> = list!(look, "disks.aggregatedList", request)?;
            let here = found.into_iter().filter(|(place, _)| clients.is_here(place)).flat_map(|(_, zone)| zone.disks);
            Ok(labelled(here.map(|one| (one.self_link, one.labels))))
        }),
        Box::pin(async move {
            let request = clients.instance_groups.aggregated_list().set_project(&clients.project).set_filter(DESCRIBED);
            let found: Vec<(String, InstanceGroupsScopedList)> = list!(look, "instanceGroups.aggregatedList", request)?;
            let here = found.into_iter().filter(|(place, _)| clients.is_here(place));
            Ok(described(here.flat_map(|(_, zone)| zone.instance_groups).map(|one| (one.self_link, one.description))))
        }),
        Box::pin(async move {
            let request = clients.region_instance_templates.list().set_project(&clients.project);
            let request = request.set_region(&clients.region).set_filter(DESCRIBED);
            let found: Vec<InstanceTemplate> = list!(look, "regionInstanceTemplates.list", request)?;
            Ok(described(found.into_iter().map(|one| (one.self_link, one.description))))
        }),
        Box::pin(async move {
            let request = clients.region_instance_group_managers.list().set_project(&clients.project);
            let request = request.set_region(&clients.region).set_filter(DESCRIBED);
            let found: Vec<InstanceGroupManager> = list!(look, "regionInstanceGroupManagers.list", request)?;
            Ok(described(found.into_iter().map(|one| (one.self_link, one.description))))
        }),
        regional!(look, region_autoscalers, "regionAutoscalers.list", Autoscaler),
        regional!(look, region_security_policies, "regionSecurityPolicies.list", SecurityPolicy),
        regional!(look, region_backend_services, "regionBackendServices.list", BackendService),
        regional!(look, region_url_maps, "regionUrlMaps.list", UrlMap),
        regional!(look, region_target_http_proxies, "regionTargetHttpProxies.list", TargetHttpProxy),
        regional!(look, region_target_https_proxies, "regionTargetHttpsProxies.list", TargetHttpsProxy),
        regional!(look, forwarding_rules, "forwardingRules.list", ForwardingRule),
    ];
    Ok(Sign::clusters(try_join_all(lists).await?.into_iter().flatten()))
}

fn path(link: String) -> String {
    links::relative(&link).to_owned()
}

/// What labels say, of objects by their addresses.
fn labelled(objects: impl Iterator<Item = (Option<String>, HashMap<String, String>)>) -> Vec<Sign> {
    let sign = |(link, labels): (Option<String>, HashMap<String, String>)| {
        let owner = OwnerTags::of_labels(&labels);
        Some(Sign::new(owner.cluster?, owner.uid, link.map(path)))
    };
    objects.filter_map(sign).collect()
}

/// What descriptions say, of objects by their addresses. It needn't be a mark: the anchor's says more, and what names no
/// more than a cluster is told.
fn described(objects: impl Iterator<Item = (Option<String>, Option<String>)>) -> Vec<Sign> {
    let sign = |(link, text): (Option<String>, Option<String>)| {
        let text = text?;
        let uid = value(&text, Owner::UID).and_then(|uid| uid.parse().ok());
        Some(Sign::new(value(&text, Owner::CLUSTER)?, uid, link.map(path)))
    };
    objects.filter_map(sign).collect()
}

/// What descriptions of global objects say, where the objects are those of this region.
fn global(look: &Look<'_>, objects: impl Iterator<Item = (Option<String>, Option<String>)>) -> Vec<Sign> {
    let here = |link: &str, cluster: &str| {
        let cluster = cluster.parse::<ClusterName>();
        let region = &look.clients.region;
        cluster.is_ok_and(|cluster| Names { cluster: &cluster, region }.is_global(links::name(link)))
    };
    let objects = objects.filter(|(link, text)| {
        let cluster = text.as_deref().and_then(|text| value(text, Owner::CLUSTER));
        link.as_deref().zip(cluster).is_some_and(|(link, cluster)| here(link, cluster))
    });
    described(objects)
}
