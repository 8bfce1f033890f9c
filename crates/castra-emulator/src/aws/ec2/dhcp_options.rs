//! DHCP options: the one set that a region comes with
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html>).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::resource::{Description, resource};
use super::{State, Tags, id};
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
use crate::chance::Chance;

/// A set of DHCP options.
#[derive(Debug, Clone)]
pub(crate) struct DhcpOptions {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    /// Keys and values.
    pub(crate) options: Vec<(&'static str, String)>,
    pub(crate) tags: Tags,
}

resource!(
    DhcpOptions,
    dhcp_options,
    "dopt",
    "InvalidDhcpOptionsId.Malformed",
    "InvalidDhcpOptionID.NotFound",
    "The dhcpOption ID '{}' does not exist"
);

pub(super) const OPERATIONS: Operations = &[("DescribeDhcpOptions", describe)];

/// The domain that private host names of a region are in
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html#vpc-dns-hostnames>).
pub(super) fn domain(region: &str) -> String {
    if region == "us-east-1" { "ec2.internal".to_owned() } else { format!("{region}.compute.internal") }
}

/// The set of a new region.
pub(super) fn create_default(state: &mut State, chance: &mut Chance, now: Timestamp) {
    let set = DhcpOptions {
        id: id::new("dopt", chance),
        created: now,
        options: vec![("domain-name", domain(&state.region)), ("domain-name-servers", "AmazonProvidedDNS".to_owned())],
        tags: Tags::default(),
    };
    state.dhcp_options.insert(set.id.clone(), set);
}

fn describe(call: &mut Call<'_>) -> Answer {
    let owner = &call.account.id;
    Description {
        output: "DhcpOptions",
        ids: "DhcpOptionsIds",
        filters: &["dhcp-options-id", "key", "owner-id", "value"],
        values: &|set: &DhcpOptions, name| match name {
            "dhcp-options-id" => vec![set.id.clone()],
            "owner-id" => vec![owner.clone()],
            "key" => set.options.iter().map(|(key, _)| (*key).to_owned()).collect(),
            _ => set.options.iter().map(|(_, value)| value.clone()).collect(),
        },
        show: &|set| {
            let option = |(key, value): &(&str, String)| json!({ "Key": key, "Values": [{ "Value": value }] });
            json!({
                "DhcpOptionsId": set.id,
                "OwnerId": owner,
                "DhcpConfigurations": set.options.iter().map(option).collect::<Vec<Value>>(),
                "Tags": set.tags.shown(),
            })
        },
    }
    .answer(call)
}
