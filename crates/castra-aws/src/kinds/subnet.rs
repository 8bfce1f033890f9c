//! A range of the network in one zone.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_ec2::types::{AttributeBooleanValue, ResourceType, Subnet as Ec2Subnet, SubnetState};
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::{Call, FieldChange, Item, Result, Status};
use ipnet::Ipv4Net;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Vpc;
use super::live::Live;
use super::users::gone_unless_used;
use crate::call::{assigned, send, send_fresh};
use crate::client::Clients;
use crate::survey::Look;
use crate::tags;

/// A subnet of the cluster's own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Subnet {
    /// The VPC that it is in.
    pub(crate) vpc: Ref<Vpc>,
    /// Its range, within the VPC's.
    pub(crate) cidr: Ipv4Net,
    /// Its availability zone by name, for example `eu-central-1a`.
    pub(crate) zone: String,
    /// Whether machines launched in it get public addresses by themselves: never, as nodes are private.
    pub(crate) map_public_ip: bool,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

/// What a subnet gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SubnetOutput {
    /// Its id.
    pub(crate) id: String,
    /// Its range.
    pub(crate) cidr: Ipv4Net,
    /// Its availability zone.
    pub(crate) zone: String,
}

impl Output for SubnetOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for Subnet {
    const KIND: &'static str = "subnet";
    const RECOVERY: Recovery = Recovery::Tagged;
    const REPLACE: &'static [&'static str] = &["vpc", "cidr", "zone"];
    // The interfaces of all these are in it; a group's members and a balancer's interfaces aren't resources.
    const DELETE_AFTER: &'static [&'static str] = &["lb", "nat_gateway", "instance", "autoscaling_group"];
    type Output = SubnetOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<SubnetOutput>>> {
        let request = at.cloud.ec2.describe_subnets().set_filters(Some(tags::exactly(at)));
        let answer = send!(at.cx, Call::read("ec2", "DescribeSubnets"), request)?;
        Ok(answer.subnets().first().and_then(live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<SubnetOutput> {
        let request = at
            .cloud
            .ec2
            .create_subnet()
            .vpc_id(at.get(&self.vpc)?)
            .cidr_block(self.cidr.to_string())
            .availability_zone(&self.zone)
            .tag_specifications(tags::specification(ResourceType::Subnet, &self.tags));
        // A VPC has a range once: sent again after a lost reply, this is refused as a conflict, and then ours is
        // found by its tags.
        let answer = send_fresh!(at.cx, Call::idempotent("ec2", "CreateSubnet"), request)?;
        let id = assigned(answer.subnet().and_then(Ec2Subnet::subnet_id), "subnet")?;
        // A new subnet that isn't a default one maps no public addresses (EC2 API reference, Subnet).
        if self.map_public_ip {
            set_map_public_ip(at, &id, true).await?;
        }
        Ok(SubnetOutput { id, cidr: self.cidr, zone: self.zone.clone() })
    }

    async fn update(&self, at: &At<'_, Clients>, live: &SubnetOutput, changes: &[FieldChange]) -> Result<SubnetOutput> {
        for change in changes {
            match change.field.as_str() {
                "map_public_ip" => set_map_public_ip(at, &live.id, self.map_public_ip).await?,
                _ => tags::sync_ec2(at, &[&live.id], &self.tags, change).await?,
            }
        }
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &SubnetOutput) -> Result<()> {
        let request = at.cloud.ec2.delete_subnet().subnet_id(&live.id);
        gone_unless_used(at, send!(at.cx, Call::idempotent("ec2", "DeleteSubnet"), request), "subnet-id", &live.id)
            .await
    }
}

async fn set_map_public_ip(at: &At<'_, Clients>, id: &str, on: bool) -> Result<()> {
    let value = AttributeBooleanValue::builder().value(on).build();
    let request = at.cloud.ec2.modify_subnet_attribute().subnet_id(id).map_public_ip_on_launch(value);
    send_fresh!(at.cx, Call::idempotent("ec2", "ModifySubnetAttribute"), request)?;
    Ok(())
}

fn live(subnet: &Ec2Subnet) -> Option<Live<SubnetOutput>> {
    let tags = tags::from_ec2(subnet.tags());
    let cidr: Ipv4Net = subnet.cidr_block()?.parse().ok()?;
    let zone = subnet.availability_zone().unwrap_or_default().to_owned();
    let fields = json!({
        "vpc": subnet.vpc_id(),
        "cidr": cidr,
        "zone": zone,
        "map_public_ip": subnet.map_public_ip_on_launch().unwrap_or_default(),
        "tags": tags,
    });
    let status = match subnet.state() {
        None | Some(SubnetState::Available) => Status::Ready,
        Some(state) if state.as_str().starts_with("failed") => Status::Failed(state.to_string()),
        Some(state) => Status::Pending(state.to_string()),
    };
    let output = SubnetOutput { id: subnet.subnet_id()?.to_owned(), cidr, zone };
    Some(Live::new(output, fields, tags).status(status))
}

/// The subnets of a cluster. One call.
pub(crate) async fn list(look: &Look<'_>) -> Result<Vec<Item>> {
    let request = look.clients.ec2.describe_subnets().filters(tags::of_cluster(look.cluster));
    let answer = send!(look.cx, Call::read("ec2", "DescribeSubnets"), request)?;
    Ok(answer.subnets().iter().filter_map(|subnet| live(subnet)?.item::<Subnet>(look)).collect())
}
