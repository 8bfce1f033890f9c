//! VPCs (<https://docs.aws.amazon.com/vpc/latest/userguide/configure-your-vpc.html>).

mod attribute;
mod build;
mod cidr;
mod describe;
#[cfg(test)]
mod tests;

use ipnet::{Ipv4Net, Ipv6Net};
use jiff::Timestamp;
use serde_json::json;

pub(super) use build::create_default;
pub(super) use cidr::read as read_cidr;

use super::resource::{named, resource};
use super::{State, Tags};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// A VPC. Its main route table, default security group and default network ACL are those with its id.
#[derive(Debug, Clone)]
pub(crate) struct Vpc {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    /// Its primary CIDR block.
    pub(crate) cidr: Ipv4Net,
    pub(crate) cidr_association: String,
    /// Further CIDR blocks.
    pub(crate) secondary: Vec<Block<Ipv4Net>>,
    pub(crate) ipv6: Vec<Block<Ipv6Net>>,
    pub(crate) is_default: bool,
    pub(crate) dns_support: bool,
    pub(crate) dns_hostnames: bool,
    pub(crate) usage_metrics: bool,
    /// `default` or `dedicated`.
    pub(crate) tenancy: String,
    pub(crate) dhcp_options: String,
    pub(crate) tags: Tags,
}

/// A CIDR block that is associated with a VPC or subnet.
#[derive(Debug, Clone)]
pub(crate) struct Block<N> {
    /// The association's id.
    pub(crate) id: String,
    pub(crate) cidr: N,
}

resource!(Vpc, vpcs, "vpc", "InvalidVpcID.Malformed", "InvalidVpcID.NotFound", "The vpc ID '{}' does not exist");

impl Vpc {
    /// All its IPv4 blocks, the primary one first.
    pub(crate) fn cidrs(&self) -> impl Iterator<Item = Ipv4Net> {
        std::iter::once(self.cidr).chain(self.secondary.iter().map(|block| block.cidr))
    }
}

pub(super) const OPERATIONS: Operations = &[
    ("AssociateVpcCidrBlock", cidr::associate),
    ("CreateVpc", create),
    ("DeleteVpc", delete),
    ("DescribeVpcAttribute", attribute::describe),
    ("DescribeVpcs", describe::describe),
    ("DisassociateVpcCidrBlock", cidr::disassociate),
    ("ModifyVpcAttribute", attribute::modify),
];

fn create(call: &mut Call<'_>) -> Answer {
    let tags = Tags::specified(call, "vpc")?;
    let Some(text) = call.text("CidrBlock") else {
        // The alternative, a block from an IPAM pool, needs a pool, and IPAM isn't served.
        let message = "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.";
        return Err(ApiError::new("MissingParameter", message));
    };
    let wanted = cidr::read("cidrBlock", text)?;
    cidr::check_size(wanted, text)?;
    if call.look().ec2.vpcs.len() >= call.account.settings.network_limits.vpcs {
        return Err(ApiError::new("VpcLimitExceeded", "The maximum number of VPCs has been reached."));
    }
    let now = call.now();
    let mut chance = call.account.chance.clone();
    let ipv6 = call.flag("AmazonProvidedIpv6CidrBlock");
    let tenancy = call.text("InstanceTenancy").unwrap_or("default").to_owned();
    let ec2 = call.ec2();
    let vpc = build::create(ec2, &mut chance, now, wanted);
    if let Some(vpc) = ec2.vpcs.get_mut(&vpc) {
        vpc.tenancy = tenancy;
        vpc.tags = tags;
    }
    if ipv6 {
        cidr::add_ipv6(ec2, &vpc, cidr::amazon_provided(&mut chance));
    }
    call.account.chance = chance;
    let shown = call.look().ec2.vpcs.get(&vpc).map(|vpc| {
        let mut shown = describe::show(vpc, &call.account.id, call.region);
        // It becomes available before anyone can ask for it
        // (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html shows it pending).
        shown["State"] = "pending".into();
        shown
    });
    Ok(json!({ "Vpc": shown }))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html>: only what came with the VPC goes with
/// it.
fn delete(call: &mut Call<'_>) -> Answer {
    let vpc = named::<Vpc>(call, "VpcId")?.id.clone();
    if depended_on(&call.look().ec2, &vpc) {
        let message = format!("The vpc '{vpc}' has dependencies and cannot be deleted.");
        return Err(ApiError::new("DependencyViolation", message));
    }
    let ec2 = call.ec2();
    ec2.vpcs.remove(&vpc);
    ec2.route_tables.retain(|_, table| table.vpc != vpc);
    ec2.network_acls.retain(|_, acl| acl.vpc != vpc);
    ec2.security_groups.retain(|_, group| group.vpc != vpc);
    Ok(json!({}))
}

/// Whether something is in a VPC that didn't come with it.
fn depended_on(ec2: &State, vpc: &str) -> bool {
    ec2.subnets.values().any(|subnet| subnet.vpc == vpc)
        || ec2.interfaces.values().any(|interface| interface.vpc == vpc)
        || ec2.internet_gateways.values().any(|gateway| gateway.vpc.as_deref() == Some(vpc))
        || ec2.endpoints.values().any(|endpoint| endpoint.vpc == vpc)
        || ec2.security_groups.values().any(|group| group.vpc == vpc && group.name != "default")
        || ec2.route_tables.values().any(|table| table.vpc == vpc && !table.is_main())
}
