//! What an account holds of a cluster, by a listing of its own.

use std::collections::BTreeMap;

use anyhow::Result;
use aws_sdk_ec2::types::{Filter, InstanceStateName, Tag, VolumeState};

use crate::Cloud;

/// The tag with the cluster's name.
const CLUSTER: &str = "castra:cluster";
/// The tag with the resource's address.
const RESOURCE: &str = "castra:resource";
/// The tag by which Auto Scaling marks its members.
const MEMBER: &str = "aws:autoscaling:groupName";

/// An object of EC2's.
struct Thing {
    kind: &'static str,
    id: String,
    tags: BTreeMap<String, String>,
}

/// Adds what a describe call lists to a list of things.
macro_rules! list {
    ($things:ident, $kind:literal, $request:expr, $items:ident, $id:ident) => {
        for one in $request.send().await?.$items() {
            $things.push(Thing { kind: $kind, id: one.$id().unwrap_or_default().to_owned(), tags: tags(one.tags()) });
        }
    };
}

impl Cloud {
    /// Everything of a cluster's that is left, each in a line. Terminated machines are apart: they stay listed for a
    /// while.
    ///
    /// # Errors
    /// When the cloud cannot be asked.
    pub async fn left(&self, cluster: &str) -> Result<Vec<String>> {
        let things = self.things(cluster).await?;
        let mut left: Vec<String> = things.iter().map(|thing| format!("{} {}", thing.kind, thing.id)).collect();
        left.extend(self.balancing(cluster).await?);
        let prefix = format!("{cluster}-");
        let ours = |name: Option<&str>| name.is_some_and(|name| name.starts_with(&prefix));
        let groups = self.autoscaling.describe_auto_scaling_groups().send().await?;
        let names = groups.auto_scaling_groups().iter().map(|one| ("scaling group", one.auto_scaling_group_name()));
        left.extend(named(names, ours));
        let roles = self.iam.list_roles().send().await?;
        left.extend(named(roles.roles().iter().map(|one| ("role", Some(one.role_name()))), ours));
        let profiles = self.iam.list_instance_profiles().send().await?;
        let names = profiles.instance_profiles().iter().map(|one| ("profile", Some(one.instance_profile_name())));
        left.extend(named(names, ours));
        let anchor = self.ssm.get_parameters().names(format!("/castra/{cluster}")).send().await?;
        left.extend(named(anchor.parameters().iter().map(|one| ("parameter", one.name())), |_| true));
        left.sort();
        Ok(left)
    }

    /// How many objects there are of each resource of EC2's, by the object's type, and of each name of Elastic Load
    /// Balancing's. Members of scaling groups are left out: they are as many as they are.
    ///
    /// # Errors
    /// When the cloud cannot be asked.
    pub async fn copies(&self, cluster: &str) -> Result<BTreeMap<String, usize>> {
        let mut copies = BTreeMap::new();
        for thing in self.things(cluster).await? {
            let address = thing.tags.get(RESOURCE).cloned().unwrap_or_default();
            if !address.starts_with("autoscaling_group/") {
                *copies.entry(format!("{} of {address}", thing.kind)).or_default() += 1;
            }
        }
        for name in self.balancing(cluster).await? {
            *copies.entry(name).or_default() += 1;
        }
        Ok(copies)
    }

    /// The ids of the machines that a cluster's scaling group has launched and that aren't terminated.
    ///
    /// # Errors
    /// When the cloud cannot be asked.
    pub async fn members(&self, cluster: &str) -> Result<Vec<String>> {
        let things = self.things(cluster).await?;
        let member = |thing: &Thing| thing.kind == "machine" && thing.tags.contains_key(MEMBER);
        Ok(things.into_iter().filter(member).map(|thing| thing.id).collect())
    }

