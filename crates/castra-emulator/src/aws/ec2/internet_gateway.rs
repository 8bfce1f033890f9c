//! Internet gateways (<https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html>).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::resource::{Description, named, resource};
use super::{State, Tags, Vpc, id};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// An internet gateway.
#[derive(Debug, Clone)]
pub(crate) struct InternetGateway {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    /// The VPC that it is attached to.
    pub(crate) vpc: Option<String>,
    pub(crate) tags: Tags,
}

resource!(
    InternetGateway,
    internet_gateways,
    "igw",
    "InvalidInternetGatewayId.Malformed",
    "InvalidInternetGatewayID.NotFound",
    "The internetGateway ID '{}' does not exist"
);

pub(super) const OPERATIONS: Operations = &[
    ("AttachInternetGateway", attach),
    ("CreateInternetGateway", create),
    ("DeleteInternetGateway", delete),
    ("DescribeInternetGateways", describe),
    ("DetachInternetGateway", detach),
];

/// Whether a VPC has an internet gateway.
pub(crate) fn is_attached_to(ec2: &State, vpc: &str) -> bool {
    ec2.internet_gateways.values().any(|gateway| gateway.vpc.as_deref() == Some(vpc))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html>
fn create(call: &mut Call<'_>) -> Answer {
    let tags = Tags::specified(call, "internet-gateway")?;
    if call.look().ec2.internet_gateways.len() >= call.account.settings.network_limits.internet_gateways {
        let message = "The maximum number of internet gateways has been reached.";
        return Err(ApiError::new("InternetGatewayLimitExceeded", message));
    }
    let created = call.now();
    let gateway = InternetGateway { id: id::new("igw", &mut call.account.chance), created, vpc: None, tags };
    let shown = show(&gateway, &call.account.id);
    call.ec2().internet_gateways.insert(gateway.id.clone(), gateway);
    Ok(json!({ "InternetGateway": shown }))
}

/// One gateway to one VPC
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html>).
fn attach(call: &mut Call<'_>) -> Answer {
    let gateway = named::<InternetGateway>(call, "InternetGatewayId")?;
    let vpc = named::<Vpc>(call, "VpcId")?;
    if let Some(other) = &gateway.vpc {
        let message = format!("resource {} is already attached to network {other}", gateway.id);
        return Err(ApiError::new("Resource.AlreadyAssociated", message));
    }
    if is_attached_to(&call.look().ec2, &vpc.id) {
        let message = format!("Network {} already has an internet gateway attached", vpc.id);
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let (gateway, vpc) = (gateway.id.clone(), vpc.id.clone());
    if let Some(gateway) = call.ec2().internet_gateways.get_mut(&gateway) {
        gateway.vpc = Some(vpc);
    }
    Ok(json!({}))
}

/// "The VPC must not contain any running instances with Elastic IP addresses or public IPv4 addresses"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html>).
fn detach(call: &mut Call<'_>) -> Answer {
    let gateway = named::<InternetGateway>(call, "InternetGatewayId")?;
    let vpc = named::<Vpc>(call, "VpcId")?;
    if gateway.vpc.as_ref() != Some(&vpc.id) {
        let message = format!("resource {} is not attached to network {}", gateway.id, vpc.id);
        return Err(ApiError::new("Gateway.NotAttached", message));
    }
    let ec2 = &call.look().ec2;
    let mut inside = ec2.interfaces.values().filter(|interface| interface.vpc == vpc.id);
    let mapped = |interface: &str| {
        let at = ec2.addresses.values().filter_map(|address| address.association.as_ref());
        at.into_iter().any(|association| association.interface == interface)
    };
    if inside.any(|interface| interface.public_ip.is_some() || mapped(&interface.id)) {
        let message = format!(
            "Network {} has some mapped public address(es). Please unmap those public address(es) before detaching the \
             gateway.",
            vpc.id
        );
        return Err(ApiError::new("DependencyViolation", message));
    }
    let gateway = gateway.id.clone();
    if let Some(gateway) = call.ec2().internet_gateways.get_mut(&gateway) {
        gateway.vpc = None;
    }
    Ok(json!({}))
}

/// "You must detach the internet gateway from the VPC before you can delete it"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteInternetGateway.html>).
fn delete(call: &mut Call<'_>) -> Answer {
    let gateway = named::<InternetGateway>(call, "InternetGatewayId")?;
    if gateway.vpc.is_some() {
        let message = format!("The internetGateway '{}' has dependencies and cannot be deleted.", gateway.id);
        return Err(ApiError::new("DependencyViolation", message));
    }
    let gateway = gateway.id.clone();
    call.ec2().internet_gateways.remove(&gateway);
    Ok(json!({}))
}

/// Filters: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html>.
fn describe(call: &mut Call<'_>) -> Answer {
    let owner = &call.account.id;
    Description {
        output: "InternetGateways",
        ids: "InternetGatewayIds",
        filters: &["attachment.state", "attachment.vpc-id", "internet-gateway-id", "owner-id"],
        values: &|gateway: &InternetGateway, name| match name {
            "attachment.state" => gateway.vpc.iter().map(|_| "available".to_owned()).collect(),
            "attachment.vpc-id" => gateway.vpc.iter().cloned().collect(),
            "owner-id" => vec![owner.clone()],
            _ => vec![gateway.id.clone()],
        },
        show: &|gateway| show(gateway, owner),
    }
    .answer(call)
}

fn show(gateway: &InternetGateway, owner: &str) -> Value {
    let attachments: Vec<_> = gateway.vpc.iter().map(|vpc| json!({ "State": "available", "VpcId": vpc })).collect();
    json!({
        "InternetGatewayId": gateway.id,
        "OwnerId": owner,
        "Attachments": attachments,
        "Tags": gateway.tags.shown(),
    })
}
