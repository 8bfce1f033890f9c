//! Which machines are registered with a target group.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::operation::describe_target_health::DescribeTargetHealthOutput;
use aws_sdk_elasticloadbalancingv2::types::{
    TargetDescription, TargetGroup as DescribedGroup, TargetHealthDescription, TargetHealthStateEnum,
};
use castra_core::inventory::Ownership;
use castra_core::resource::{At, Found, Kind, Output as _, Recovery, Ref};
use castra_core::{Call, Context, FieldChange, Item, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::load_balancing::SERVICE;
use super::{Instance, NetworkInterface, TargetGroup, target_group};
use crate::call::{gone, maybe, send, send_fresh};
use crate::client::Clients;
use crate::tags;

/// A machine that a balancer sends to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Target {
    /// By its instance.
    Instance(Ref<Instance>),
    /// By the address of its network interface, which outlives the instance.
    Interface(Ref<NetworkInterface>),
}

/// The targets of a target group that Castra registers itself. An Auto Scaling group registers its members by
/// itself, so these are not looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TargetGroupAttachments {
    /// The target group.
    pub(crate) target_group: Ref<TargetGroup>,
    /// The machines.
    pub(crate) targets: Vec<Target>,
    /// The port that they serve on.
    pub(crate) port: u16,
}

/// One target as a target group has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegisteredTarget {
    /// The instance's id, or the address.
    pub(crate) id: String,
    /// The port that it serves on.
    pub(crate) port: i32,
    /// The cloud's word for its health.
    pub(crate) state: String,
    /// Why, where it isn't healthy.
    pub(crate) reason: Option<String>,
}

impl RegisteredTarget {
    /// Whether it was deregistered and only finishes what it has begun.
    fn leaving(&self) -> bool {
        self.state == TargetHealthStateEnum::Draining.as_str()
    }
}

/// What tells targets apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct Machines {
    /// The ids of the cluster's network interfaces, by their addresses.
    pub(crate) interfaces: BTreeMap<Ipv4Addr, String>,
    /// The instances, in any state, that the cluster's Auto Scaling group launched.
    pub(crate) members: BTreeSet<String>,
}

#[async_trait]
impl Kind for TargetGroupAttachments {
    const KIND: &'static str = "lb_target_group_attachments";
    const RECOVERY: Recovery = Recovery::Part;
    const REPLACE: &'static [&'static str] = &["target_group"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let arn = at.get(&self.target_group)?;
        let Some(targets) = maybe(registered(at.cx, at.cloud, &arn).await)? else { return Ok(None) };
        let (_, extra) = compare(&self.wanted(at)?, &targets);
        let machines = Machines { interfaces: self.interfaces(at)?, members: members(at, &extra).await? };
        let fields = fields(&arn, &targets, &machines, i32::from(self.port));
        Ok(Some(Found { fields, output: arn, ownership: Ownership::Ours }))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let arn = at.get(&self.target_group)?;
        register(at, &arn, &self.wanted(at)?).await?;
        Ok(arn)
    }

    async fn update(&self, at: &At<'_, Clients>, arn: &String, _: &[FieldChange]) -> Result<String> {
        // The group may be seconds old.
        let request = at.cloud.elb.describe_target_health().target_group_arn(arn);
        let live = targets(&send_fresh!(at.cx, Call::read(SERVICE, "DescribeTargetHealth"), request)?);
        let wanted = self.wanted(at)?;
        let (missing, extra) = compare(&wanted, &live);
        // What goes goes first: among it may be a wanted machine on another port than the wanted one.
        deregister(at, arn, extra).await?;
        register(at, arn, &missing).await?;
        Ok(arn.clone())
    }

    async fn delete(at: &At<'_, Clients>, arn: &String) -> Result<()> {
        let Some(live) = maybe(registered(at.cx, at.cloud, arn).await)? else { return Ok(()) };
        let (_, extra) = compare(&BTreeSet::new(), &live);
        gone(deregister(at, arn, extra).await)
    }
}

/// A target's id, or address, and its port.
type Registration = (String, i32);

impl TargetGroupAttachments {
    fn wanted(&self, at: &At<'_, Clients>) -> Result<BTreeSet<Registration>> {
        let ids = self.targets.iter().map(|target| {
            Ok(match target {
                Target::Instance(instance) => at.get(instance)?.id().to_owned(),
                Target::Interface(interface) => at.get(interface)?.address.to_string(),
            })
        });
        ids.map(|id: Result<String>| Ok((id?, i32::from(self.port)))).collect()
    }

    fn interfaces(&self, at: &At<'_, Clients>) -> Result<BTreeMap<Ipv4Addr, String>> {
        let interfaces = self.targets.iter().filter_map(|target| match target {
            Target::Interface(interface) => Some(at.get(interface)),
            Target::Instance(_) => None,
        });
        interfaces.map(|output| output.map(|output| (output.address, output.id))).collect()
    }
}

/// What is wanted and not there, and what is there and not wanted. A target that leaves is in neither place.
fn compare(
    wanted: &BTreeSet<Registration>,
    live: &[RegisteredTarget],
) -> (BTreeSet<Registration>, Vec<RegisteredTarget>) {
    let there: BTreeSet<Registration> =
        live.iter().filter(|target| !target.leaving()).map(|target| (target.id.clone(), target.port)).collect();
    let missing = wanted.difference(&there).cloned().collect();
    let extra = live.iter().filter(|target| !target.leaving() && !wanted.contains(&(target.id.clone(), target.port)));
    (missing, extra.cloned().collect())
}