    /// Balancers and target groups with a cluster's name in theirs.
    async fn balancing(&self, cluster: &str) -> Result<Vec<String>> {
        let prefix = format!("{cluster}-");
        let ours = |name: Option<&str>| name.is_some_and(|name| name.starts_with(&prefix));
        let balancers = self.elb.describe_load_balancers().send().await?;
        let names = balancers.load_balancers().iter().map(|one| ("balancer", one.load_balancer_name()));
        let mut found = named(names, ours);
        let groups = self.elb.describe_target_groups().send().await?;
        found.extend(named(groups.target_groups().iter().map(|one| ("target group", one.target_group_name())), ours));
        Ok(found)
    }

    /// EC2's objects with a cluster's tag.
    async fn things(&self, cluster: &str) -> Result<Vec<Thing>> {
        let ours = Filter::builder().name(format!("tag:{CLUSTER}")).values(cluster).build();
        let ec2 = &self.ec2;
        let mut things = Vec::new();
        list!(things, "vpc", ec2.describe_vpcs().filters(ours.clone()), vpcs, vpc_id);
        list!(things, "subnet", ec2.describe_subnets().filters(ours.clone()), subnets, subnet_id);
        let gateways = ec2.describe_internet_gateways().filters(ours.clone());
        list!(things, "internet gateway", gateways, internet_gateways, internet_gateway_id);
        list!(things, "address", ec2.describe_addresses().filters(ours.clone()), addresses, allocation_id);
        list!(things, "route table", ec2.describe_route_tables().filters(ours.clone()), route_tables, route_table_id);
        list!(things, "group", ec2.describe_security_groups().filters(ours.clone()), security_groups, group_id);
        let interfaces = ec2.describe_network_interfaces().filters(ours.clone());
        for one in interfaces.send().await?.network_interfaces() {
            let id = one.network_interface_id().unwrap_or_default().to_owned();
            things.push(Thing { kind: "interface", id, tags: tags(one.tag_set()) });
        }
        let templates = ec2.describe_launch_templates().filters(ours.clone());
        list!(things, "template", templates, launch_templates, launch_template_id);
        for one in ec2.describe_nat_gateways().filter(ours.clone()).send().await?.nat_gateways() {
            if one.state().is_some_and(|state| state.as_str() != "deleted") {
                let id = one.nat_gateway_id().unwrap_or_default().to_owned();
                things.push(Thing { kind: "nat gateway", id, tags: tags(one.tags()) });
            }
        }
        let subnets: Vec<String> =
            things.iter().filter(|thing| thing.kind == "subnet").map(|thing| thing.id.clone()).collect();
        for subnet in subnets {
            let reservations = ec2.get_subnet_cidr_reservations().subnet_id(subnet);
            list!(things, "reservation", reservations, subnet_ipv4_cidr_reservations, subnet_cidr_reservation_id);
        }
        let machines = ec2.describe_instances().filters(ours.clone()).send().await?;
        for one in machines.reservations().iter().flat_map(|one| one.instances()) {
            if one.state().and_then(|state| state.name()) != Some(&InstanceStateName::Terminated) {
                let id = one.instance_id().unwrap_or_default().to_owned();
                things.push(Thing { kind: "machine", id, tags: tags(one.tags()) });
            }
        }
        // A volume that is being deleted is listed for a while.
        let volumes = ec2.describe_volumes().filters(ours).send().await?;
        for one in volumes.volumes().iter().filter(|one| one.state() != Some(&VolumeState::Deleting)) {
            let id = one.volume_id().unwrap_or_default().to_owned();
            things.push(Thing { kind: "volume", id, tags: tags(one.tags()) });
        }
        Ok(things)
    }
}

fn tags(tags: &[Tag]) -> BTreeMap<String, String> {
    let pair = |tag: &Tag| (tag.key().unwrap_or_default().to_owned(), tag.value().unwrap_or_default().to_owned());
    tags.iter().map(pair).collect()
}

fn named<'a>(
    names: impl Iterator<Item = (&'a str, Option<&'a str>)>,
    ours: impl Fn(Option<&str>) -> bool,
) -> Vec<String> {
    names.filter(|(_, name)| ours(*name)).map(|(kind, name)| format!("{kind} {}", name.unwrap_or_default())).collect()
}
