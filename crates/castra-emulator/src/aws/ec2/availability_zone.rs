//! Regions and availability zones (<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>,
//! <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html>).

use serde_json::json;

use super::Tags;
use super::filter::Filters;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
use crate::chance::Chance;

/// A region with its zones.
struct Place {
    region: &'static str,
    /// What its zones' ids begin with.
    prefix: &'static str,
    /// Whether an account has it only after asking for it.
    opt_in: bool,
    /// Its zones: the letter of the name, the number of the id.
    zones: &'static [(char, u8)],
}

const ABC: &[(char, u8)] = &[('a', 1), ('b', 2), ('c', 3)];
const ABCD: &[(char, u8)] = &[('a', 1), ('b', 2), ('c', 3), ('d', 4)];

/// A region that every account has.
const fn open(region: &'static str, prefix: &'static str, zones: &'static [(char, u8)]) -> Place {
    Place { region, prefix, opt_in: false, zones }
}

/// A region that an account must opt in to.
const fn opt_in(region: &'static str, prefix: &'static str) -> Place {
    Place { region, prefix, opt_in: true, zones: ABC }
}

const PLACES: &[Place] = &[
    opt_in("af-south-1", "afs1"),
    opt_in("ap-east-1", "ape1"),
    opt_in("ap-east-2", "ape2"),
    open("ap-northeast-1", "apne1", &[('a', 4), ('c', 1), ('d', 2)]),
    open("ap-northeast-2", "apne2", ABCD),
    open("ap-northeast-3", "apne3", ABC),
    open("ap-south-1", "aps1", ABC),
    opt_in("ap-south-2", "aps2"),
    open("ap-southeast-1", "apse1", ABC),
    open("ap-southeast-2", "apse2", ABC),
    opt_in("ap-southeast-3", "apse3"),
    opt_in("ap-southeast-4", "apse4"),
    opt_in("ap-southeast-5", "apse5"),
    opt_in("ap-southeast-7", "apse7"),
    open("ca-central-1", "cac1", &[('a', 1), ('b', 2), ('d', 4)]),
    opt_in("ca-west-1", "caw1"),
    open("eu-central-1", "euc1", ABC),
    opt_in("eu-central-2", "euc2"),
    open("eu-north-1", "eun1", ABC),
    opt_in("eu-south-1", "eus1"),
    opt_in("eu-south-2", "eus2"),
    open("eu-west-1", "euw1", ABC),
    open("eu-west-2", "euw2", ABC),
    open("eu-west-3", "euw3", ABC),
    opt_in("il-central-1", "ilc1"),
    opt_in("me-central-1", "mec1"),
    opt_in("me-south-1", "mes1"),
    opt_in("mx-central-1", "mxc1"),
    open("sa-east-1", "sae1", ABC),
    open("us-east-1", "use1", &[('a', 1), ('b', 2), ('c', 4), ('d', 6), ('e', 3), ('f', 5)]),
    open("us-east-2", "use2", ABC),
    open("us-west-1", "usw1", &[('a', 1), ('c', 3)]),
    open("us-west-2", "usw2", ABCD),
];

/// Regions where the same letter is another zone to another account
/// (<https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html>): code should go by ids where it
/// means a place.
const SHUFFLED: &[&str] =
    &["us-east-1", "us-west-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1", "sa-east-1"];

/// An availability zone, as an account sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zone {
    /// `eu-central-1a`.
    pub(crate) name: String,
    /// `euc1-az2`.
    pub(crate) id: String,
}

pub(super) const OPERATIONS: Operations = &[
    ("DescribeAvailabilityZones", describe),
    ("DescribeRegions", describe_regions),
    ("DescribeAccountAttributes", describe_attributes),
];

/// The zones of a region, for an account. A region that isn't known has three.
pub(crate) fn zones(account: &str, region: &str) -> Vec<Zone> {
    let place = PLACES.iter().find(|place| place.region == region);
    let (prefix, letters) = place.map_or((region, ABC), |place| (place.prefix, place.zones));
    let mut numbers: Vec<u8> = letters.iter().map(|(_, number)| *number).collect();
    if SHUFFLED.contains(&region) {
        let turns = usize::try_from(Chance::of(0, &format!("{account} {region}")).below(6)).unwrap_or(0);
        let count = numbers.len().max(1);
        numbers.rotate_left(turns % count);
    }
    let zone = |((letter, _), number): (&(char, u8), u8)| Zone {
        name: format!("{region}{letter}"),
        id: format!("{prefix}-az{number}"),
    };
    letters.iter().zip(numbers).map(zone).collect()
}

/// The zone of that name.
pub(crate) fn named(account: &str, region: &str, name: &str) -> Option<Zone> {
    zones(account, region).into_iter().find(|zone| zone.name == name)
}

