//! Subnets (<https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html>).

pub(crate) mod addresses;
mod attribute;
mod describe;
mod ipv6;
mod reservation;
#[cfg(test)]
mod tests;

use ipnet::{Ipv4Net, Ipv6Net};
use jiff::Timestamp;
use serde_json::json;

use super::resource::{named, resource};
use super::vpc::{Block, Vpc, read_cidr};
use super::{Tags, availability_zone, id};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
use crate::chance::Chance;

pub(crate) use reservation::Reservation;

/// A subnet. The addresses that it has given out are those of the interfaces in it.
#[derive(Debug, Clone)]
pub(crate) struct Subnet {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) vpc: String,
    pub(crate) cidr: Ipv4Net,
    pub(crate) ipv6: Option<Block<Ipv6Net>>,
    /// The zone's name, `eu-central-1a`.
    pub(crate) zone: String,
    pub(crate) default_for_zone: bool,
    pub(crate) map_public_ip: bool,
    pub(crate) assign_ipv6: bool,
    pub(crate) dns64: bool,
    /// `ip-name` or `resource-name`.
    pub(crate) hostname_type: String,
    /// Whether instances' names resolve to their IPv4 and IPv6 addresses.
    pub(crate) resource_name_records: (bool, bool),
    /// Id of its association with the VPC's network ACL.
    pub(crate) acl_association: String,
    pub(crate) reservations: Vec<Reservation>,
    pub(crate) tags: Tags,
}

resource!(
    Subnet,
    subnets,
    "subnet",
    "InvalidSubnetID.Malformed",
    "InvalidSubnetID.NotFound",
    "The subnet ID '{}' does not exist"
);

pub(super) const OPERATIONS: Operations = &[
    ("AssociateSubnetCidrBlock", ipv6::associate),
    ("CreateSubnet", create),
    ("CreateSubnetCidrReservation", reservation::create),
    ("DeleteSubnet", delete),
    ("DeleteSubnetCidrReservation", reservation::delete),
    ("DescribeSubnets", describe::describe),
    ("DisassociateSubnetCidrBlock", ipv6::disassociate),
    ("GetSubnetCidrReservations", reservation::get),
    ("ModifySubnetAttribute", attribute::modify),
];

impl Subnet {
    /// A new one as CreateSubnet makes it if nothing else is said.
    pub(super) fn new(vpc: &str, cidr: Ipv4Net, zone: String, chance: &mut Chance, created: Timestamp) -> Self {
        Self {
            id: id::new("subnet", chance),
            created,
            vpc: vpc.to_owned(),
            cidr,
            ipv6: None,
            zone,
            default_for_zone: false,
            map_public_ip: false,
            assign_ipv6: false,
            dns64: false,
            hostname_type: "ip-name".to_owned(),
            resource_name_records: (false, false),
            acl_association: id::new("aclassoc", chance),
            reservations: Vec::new(),
            tags: Tags::default(),
        }
    }
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html>
fn create(call: &mut Call<'_>) -> Answer {
    let tags = Tags::specified(call, "subnet")?;
    let vpc = named::<Vpc>(call, "VpcId")?.clone();
    let zone = zone(call)?;
    let Some(text) = call.text("CidrBlock") else {
        // IPv6-only subnets and blocks from IPAM pools aren't served.
        let message = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.";
        return Err(ApiError::new("MissingParameter", message));
    };
    let cidr = read_cidr("cidrBlock", text)?;
    // https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    if !(16..=28).contains(&cidr.prefix_len()) || !vpc.cidrs().any(|block| block.contains(&cidr)) {
        return Err(ApiError::new("InvalidSubnet.Range", format!("The CIDR '{text}' is invalid.")));
    }
    let siblings = || call.look().ec2.subnets.values().filter(|subnet| subnet.vpc == vpc.id);
    if siblings().any(|subnet| subnet.cidr.contains(&cidr) || cidr.contains(&subnet.cidr)) {
        let message = format!("The CIDR '{text}' conflicts with another subnet");
        return Err(ApiError::new("InvalidSubnet.Conflict", message));
    }
    if siblings().count() >= call.account.settings.network_limits.subnets_per_vpc {
        return Err(ApiError::new("SubnetLimitExceeded", "The maximum number of subnets has been reached."));
    }
    let ipv6 = call.text("Ipv6CidrBlock").map(|text| ipv6::fitting(&call.look().ec2, &vpc, text)).transpose()?;
    let zone = match zone {
        Some(zone) => zone,
        None => {
            let zones = availability_zone::zones(&call.account.id, call.region);
            let choice = usize::try_from(call.account.chance.below(zones.len() as u64)).unwrap_or(0);
            zones.into_iter().nth(choice).map(|zone| zone.name).unwrap_or_default()
        }
    };
    let now = call.now();
    let mut subnet = Subnet::new(&vpc.id, cidr, zone, &mut call.account.chance, now);
    subnet.ipv6 = ipv6.map(|cidr| Block { id: id::new("subnet-cidr-assoc", &mut call.account.chance), cidr });
    subnet.tags = tags;
    let id = subnet.id.clone();
    call.ec2().subnets.insert(id.clone(), subnet);
    let ec2 = &call.look().ec2;
    let shown = ec2.subnets.get(&id).map(|subnet| describe::show(ec2, subnet));
    Ok(json!({ "Subnet": shown }))
}

/// The zone that the call names; none if it leaves the choice to AWS.
fn zone(call: &Call<'_>) -> Result<Option<String>, ApiError> {
    let zones = availability_zone::zones(&call.account.id, call.region);
    let (parameter, given, found) = match (call.text("AvailabilityZone"), call.text("AvailabilityZoneId")) {
        (Some(_), Some(_)) => {
            let message = "Only one of AvailabilityZone and AvailabilityZoneId can be specified.";
            return Err(ApiError::new("InvalidParameterCombination", message));
        }
        (Some(name), None) => ("availabilityZone", name, zones.iter().find(|zone| zone.name == name)),
        (None, Some(id)) => ("availabilityZoneId", id, zones.iter().find(|zone| zone.id == id)),
        (None, None) => return Ok(None),
    };
    found.map(|zone| Some(zone.name.clone())).ok_or_else(|| {
        let names: Vec<&str> = zones.iter().map(|zone| zone.name.as_str()).collect();
        let message = format!(
            "Value ({given}) for parameter {parameter} is invalid. Subnets can currently only be created in the \
             following availability zones: {}.",
            names.join(", ")
        );
        ApiError::new("InvalidParameterValue", message)
    })
}

/// "You must terminate all running instances in the subnet before you can delete the subnet"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html>); any interface keeps it.
fn delete(call: &mut Call<'_>) -> Answer {
    let subnet = named::<Subnet>(call, "SubnetId")?.id.clone();
    let ec2 = call.ec2();
    if ec2.interfaces.values().any(|interface| interface.subnet == subnet) {
        let message = format!("The subnet '{subnet}' has dependencies and cannot be deleted.");
        return Err(ApiError::new("DependencyViolation", message));
    }
    ec2.subnets.remove(&subnet);
    for table in ec2.route_tables.values_mut() {
        table.associations.retain(|association| association.subnet.as_deref() != Some(&subnet));
    }
    Ok(json!({}))
}
