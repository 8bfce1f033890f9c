//! The primaries' network interfaces: addresses that outlive the machines.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{Filter, NetworkInterface as Described, NetworkInterfaceStatus, ResourceType};
use castra_core::context::{ContextExt as _, elapsed};
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::{Call, Context, Error, ErrorKind, FieldChange, Item, Result, Seen, Status, Wait};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::Live;
use super::{SecurityGroup, Subnet};
use crate::call::{assigned, gone, send, send_fresh};
use crate::client::Clients;
use crate::error::token_is_spent;
use crate::survey::Look;
use crate::tags;

/// How many client tokens are tried: one for each interface of these parameters that was deleted before.
const TOKENS: u32 = 16;

/// How long a fresh interface may stay invisible before it counts as an earlier one that is deleted.
const INVISIBLE: Duration = Duration::from_secs(30);

/// A primary's network interface. The machine is replaced, its address isn't.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NetworkInterface {
    /// Its subnet.
    pub(crate) subnet: Ref<Subnet>,
    /// Its address; none where the cloud chooses, as in a subnet that isn't ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<Ipv4Addr>,
    /// Its security groups.
    pub(crate) security_groups: Vec<Ref<SecurityGroup>>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

/// What an interface gives to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct InterfaceOutput {
    /// The interface's id.
    pub(crate) id: String,
    /// Its private address.
    pub(crate) address: Ipv4Addr,
}

