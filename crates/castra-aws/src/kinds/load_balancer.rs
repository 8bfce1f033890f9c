//! Load balancers.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::types::{
    LoadBalancer as Described, LoadBalancerAttribute, LoadBalancerSchemeEnum, LoadBalancerStateEnum,
    LoadBalancerTypeEnum,
};
use castra_core::context::ContextExt as _;
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::{Call, Context, Error, ErrorKind, FieldChange, Result, Seen, Status, Wait, shortened};
use futures::future::try_join;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::Live;
use super::load_balancing::{SERVICE, no_object, present, with_attributes};
use super::users;
use super::{SecurityGroup, Subnet};
use crate::call::{gone, maybe, send, send_fresh};
use crate::client::Clients;
use crate::elb_tags;
use crate::tags;

/// What a balancer understands of the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LoadBalancerKind {
    /// HTTP and HTTPS: an Application Load Balancer.
    Application,
    /// TCP connections: a Network Load Balancer.
    Network,
}

/// A load balancer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LoadBalancer {
    /// Its name: at most 32 letters, digits and hyphens, one balancer of that name in account and region, not
    /// beginning with `internal-` (Elastic Load Balancing API reference, `CreateLoadBalancer`).
    pub(crate) name: String,
    /// Application or network.
    #[serde(rename = "type")]
    pub(crate) kind: LoadBalancerKind,
    /// Whether it has private addresses only.
    pub(crate) internal: bool,
    /// Its subnets, one a zone.
    pub(crate) subnets: Vec<Ref<Subnet>>,
    /// Its security groups. A network balancer that was made without any can't get one later.
    pub(crate) security_groups: Vec<Ref<SecurityGroup>>,
    /// The attributes that are ours, by the names of the API's `LoadBalancerAttribute`. Each is a field by itself.
    #[serde(flatten)]
    pub(crate) attributes: BTreeMap<String, String>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

/// What a balancer gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct LbOutput {
    /// The ARN.
    pub(crate) id: String,
    /// The host name that clients use.
    pub(crate) dns_name: String,
    /// The Route 53 zone of that host name, which alias records need.
    pub(crate) zone_id: String,
}

