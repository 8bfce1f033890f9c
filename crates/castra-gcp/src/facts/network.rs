//! The existing network that a spec names.

use castra_core::inventory::Findings;
use castra_core::{Call, Result};
use futures::future::try_join;
use google_cloud_compute_v1::model::Subnetwork as Model;
use google_cloud_compute_v1::model::subnetwork::{Purpose, Role};
use ipnet::Ipv4Net;

use super::NetworkFacts;
use crate::call::{list, maybe, send};
use crate::kinds::SubnetworkOutput;
use crate::links;
use crate::settings::Settings;
use crate::survey::Look;
use crate::tags::OwnerTags;

/// Looks at the network and the subnetwork that the settings name, in this project or in one that shares them. None when
/// they name none, or with problems found.
pub(super) async fn existing(
    look: &Look<'_>,
    settings: &Settings,
    findings: &mut Findings,
) -> Result<Option<NetworkFacts>> {
    let (Some(network), Some(subnetwork)) = (settings.network_path(), settings.subnetwork_path()) else {
        return Ok(None);
    };
    let (clients, name) = (look.clients, links::name(&network));
    let project = links::after(&network, "projects").unwrap_or(&clients.project);
    let found = async {
        let request = clients.networks.get().set_project(project).set_network(name);
        maybe(send!(look, Call::read("compute", "networks.get"), request))
    };
    let subnetworks = async {
        let request = clients.subnetworks.list().set_project(project).set_region(&clients.region);
        let filter = format!("network eq \".*/networks/{name}\"");
        let found: Vec<Model> = list!(look, "subnetworks.list", request.set_filter(filter))?;
        Ok(found)
    };
    let (found, subnetworks) = try_join(found, subnetworks).await?;
    if found.is_none() {
        let message = format!("there is no network {network}, or this identity may not look at it");
        findings.problem(
            "provider.network",
            message,
            "write the name of a network of this project, or the path of another's",
        );
        return Ok(None);
    }
    let nodes = subnetworks.iter().find(|one| one.self_link.as_deref().map(links::relative) == Some(&subnetwork));
    let Some(output) = nodes.and_then(output) else {
        let there: Vec<&str> =
            subnetworks.iter().filter(|one| !is_proxies(one)).filter_map(|one| one.name.as_deref()).collect();
        let message = format!("{name} has no subnetwork {subnetwork} with IPv4 addresses");
        let remedy = match there.is_empty() {
            true => format!("make one in {}, or name another network", clients.region),
            false => format!("write one of its own in {}: {}", clients.region, there.join(", ")),
        };
        findings.problem("provider.subnetwork", message, remedy);
        return Ok(None);
    };
    if nodes.is_some_and(is_proxies) {
        let message = format!("{subnetwork} is for load balancers' proxies alone");
        findings.problem("provider.subnetwork", message, "name one for machines");
        return Ok(None);
    }
    if nodes.is_some_and(|one| one.private_ip_google_access != Some(true)) {
        findings.note(format!(
            "{subnetwork} has no private Google access, so that its nodes reach Google's services only by the way out that \
             it has"
        ));
    }
    let mut cidrs: Vec<Ipv4Net> = subnetworks.iter().filter_map(range).collect();
    cidrs.sort();
    let active = subnetworks.iter().find(|one| serves_the_region(one) && !is_ours(look, one));
    Ok(Some(NetworkFacts { network, cidrs, subnetwork: output, proxies: active.and_then(range) }))
}

/// Whether the region's load balancers have their proxies there. A global one is for those that span regions, which the
/// cluster has none of.
fn serves_the_region(subnetwork: &Model) -> bool {
    let regional =
        matches!(subnetwork.purpose, Some(Purpose::RegionalManagedProxy | Purpose::InternalHttpsLoadBalancer));
    regional && subnetwork.role == Some(Role::Active)
}

/// Whether the cluster made it, so that it is no reason not to want it.
fn is_ours(look: &Look<'_>, subnetwork: &Model) -> bool {
    OwnerTags::of_description(subnetwork.description.as_deref()).cluster.as_deref() == Some(look.cluster.as_str())
}

fn is_proxies(subnetwork: &Model) -> bool {
    matches!(
        subnetwork.purpose,
        Some(Purpose::RegionalManagedProxy | Purpose::GlobalManagedProxy | Purpose::InternalHttpsLoadBalancer)
    )
}

fn range(subnetwork: &Model) -> Option<Ipv4Net> {
    subnetwork.ip_cidr_range.as_deref()?.parse().ok()
}

fn output(subnetwork: &Model) -> Option<SubnetworkOutput> {
    let id = links::relative(subnetwork.self_link.as_deref()?).to_owned();
    Some(SubnetworkOutput { id, cidr: range(subnetwork)? })
}