impl Output for InterfaceOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for NetworkInterface {
    const KIND: &'static str = "network_interface";
    const RECOVERY: Recovery = Recovery::Token;
    const REPLACE: &'static [&'static str] = &["subnet", "address"];
    type Output = InterfaceOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<InterfaceOutput>>> {
        let described = describe(at.cx, at.cloud, tags::exactly(at)).await?;
        Ok(described.iter().find_map(live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<InterfaceOutput> {
        let subnet = at.get(&self.subnet)?.id;
        let groups = self.groups(at)?;
        let parameters = json!([subnet, self.address, groups, self.tags]);
        let request = at
            .cloud
            .ec2
            .create_network_interface()
            .subnet_id(&subnet)
            .set_private_ip_address(self.address.map(|address| address.to_string()))
            .set_groups(Some(groups))
            .tag_specifications(tags::specification(ResourceType::NetworkInterface, &self.tags));
        for attempt in 0..TOKENS {
            let request = request.clone().client_token(at.owner.token(at.address, &parameters, attempt));
            let answer = match send_fresh!(at.cx, Call::mutate("ec2", "CreateNetworkInterface"), request) {
                Err(error) if token_is_spent(&error) => continue,
                Err(error) if error.kind() == ErrorKind::InUse => return Err(taken(error)),
                answer => answer?,
            };
            let made = answer.network_interface();
            // Its status is `pending` at first, also in the answer about one that is long gone.
            if let Some(made) = made.filter(|made| made.status() == Some(&NetworkInterfaceStatus::Available))
                && let Some(live) = live(made)
            {
                return Ok(live.output);
            }
            let id = assigned(made.and_then(Described::network_interface_id), "network interface")?;
            if let Some(output) = usable(at, &id).await? {
                return Ok(output);
            }
        }
        Err(Error::new(ErrorKind::Unexpected, format!("{TOKENS} client tokens led to deleted network interfaces")))
    }

    async fn update(
        &self,
        at: &At<'_, Clients>,
        live: &InterfaceOutput,
        changes: &[FieldChange],
    ) -> Result<InterfaceOutput> {
        for change in changes {
            match change.field.as_str() {
                "security_groups" => {
                    let request = at.cloud.ec2.modify_network_interface_attribute().network_interface_id(&live.id);
                    let request = request.set_groups(Some(self.groups(at)?));
                    send_fresh!(at.cx, Call::idempotent("ec2", "ModifyNetworkInterfaceAttribute"), request)?;
                }
                _ => tags::sync_ec2(at, &[&live.id], &self.tags, change).await?,
            }
        }
        Ok(live.clone())
    }

    async fn delete(at: &At<'_, Clients>, live: &InterfaceOutput) -> Result<()> {
        let request = at.cloud.ec2.delete_network_interface().network_interface_id(&live.id);
        gone(send!(at.cx, Call::idempotent("ec2", "DeleteNetworkInterface"), request))
    }
}

impl NetworkInterface {
    fn groups(&self, at: &At<'_, Clients>) -> Result<Vec<String>> {
        self.security_groups.iter().map(|group| at.get(group)).collect()
    }
}

/// Its address belongs to something else: ours would have been the answer to its own token.
fn taken(error: Error) -> Error {
    Error::new(ErrorKind::AlreadyExists, error.message().to_owned())
        .cloud(error.cloud_detail().cloned().unwrap_or_default())
        .source(error)
}

/// Waits until a fresh interface can be used. None when it never shows: its token belongs to one that was deleted.
async fn usable(at: &At<'_, Clients>, id: &str) -> Result<Option<InterfaceOutput>> {
    let began = at.cx.now();
    let wait = Wait::new(format!("{id} to become available")).every(Duration::from_secs(2));
    at.cx
        .wait(&wait, || async move {
            // Absence counts from when the look began: the machine may sleep before its answer is read.
            let waited = elapsed(began, at.cx.now());
            let described = describe(at.cx, at.cloud, vec![tags::filter("network-interface-id", id)]).await?;
            Ok(match described.first().and_then(live) {
                Some(Live { status: Status::Ready, output, .. }) => Seen::Done(Some(output)),
                Some(_) => Seen::Not("pending".into()),
                None if waited >= INVISIBLE => Seen::Done(None),
                None => Seen::Not("not visible yet".into()),
            })
        })
        .await
}

/// The interfaces that a filter lets through.
async fn describe(cx: &dyn Context, clients: &Clients, filters: Vec<Filter>) -> Result<Vec<Described>> {
    // An account with many interfaces is answered by pages only.
    let request = clients.ec2.describe_network_interfaces().set_filters(Some(filters)).max_results(1000);
    let mut all = Vec::new();
    let mut next = None;
    loop {
        let request = request.clone().set_next_token(next);
        let answer = send!(cx, Call::read("ec2", "DescribeNetworkInterfaces"), request)?;
        all.extend(answer.network_interfaces.unwrap_or_default());
        next = answer.next_token.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(all);
        }
    }
}

fn live(described: &Described) -> Option<Live<InterfaceOutput>> {
    let id = described.network_interface_id()?.to_owned();
    let address = described.private_ip_address()?.parse().ok()?;
    let groups: Vec<&str> = described.groups().iter().filter_map(|group| group.group_id()).collect();
    let tags = tags::from_ec2(described.tag_set());
    let fields = json!({
        "subnet": described.subnet_id(),
        "address": address,
        "security_groups": groups,
        "tags": tags,
    });
    let status = match described.status().map_or("pending", |status| status.as_str()) {
        "pending" => Status::Pending("pending".into()),
        _ => Status::Ready,
    };
    Some(Live::new(InterfaceOutput { id, address }, fields, tags).status(status))
}

/// The network interfaces of a cluster's primaries.
pub(crate) async fn list(look: &Look<'_>) -> Result<Vec<Item>> {
    let described = describe(look.cx, look.clients, vec![tags::of_cluster(look.cluster)]).await?;
    Ok(described.iter().filter_map(live).filter_map(|live| live.item::<NetworkInterface>(look)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use aws_sdk_ec2::types::{GroupIdentifier, Tag};

    use super::*;

    #[test]
    fn an_interface_is_read_with_every_field() {
        let described = Described::builder()
            .network_interface_id("eni-1")
            .subnet_id("subnet-1")
            .private_ip_address("10.0.0.10")
            .groups(GroupIdentifier::builder().group_id("sg-1").group_name("demo-primary").build())
            .tag_set(Tag::builder().key("team").value("platform").build())
            .status(NetworkInterfaceStatus::InUse)
            .build();
        let live = live(&described).unwrap();
        assert_eq!(live.output, InterfaceOutput { id: "eni-1".into(), address: Ipv4Addr::new(10, 0, 0, 10) });
        assert_eq!(
            live.fields,
            json!({"subnet": "subnet-1", "address": "10.0.0.10", "security_groups": ["sg-1"],
                   "tags": {"team": "platform"}})
        );
        assert_eq!(live.status, Status::Ready);
    }

    #[test]
    fn an_address_that_the_cloud_chooses_is_not_ours_to_compare() {
        let wanted = |address| NetworkInterface {
            subnet: Ref::to("private-a"),
            address,
            security_groups: Vec::new(),
            tags: BTreeMap::new(),
        };
        let fields = |address| serde_json::to_value(wanted(address)).unwrap();
        assert_eq!(fields(None).get("address"), None);
        assert_eq!(fields(Some(Ipv4Addr::new(10, 0, 0, 10)))["address"], "10.0.0.10");
    }
}
