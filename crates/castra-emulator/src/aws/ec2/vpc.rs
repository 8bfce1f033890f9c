//! VPCs (<https://docs.aws.amazon.com/vpc/latest/userguide/configure-your-vpc.html>).

use ipnet::Ipv4Net;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::filter::Filters;
use super::{State, Tags, id, page};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
use crate::chance::Chance;

/// A VPC.
#[derive(Debug, Clone)]
pub(crate) struct Vpc {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) cidr: Ipv4Net,
    pub(crate) is_default: bool,
    pub(crate) dns_support: bool,
    pub(crate) dns_hostnames: bool,
    pub(crate) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[("CreateVpc", create), ("DeleteVpc", delete), ("DescribeVpcs", describe)];

/// The VPC of that id, if it is there and shows; refused as EC2 does otherwise.
pub(crate) fn find<'a>(call: &'a mut Call<'_>, vpc: &str) -> Result<&'a Vpc, ApiError> {
    id::check("vpc", "InvalidVpcID", vpc)?;
    let not_found = || id::not_found("InvalidVpcID", "vpc ID", vpc);
    let created = call.ec2().vpcs.get(vpc).ok_or_else(not_found)?.created;
    if !call.account.shows(vpc, created) {
        return Err(not_found());
    }
    call.ec2().vpcs.get(vpc).ok_or_else(not_found)
}

/// The default network of a new region.
pub(super) fn create_default(_state: &mut State, _chance: &mut Chance, _now: Timestamp) {}

fn create(call: &mut Call<'_>) -> Answer {
    let tags = Tags::specified(call, "vpc")?;
    let text = call.required("CidrBlock");
    let cidr: Ipv4Net = text.parse().map_err(|_| {
        let message = format!("Value ({text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.");
        ApiError::new("InvalidParameterValue", message)
    })?;
    // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    if !(16..=28).contains(&cidr.prefix_len()) {
        return Err(ApiError::new("InvalidVpc.Range", format!("The CIDR '{text}' is invalid.")));
    }
    let vpc = Vpc {
        id: id::new("vpc", &mut call.account.chance),
        created: call.now(),
        cidr: cidr.trunc(),
        is_default: false,
        dns_support: true,
        dns_hostnames: false,
        tags,
    };
    let shown = show(&vpc, &call.account.id);
    call.ec2().vpcs.insert(vpc.id.clone(), vpc);
    Ok(json!({ "Vpc": shown }))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let vpc = find(call, call.required("VpcId"))?.id.clone();
    let ec2 = call.ec2();
    if ec2.subnets.values().any(|subnet| subnet.vpc == vpc) {
        let message = format!("The vpc '{vpc}' has dependencies and cannot be deleted.");
        return Err(ApiError::new("DependencyViolation", message));
    }
    ec2.vpcs.remove(&vpc);
    Ok(json!({}))
}

fn describe(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, &["cidr", "is-default", "owner-id", "state", "vpc-id"])?;
    let ids = call.texts("VpcIds");
    for vpc in &ids {
        find(call, vpc)?;
    }
    let owner = call.account.id.clone();
    let region = call.region;
    let account = &*call.account;
    let Some(here) = account.regions.get(region) else { return Ok(json!({ "Vpcs": [] })) };
    let wanted = |vpc: &&Vpc| {
        (ids.is_empty() || ids.contains(&vpc.id.as_str()))
            && account.shows(&vpc.id, vpc.created)
            && filters.pass(&vpc.tags, |name| {
                vec![match name {
                    "cidr" => vpc.cidr.to_string(),
                    "is-default" => vpc.is_default.to_string(),
                    "owner-id" => owner.clone(),
                    "state" => "available".to_owned(),
                    _ => vpc.id.clone(),
                }]
            })
    };
    let shown = here.ec2.vpcs.values().filter(wanted).map(|vpc| show(vpc, &owner)).collect();
    page::of(call, "Vpcs", shown)
}

fn show(vpc: &Vpc, owner: &str) -> Value {
    json!({
        "VpcId": vpc.id,
        "CidrBlock": vpc.cidr.to_string(),
        "IsDefault": vpc.is_default,
        "OwnerId": owner,
        "State": "available",
        "Tags": vpc.tags.shown(),
    })
}