impl Output for LbOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for LoadBalancer {
    const KIND: &'static str = "lb";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "type", "internal"];
    type Output = LbOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<LbOutput>>> {
        let name = std::slice::from_ref(&self.name);
        let Some(described) = by_names(at.cx, at.cloud, name).await?.into_iter().next() else { return Ok(None) };
        let output = output(&described)?;
        let arns = [output.id.clone()];
        let (attributes, tags) =
            try_join(attributes(at.cx, at.cloud, &output.id), elb_tags::read(at.cx, at.cloud, &arns)).await?;
        let tags = tags.into_values().next().unwrap_or_default();
        Ok(Some(live(&described, &attributes, tags)?.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<LbOutput> {
        let scheme =
            if self.internal { LoadBalancerSchemeEnum::Internal } else { LoadBalancerSchemeEnum::InternetFacing };
        let kind = match self.kind {
            LoadBalancerKind::Application => LoadBalancerTypeEnum::Application,
            LoadBalancerKind::Network => LoadBalancerTypeEnum::Network,
        };
        let groups = self.security_groups(at)?;
        let request = at
            .cloud
            .elb
            .create_load_balancer()
            .name(&self.name)
            .r#type(kind)
            .scheme(scheme)
            .set_subnets(Some(self.subnets(at)?))
            .set_security_groups((!groups.is_empty()).then_some(groups))
            .set_tags(Some(elb_tags::to_elb(&self.tags)));
        let answer = send_fresh!(at.cx, Call::mutate(SERVICE, "CreateLoadBalancer"), request)?;
        let described = answer.load_balancers().first().ok_or_else(|| no_object("CreateLoadBalancer"))?;
        let output = output(described)?;
        self.set_attributes(at, &output.id).await?;
        Ok(output)
    }

    async fn update(&self, at: &At<'_, Clients>, live: &LbOutput, changes: &[FieldChange]) -> Result<LbOutput> {
        let mut attributes = false;
        for change in changes {
            match change.field.as_str() {
                "subnets" => {
                    let subnets = self.subnets(at)?;
                    let request = at.cloud.elb.set_subnets().load_balancer_arn(&live.id).set_subnets(Some(subnets));
                    send!(at.cx, Call::idempotent(SERVICE, "SetSubnets"), request)?;
                }
                "security_groups" => {
                    let groups = self.security_groups(at)?;
                    let request = at.cloud.elb.set_security_groups().load_balancer_arn(&live.id);
                    let request = request.set_security_groups(Some(groups));
                    send!(at.cx, Call::idempotent(SERVICE, "SetSecurityGroups"), request)?;
                }
                "tags" => elb_tags::sync(at, &live.id, &self.tags, change).await?,
                _ => attributes = true,
            }
        }
        if attributes {
            self.set_attributes(at, &live.id).await?;
        }
        Ok(live.clone())
    }

    async fn ready(&self, at: &At<'_, Clients>, live: &LbOutput) -> Result<()> {
        let wait =
            Wait::new(format!("load balancer {} to become active", self.name)).deadline(Duration::from_secs(15 * 60));
        at.cx
            .wait(&wait, || async {
                let request = at.cloud.elb.describe_load_balancers().load_balancer_arns(&live.id);
                let answer = maybe(send!(at.cx, Call::read(SERVICE, "DescribeLoadBalancers"), request))?;
                match answer.as_ref().and_then(|answer| answer.load_balancers().first()).map(status) {
                    Some(Status::Ready) => Ok(Seen::Done(())),
                    Some(Status::Failed(how)) => {
                        Err(Error::new(ErrorKind::Unhealthy, format!("{} failed: {how}", self.name))
                            .remedy("see that its subnets have free addresses, then apply again, which replaces it"))
                    }
                    Some(Status::Pending(state)) => Ok(Seen::Not(state)),
                    Some(Status::Deleting) | None => Ok(Seen::Not("not visible yet".into())),
                }
            })
            .await
    }

    async fn delete(at: &At<'_, Clients>, live: &LbOutput) -> Result<()> {
        let request = at.cloud.elb.delete_load_balancer().load_balancer_arn(&live.id);
        gone(send!(at.cx, Call::idempotent(SERVICE, "DeleteLoadBalancer"), request))?;
        interfaces_gone(at, &live.id).await
    }

    async fn unprotect(at: &At<'_, Clients>, live: &LbOutput) -> Result<()> {
        let off = LoadBalancerAttribute::builder().key("deletion_protection.enabled").value("false").build();
        let request = at.cloud.elb.modify_load_balancer_attributes().load_balancer_arn(&live.id).attributes(off);
        send!(at.cx, Call::idempotent(SERVICE, "ModifyLoadBalancerAttributes"), request).map(drop)
    }
}

impl LoadBalancer {
    fn subnets(&self, at: &At<'_, Clients>) -> Result<Vec<String>> {
        self.subnets.iter().map(|subnet| Ok(at.get(subnet)?.id().to_owned())).collect()
    }

    fn security_groups(&self, at: &At<'_, Clients>) -> Result<Vec<String>> {
        self.security_groups.iter().map(|group| Ok(at.get(group)?.id().to_owned())).collect()
    }

    async fn set_attributes(&self, at: &At<'_, Clients>, arn: &str) -> Result<()> {
        if self.attributes.is_empty() {
            return Ok(());
        }
        let attributes =
            self.attributes.iter().map(|(key, value)| LoadBalancerAttribute::builder().key(key).value(value).build());
        let request = at.cloud.elb.modify_load_balancer_attributes().load_balancer_arn(arn);
        let request = request.set_attributes(Some(attributes.collect()));
        send_fresh!(at.cx, Call::idempotent(SERVICE, "ModifyLoadBalancerAttributes"), request)?;
        Ok(())
    }
}

/// Waits until the balancer's network interfaces are gone: they hold its subnets and security groups for minutes
/// after it.
async fn interfaces_gone(at: &At<'_, Clients>, arn: &str) -> Result<()> {
    let Some(description) = interfaces_of(arn) else { return Ok(()) };
    let filter = tags::filter("description", &description);
    let wait =
        Wait::new(format!("the network interfaces \"{description}\" to go")).deadline(Duration::from_secs(20 * 60));
    at.cx
        .wait(&wait, || async {
            let request = at.cloud.ec2.describe_network_interfaces().filters(filter.clone());
            let answer = send!(at.cx, Call::read("ec2", "DescribeNetworkInterfaces"), request)?;
            let left: Vec<String> = answer.network_interfaces().iter().map(users::told).collect();
            Ok(if left.is_empty() { Seen::Done(()) } else { Seen::Not(format!("still there: {}", shortened(&left))) })
        })
        .await
}

/// The description of a balancer's network interfaces: "ELB app/name/id", which ends as its ARN does (Elastic Load
/// Balancing, "Network interfaces" in the guides for Application and Network Load Balancers).
fn interfaces_of(arn: &str) -> Option<String> {
    arn.split_once(":loadbalancer/").map(|(_, path)| format!("ELB {path}"))
}

/// The balancers of these names, as far as they exist.
pub(crate) async fn by_names(cx: &dyn Context, clients: &Clients, names: &[String]) -> Result<Vec<Described>> {
    let mut found = present(names, |names| async {
        let request = clients.elb.describe_load_balancers().set_names(Some(names));
        let answer = send!(cx, Call::read(SERVICE, "DescribeLoadBalancers"), request)?;
        Ok(answer.load_balancers.unwrap_or_default())
    })
    .await?;
    found.retain(|balancer| balancer.load_balancer_name().is_some_and(|name| names.iter().any(|one| one == name)));
    Ok(found)
}

/// All attributes of a balancer.
pub(crate) async fn attributes(cx: &dyn Context, clients: &Clients, arn: &str) -> Result<BTreeMap<String, String>> {
    let request = clients.elb.describe_load_balancer_attributes().load_balancer_arn(arn);
    let answer = send!(cx, Call::read(SERVICE, "DescribeLoadBalancerAttributes"), request)?;
    let pairs = answer.attributes().iter();
    Ok(pairs.filter_map(|pair| Some((pair.key()?.to_owned(), pair.value().unwrap_or_default().to_owned()))).collect())
}

fn output(described: &Described) -> Result<LbOutput> {
    Ok(LbOutput {
        id: described.load_balancer_arn().ok_or_else(|| no_object("DescribeLoadBalancers"))?.to_owned(),
        dns_name: described.dns_name().unwrap_or_default().to_owned(),
        zone_id: described.canonical_hosted_zone_id().unwrap_or_default().to_owned(),
    })
}

/// A balancer as it is.
pub(crate) fn live(
    described: &Described,
    attributes: &BTreeMap<String, String>,
    tags: BTreeMap<String, String>,
) -> Result<Live<LbOutput>> {
    let subnets: Vec<&str> = described.availability_zones().iter().filter_map(|zone| zone.subnet_id()).collect();
    let fields = with_attributes(
        attributes,
        json!({
            "name": described.load_balancer_name(),
            "type": described.r#type().map(LoadBalancerTypeEnum::as_str),
            "internal": described.scheme() == Some(&LoadBalancerSchemeEnum::Internal),
            "subnets": subnets,
            "security_groups": described.security_groups(),
            "tags": tags,
        }),
    );
    Ok(Live::new(output(described)?, fields, tags).status(status(described)))
}

/// A balancer in `active_impaired` routes traffic, but has no room to scale, which no change of ours would mend.
fn status(described: &Described) -> Status {
    let state = described.state();
    match state.and_then(|state| state.code()) {
        None | Some(LoadBalancerStateEnum::Active | LoadBalancerStateEnum::ActiveImpaired) => Status::Ready,
        Some(LoadBalancerStateEnum::Failed) => {
            Status::Failed(state.and_then(|state| state.reason()).unwrap_or("no reason given").to_owned())
        }
        Some(other) => Status::Pending(other.as_str().to_owned()),
    }
}

#[cfg(test)]
mod tests;
