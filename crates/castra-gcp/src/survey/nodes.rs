//! The machines of a cluster: listed once, for what they are resources of and for what `status` shows.

use std::collections::{BTreeMap, BTreeSet};

use castra_core::inventory::Node;
use castra_core::topology::Role;
use castra_core::{Item, Kind, Result};
use futures::future::{try_join, try_join3};
use google_cloud_compute_v1::model::Instance as Machine;

use super::Look;
use crate::kinds::{
    Instance, InstanceGroupManager, autoscaler, disk, instance, instance_group, instance_group_manager,
    instance_group_membership, instance_template,
};
use crate::links;
use crate::tags::OwnerTags;

/// The resource of the secondaries' group and autoscaler.
const POOL: &str = "secondaries";
/// The resources of the primaries' machines, addresses and groups.
const PRIMARIES: [&str; 3] = ["primary-0", "primary-1", "primary-2"];
/// The resources of their data disks.
const DATA_DISKS: [&str; 3] = ["data-0", "data-1", "data-2"];

/// What there is of nodes.
pub(super) struct Found {
    pub(super) items: Vec<Item>,
    /// Every machine, primaries and secondaries.
    pub(super) machines: Vec<Machine>,
}

/// Lists the nodes and what they are made of. With `strays`, machines that have lost their group count: where everything
/// is to be removed or shown. A spec wants none of them, and whoever took one out of the group may still be looking at it.
pub(super) async fn look(look: &Look<'_>, strays: bool) -> Result<Found> {
    let machines = async {
        let (machines, disks) = try_join(instance::describe_all(look), disk::describe_all(look)).await?;
        let instances = instance::items(look, &machines, &disks, &PRIMARIES);
        let disks = disk::of(look, &disks, &DATA_DISKS);
        Ok((machines, instances, disks))
    };
    let pool = async {
        let (templates, groups, autoscalers) = try_join3(
            instance_template::list(look),
            instance_group_manager::list(look, &[POOL]),
            autoscaler::list(look, &[POOL]),
        )
        .await?;
        Ok([templates, groups, autoscalers].concat())
    };
    let groups = instance_group::list(look, &PRIMARIES);
    let ((machines, instances, disks), pool, groups) = try_join3(machines, pool, groups).await?;
    let memberships = instance_group_membership::list(look, &groups, &instances).await?;
    let mut items = [instances, disks, pool, groups, memberships].concat();
    if strays {
        items.extend(self::strays(look, &machines).await?);
    }
    Ok(Found { items, machines })
}

/// Machines that the cluster's group made and doesn't have any more, or whose group is gone: none of them is wanted at any
/// address, so each goes by its own name. What of a cluster's machines is no primary was its group's.
async fn strays(look: &Look<'_>, machines: &[Machine]) -> Result<Vec<Item>> {
    let primary = |owner: &OwnerTags| owner.address.as_ref().is_some_and(|address| address.kind() == Instance::KIND);
    let pooled = |machine: &&Machine| owner(look, machine).is_some_and(|owner| !primary(&owner));
    let pooled: Vec<&Machine> = machines.iter().filter(pooled).collect();
    if pooled.is_empty() {
        return Ok(Vec::new());
    }
    let managed = instance_group_manager::managed(look, &look.names().of(POOL)).await?;
    let managed: BTreeSet<&str> =
        managed.iter().filter_map(|member| member.instance.as_deref()).map(links::relative).collect();
    let alone =
        |machine: &&&Machine| machine.self_link.as_deref().is_some_and(|link| !managed.contains(links::relative(link)));
    Ok(pooled.iter().filter(alone).filter_map(|machine| instance::stray(machine)).collect())
}

/// What a machine of a cluster of the name says of its owner: what has only the name is nothing to it.
fn owner(look: &Look<'_>, machine: &Machine) -> Option<OwnerTags> {
    let owner = OwnerTags::of_labels(&machine.labels);
    let ours = owner.cluster.as_deref() == Some(look.cluster.as_str()) && owner.uid.is_some();
    ours.then_some(owner)
}

