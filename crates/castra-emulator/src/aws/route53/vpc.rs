//! The VPCs of private hosted zones
//! (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html>).

use serde_json::{Value, json};

use super::change_info;
use super::name::Name;
use super::state::{find, find_mut};
use super::zone::Zone;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// A VPC.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Vpc {
    pub(super) region: String,
    pub(super) id: String,
}

pub(super) const OPERATIONS: Operations =
    &[("AssociateVPCWithHostedZone", associate), ("DisassociateVPCFromHostedZone", disassociate)];

impl Vpc {
    /// Reads one, which must be the account's.
    pub(super) fn read(call: &Call<'_>, vpc: &Value) -> Result<Self, ApiError> {
        let text = |member: &str| vpc.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let vpc = Self { region: text("VPCRegion"), id: text("VPCId") };
        let there = call.account.regions.get(&vpc.region).is_some_and(|region| region.ec2.vpcs.contains_key(&vpc.id));
        if there {
            Ok(vpc)
        } else {
            // "The VPC ID that you specified either isn't a valid ID or the current account is not authorized to access
            // this VPC."
            let message = format!("The VPC ID {} in region {} is invalid.", vpc.id, vpc.region);
            Err(ApiError::new("InvalidVPCId", message).status(400))
        }
    }

    pub(super) fn shown(&self) -> Value {
        json!({ "VPCRegion": self.region, "VPCId": self.id })
    }
}

/// "The VPC that you specified is already associated with another hosted zone that has the same name."
pub(super) fn check_conflict(call: &Call<'_>, name: &Name, vpc: &Vpc) -> Result<(), ApiError> {
    let conflicts = |zone: &&Zone| zone.name == *name && zone.vpcs.as_ref().is_some_and(|vpcs| vpcs.contains(vpc));
    match call.account.route53.zones.values().find(conflicts) {
        None => Ok(()),
        Some(zone) => {
            let message = format!(
                "The VPC {} in region {} has already been associated with the hosted zone {} with the same domain name.",
                vpc.id, vpc.region, zone.id
            );
            Err(ApiError::new("ConflictingDomainExists", message).status(400))
        }
    }
}

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html>
fn associate(call: &mut Call<'_>) -> Answer {
    let id = call.required("HostedZoneId");
    let zone = find(call, id)?;
    let Some(vpcs) = &zone.vpcs else {
        let message = "You're trying to associate a VPC with a public hosted zone. Amazon Route 53 doesn't support \
                       associating a VPC with a public hosted zone.";
        return Err(ApiError::new("PublicZoneVPCAssociation", message).status(400));
    };
    let vpc = Vpc::read(call, call.input.get("VPC").unwrap_or(&Value::Null))?;
    check_conflict(call, &zone.name, &vpc)?;
    let most = call.account.settings.route53_limits.vpcs_per_zone;
    if vpcs.len() >= most {
        let message = format!("You have exceeded the limit of {most} VPCs for the hosted zone.");
        return Err(ApiError::new("LimitsExceeded", message).status(400));
    }
    find_mut(call, id)?.vpcs.get_or_insert_default().insert(vpc);
    Ok(json!({ "ChangeInfo": change_info::submit(call, call.text("Comment")) }))
}

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_DisassociateVPCFromHostedZone.html>
fn disassociate(call: &mut Call<'_>) -> Answer {
    let id = call.required("HostedZoneId");
    let asked = call.input.get("VPC").unwrap_or(&Value::Null);
    let text = |member: &str| asked.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    // It may be gone by now.
    let vpc = Vpc { region: text("VPCRegion"), id: text("VPCId") };
    let zone = find_mut(call, id)?;
    let vpcs = zone.vpcs.as_mut().filter(|vpcs| vpcs.contains(&vpc));
    let Some(vpcs) = vpcs else {
        let message = format!("The VPC {} in region {} is not associated with the hosted zone.", vpc.id, vpc.region);
        return Err(ApiError::new("VPCAssociationNotFound", message).status(404));
    };
    if vpcs.len() == 1 {
        let message = "The VPC that you're trying to disassociate from the private hosted zone is the last VPC that is \
                       associated with the hosted zone. Amazon Route 53 doesn't support disassociating the last VPC \
                       from a hosted zone.";
        return Err(ApiError::new("LastVPCAssociation", message).status(400));
    }
    vpcs.remove(&vpc);
    Ok(json!({ "ChangeInfo": change_info::submit(call, call.text("Comment")) }))
}
