//! The way from private subnets to the internet.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{ConnectivityType, Filter, NatGateway as Ec2NatGateway, NatGatewayState, ResourceType};
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, ContextExt as _, Error, ErrorKind, FieldChange, Item, Result, Seen, Status, Wait};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::live::Live;
use super::{Eip, Subnet};
use crate::call::{assigned, gone, maybe, send, send_fresh};
use crate::client::Clients;
use crate::error::{of_code, token_is_spent};
use crate::survey::Look;
use crate::tags;

/// A public NAT gateway. Its subnet's VPC needs an attached internet gateway, or it fails.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NatGateway {
    /// The public subnet that it stands in.
    pub(crate) subnet: Ref<Subnet>,
    /// The address that it speaks from.
    pub(crate) eip: Ref<Eip>,
    /// Its tags.
    pub(crate) tags: BTreeMap<String, String>,
}

/// How often it is looked at: becoming available takes a minute or two.
const EVERY: Duration = Duration::from_secs(3);

/// When waiting for it ends.
const DEADLINE: Duration = Duration::from_secs(15 * 60);

/// How many dead predecessors' tokens are passed. A dead gateway is listed for about an hour ("NAT gateway basics",
/// VPC guide), so that more than these would have been made in that time.
const TOKENS: u32 = 20;

