//! Lists of hosted zones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::name::Name;
use super::page;
use super::state::bare;
use super::vpc::Vpc;
use super::zone::Zone;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[
    ("GetHostedZoneCount", count),
    ("ListHostedZones", list),
    ("ListHostedZonesByName", list_by_name),
    ("ListHostedZonesByVPC", list_by_vpc),
];

/// "The maximum number of hosted zones that you want Amazon Route 53 to return [..] 100".
const MOST: usize = 100;

fn count(call: &mut Call<'_>) -> Answer {
    Ok(json!({ "HostedZoneCount": call.account.route53.zones.len() }))
}

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZones.html>
fn list(call: &mut Call<'_>) -> Answer {
    if let Some(id) = call.text("DelegationSetId") {
        let message = format!("The specified delegation set {id} does not exist.");
        return Err(ApiError::new("NoSuchDelegationSet", message));
    }
    let size = page::size(call, MOST)?;
    let marker = call.text("Marker").map(bare).unwrap_or_default();
    let private_only = call.text("HostedZoneType").is_some();
    let zones = call.account.route53.zones.values().filter(|zone| zone.is_private() || !private_only);
    let (page, next) = page::cut(zones, |zone| zone.id.as_str() >= marker, size);
    Ok(json!({
        "HostedZones": page.iter().map(|zone| zone.shown()).collect::<Vec<Value>>(),
        "Marker": marker,
        "IsTruncated": next.is_some(),
        "NextMarker": next.map(|zone| &zone.id),
        "MaxItems": call.text("MaxItems").map_or_else(|| MOST.to_string(), str::to_owned),
    }))
}

/// In the order of their names' labels from the right
/// (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html>).
fn list_by_name(call: &mut Call<'_>) -> Answer {
    let size = page::size(call, MOST)?;
    let (name, id) = (call.text("DNSName"), call.text("HostedZoneId").map(bare));
    if id.is_some() && name.is_none() {
        let message = "If you specify a value for HostedZoneId, you must also specify a value for DNSName.";
        return Err(super::error::invalid_input(message));
    }
    let invalid = |message: String| ApiError::new("InvalidDomainName", message).status(400);
    let from = name.map(Name::read).transpose().map_err(invalid)?;
    let mut zones: Vec<&Zone> = call.account.route53.zones.values().collect();
    zones.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    let begins = |zone: &&Zone| match &from {
        None => true,
        Some(from) => (&zone.name, zone.id.as_str()) >= (from, id.unwrap_or_default()),
    };
    let (page, next) = page::cut(zones.into_iter(), begins, size);
    Ok(json!({
        "HostedZones": page.iter().map(|zone| zone.shown()).collect::<Vec<Value>>(),
        "DNSName": name,
        "HostedZoneId": id,
        "IsTruncated": next.is_some(),
        "NextDNSName": next.map(|zone| zone.name.to_string()),
        "NextHostedZoneId": next.map(|zone| &zone.id),
        "MaxItems": call.text("MaxItems").map_or_else(|| MOST.to_string(), str::to_owned),
    }))
}

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html>
fn list_by_vpc(call: &mut Call<'_>) -> Answer {
    let size = page::size(call, MOST)?;
    let vpc = Vpc { region: call.required("VPCRegion").to_owned(), id: call.required("VPCId").to_owned() };
    let from = match call.text("NextToken") {
        None => String::new(),
        Some(token) => {
            let id = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let wrong = || ApiError::new("InvalidPaginationToken", "The pagination token is invalid.").status(400);
            id.ok_or_else(wrong)?
        }
    };
    let zones = call.account.route53.zones.values();
    let zones = zones.filter(|zone| zone.vpcs.as_ref().is_some_and(|vpcs| vpcs.contains(&vpc)));
    let (page, next) = page::cut(zones, |zone| zone.id >= from, size);
    let shown = |zone: &&Zone| {
        json!({
            "HostedZoneId": zone.id,
            "Name": zone.name.to_string(),
            "Owner": { "OwningAccount": call.account.id },
        })
    };
    Ok(json!({
        "HostedZoneSummaries": page.iter().map(shown).collect::<Vec<Value>>(),
        "MaxItems": call.text("MaxItems").map_or_else(|| MOST.to_string(), str::to_owned),
        "NextToken": next.map(|zone| STANDARD.encode(&zone.id)),
    }))
}
