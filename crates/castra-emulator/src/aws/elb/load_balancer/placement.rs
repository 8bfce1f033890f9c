//! Where a load balancer's nodes come to be: one subnet in each zone that it is to serve.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::Value;

use super::super::refuse::{invalid, misconfigured};
use super::Kind;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::subnet::addresses::available;

/// The most nodes' addresses that a load balancer may come to need in a subnet, which must be free when it is created
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer>).
const FREE_ADDRESSES: usize = 8;

/// A node that is wanted.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) subnet: String,
    pub(super) zone: String,
    pub(super) vpc: String,
    /// An address of the subnet that a network load balancer is to have.
    pub(super) private: Option<Ipv4Addr>,
    /// The allocation of an Elastic IP address that a network load balancer is to have.
    pub(super) allocation: Option<String>,
}

/// Where the call wants nodes: `Subnets` or `SubnetMappings`, held against the network.
pub(super) fn wanted(call: &mut Call<'_>, kind: Kind, internal: bool) -> Result<Vec<Place>, ApiError> {
    let (subnets, mappings) = (call.texts("Subnets"), call.list("SubnetMappings"));
    let mut places = match (subnets.is_empty(), mappings.is_empty()) {
        (false, false) => return Err(invalid("You must specify either subnets or subnet mappings, but not both")),
        (true, true) if kind == Kind::Application => return Err(too_few_zones()),
        (true, true) => return Err(invalid("At least one subnet must be specified")),
        (false, true) => subnets.into_iter().map(|id| place(call, id)).collect::<Result<Vec<_>, _>>()?,
        (true, false) => {
            mappings.iter().map(|mapping| mapped(call, mapping, kind, internal)).collect::<Result<Vec<_>, _>>()?
        }
    };
    places.sort_by(|a, b| a.zone.cmp(&b.zone));
    if places.windows(2).any(|pair| matches!(pair, [a, b] if a.vpc != b.vpc)) {
        return Err(misconfigured("All subnets must belong to the same VPC"));
    }
    if places.windows(2).any(|pair| matches!(pair, [a, b] if a.zone == b.zone)) {
        let message = "A load balancer cannot be attached to multiple subnets in the same Availability Zone";
        return Err(misconfigured(message));
    }
    if kind == Kind::Application && places.len() < 2 {
        return Err(too_few_zones());
    }
    if !internal {
        check_internet_gateway(call, &places)?;
    }
    Ok(places)
}

fn too_few_zones() -> ApiError {
    invalid("At least two subnets in two different Availability Zones must be specified")
}

fn place(call: &mut Call<'_>, id: &str) -> Result<Place, ApiError> {
    let not_found = || ApiError::new("SubnetNotFound", format!("The subnet ID '{id}' does not exist"));
    let subnet = call.ec2().subnets.get(id).ok_or_else(not_found)?;
    let (created, zone, vpc) = (subnet.created, subnet.zone.clone(), subnet.vpc.clone());
    if !call.account.shows(id, created) {
        return Err(not_found());
    }
    Ok(Place { subnet: id.to_owned(), zone, vpc, private: None, allocation: None })
}

/// One of `SubnetMappings`
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SubnetMapping.html>).
fn mapped(call: &mut Call<'_>, mapping: &Value, kind: Kind, internal: bool) -> Result<Place, ApiError> {
    let text = |member| mapping.get(member).and_then(Value::as_str);
    let mut place = place(call, text("SubnetId").unwrap_or_default())?;
    if ["IPv6Address", "SourceNatIpv6Prefix"].into_iter().any(|member| text(member).is_some()) {
        return Err(misconfigured("IPv6 addresses of load balancers are not emulated"));
    }
    if let Some(allocation) = text("AllocationId") {
        if kind == Kind::Application || internal {
            let message = "Elastic IP addresses are only supported for internet-facing network load balancers";
            return Err(misconfigured(message));
        }
        let not_found = || {
            let message = format!("The allocation IDs '{allocation}' do not exist");
            ApiError::new("AllocationIdNotFound", message)
        };
        let address = call.ec2().addresses.get(allocation).ok_or_else(not_found)?;
        if address.association.is_some() {
            let message = "The allocation IDs are not available for use";
            return Err(ApiError::new("ResourceInUse", message));
        }
        place.allocation = Some(allocation.to_owned());
    }
    if let Some(private) = text("PrivateIPv4Address") {
        if kind == Kind::Application || !internal {
            let message = "Private IPv4 addresses are only supported for internal network load balancers";
            return Err(misconfigured(message));
        }
        let address: Ipv4Addr =
            private.parse().map_err(|_| invalid(format!("'{private}' is not a valid IPv4 address")))?;
        let cidr: Option<Ipv4Net> = call.ec2().subnets.get(&place.subnet).map(|subnet| subnet.cidr);
        if !cidr.is_some_and(|cidr| cidr.contains(&address)) {
            let message = format!("The address '{private}' is not in the range of the subnet '{}'", place.subnet);
            return Err(misconfigured(message));
        }
        place.private = Some(address);
    }
    Ok(place)
}

/// Refuses IPv6 in subnets without
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-ip-address-type.html>).
pub(super) fn check_ip_address_type<'a>(
    call: &mut Call<'_>,
    wanted: &str,
    subnets: impl IntoIterator<Item = &'a str>,
) -> Result<(), ApiError> {
    let without = |subnet: &str| call.look().ec2.subnets.get(subnet).is_none_or(|it| it.ipv6.is_none());
    if wanted != "ipv4" && subnets.into_iter().any(without) {
        return Err(misconfigured("You must specify subnets with an associated IPv6 CIDR block."));
    }
    Ok(())
}

/// An internet-facing load balancer needs an internet gateway
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-application-load-balancer.html>).
fn check_internet_gateway(call: &mut Call<'_>, places: &[Place]) -> Result<(), ApiError> {
    let Some(first) = places.first() else { return Ok(()) };
    if call.ec2().internet_gateways.values().any(|gateway| gateway.vpc.as_ref() == Some(&first.vpc)) {
        return Ok(());
    }
    Err(ApiError::new("InvalidSubnet", format!("VPC {} has no internet gateway", first.vpc)))
}

/// Refuses subnets without room for a load balancer that grows.
pub(super) fn check_room<'a>(call: &mut Call<'_>, places: impl IntoIterator<Item = &'a Place>) -> Result<(), ApiError> {
    for place in places {
        let ec2 = call.ec2();
        let free = ec2.subnets.get(&place.subnet).map_or(0, |subnet| available(ec2, subnet));
        if free < FREE_ADDRESSES {
            let message = format!(
                "Not enough IP space available in {}. ELB requires at least {FREE_ADDRESSES} free IP addresses in \
                 each subnet.",
                place.subnet
            );
            return Err(ApiError::new("InvalidSubnet", message));
        }
    }
    Ok(())
}
