//! How VPCs are described.

use serde_json::{Value, json};

use super::{Vpc, cidr};
use crate::aws::call::Call;
use crate::aws::ec2::resource::Description;
use crate::aws::error::Answer;

/// Filters: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html>.
const FILTERS: &[&str] = &[
    "cidr",
    "cidr-block-association.association-id",
    "cidr-block-association.cidr-block",
    "cidr-block-association.state",
    "dhcp-options-id",
    "ipv6-cidr-block-association.association-id",
    "ipv6-cidr-block-association.ipv6-cidr-block",
    "ipv6-cidr-block-association.ipv6-pool",
    "ipv6-cidr-block-association.state",
    "is-default",
    "isDefault",
    "owner-id",
    "state",
    "vpc-id",
];

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let owner = &call.account.id;
    Description {
        output: "Vpcs",
        ids: "VpcIds",
        filters: FILTERS,
        values: &|vpc: &Vpc, name| values(vpc, owner, name),
        show: &|vpc| show(vpc, owner, call.region),
    }
    .answer(call)
}

fn values(vpc: &Vpc, owner: &str, name: &str) -> Vec<String> {
    let ipv6 = vpc.ipv6.iter();
    match name {
        "cidr" => vec![vpc.cidr.to_string()],
        "cidr-block-association.association-id" => {
            let further = vpc.secondary.iter().map(|block| block.id.clone());
            std::iter::once(vpc.cidr_association.clone()).chain(further).collect()
        }
        "cidr-block-association.cidr-block" => vpc.cidrs().map(|cidr| cidr.to_string()).collect(),
        "cidr-block-association.state" => vec!["associated".to_owned()],
        "dhcp-options-id" => vec![vpc.dhcp_options.clone()],
        "ipv6-cidr-block-association.association-id" => ipv6.map(|block| block.id.clone()).collect(),
        "ipv6-cidr-block-association.ipv6-cidr-block" => ipv6.map(|block| block.cidr.to_string()).collect(),
        "ipv6-cidr-block-association.ipv6-pool" => ipv6.map(|_| "Amazon".to_owned()).collect(),
        "ipv6-cidr-block-association.state" => ipv6.map(|_| "associated".to_owned()).collect(),
        "is-default" | "isDefault" => vec![vpc.is_default.to_string()],
        "owner-id" => vec![owner.to_owned()],
        "state" => vec!["available".to_owned()],
        _ => vec![vpc.id.clone()],
    }
}

pub(super) fn show(vpc: &Vpc, owner: &str, region: &str) -> Value {
    let mut cidrs = vec![cidr::show(&vpc.cidr_association, vpc.cidr, "associated")];
    cidrs.extend(vpc.secondary.iter().map(|block| cidr::show(&block.id, block.cidr, "associated")));
    let ipv6: Vec<_> = vpc.ipv6.iter().map(|block| cidr::show_ipv6(block, region, "associated")).collect();
    json!({
        "VpcId": vpc.id,
        "CidrBlock": vpc.cidr.to_string(),
        "CidrBlockAssociationSet": cidrs,
        "Ipv6CidrBlockAssociationSet": ipv6,
        "DhcpOptionsId": vpc.dhcp_options,
        "InstanceTenancy": vpc.tenancy,
        "IsDefault": vpc.is_default,
        "OwnerId": owner,
        "State": "available",
        "BlockPublicAccessStates": { "InternetGatewayBlockMode": "off" },
        "Tags": vpc.tags.shown(),
    })
}