#[async_trait]
impl Kind for NatGateway {
    const KIND: &'static str = "nat_gateway";
    const RECOVERY: Recovery = Recovery::Token;
    const REPLACE: &'static [&'static str] = &["subnet", "eip"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let answer = describe(at, tags::exactly(at)).await?;
        let found = answer.iter().filter(|gateway| !is_dead(gateway)).filter_map(live).find(|live| live.is(at));
        Ok(found.map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let subnet = at.get(&self.subnet)?.id;
        let eip = at.get(&self.eip)?.id;
        let parameters = json!([subnet, eip, self.tags]);
        for attempt in 0..TOKENS {
            let request = at
                .cloud
                .ec2
                .create_nat_gateway()
                .subnet_id(&subnet)
                .allocation_id(&eip)
                .connectivity_type(ConnectivityType::Public)
                .client_token(at.owner.token(at.address, &parameters, attempt))
                .tag_specifications(tags::specification(ResourceType::Natgateway, &self.tags));
            match send_fresh!(at.cx, Call::mutate("ec2", "CreateNatGateway"), request) {
                Ok(answer) => match answer.nat_gateway() {
                    // The token of one that failed or was deleted since.
                    Some(gateway) if is_dead(gateway) => {}
                    gateway => return assigned(gateway.and_then(Ec2NatGateway::nat_gateway_id), "NAT gateway"),
                },
                Err(error) if token_is_spent(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::new(ErrorKind::Unexpected, format!("{TOKENS} NAT gateways made for it are dead"))
            .remedy("see in the VPC console why they failed, and try again in an hour"))
    }

    async fn update(&self, at: &At<'_, Clients>, id: &String, changes: &[FieldChange]) -> Result<String> {
        for change in changes {
            tags::sync_ec2(at, &[id], &self.tags, change).await?;
        }
        Ok(id.clone())
    }

    async fn ready(&self, at: &At<'_, Clients>, id: &String) -> Result<()> {
        available(at, id).await
    }

    async fn delete(at: &At<'_, Clients>, id: &String) -> Result<()> {
        let request = at.cloud.ec2.delete_nat_gateway().nat_gateway_id(id);
        gone(send!(at.cx, Call::idempotent("ec2", "DeleteNatGateway"), request))?;
        // Until then its address and its interface are in use.
        let wait = Wait::new(format!("{id} to be deleted")).every(EVERY).deadline(DEADLINE);
        at.cx
            .wait(&wait, || async {
                match get(at, id).await? {
                    Some(gateway) if gateway.state() != Some(&NatGatewayState::Deleted) => {
                        Ok(Seen::Not(state(&gateway)))
                    }
                    _ => Ok(Seen::Done(())),
                }
            })
            .await
    }
}

/// Waits until a NAT gateway takes traffic: a route to it is refused before.
///
/// # Errors
/// When it failed, with its own words, at once.
pub(super) async fn available(at: &At<'_, Clients>, id: &str) -> Result<()> {
    let wait = Wait::new(format!("{id} to become available")).every(EVERY).deadline(DEADLINE);
    at.cx
        .wait(&wait, || async {
            let Some(gateway) = get(at, id).await? else { return Ok(Seen::Not("not visible yet".into())) };
            match gateway.state() {
                Some(NatGatewayState::Available) => Ok(Seen::Done(())),
                Some(NatGatewayState::Pending) | None => Ok(Seen::Not(state(&gateway))),
                Some(_) => Err(failed(id, &gateway)),
            }
        })
        .await
}

/// The error of a gateway that won't become available. Its codes are those of requests ("NatGateway", Amazon EC2 API
/// reference), and say what is wrong with the network or the address, not that something of its own is missing or taken.
fn failed(id: &str, gateway: &Ec2NatGateway) -> Error {
    let code = gateway.failure_code().unwrap_or_default();
    let (kind, first) = match (of_code(code, ""), code) {
        (ErrorKind::Quota, _) => (ErrorKind::Quota, "free addresses in its subnet"),
        (_, "Gateway.NotAttached") => (ErrorKind::Invalid, "see that the VPC's internet gateway stays attached"),
        (ErrorKind::AlreadyExists, _) => (ErrorKind::Conflict, "release its elastic IP from what holds it"),
        (ErrorKind::NotFound, _) => (ErrorKind::Invalid, "see that nobody deletes its address or subnet"),
        (ErrorKind::Unavailable, _) => (ErrorKind::Unhealthy, "it is AWS's fault"),
        (kind, _) => (kind, "mend that"),
    };
    let at = format!("{id} in {} is {}", gateway.subnet_id().unwrap_or("a subnet that isn't told"), why(gateway));
    Error::new(kind, at).remedy(format!("{first}, then apply again, which replaces it"))
}

async fn get(at: &At<'_, Clients>, id: &str) -> Result<Option<Ec2NatGateway>> {
    let request = at.cloud.ec2.describe_nat_gateways().nat_gateway_ids(id);
    let answer = maybe(send!(at.cx, Call::read("ec2", "DescribeNatGateways"), request))?;
    Ok(answer.and_then(|answer| answer.nat_gateways.into_iter().flatten().next()))
}

async fn describe(at: &At<'_, Clients>, filters: Vec<Filter>) -> Result<Vec<Ec2NatGateway>> {
    let request = at.cloud.ec2.describe_nat_gateways().set_filter(Some(filters));
    let answer = send!(at.cx, Call::read("ec2", "DescribeNatGateways"), request)?;
    Ok(answer.nat_gateways.unwrap_or_default())
}

fn state(gateway: &Ec2NatGateway) -> String {
    gateway.state().map_or_else(|| "unknown".to_owned(), ToString::to_string)
}

/// The state with the cloud's reason, where it gives one.
fn why(gateway: &Ec2NatGateway) -> String {
    match (gateway.failure_code(), gateway.failure_message()) {
        (Some(code), Some(message)) => format!("{}: {message} ({code})", state(gateway)),
        (None, Some(text)) | (Some(text), None) => format!("{}: {text}", state(gateway)),
        (None, None) => state(gateway),
    }
}

fn is_dead(gateway: &Ec2NatGateway) -> bool {
    matches!(gateway.state(), Some(NatGatewayState::Failed | NatGatewayState::Deleting | NatGatewayState::Deleted))
}

fn live(gateway: &Ec2NatGateway) -> Option<Live<String>> {
    let tags = tags::from_ec2(gateway.tags());
    // More addresses can be added, and nobody should; the one that it was made with is the primary one.
    let addresses = gateway.nat_gateway_addresses();
    let first = addresses.iter().find(|address| address.is_primary() == Some(true)).or(addresses.first());
    let fields = json!({
        "subnet": gateway.subnet_id(),
        "eip": first.and_then(|address| address.allocation_id()),
        "tags": tags,
    });
    let status = match gateway.state()? {
        NatGatewayState::Available => Status::Ready,
        NatGatewayState::Pending => Status::Pending(state(gateway)),
        NatGatewayState::Deleting => Status::Deleting,
        _ => Status::Failed(why(gateway)),
    };
    Some(Live::new(gateway.nat_gateway_id()?.to_owned(), fields, tags).status(status))
}

/// The NAT gateways of a cluster, without the deleted ones. One call.
pub(crate) async fn list(look: &Look<'_>) -> Result<Vec<Item>> {
    let request = look.clients.ec2.describe_nat_gateways().filter(tags::of_cluster(look.cluster));
    let answer = send!(look.cx, Call::read("ec2", "DescribeNatGateways"), request)?;
    Ok(answer
        .nat_gateways()
        .iter()
        .filter(|gateway| gateway.state() != Some(&NatGatewayState::Deleted))
        .filter_map(|gateway| live(gateway)?.item::<NatGateway>(look))
        .collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use aws_sdk_ec2::types::NatGatewayAddress;

    use super::*;

    fn gateway(state: NatGatewayState) -> Ec2NatGateway {
        let address = |id: &str, primary| NatGatewayAddress::builder().allocation_id(id).is_primary(primary).build();
        Ec2NatGateway::builder()
            .nat_gateway_id("nat-1")
            .subnet_id("subnet-1")
            .nat_gateway_addresses(address("eipalloc-2", false))
            .nat_gateway_addresses(address("eipalloc-1", true))
            .state(state)
            .build()
    }

    #[test]
    fn a_gateway_is_read_with_its_primary_address() {
        let live = live(&gateway(NatGatewayState::Available)).unwrap();
        assert_eq!(live.fields, json!({ "subnet": "subnet-1", "eip": "eipalloc-1", "tags": {} }));
        assert_eq!(live.output, "nat-1");
        assert_eq!(live.status, Status::Ready);
    }

    #[test]
    fn a_failure_is_never_taken_for_a_missing_or_taken_name() {
        for (code, kind) in [
            ("InsufficientFreeAddressesInSubnet", ErrorKind::Quota),
            ("Gateway.NotAttached", ErrorKind::Invalid),
            ("InvalidAllocationID.NotFound", ErrorKind::Invalid),
            ("Resource.AlreadyAssociated", ErrorKind::Conflict),
            ("InternalError", ErrorKind::Unhealthy),
        ] {
            let mut gateway = gateway(NatGatewayState::Failed);
            gateway.failure_code = Some(code.to_owned());
            gateway.failure_message = Some("The words".to_owned());
            let error = failed("nat-1", &gateway);
            assert_eq!(error.kind(), kind, "{code}");
            assert_eq!(error.message(), format!("nat-1 in subnet-1 is failed: The words ({code})"));
            assert!(error.remedy_text().is_some());
        }
    }

    #[test]
    fn states_become_statuses() {
        let status = |gateway: &Ec2NatGateway| live(gateway).unwrap().status;
        assert_eq!(status(&gateway(NatGatewayState::Pending)), Status::Pending("pending".into()));
        assert_eq!(status(&gateway(NatGatewayState::Deleting)), Status::Deleting);
        let mut failed = gateway(NatGatewayState::Failed);
        failed.failure_code = Some("Gateway.NotAttached".into());
        failed.failure_message = Some("Network vpc-1 has no Internet gateway attached".into());
        let why = "failed: Network vpc-1 has no Internet gateway attached (Gateway.NotAttached)";
        assert_eq!(status(&failed), Status::Failed(why.into()));
    }
}
