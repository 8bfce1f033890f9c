//! A public address, for a NAT gateway.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use async_trait::async_trait;
use aws_sdk_ec2::types::{Address as Ec2Address, DomainType, ResourceType};
use castra_core::resource::{At, Found, Kind, Output, Recovery};
use castra_core::{Call, Error, ErrorKind, FieldChange, Item, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::Live;
use crate::call::{assigned, gone, send};
use crate::client::Clients;
use crate::survey::Look;
use crate::tags;

/// An elastic IP address. It costs while it isn't in use.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Eip {
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

/// What an elastic IP address gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct EipOutput {
    /// The id of its allocation.
    pub(crate) id: String,
    /// The address.
    pub(crate) address: Ipv4Addr,
}

impl Output for EipOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for Eip {
    const KIND: &'static str = "eip";
    const RECOVERY: Recovery = Recovery::Tagged;
    const REPLACE: &'static [&'static str] = &[];
    type Output = EipOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<EipOutput>>> {
        let request = at.cloud.ec2.describe_addresses().set_filters(Some(tags::exactly(at)));
        let answer = send!(at.cx, Call::read("ec2", "DescribeAddresses"), request)?;
        Ok(answer.addresses().first().and_then(live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<EipOutput> {
        let request = at
            .cloud
            .ec2
            .allocate_address()
            .domain(DomainType::Vpc)
            .tag_specifications(tags::specification(ResourceType::ElasticIp, &self.tags));
        let answer = send!(at.cx, Call::mutate("ec2", "AllocateAddress"), request)?;
        let id = assigned(answer.allocation_id(), "elastic IP address")?;
        let address = answer.public_ip().and_then(|text| text.parse().ok()).ok_or_else(|| {
            Error::new(ErrorKind::Unexpected, format!("the answer names no address for the new {id}")).ambiguous()
        })?;
        Ok(EipOutput { id, address })
    }

    async fn update(&self, at: &At<'_, Clients>, live: &EipOutput, changes: &[FieldChange]) -> Result<EipOutput> {
        for change in changes {
            tags::sync_ec2(at, &[&live.id], &self.tags, change).await?;
        }
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &EipOutput) -> Result<()> {
        let request = at.cloud.ec2.release_address().allocation_id(&live.id);
        gone(send!(at.cx, Call::idempotent("ec2", "ReleaseAddress"), request))
    }
}

fn live(address: &Ec2Address) -> Option<Live<EipOutput>> {
    let tags = tags::from_ec2(address.tags());
    let fields = json!({ "tags": tags });
    let output = EipOutput { id: address.allocation_id()?.to_owned(), address: address.public_ip()?.parse().ok()? };
    Some(Live::new(output, fields, tags))
}

/// The elastic IP addresses of a cluster. One call.
pub(crate) async fn list(look: &Look<'_>) -> Result<Vec<Item>> {
    let request = look.clients.ec2.describe_addresses().filters(tags::of_cluster(look.cluster));
    let answer = send!(look.cx, Call::read("ec2", "DescribeAddresses"), request)?;
    Ok(answer.addresses().iter().filter_map(|address| live(address)?.item::<Eip>(look)).collect())
}
