//! CIDR blocks of VPCs (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>).

use std::net::Ipv6Addr;

use ipnet::{Ipv4Net, Ipv6Net};
use serde_json::{Value, json};

use super::{Block, Vpc};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::named;
use crate::aws::ec2::route_table::{Destination, Route};
use crate::aws::ec2::{State, id};
use crate::aws::error::Answer;
use crate::chance::Chance;

/// A CIDR block as requests write it, in canonical form: host bits are dropped, as CreateVpc and CreateSubnet do
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html>).
pub(in crate::aws::ec2) fn read(parameter: &str, text: &str) -> Result<Ipv4Net, ApiError> {
    let cidr: Ipv4Net = text.parse().map_err(|_| {
        let message = format!("Value ({text}) for parameter {parameter} is invalid. This is not a valid CIDR block.");
        ApiError::new("InvalidParameterValue", message)
    })?;
    Ok(cidr.trunc())
}

/// Between /16 and /28.
pub(super) fn check_size(cidr: Ipv4Net, text: &str) -> Result<(), ApiError> {
    if (16..=28).contains(&cidr.prefix_len()) {
        return Ok(());
    }
    Err(ApiError::new("InvalidVpc.Range", format!("The CIDR '{text}' is invalid.")))
}

/// A /56 from Amazon's pool. Here it comes from the range that is reserved for documentation
/// (<https://www.rfc-editor.org/rfc/rfc3849>), so that nobody's real addresses are given out.
pub(super) fn amazon_provided(chance: &mut Chance) -> Block<Ipv6Net> {
    let site = u128::from(chance.below(1 << 24));
    let address = Ipv6Addr::from((0x2001_0db8_u128 << 96) | (site << 72));
    Block { id: id::new("vpc-cidr-assoc", chance), cidr: Ipv6Net::new_assert(address, 56) }
}

pub(super) fn show(association: &str, cidr: Ipv4Net, state: &str) -> Value {
    json!({
        "AssociationId": association,
        "CidrBlock": cidr.to_string(),
        "CidrBlockState": { "State": state },
    })
}

