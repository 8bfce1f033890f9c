//! All kinds but those of Elastic Load Balancing.

use aws_sdk_autoscaling::types::AutoScalingGroup;
use aws_sdk_ec2::types::Instance as Machine;
use castra_core::inventory::Findings;
use castra_core::topology::Role;
use castra_core::{Address, Item, Ownership, Result};
use futures::channel::oneshot;
use futures::future::{try_join, try_join4, try_join5};

use super::alias::{self, Records};
use super::{Look, POOL};
use crate::facts::{self, NetworkFacts};
use crate::graph::GROUPS;
use crate::kinds::anchor::{self, Anchored};
use crate::kinds::{
    SecurityGroup, Vpc, autoscaling_group, ebs_volume, eip, iam_instance_profile, iam_role, instance, internet_gateway,
    launch_template, nat_gateway, network_interface, route_table, scaling_policy, security_group, subnet,
    subnet_cidr_reservation, vpc,
};
use crate::names::Names;
use crate::settings::{Image, Settings};

/// Says, as soon as that is known, that there is no anchor, with what the image's parameter names.
pub(super) type Fresh = oneshot::Sender<Option<String>>;

/// What was found, load balancers apart.
pub(super) struct Base {
    pub(super) anchored: Anchored,
    pub(super) items: Vec<Item>,
    /// Every machine, primaries and secondaries, in any state.
    pub(super) machines: Vec<Machine>,
    /// The secondaries' group as AWS tells it.
    pub(super) group: Option<AutoScalingGroup>,
    pub(super) records: Records,
    /// The existing network that the spec names.
    pub(super) network: Option<NetworkFacts>,
    pub(super) findings: Findings,
}

pub(super) async fn look(
    look: &Look<'_>,
    names: &Names<'_>,
    settings: Option<&Settings>,
    fresh: Fresh,
) -> Result<Base> {
    let identities: Vec<(String, String)> =
        Role::ALL.iter().map(|role| (role.as_str().to_owned(), names.identity(*role))).collect();
    let identities = try_join(iam_role::list(look, &identities), iam_instance_profile::list(look, &identities));
    let ((anchored, records, of_anchor), network, nodes, identities, (existing, mut findings)) = try_join5(
        anchor_and_alias(look, settings, fresh),
        network(look),
        nodes(look, names, settings.is_none()),
        identities,
        existing(look, settings),
    )
    .await?;
    findings.problems.extend(of_anchor.problems);
    let (machines, group, nodes) = nodes;
    let mut items: Vec<Item> = anchored.item.iter().cloned().collect();
    for list in [network, nodes, identities.0, identities.1] {
        items.extend(list);
    }
    Ok(Base { anchored, items, machines, group, records, network: existing, findings })
}

async fn anchor_and_alias(
    look: &Look<'_>,
    settings: Option<&Settings>,
    fresh: Fresh,
) -> Result<(Anchored, Records, Findings)> {
    let parameter = settings.and_then(|settings| match &settings.image {
        Image::SsmParameter(name) => Some(name.as_str()),
        Image::Id(_) => None,
    });
    let wanted = settings.and_then(|settings| Some((settings.hosted_zone_id.clone()?, settings.record_name.clone()?)));
    let mut findings = Findings::default();
    let anchored = anchor::look(look, parameter).await?;
    if anchored.item.is_none() {
        // Nobody listens any more when the survey has failed.
        let _ = fresh.send(anchored.beside.clone());
    }
    let records = alias::look(look, wanted.as_ref(), anchored.alias.as_ref(), &mut findings).await?;
    Ok((anchored, records, findings))
}

async fn network(look: &Look<'_>) -> Result<Vec<Item>> {
    let subnets = async {
        let mut items = subnet::list(look).await?;
        let private: Vec<String> = items
            .iter()
            .filter(|item| item.address.name().starts_with("private-"))
            .map(|item| item.id.clone())
            .collect();
        items.extend(subnet_cidr_reservation::list(look, &private).await?);
        Ok(items)
    };
    let (vpcs, gateways, subnets, (eips, nats), (tables, groups)) = try_join5(
        vpc::list(look),
        internet_gateway::list(look),
        subnets,
        try_join(eip::list(look), nat_gateway::list(look)),
        try_join(route_table::list(look), security_group::list(look)),
    )
    .await?;
    Ok([vpcs, gateways, subnets, eips, nats, tables, groups].concat())
}

/// The nodes and what they are made of. Machines that have lost their group count where everything is to be removed or
/// shown: a spec wants none of them, and whoever took one out of the group may still be looking at it.
async fn nodes(
    look: &Look<'_>,
    names: &Names<'_>,
    strays: bool,
) -> Result<(Vec<Machine>, Option<AutoScalingGroup>, Vec<Item>)> {
    let machines = async {
        let machines = instance::describe_all(look).await?;
        let items = instance::items(look, &machines).await?;
        Ok((machines, items))
    };
    let group = async {
        let group = autoscaling_group::describe(look.cx, look.clients, &names.autoscaling_group()).await?;
        let mut items: Vec<Item> =
            group.as_ref().and_then(|group| autoscaling_group::item(look, POOL, group)).into_iter().collect();
        items.extend(scaling_policy::list(look, "cpu", &names.scaling_policy(), &items).await?);
        Ok((group, items))
    };
    let template = names.launch_template();
    let ((machines, instances), (group, groups), interfaces, (volumes, templates)) = try_join4(
        machines,
        group,
        network_interface::list(look),
        try_join(ebs_volume::list(look), launch_template::list(look, POOL, &template)),
    )
    .await?;
    let mut items = [instances, groups, interfaces, volumes, templates].concat();
    if strays {
        let name = group.as_ref().and_then(AutoScalingGroup::auto_scaling_group_name);
        items.extend(instance::strays(look.cluster, &machines, name, &names.autoscaling_group()));
    }
    Ok((machines, group, items))
}

/// The existing network that the spec names.
async fn existing(look: &Look<'_>, settings: Option<&Settings>) -> Result<(Option<NetworkFacts>, Findings)> {
    let mut findings = Findings::default();
    let network = match settings {
        Some(settings) => facts::existing(look, settings, &mut findings).await?,
        None => None,
    };
    Ok((network, findings))
}

/// Security groups of others in the cluster's network that have the names of ours. Asked only where ours is missing.
pub(super) async fn strangers(
    look: &Look<'_>,
    names: &Names<'_>,
    settings: Option<&Settings>,
    items: &[Item],
) -> Result<Vec<Item>> {
    let Some(settings) = settings else { return Ok(Vec::new()) };
    let own = items.iter().find(|item| item.address == Address::of::<Vpc>("main") && item.ownership == Ownership::Ours);
    let Some(vpc) = settings.vpc_id.as_deref().or(own.map(|item| item.id.as_str())) else { return Ok(Vec::new()) };
    let missing: Vec<(String, String)> = GROUPS
        .iter()
        .map(|(member, _)| member.name())
        .filter(|name| !items.iter().any(|item| item.address == Address::of::<SecurityGroup>(name)))
        .map(|name| (name.to_owned(), names.security_group(name)))
        .collect();
    security_group::strangers(look, vpc, &missing).await
}
