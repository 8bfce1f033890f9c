//! AWS's own prefix lists
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html>). Their ids and ranges
//! here are made up: the ranges are those that are reserved for documentation (<https://www.rfc-editor.org/rfc/rfc5737>).

use serde_json::{Value, json};

use super::filter::Filters;
use super::{Tags, id, page};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
use crate::chance::Chance;

/// A prefix list.
#[derive(Debug, Clone)]
pub(crate) struct PrefixList {
    /// `pl-..`, of eight digits.
    pub(crate) id: String,
    /// `com.amazonaws.eu-central-1.s3`.
    pub(crate) name: String,
    cidrs: &'static [&'static str],
    ipv6: bool,
    /// Whether it is that of a gateway endpoint's service.
    gateway: bool,
}

pub(super) const OPERATIONS: Operations = &[
    ("DescribeManagedPrefixLists", describe_managed),
    ("DescribePrefixLists", describe),
    ("GetManagedPrefixListEntries", entries),
];

/// The lists of a region.
fn all(region: &str) -> Vec<PrefixList> {
    const LISTS: [(&str, &[&str], bool, bool); 5] = [
        ("{region}.s3", &["192.0.2.0/25", "192.0.2.128/25"], false, true),
        ("{region}.dynamodb", &["198.51.100.0/24"], false, true),
        ("global.cloudfront.origin-facing", &["203.0.113.0/25"], false, false),
        ("{region}.ec2-instance-connect", &["203.0.113.128/29"], false, false),
        ("{region}.ipv6.ec2-instance-connect", &["2001:db8:ffff::/56"], true, false),
    ];
    let list = |(name, cidrs, ipv6, gateway): (&str, &'static [&'static str], bool, bool)| {
        let name = format!("com.amazonaws.{}", name.replace("{region}", region));
        PrefixList { id: format!("pl-{}", Chance::of(0, &name).hex(8)), name, cidrs, ipv6, gateway }
    };
    LISTS.into_iter().map(list).collect()
}

/// The list of that id; refused as EC2 does if there is none.
pub(crate) fn find(region: &str, id: &str) -> Result<PrefixList, ApiError> {
    if !id::well_formed("pl", id) {
        let message = format!("Invalid id: \"{id}\" (expecting \"pl-...\")");
        return Err(ApiError::new("InvalidPrefixListId.Malformed", message));
    }
    all(region).into_iter().find(|list| list.id == id).ok_or_else(|| {
        ApiError::new("InvalidPrefixListID.NotFound", format!("The prefix list ID '{id}' does not exist"))
    })
}

/// The list of a gateway endpoint's service, by the service's name.
pub(crate) fn of_service(region: &str, service: &str) -> Option<PrefixList> {
    all(region).into_iter().find(|list| list.gateway && list.name == service)
}

/// Those that the call names, or all.
fn listed(call: &Call<'_>) -> Result<Vec<PrefixList>, ApiError> {
    let ids = call.texts("PrefixListIds");
    if ids.is_empty() {
        return Ok(all(call.region));
    }
    ids.into_iter().map(|id| find(call.region, id)).collect()
}

/// Of services that gateway endpoints lead to
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribePrefixLists.html>).
fn describe(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, &["prefix-list-id", "prefix-list-name"])?;
    let lists = listed(call)?.into_iter().filter(|list| list.gateway && pass(&filters, list, ""));
    let show = |list: PrefixList| json!({ "PrefixListId": list.id, "PrefixListName": list.name, "Cidrs": list.cidrs });
    page::of(call, "PrefixLists", lists.map(show).collect())
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html>
fn describe_managed(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, &["owner-id", "prefix-list-id", "prefix-list-name"])?;
    let lists = listed(call)?.into_iter().filter(|list| pass(&filters, list, "AWS"));
    let show = |list: PrefixList| {
        json!({
            "PrefixListId": list.id,
            "PrefixListName": list.name,
            "PrefixListArn": format!("arn:aws:ec2:{}:aws:prefix-list/{}", call.region, list.id),
            "AddressFamily": if list.ipv6 { "IPv6" } else { "IPv4" },
            "OwnerId": "AWS",
            "State": "create-complete",
            "Tags": [],
        })
    };
    page::of(call, "PrefixLists", lists.map(show).collect())
}

fn pass(filters: &Filters, list: &PrefixList, owner: &str) -> bool {
    filters.pass(&Tags::default(), |name| {
        vec![match name {
            "owner-id" => owner.to_owned(),
            "prefix-list-id" => list.id.clone(),
            _ => list.name.clone(),
        }]
    })
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListEntries.html>
fn entries(call: &mut Call<'_>) -> Answer {
    let list = find(call.region, call.required("PrefixListId"))?;
    let entries: Vec<Value> = list.cidrs.iter().map(|cidr| json!({ "Cidr": cidr })).collect();
    page::of(call, "Entries", entries)
}