async fn register(at: &At<'_, Clients>, arn: &str, targets: &BTreeSet<Registration>) -> Result<()> {
    if targets.is_empty() {
        return Ok(());
    }
    let request = at.cloud.elb.register_targets().target_group_arn(arn).set_targets(Some(describe(targets)));
    // An instance that doesn't run yet is refused as one that isn't known yet, and tried again.
    send_fresh!(at.cx, Call::idempotent(SERVICE, "RegisterTargets"), request)?;
    Ok(())
}

/// Takes targets out, but for those that the cluster's Auto Scaling group put in.
async fn deregister(at: &At<'_, Clients>, arn: &str, extra: Vec<RegisteredTarget>) -> Result<()> {
    let members = members(at, &extra).await?;
    let ours: BTreeSet<Registration> = extra
        .into_iter()
        .filter(|target| !members.contains(&target.id))
        .map(|target| (target.id, target.port))
        .collect();
    if ours.is_empty() {
        return Ok(());
    }
    let request = at.cloud.elb.deregister_targets().target_group_arn(arn).set_targets(Some(describe(&ours)));
    send!(at.cx, Call::idempotent(SERVICE, "DeregisterTargets"), request)?;
    Ok(())
}

fn describe(targets: &BTreeSet<Registration>) -> Vec<TargetDescription> {
    targets.iter().map(|(id, port)| TargetDescription::builder().id(id).port(*port).build()).collect()
}

/// Which of these targets are instances that the cluster's Auto Scaling group launched, terminated ones among them.
async fn members(at: &At<'_, Clients>, targets: &[RegisteredTarget]) -> Result<BTreeSet<String>> {
    let ids: Vec<String> = targets.iter().filter(|target| is_instance(&target.id)).map(|one| one.id.clone()).collect();
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut found = BTreeSet::new();
    // "up to 200 filter values" (Amazon EC2 user guide, "List and filter your resources").
    for some in ids.chunks(200) {
        let those = aws_sdk_ec2::types::Filter::builder().name("instance-id").set_values(Some(some.to_vec())).build();
        let request = at.cloud.ec2.describe_instances().filters(those).filters(tags::of_cluster(&at.owner.cluster));
        let request = request.filters(tags::filter("tag-key", GROUP_TAG));
        let answer = send!(at.cx, Call::read("ec2", "DescribeInstances"), request)?;
        let instances = answer.reservations().iter().flat_map(|reservation| reservation.instances());
        found.extend(instances.filter_map(|instance| instance.instance_id().map(str::to_owned)));
    }
    Ok(found)
}

/// The tag that EC2 Auto Scaling sets on what it launches.
pub(crate) const GROUP_TAG: &str = "aws:autoscaling:groupName";

fn is_instance(id: &str) -> bool {
    id.starts_with("i-")
}

/// All targets of a target group.
pub(crate) async fn registered(cx: &dyn Context, clients: &Clients, arn: &str) -> Result<Vec<RegisteredTarget>> {
    let request = clients.elb.describe_target_health().target_group_arn(arn);
    Ok(targets(&send!(cx, Call::read(SERVICE, "DescribeTargetHealth"), request)?))
}

fn targets(answer: &DescribeTargetHealthOutput) -> Vec<RegisteredTarget> {
    answer.target_health_descriptions().iter().filter_map(target).collect()
}

fn target(described: &TargetHealthDescription) -> Option<RegisteredTarget> {
    let (target, health) = (described.target()?, described.target_health());
    Some(RegisteredTarget {
        id: target.id()?.to_owned(),
        port: target.port().unwrap_or_default(),
        state: health.and_then(|health| health.state()).map(|state| state.as_str().to_owned()).unwrap_or_default(),
        reason: health.and_then(|health| health.description()).map(str::to_owned),
    })
}

/// The live values of the owned fields. Members of the Auto Scaling group and targets that leave are not counted;
/// addresses of our interfaces are given by the interface's id. `port` stands for that of no target at all.
fn fields(arn: &str, targets: &[RegisteredTarget], machines: &Machines, port: i32) -> Value {
    let counted: Vec<&RegisteredTarget> =
        targets.iter().filter(|target| !target.leaving() && !machines.members.contains(&target.id)).collect();
    let ids: Vec<&str> = counted
        .iter()
        .map(|target| {
            let interface = target.id.parse().ok().and_then(|address: Ipv4Addr| machines.interfaces.get(&address));
            interface.map_or(target.id.as_str(), String::as_str)
        })
        .collect();
    let ports: BTreeSet<i32> = counted.iter().map(|target| target.port).collect();
    let ports: Vec<i32> = ports.into_iter().collect();
    let port = match ports.as_slice() {
        [] => json!(port),
        [one] => json!(one),
        several => json!(several),
    };
    json!({ "target_group": arn, "targets": ids, "port": port })
}

/// The item that a target group's targets are: it exists whenever the target group does.
pub(crate) fn item(
    name: &str,
    group: &DescribedGroup,
    targets: &[RegisteredTarget],
    machines: &Machines,
) -> Result<Item> {
    let arn = target_group::arn(group)?;
    let fields = fields(&arn, targets, machines, group.port().unwrap_or_default());
    Ok(Item::new::<TargetGroupAttachments>(name, fields, arn))
}

#[cfg(test)]
mod tests;
