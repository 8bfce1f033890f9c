//! The cluster's network.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType, Vpc as Ec2Vpc, VpcAttributeName, VpcState};
use castra_core::resource::{At, Found, Kind, Recovery};
use castra_core::{Call, Context, FieldChange, Item, Result, Status};
use futures::future::{try_join, try_join_all};
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::Live;
use super::users::gone_unless_used;
use crate::call::{assigned, maybe, send, send_fresh};
use crate::client::Clients;
use crate::survey::Look;
use crate::tags;

/// A VPC of the cluster's own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Vpc {
    /// Its range.
    pub(crate) cidr: Ipv4Net,
    /// Whether Amazon's resolver answers in it. Load balancer names need it.
    pub(crate) dns_support: bool,
    /// Whether machines get host names.
    pub(crate) dns_hostnames: bool,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

impl Vpc {
    /// The VPC that a cluster gets.
    pub(crate) fn new(cidr: Ipv4Net, tags: BTreeMap<String, String>) -> Self {
        Self { cidr, dns_support: true, dns_hostnames: true, tags }
    }
}

#[async_trait]
impl Kind for Vpc {
    const KIND: &'static str = "vpc";
    const RECOVERY: Recovery = Recovery::Tagged;
    const REPLACE: &'static [&'static str] = &["cidr"];
    // The balancers' and gateways' interfaces are in it without any field that says so.
    const DELETE_AFTER: &'static [&'static str] = &["lb", "nat_gateway", "internet_gateway", "instance"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let request = at.cloud.ec2.describe_vpcs().set_filters(Some(tags::exactly(at)));
        let answer = send!(at.cx, Call::read("ec2", "DescribeVpcs"), request)?;
        let Some(vpc) = answer.vpcs().first() else { return Ok(None) };
        Ok(live(at.cx, at.cloud, vpc).await?.map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let request = at
            .cloud
            .ec2
            .create_vpc()
            .cidr_block(self.cidr.to_string())
            .tag_specifications(tags::specification(ResourceType::Vpc, &self.tags));
        let answer = send!(at.cx, Call::mutate("ec2", "CreateVpc"), request)?;
        assigned(answer.vpc().and_then(Ec2Vpc::vpc_id), "VPC")
    }

    /// Sets what a new VPC has otherwise: DNS support is on and host names are off (EC2 API reference,
    /// ModifyVpcAttribute). Nothing that goes into the VPC waits for that.
    async fn ready(&self, at: &At<'_, Clients>, id: &String) -> Result<()> {
        let request = at.cloud.ec2.describe_vpc_attribute().vpc_id(id).attribute(VpcAttributeName::EnableDnsHostnames);
        let answer = send_fresh!(at.cx, Call::read("ec2", "DescribeVpcAttribute"), request)?;
        let live = answer.enable_dns_hostnames().and_then(AttributeBooleanValue::value).unwrap_or_default();
        if live != self.dns_hostnames {
            set_attribute(at, id, VpcAttributeName::EnableDnsHostnames, self.dns_hostnames).await?;
        }
        Ok(())
    }

    async fn update(&self, at: &At<'_, Clients>, id: &String, changes: &[FieldChange]) -> Result<String> {
        // Host names need DNS support, and the names sort the other way round.
        for change in changes.iter().rev() {
            match change.field.as_str() {
                "dns_support" => {
                    set_attribute(at, id, VpcAttributeName::EnableDnsSupport, self.dns_support).await?;
                }
                "dns_hostnames" => {
                    set_attribute(at, id, VpcAttributeName::EnableDnsHostnames, self.dns_hostnames).await?;
                }
                _ => tags::sync_ec2(at, &[id], &self.tags, change).await?,
            }
        }
        Ok(id.clone())
    }

    async fn delete(at: &At<'_, Clients>, id: &String) -> Result<()> {
        let request = at.cloud.ec2.delete_vpc().vpc_id(id);
        gone_unless_used(at, send!(at.cx, Call::idempotent("ec2", "DeleteVpc"), request), "vpc-id", id).await
    }
}

async fn set_attribute(at: &At<'_, Clients>, id: &str, name: VpcAttributeName, on: bool) -> Result<()> {
    let value = AttributeBooleanValue::builder().value(on).build();
    let request = at.cloud.ec2.modify_vpc_attribute().vpc_id(id);
    // One attribute a call: the API refuses two.
    let request = match name {
        VpcAttributeName::EnableDnsSupport => request.enable_dns_support(value),
        _ => request.enable_dns_hostnames(value),
    };
    send_fresh!(at.cx, Call::idempotent("ec2", "ModifyVpcAttribute"), request)?;
    Ok(())
}

/// Reads a VPC; none when it goes away meanwhile.
async fn live(cx: &dyn Context, clients: &Clients, vpc: &Ec2Vpc) -> Result<Option<Live<String>>> {
    let Some(id) = vpc.vpc_id() else { return Ok(None) };
    let attribute = |name: VpcAttributeName| async move {
        let request = clients.ec2.describe_vpc_attribute().vpc_id(id).attribute(name);
        maybe(send!(cx, Call::read("ec2", "DescribeVpcAttribute"), request))
    };
    let (support, hostnames) =
        try_join(attribute(VpcAttributeName::EnableDnsSupport), attribute(VpcAttributeName::EnableDnsHostnames))
            .await?;
    let (Some(support), Some(hostnames)) = (support, hostnames) else { return Ok(None) };
    let tags = tags::from_ec2(vpc.tags());
    let fields = json!({
        "cidr": vpc.cidr_block(),
        "dns_support": support.enable_dns_support().and_then(AttributeBooleanValue::value),
        "dns_hostnames": hostnames.enable_dns_hostnames().and_then(AttributeBooleanValue::value),
        "tags": tags,
    });
    let status = match vpc.state() {
        Some(VpcState::Pending) => Status::Pending(VpcState::Pending.to_string()),
        _ => Status::Ready,
    };
    Ok(Some(Live::new(id.to_owned(), fields, tags).status(status)))
}

/// The VPCs of a cluster. Three calls for one.
pub(crate) async fn list(look: &Look<'_>) -> Result<Vec<Item>> {
    let request = look.clients.ec2.describe_vpcs().filters(tags::of_cluster(look.cluster));
    let answer = send!(look.cx, Call::read("ec2", "DescribeVpcs"), request)?;
    let found = try_join_all(answer.vpcs().iter().map(|vpc| live(look.cx, look.clients, vpc))).await?;
    Ok(found.into_iter().flatten().filter_map(|live| live.item::<Vpc>(look)).collect())
}