/// The id of the zone of that name; empty if there is none.
pub(crate) fn id_of(account: &str, region: &str, name: &str) -> String {
    named(account, region, name).map(|zone| zone.id).unwrap_or_default()
}

fn describe(call: &mut Call<'_>) -> Answer {
    const KNOWN: &[&str] = &[
        "group-long-name",
        "group-name",
        "message",
        "opt-in-status",
        "parent-zone-id",
        "parent-zone-name",
        "region-name",
        "state",
        "zone-id",
        "zone-name",
        "zone-type",
    ];
    let filters = Filters::of(call, KNOWN)?;
    let (names, ids) = (call.texts("ZoneNames"), call.texts("ZoneIds"));
    let zones = zones(&call.account.id, call.region);
    let unknown = |wanted: &[&str], has: fn(&Zone) -> &str| {
        wanted.iter().find(|wanted| !zones.iter().any(|zone| has(zone) == **wanted)).map(|id| (*id).to_owned())
    };
    if let Some(unknown) = unknown(&names, |zone| &zone.name).or_else(|| unknown(&ids, |zone| &zone.id)) {
        return Err(ApiError::new("InvalidParameterValue", format!("Invalid availability zone: [{unknown}]")));
    }
    let group = format!("{}-zg-1", call.region);
    let passing = zones.iter().filter(|zone| {
        (names.is_empty() || names.contains(&zone.name.as_str()))
            && (ids.is_empty() || ids.contains(&zone.id.as_str()))
            && filters.pass(&Tags::default(), |name| {
                let value = match name {
                    "group-name" => &group,
                    "opt-in-status" => "opt-in-not-required",
                    "region-name" => call.region,
                    "state" => "available",
                    "zone-id" => &zone.id,
                    "zone-name" => &zone.name,
                    "zone-type" => "availability-zone",
                    _ => return Vec::new(),
                };
                vec![value.to_owned()]
            })
    });
    let show = |zone: &Zone| {
        json!({
            "ZoneName": zone.name,
            "ZoneId": zone.id,
            "RegionName": call.region,
            "State": "available",
            "ZoneType": "availability-zone",
            "OptInStatus": "opt-in-not-required",
            "GroupName": group,
            "NetworkBorderGroup": call.region,
            "Messages": [],
        })
    };
    Ok(json!({ "AvailabilityZones": passing.map(show).collect::<Vec<_>>() }))
}

fn describe_regions(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, &["endpoint", "opt-in-status", "region-name"])?;
    let names = call.texts("RegionNames");
    let unknown: Vec<&str> =
        names.iter().copied().filter(|name| !PLACES.iter().any(|place| place.region == *name)).collect();
    if !unknown.is_empty() {
        return Err(ApiError::new("InvalidParameterValue", format!("Invalid region name: {}", unknown.join(", "))));
    }
    // Opt-in regions are listed when they are asked for by name or all are; no account here has opted in
    // (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html).
    let all = call.flag("AllRegions") || !names.is_empty();
    let status = |place: &Place| if place.opt_in { "not-opted-in" } else { "opt-in-not-required" };
    let endpoint = |place: &Place| format!("ec2.{}.amazonaws.com", place.region);
    let passing = PLACES.iter().filter(|place| {
        (all || !place.opt_in)
            && (names.is_empty() || names.contains(&place.region))
            && filters.pass(&Tags::default(), |name| {
                vec![match name {
                    "endpoint" => endpoint(place),
                    "opt-in-status" => status(place).to_owned(),
                    _ => place.region.to_owned(),
                }]
            })
    });
    let show = |place: &Place| json!({ "RegionName": place.region, "Endpoint": endpoint(place), "OptInStatus": status(place) });
    Ok(json!({ "Regions": passing.map(show).collect::<Vec<_>>() }))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html>
fn describe_attributes(call: &mut Call<'_>) -> Answer {
    let limits = &call.account.settings.network_limits;
    let default = call.look().ec2.vpcs.values().find(|vpc| vpc.is_default).map_or("none", |vpc| &vpc.id);
    let attributes = [
        ("supported-platforms", "VPC".to_owned()),
        ("vpc-max-security-groups-per-interface", limits.security_groups_per_interface.to_string()),
        ("max-elastic-ips", limits.addresses.to_string()),
        ("max-instances", "20".to_owned()),
        ("vpc-max-elastic-ips", limits.addresses.to_string()),
        ("default-vpc", default.to_owned()),
    ];
    let names = call.texts("AttributeNames");
    let shown = attributes
        .iter()
        .filter(|(name, _)| names.is_empty() || names.contains(name))
        .map(|(name, value)| json!({ "AttributeName": name, "AttributeValues": [{ "AttributeValue": value }] }));
    Ok(json!({ "AccountAttributes": shown.collect::<Vec<_>>() }))
}
