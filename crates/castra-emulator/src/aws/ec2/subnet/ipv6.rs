//! IPv6 blocks of subnets (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html#subnet-sizing-ipv6>).

use ipnet::Ipv6Net;
use serde_json::{Value, json};

use super::Subnet;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::resource::named;
use crate::aws::ec2::vpc::{Block, Vpc};
use crate::aws::ec2::{NetworkInterface, State, id};
use crate::aws::error::Answer;

/// The block that a request wants for a subnet of that VPC: of a /44 to /64 in steps of four, within the VPC's, and of
/// no other subnet.
pub(super) fn fitting(ec2: &State, vpc: &Vpc, text: &str) -> Result<Ipv6Net, ApiError> {
    let cidr: Ipv6Net = text.parse().map_err(|_| {
        let message = format!("Value ({text}) for parameter ipv6CidrBlock is invalid. This is not a valid CIDR block.");
        ApiError::new("InvalidParameterValue", message)
    })?;
    let cidr = cidr.trunc();
    let sized = (44..=64).contains(&cidr.prefix_len()) && cidr.prefix_len().is_multiple_of(4);
    if !sized || !vpc.ipv6.iter().any(|block| block.cidr.contains(&cidr)) {
        return Err(ApiError::new("InvalidSubnet.Range", format!("The CIDR '{text}' is invalid.")));
    }
    let mut blocks = ec2.subnets.values().filter_map(|subnet| subnet.ipv6.as_ref());
    if blocks.any(|block| block.cidr.contains(&cidr) || cidr.contains(&block.cidr)) {
        let message = format!("The CIDR '{text}' conflicts with another subnet");
        return Err(ApiError::new("InvalidSubnet.Conflict", message));
    }
    Ok(cidr)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateSubnetCidrBlock.html>
pub(super) fn associate(call: &mut Call<'_>) -> Answer {
    let subnet = named::<Subnet>(call, "SubnetId")?;
    let id = subnet.id.clone();
    let Some(text) = call.text("Ipv6CidrBlock") else {
        let message = "The request must contain the parameter ipv6CidrBlock";
        return Err(ApiError::new("MissingParameter", message));
    };
    if subnet.ipv6.is_some() {
        let message = format!("The subnet '{id}' already has an IPv6 CIDR block associated with it");
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let ec2 = &call.look().ec2;
    let vpc = ec2.vpcs.get(&subnet.vpc).ok_or_else(|| ApiError::new("InvalidVpcID.NotFound", "The vpc is gone"))?;
    let cidr = fitting(ec2, vpc, text)?;
    let block = Block { id: id::new("subnet-cidr-assoc", &mut call.account.chance), cidr };
    let shown = show(&block, "associating");
    if let Some(subnet) = call.ec2().subnets.get_mut(&id) {
        subnet.ipv6 = Some(block);
    }
    Ok(json!({ "SubnetId": id, "Ipv6CidrBlockAssociation": shown }))
}

/// "You must detach or delete all gateways and resources that are associated with the CIDR block before you can
/// disassociate it" (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateSubnetCidrBlock.html>).
pub(super) fn disassociate(call: &mut Call<'_>) -> Answer {
    let association = call.required("AssociationId");
    let ec2 = &call.look().ec2;
    let is = |subnet: &&Subnet| subnet.ipv6.as_ref().is_some_and(|block| block.id == association);
    let subnet = ec2.subnets.values().find(is).map(|subnet| subnet.id.as_str());
    let uses = |interface: &NetworkInterface| Some(interface.subnet.as_str()) == subnet && !interface.ipv6.is_empty();
    if ec2.interfaces.values().any(uses) {
        let message = format!("The subnet CIDR block with association ID {association} is in use");
        return Err(ApiError::new("DependencyViolation", message));
    }
    for subnet in call.ec2().subnets.values_mut() {
        if subnet.ipv6.as_ref().is_some_and(|block| block.id == association) {
            let shown = subnet.ipv6.take().map(|block| show(&block, "disassociating"));
            subnet.assign_ipv6 = false;
            return Ok(json!({ "SubnetId": subnet.id, "Ipv6CidrBlockAssociation": shown }));
        }
    }
    let message = format!("The subnet CIDR block with association ID '{association}' does not exist");
    Err(ApiError::new("InvalidSubnetCidrBlockAssociationID.NotFound", message))
}

pub(super) fn show(block: &Block<Ipv6Net>, state: &str) -> Value {
    json!({
        "AssociationId": block.id,
        "Ipv6CidrBlock": block.cidr.to_string(),
        "Ipv6CidrBlockState": { "State": state },
        "Ipv6AddressAttribute": "public",
        "IpSource": "amazon",
    })
}