pub(super) fn show_ipv6(block: &Block<Ipv6Net>, region: &str, state: &str) -> Value {
    json!({
        "AssociationId": block.id,
        "Ipv6CidrBlock": block.cidr.to_string(),
        "Ipv6CidrBlockState": { "State": state },
        "NetworkBorderGroup": region,
        "Ipv6Pool": "Amazon",
        "Ipv6AddressAttribute": "public",
        "IpSource": "amazon",
    })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html>
pub(super) fn associate(call: &mut Call<'_>) -> Answer {
    let vpc = named::<Vpc>(call, "VpcId")?;
    let id = vpc.id.clone();
    let limits = &call.account.settings.network_limits;
    let too_many = |limit: usize| {
        let message = format!("This network '{id}' has met its maximum number of allowed CIDRs: {limit}");
        ApiError::new("CidrLimitExceeded", message)
    };
    let unfit = |message: &str| Err(ApiError::new("InvalidParameterCombination", message));
    match (call.text("CidrBlock"), call.flag("AmazonProvidedIpv6CidrBlock")) {
        (Some(_), true) => unfit("Only one of an IPv4 CIDR block and an IPv6 CIDR block can be associated at a time."),
        (None, false) => unfit("An IPv4 CIDR block, an IPv6 pool or an Amazon-provided IPv6 CIDR block is required."),
        (Some(text), false) => {
            let cidr = read("cidrBlock", text)?;
            check_size(cidr, text)?;
            check_fit(vpc, cidr)?;
            if vpc.cidrs().count() >= limits.cidrs_per_vpc {
                return Err(too_many(limits.cidrs_per_vpc));
            }
            let block = Block { id: id::new("vpc-cidr-assoc", &mut call.account.chance), cidr };
            let shown = show(&block.id, cidr, "associating");
            let ec2 = call.ec2();
            for table in ec2.route_tables.values_mut().filter(|table| table.vpc == id) {
                table.routes.push(Route::local(Destination::V4(cidr)));
            }
            if let Some(vpc) = ec2.vpcs.get_mut(&id) {
                vpc.secondary.push(block);
            }
            Ok(json!({ "VpcId": id, "CidrBlockAssociation": shown }))
        }
        (None, true) => {
            if vpc.ipv6.len() >= limits.ipv6_cidrs_per_vpc {
                return Err(too_many(limits.ipv6_cidrs_per_vpc));
            }
            let block = amazon_provided(&mut call.account.chance);
            let shown = show_ipv6(&block, call.region, "associating");
            add_ipv6(call.ec2(), &id, block);
            Ok(json!({ "VpcId": id, "Ipv6CidrBlockAssociation": shown }))
        }
    }
}

/// Gives a VPC an IPv6 block, and its route tables the local route.
pub(super) fn add_ipv6(ec2: &mut State, vpc: &str, block: Block<Ipv6Net>) {
    for table in ec2.route_tables.values_mut().filter(|table| table.vpc == vpc) {
        table.routes.push(Route::local(Destination::V6(block.cidr)));
    }
    if let Some(vpc) = ec2.vpcs.get_mut(vpc) {
        vpc.ipv6.push(block);
    }
}

/// A further block must be free, and of the same private range as the primary one
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions>).
fn check_fit(vpc: &Vpc, cidr: Ipv4Net) -> Result<(), ApiError> {
    let overlaps = |other: Ipv4Net| other.contains(&cidr) || cidr.contains(&other);
    if vpc.cidrs().any(overlaps) {
        let message = format!("The CIDR '{cidr}' conflicts with another CIDR of the VPC");
        return Err(ApiError::new("InvalidVpc.Conflict", message));
    }
    let private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16"];
    let range =
        |of: &Ipv4Net| private.iter().position(|range| range.parse().is_ok_and(|range: Ipv4Net| range.contains(of)));
    let allowed = match (range(&vpc.cidr), range(&cidr)) {
        (_, None) => true,
        (Some(primary), Some(further)) => primary == further && further != 3,
        (None, Some(_)) => false,
    };
    if allowed {
        return Ok(());
    }
    let message = format!(
        "The CIDR '{cidr}' is restricted. Use a CIDR from the same private address range as the current VPC CIDR, or \
         use a publicly-routable CIDR. For additional restrictions, see \
         https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Subnets.html#VPC_Sizing"
    );
    Err(ApiError::new("InvalidVpc.Range", message))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateVpcCidrBlock.html>
pub(super) fn disassociate(call: &mut Call<'_>) -> Answer {
    let association = call.required("AssociationId");
    let not_found = || {
        let message = format!("The vpc CIDR block association ID '{association}' does not exist");
        ApiError::new("InvalidVpcCidrBlockAssociationID.NotFound", message)
    };
    let in_use = |cidr: &str| {
        let message = format!(
            "The vpc CIDR block with association ID {association} may not be disassociated. The CIDR block {cidr} is \
             in use by a subnet"
        );
        ApiError::new("DependencyViolation", message)
    };
    let ec2 = &call.look().ec2;
    if ec2.vpcs.values().any(|vpc| vpc.cidr_association == association) {
        let message = format!(
            "The vpc CIDR block with association ID {association} may not be disassociated. It is the primary IPv4 \
             CIDR block of the VPC"
        );
        return Err(ApiError::new("OperationNotPermitted", message));
    }
    for vpc in ec2.vpcs.values() {
        let id = vpc.id.clone();
        if let Some(block) = vpc.secondary.iter().find(|block| block.id == association) {
            let cidr = block.cidr;
            if ec2.subnets.values().any(|subnet| subnet.vpc == id && cidr.contains(&subnet.cidr)) {
                return Err(in_use(&cidr.to_string()));
            }
            forget(call, &id, association, Destination::V4(cidr));
            let shown = show(association, cidr, "disassociating");
            return Ok(json!({ "VpcId": id, "CidrBlockAssociation": shown }));
        }
        if let Some(block) = vpc.ipv6.iter().find(|block| block.id == association).cloned() {
            let mut subnets = ec2.subnets.values().filter(|subnet| subnet.vpc == id);
            if subnets.any(|subnet| subnet.ipv6.as_ref().is_some_and(|of| block.cidr.contains(&of.cidr))) {
                return Err(in_use(&block.cidr.to_string()));
            }
            forget(call, &id, association, Destination::V6(block.cidr));
            let shown = show_ipv6(&block, call.region, "disassociating");
            return Ok(json!({ "VpcId": id, "Ipv6CidrBlockAssociation": shown }));
        }
    }
    Err(not_found())
}

/// Takes a block from a VPC, and its local route from the VPC's route tables.
fn forget(call: &mut Call<'_>, vpc: &str, association: &str, destination: Destination) {
    let ec2 = call.ec2();
    for table in ec2.route_tables.values_mut().filter(|table| table.vpc == vpc) {
        table.routes.retain(|route| !(route.is_local() && route.destination == destination));
    }
    if let Some(vpc) = ec2.vpcs.get_mut(vpc) {
        vpc.secondary.retain(|block| block.id != association);
        vpc.ipv6.retain(|block| block.id != association);
    }
}
