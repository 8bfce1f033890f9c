//! How much there may be, and is (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetAccountLimit.html>,
//! <https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZoneLimit.html>).

use serde_json::{Value, json};

use super::state::find;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("GetAccountLimit", of_account), ("GetHostedZoneLimit", of_zone)];

fn shown(kind: &str, most: usize, count: usize) -> Value {
    json!({ "Limit": { "Type": kind, "Value": most }, "Count": count })
}

fn of_account(call: &mut Call<'_>) -> Answer {
    let (state, limits) = (&call.account.route53, &call.account.settings.route53_limits);
    let kind = call.required("Type");
    Ok(match kind {
        "MAX_HOSTED_ZONES_BY_OWNER" => shown(kind, limits.hosted_zones, state.zones.len()),
        "MAX_HEALTH_CHECKS_BY_OWNER" => shown(kind, limits.health_checks, state.health_checks.len()),
        // What isn't emulated, there is none of.
        "MAX_REUSABLE_DELEGATION_SETS_BY_OWNER" => shown(kind, 100, 0),
        "MAX_TRAFFIC_POLICIES_BY_OWNER" => shown(kind, 50, 0),
        _ => shown(kind, 5, 0),
    })
}

fn of_zone(call: &mut Call<'_>) -> Answer {
    let zone = find(call, call.required("HostedZoneId"))?;
    let limits = &call.account.settings.route53_limits;
    let kind = call.required("Type");
    if kind == "MAX_RRSETS_BY_ZONE" {
        return Ok(shown(kind, limits.records_per_zone, zone.records.len()));
    }
    match &zone.vpcs {
        Some(vpcs) => Ok(shown(kind, limits.vpcs_per_zone, vpcs.len())),
        None => {
            let message = "The specified hosted zone is a public hosted zone, not a private hosted zone.";
            Err(ApiError::new("HostedZoneNotPrivate", message))
        }
    }
}
