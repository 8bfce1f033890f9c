//! A role's firewall; its rules are [`SecurityGroupRules`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_ec2::types::{Filter, ResourceType, SecurityGroup as Ec2SecurityGroup};
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, FieldChange, Item, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::Live;
use super::users::gone_unless_used;
use super::{SecurityGroupRules, Vpc, security_group_rules};
use crate::call::{assigned, send, send_fresh};
use crate::client::Clients;
use crate::survey::Look;
use crate::tags;

/// A security group. Its name is its own within the VPC.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SecurityGroup {
    /// The VPC that it is in.
    pub(crate) vpc: Ref<Vpc>,
    /// Its name: up to 255 characters, not beginning with `sg-`.
    pub(crate) name: String,
    /// What it is for: up to 255 characters. It can't be changed, nor left out.
    pub(crate) description: String,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

#[async_trait]
impl Kind for SecurityGroup {
    const KIND: &'static str = "security_group";
    const RECOVERY: Recovery = Recovery::Tagged;
    const REPLACE: &'static [&'static str] = &["vpc", "name", "description"];
    // Its members' interfaces, of which those of balancers and of a group's machines aren't resources.
    const DELETE_AFTER: &'static [&'static str] = &["lb", "instance", "autoscaling_group"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        // By name rather than by tag: another's group of that name is in the way, and has to show.
        let vpc = at.get(&self.vpc)?;
        let answer = named(&at.cloud.ec2, at.cx, &vpc, std::slice::from_ref(&self.name)).await?;
        Ok(answer.iter().find(|group| is_named(group, &vpc, &self.name)).and_then(live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let request = at
            .cloud
            .ec2
            .create_security_group()
            .vpc_id(at.get(&self.vpc)?)
            .group_name(&self.name)
            .description(&self.description)
            .tag_specifications(tags::specification(ResourceType::SecurityGroup, &self.tags));
        // A VPC has a group name once: sent again after a lost reply, this is refused as a duplicate, and then ours
        // is found by its name.
        let answer = send_fresh!(at.cx, Call::idempotent("ec2", "CreateSecurityGroup"), request)?;
        assigned(answer.group_id(), "security group")
    }

    async fn update(&self, at: &At<'_, Clients>, id: &String, changes: &[FieldChange]) -> Result<String> {
        for change in changes {
            tags::sync_ec2(at, &[id], &self.tags, change).await?;
        }
        Ok(id.clone())
    }

    async fn delete(at: &At<'_, Clients>, id: &String) -> Result<()> {
        let request = at.cloud.ec2.delete_security_group().group_id(id);
        gone_unless_used(at, send!(at.cx, Call::idempotent("ec2", "DeleteSecurityGroup"), request), "group-id", id)
            .await
    }
}

/// The groups of a VPC that have one of these names.
async fn named(
    ec2: &aws_sdk_ec2::Client,
    cx: &dyn castra_core::Context,
    vpc: &str,
    names: &[String],
) -> Result<Vec<Ec2SecurityGroup>> {
    let by_name = Filter::builder().name("group-name").set_values(Some(names.to_vec())).build();
    let request = ec2.describe_security_groups().filters(tags::filter("vpc-id", vpc)).filters(by_name);
    let answer = send!(cx, Call::read("ec2", "DescribeSecurityGroups"), request)?;
    Ok(answer.security_groups.unwrap_or_default())
}

/// Filters take `*` and `?` as wildcards, so that the answer may hold more.
fn is_named(group: &Ec2SecurityGroup, vpc: &str, name: &str) -> bool {
    group.vpc_id() == Some(vpc) && group.group_name() == Some(name)
}

fn live(group: &Ec2SecurityGroup) -> Option<Live<String>> {
    let tags = tags::from_ec2(group.tags());
    let fields = json!({
        "vpc": group.vpc_id(),
        "name": group.group_name(),
        "description": group.description(),
        "tags": tags,
    });
    Some(Live::new(group.group_id()?.to_owned(), fields, tags))
}

/// The security groups of a cluster and the rules of each. One call.
pub(crate) async fn list(look: &Look<'_>) -> Result<Vec<Item>> {
    let request = look.clients.ec2.describe_security_groups().filters(tags::of_cluster(look.cluster));
    let answer = send!(look.cx, Call::read("ec2", "DescribeSecurityGroups"), request)?;
    let mut items = Vec::new();
    for group in answer.security_groups() {
        let Some(item) = live(group).and_then(|live| live.item::<SecurityGroup>(look)) else { continue };
        let rules = Item::new::<SecurityGroupRules>(
            item.address.name(),
            security_group_rules::live(&item.id, group),
            item.id.clone(),
        );
        items.push(rules.ownership(item.ownership.clone()).uid(item.uid));
        items.push(item);
    }
    Ok(items)
}

/// Groups of a VPC that aren't ours and have the names that ours should have: `(resource name, group name)`.
/// One call; none is needed for names that [`list`] found, as a VPC has a name once.
pub(crate) async fn strangers(look: &Look<'_>, vpc: &str, names: &[(String, String)]) -> Result<Vec<Item>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<String> = names.iter().map(|(_, name)| name.clone()).collect();
    let groups = named(&look.clients.ec2, look.cx, vpc, &wanted).await?;
    Ok(names
        .iter()
        .filter_map(|(resource, name)| {
            let group = groups.iter().find(|group| is_named(group, vpc, name))?;
            Some(live(group)?.item_at::<SecurityGroup>(look, resource))
        })
        .collect())
}
