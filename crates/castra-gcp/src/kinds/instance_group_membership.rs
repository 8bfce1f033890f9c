//! Which machine is in a primary's group.

use std::collections::BTreeMap;

use async_trait::async_trait;
use castra_core::inventory::Ownership;
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Error, FieldChange, Item, Result};
use futures::future::try_join_all;
use google_cloud_compute_v1::model::{
    InstanceGroupsAddInstancesRequest, InstanceGroupsListInstancesRequest, InstanceGroupsRemoveInstancesRequest,
    InstanceReference, InstanceWithNamedPorts,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Instance, InstanceGroup};
use crate::call::{Seam, gone, list, maybe, there};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, operate};
use crate::survey::Look;

/// The machine in a primary's group. It is a part of the group: a group lets go of a machine that is deleted, so that one
/// that takes its place is put in anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InstanceGroupMembership {
    /// The group.
    pub(crate) group: Ref<InstanceGroup>,
    /// The machine, and no other.
    pub(crate) instance: Ref<Instance>,
}

#[async_trait]
impl Kind for InstanceGroupMembership {
    const KIND: &'static str = "instance_group_membership";
    const RECOVERY: Recovery = Recovery::Part;
    const REPLACE: &'static [&'static str] = &["group"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let group = at.get(&self.group)?;
        let Some(members) = maybe(members(at, &group).await)? else { return Ok(None) };
        let own = at.get(&self.instance)?;
        let fields = fields(&group, &members, &BTreeMap::from([(own.link, own.id)]));
        Ok(Some(Found { fields, output: group, ownership: Ownership::Ours }))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        self.sync(at).await
    }

    async fn update(&self, at: &At<'_, Clients>, _: &String, _: &[FieldChange]) -> Result<String> {
        self.sync(at).await
    }

    async fn delete(at: &At<'_, Clients>, group: &String) -> Result<()> {
        match maybe(members(at, group).await)? {
            Some(members) => remove(at, group, members).await,
            None => Ok(()),
        }
    }
}

impl InstanceGroupMembership {
    /// Takes out what doesn't belong there, and puts in the machine unless it is there.
    async fn sync(&self, at: &At<'_, Clients>) -> Result<String> {
        let (group, own) = (at.get(&self.group)?, at.get(&self.instance)?.link);
        let (mine, others): (Vec<_>, Vec<_>) = members(at, &group).await?.into_iter().partition(|link| *link == own);
        remove(at, &group, others).await?;
        if mine.is_empty() {
            let body =
                InstanceGroupsAddInstancesRequest::new().set_instances([InstanceReference::new().set_instance(own)]);
            let request = at.cloud.instance_groups.add_instances().set_project(&at.cloud.project).set_body(body);
            let request = request.set_zone(zone(&group)).set_instance_group(links::name(&group));
            there(operate!(at, "instanceGroups.addInstances", USUAL, request))?;
        }
        Ok(group)
    }
}

fn zone(group: &str) -> &str {
    links::after(group, "zones").unwrap_or_default()
}

async fn remove(at: &At<'_, Clients>, group: &str, members: Vec<String>) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    let members = members.into_iter().map(|link| InstanceReference::new().set_instance(link));
    let body = InstanceGroupsRemoveInstancesRequest::new().set_instances(members);
    let request = at.cloud.instance_groups.remove_instances().set_project(&at.cloud.project).set_body(body);
    let request = request.set_zone(zone(group)).set_instance_group(links::name(group));
    gone(operate!(at, "instanceGroups.removeInstances", USUAL, request))
}

/// The paths of a group's members.
async fn members<S: Seam>(seam: &S, group: &str) -> Result<Vec<String>> {
    let clients = seam.clients();
    let request = clients.instance_groups.list_instances().set_project(&clients.project).set_zone(zone(group));
    let request = request.set_instance_group(links::name(group)).set_body(InstanceGroupsListInstancesRequest::new());
    let members: Vec<InstanceWithNamedPorts> = list!(seam, "instanceGroups.listInstances", request)?;
    Ok(members.iter().filter_map(|member| Some(links::relative(member.instance.as_deref()?).to_owned())).collect())
}

/// The live values of the fields. `ids` are the numbers of the cluster's machines by their paths: a member that isn't one
/// of them shows by its path.
fn fields(group: &str, members: &[String], ids: &BTreeMap<String, String>) -> Value {
    let member = |link: &String| ids.get(link).unwrap_or(link).clone();
    let instance = match members {
        [] => Value::Null,
        [one] => json!(member(one)),
        several => several.iter().map(member).collect(),
    };
    json!({ "group": group, "instance": instance })
}

/// The machines in these groups, each the resource that its group is: one call for each primary.
pub(crate) async fn list(look: &Look<'_>, groups: &[Item], machines: &[Item]) -> Result<Vec<Item>> {
    let machine = |item: &Item| {
        let output = crate::survey::output_of::<super::InstanceOutput>(item)?;
        Some((output.link.clone(), output.id.clone()))
    };
    let ids: BTreeMap<String, String> = machines.iter().filter_map(machine).collect();
    let ours = groups.iter().filter(|group| group.ownership == Ownership::Ours);
    let items = try_join_all(ours.map(|group| async {
        let members = maybe(members(look, &group.id).await)?;
        Ok::<_, Error>(members.map(|members| {
            let fields = fields(&group.id, &members, &ids);
            Item::new::<InstanceGroupMembership>(group.address.name(), fields, group.id.clone()).uid(group.uid)
        }))
    }));
    Ok(items.await?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_known_by_its_number() {
        let ids = BTreeMap::from([("projects/p1/zones/z/instances/i".to_owned(), "7".to_owned())]);
        let instance = |members: &[&str]| {
            let members: Vec<String> = members.iter().map(|link| (*link).to_owned()).collect();
            fields("g", &members, &ids)["instance"].clone()
        };
        assert_eq!(instance(&[]), Value::Null);
        assert_eq!(instance(&["projects/p1/zones/z/instances/i"]), json!("7"));
        assert_eq!(instance(&["projects/p1/zones/z/instances/x"]), json!("projects/p1/zones/z/instances/x"));
        assert_eq!(instance(&["projects/p1/zones/z/instances/i", "x"]), json!(["7", "x"]));
    }
}
