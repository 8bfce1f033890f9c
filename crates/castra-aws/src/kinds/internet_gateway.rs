//! The way between a VPC's public subnets and the internet.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_ec2::types::{InternetGateway as Ec2InternetGateway, ResourceType};
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, FieldChange, Item, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Vpc;
use super::live::Live;
use super::users::gone_unless_used;
use crate::call::{assigned, gone, maybe, send, send_fresh, there};
use crate::client::Clients;
use crate::survey::Look;
use crate::tags;

/// An internet gateway, attached to its VPC.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InternetGateway {
    /// The VPC that it is attached to. A detached gateway is attached again.
    pub(crate) vpc: Ref<Vpc>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

#[async_trait]
impl Kind for InternetGateway {
    const KIND: &'static str = "internet_gateway";
    const RECOVERY: Recovery = Recovery::Tagged;
    const REPLACE: &'static [&'static str] = &[];
    // It cannot be detached while the VPC has mapped public addresses ("Delete your internet gateway", VPC guide).
    const DELETE_AFTER: &'static [&'static str] = &["lb", "nat_gateway", "eip", "instance"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let request = at.cloud.ec2.describe_internet_gateways().set_filters(Some(tags::exactly(at)));
        let answer = send!(at.cx, Call::read("ec2", "DescribeInternetGateways"), request)?;
        Ok(answer.internet_gateways().first().and_then(live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let vpc = at.get(&self.vpc)?;
        let request = at
            .cloud
            .ec2
            .create_internet_gateway()
            .tag_specifications(tags::specification(ResourceType::InternetGateway, &self.tags));
        let answer = send!(at.cx, Call::mutate("ec2", "CreateInternetGateway"), request)?;
        let id = answer.internet_gateway().and_then(Ec2InternetGateway::internet_gateway_id);
        let id = assigned(id, "internet gateway")?;
        attach(at, &id, &vpc).await?;
        Ok(id)
    }

    async fn update(&self, at: &At<'_, Clients>, id: &String, changes: &[FieldChange]) -> Result<String> {
        for change in changes {
            match change.field.as_str() {
                "vpc" => {
                    let vpc = at.get(&self.vpc)?;
                    if let Some(other) = change.from.as_str() {
                        detach(at, id, other).await?;
                    }
                    attach(at, id, &vpc).await?;
                }
                _ => tags::sync_ec2(at, &[id], &self.tags, change).await?,
            }
        }
        Ok(id.clone())
    }

    async fn delete(at: &At<'_, Clients>, id: &String) -> Result<()> {
        let request = at.cloud.ec2.describe_internet_gateways().internet_gateway_ids(id);
        let answer = maybe(send!(at.cx, Call::read("ec2", "DescribeInternetGateways"), request))?;
        let gateways = answer.as_ref().map(|answer| answer.internet_gateways()).unwrap_or_default();
        for vpc in gateways.iter().flat_map(Ec2InternetGateway::attachments).filter_map(|attached| attached.vpc_id()) {
            detach(at, id, vpc).await?;
        }
        let request = at.cloud.ec2.delete_internet_gateway().internet_gateway_id(id);
        gone(send!(at.cx, Call::idempotent("ec2", "DeleteInternetGateway"), request))
    }
}

async fn attach(at: &At<'_, Clients>, id: &str, vpc: &str) -> Result<()> {
    let request = at.cloud.ec2.attach_internet_gateway().internet_gateway_id(id).vpc_id(vpc);
    // Repeated, it is told that it is attached already; a second gateway in one VPC is another error.
    there(send_fresh!(at.cx, Call::idempotent("ec2", "AttachInternetGateway"), request))
}

async fn detach(at: &At<'_, Clients>, id: &str, vpc: &str) -> Result<()> {
    let request = at.cloud.ec2.detach_internet_gateway().internet_gateway_id(id).vpc_id(vpc);
    // What keeps it is a public address somewhere in the VPC.
    let answer = send!(at.cx, Call::idempotent("ec2", "DetachInternetGateway"), request);
    gone_unless_used(at, answer, "vpc-id", vpc).await
}

fn live(gateway: &Ec2InternetGateway) -> Option<Live<String>> {
    let tags = tags::from_ec2(gateway.tags());
    let vpc = gateway.attachments().first().and_then(|attached| attached.vpc_id());
    let fields = json!({ "vpc": vpc, "tags": tags });
    Some(Live::new(gateway.internet_gateway_id()?.to_owned(), fields, tags))
}

/// The internet gateways of a cluster. One call.
pub(crate) async fn list(look: &Look<'_>) -> Result<Vec<Item>> {
    let request = look.clients.ec2.describe_internet_gateways().filters(tags::of_cluster(look.cluster));
    let answer = send!(look.cx, Call::read("ec2", "DescribeInternetGateways"), request)?;
    Ok(answer.internet_gateways().iter().filter_map(|gateway| live(gateway)?.item::<InternetGateway>(look)).collect())
}