/// What a machine is to the cluster, by its labels.
fn role(look: &Look<'_>, machine: &Machine) -> Option<Role> {
    match owner(look, machine)?.address?.kind() {
        <Instance as Kind>::KIND => Some(Role::Primary),
        <InstanceGroupManager as Kind>::KIND => Some(Role::Secondary),
        _ => None,
    }
}

/// Primaries first, then secondaries, each sorted by name. `health` is the load balancer's word for machines by their
/// names.
pub(super) fn nodes(look: &Look<'_>, machines: &[Machine], health: &BTreeMap<String, String>) -> Vec<Node> {
    let mut nodes: Vec<Node> = machines.iter().filter_map(|machine| node(look, machine, health)).collect();
    nodes.sort_by(|a, b| (&a.role, &a.name).cmp(&(&b.role, &b.name)));
    nodes
}

fn node(look: &Look<'_>, machine: &Machine, health: &BTreeMap<String, String>) -> Option<Node> {
    let role = role(look, machine)?;
    let known = machine.name.clone()?;
    let name = match role {
        Role::Primary => OwnerTags::of_labels(&machine.labels).address?.name().to_owned(),
        Role::Secondary => known.clone(),
    };
    let interface = machine.network_interfaces.first();
    let mut node = Node::new(name, role.as_str(), machine.id.map(|id| id.to_string()).unwrap_or_default());
    node.zone = machine.zone.as_deref().map(links::name).unwrap_or_default().to_owned();
    node.machine_type = machine.machine_type.as_deref().map(links::name).unwrap_or_default().to_owned();
    node.address = interface.and_then(|interface| interface.network_ip.as_deref()?.parse().ok());
    node.state = instance::status_word(machine).to_owned();
    node.health = health.get(&known).map_or("UNKNOWN", String::as_str).to_owned();
    Some(node)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use google_cloud_compute_v1::model::NetworkInterface;
    use google_cloud_compute_v1::model::instance::Status;

    use super::*;
    use crate::call::direct::Direct;

    const UID: &str = "11111111-2222-4333-8444-555555555555";

    fn machine(name: &str, cluster: &str, resource: &str) -> Machine {
        let labels = [("castra-cluster", cluster), ("castra-uid", UID), ("castra-resource", resource)];
        Machine::new()
            .set_name(name)
            .set_id(7_u64)
            .set_labels(labels)
            .set_status(Status::Running)
            .set_zone("https://x/projects/p1/zones/europe-west1-b")
            .set_machine_type("https://x/projects/p1/zones/europe-west1-b/machineTypes/e2-standard-4")
            .set_network_interfaces([NetworkInterface::new().set_network_ip("10.0.0.10")])
    }

    #[tokio::test]
    async fn each_machine_is_what_its_labels_say() {
        let (direct, cluster) = (Direct::to(9, true).await, "camp".parse().unwrap());
        let look = Look { cx: &direct, clients: &direct.0, cluster: &cluster };
        let machines = [
            machine("camp-secondary-x1b2", "camp", "instance_group_manager__secondaries"),
            machine("camp-primary-0", "camp", "instance__primary-0"),
            machine("camp-other", "camp", "disk__data-0"),
            machine("camp-2-primary-0", "camp-2", "instance__primary-0"),
            Machine::new().set_name("camp-by-name-alone"),
        ];
        let health = BTreeMap::from([("camp-secondary-x1b2".to_owned(), "HEALTHY".to_owned())]);
        let nodes = nodes(&look, &machines, &health);
        let seen: Vec<_> = nodes
            .iter()
            .map(|node| (node.name.as_str(), node.role.as_str(), node.zone.as_str(), node.health.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                ("primary-0", "primary", "europe-west1-b", "UNKNOWN"),
                ("camp-secondary-x1b2", "secondary", "europe-west1-b", "HEALTHY"),
            ]
        );
        assert_eq!(nodes[0].address, "10.0.0.10".parse().ok());
        assert_eq!((nodes[0].machine.as_str(), nodes[0].machine_type.as_str()), ("7", "e2-standard-4"));
    }
}
