//! Hosted zones (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-working-with.html>).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::name::Name;
use super::record::{Key, RecordSet};
use super::state::{find, find_mut};
use super::vpc::{self, Vpc};
use super::{change_info, delegation, error};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

/// A hosted zone.
#[derive(Debug, Clone)]
pub(super) struct Zone {
    pub(super) id: String,
    pub(super) name: Name,
    reference: String,
    comment: Option<String>,
    servers: Vec<String>,
    /// None: a public zone.
    pub(super) vpcs: Option<BTreeSet<Vpc>>,
    pub(super) records: BTreeMap<Key, RecordSet>,
    pub(super) tags: Tags,
}

pub(super) const OPERATIONS: Operations = &[
    ("CreateHostedZone", create),
    ("DeleteHostedZone", delete),
    ("GetHostedZone", get),
    ("UpdateHostedZoneComment", update_comment),
];

impl Zone {
    pub(super) fn is_private(&self) -> bool {
        self.vpcs.is_some()
    }

    /// Whether this is one of the records that a zone has from the start, and always.
    pub(super) fn is_own(&self, key: &Key) -> bool {
        key.name == self.name && matches!(key.kind.as_str(), "NS" | "SOA")
    }

    pub(super) fn shown(&self) -> Value {
        json!({
            "Id": format!("/hostedzone/{}", self.id),
            "Name": self.name.to_string(),
            "CallerReference": self.reference,
            "Config": { "Comment": self.comment, "PrivateZone": self.is_private() },
            "ResourceRecordSetCount": self.records.len(),
        })
    }
}

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html>
fn create(call: &mut Call<'_>) -> Answer {
    let invalid_name = |message: String| ApiError::new("InvalidDomainName", message).status(400);
    let name = Name::read(call.required("Name")).map_err(invalid_name)?;
    let reference = call.required("CallerReference");
    // References of zones that are gone are taken too: <https://github.com/saltstack/salt/issues/40655>.
    if call.account.route53.references.contains(reference) {
        let message = "A hosted zone has already been created with the specified caller reference.";
        return Err(ApiError::new("HostedZoneAlreadyExists", message).status(409));
    }
    if let Some(id) = call.text("DelegationSetId") {
        // There are no reusable delegation sets here.
        let message = format!("The specified delegation set {id} does not exist.");
        return Err(ApiError::new("NoSuchDelegationSet", message));
    }
    let private = call.input.pointer("/HostedZoneConfig/PrivateZone").and_then(Value::as_bool).unwrap_or(false);
    let vpc = call.input.get("VPC").map(|vpc| Vpc::read(call, vpc)).transpose()?;
    if private && vpc.is_none() {
        let message = "When you're creating a private hosted zone (when you specify true for PrivateZone), you must \
                       also specify values for VPCId and VPCRegion.";
        return Err(error::invalid_input(message));
    }
    // "You can't create a hosted zone for a top-level domain (TLD) such as .com."
    if vpc.is_none() && name.depth() == 1 {
        return Err(invalid_name(format!("{} is a top-level domain.", call.required("Name"))));
    }
    if let Some(vpc) = &vpc {
        vpc::check_conflict(call, &name, vpc)?;
    }
    if call.account.route53.zones.len() >= call.account.settings.route53_limits.hosted_zones {
        let message = "Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones.";
        return Err(ApiError::new("TooManyHostedZones", message).status(400));
    }
    let servers = match vpc {
        Some(_) => delegation::private_servers(),
        None => delegation::servers(&mut call.account.chance),
    };
    let zone = Zone {
        // With `/hostedzone/` before it, no longer than an id may be.
        id: format!("Z{}", call.account.chance.letters(19)),
        records: delegation::records(&name, &servers),
        name,
        reference: reference.to_owned(),
        comment: call.input.pointer("/HostedZoneConfig/Comment").and_then(Value::as_str).map(str::to_owned),
        servers,
        vpcs: vpc.clone().map(|vpc| BTreeSet::from([vpc])),
        tags: Tags::default(),
    };
    let answer = json!({
        "HostedZone": zone.shown(),
        "ChangeInfo": change_info::submit(call, None),
        "DelegationSet": { "NameServers": zone.servers },
        "VPC": vpc.map(|vpc| vpc.shown()),
        "Location": format!("https://route53.amazonaws.com/2013-04-01/hostedzone/{}", zone.id),
    });
    let state = &mut call.account.route53;
    state.references.insert(reference.to_owned());
    state.zones.insert(zone.id.clone(), zone);
    Ok(answer)
}

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html>
fn get(call: &mut Call<'_>) -> Answer {
    let zone = find(call, call.required("Id"))?;
    let vpcs = zone.vpcs.as_ref().map(|vpcs| vpcs.iter().map(Vpc::shown).collect::<Vec<Value>>());
    let delegation = vpcs.is_none().then(|| json!({ "NameServers": zone.servers }));
    Ok(json!({ "HostedZone": zone.shown(), "DelegationSet": delegation, "VPCs": vpcs }))
}

/// "You can delete a hosted zone only if it contains only the default SOA record and NS resource record sets"
/// (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html>).
fn delete(call: &mut Call<'_>) -> Answer {
    let zone = find(call, call.required("Id"))?;
    if zone.records.keys().any(|key| !zone.is_own(key)) {
        // With both spaces: <https://github.com/hashicorp/terraform/issues/5345>.
        let message = "The specified hosted zone contains non-required resource record sets  and so cannot be deleted.";
        return Err(ApiError::new("HostedZoneNotEmpty", message).status(400));
    }
    let id = zone.id.clone();
    call.account.route53.zones.remove(&id);
    Ok(json!({ "ChangeInfo": change_info::submit(call, None) }))
}

/// "If you don't specify a value for Comment, Amazon Route 53 deletes the existing value"
/// (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHostedZoneComment.html>).
fn update_comment(call: &mut Call<'_>) -> Answer {
    let comment = call.text("Comment").filter(|comment| !comment.is_empty()).map(str::to_owned);
    let zone = find_mut(call, call.required("Id"))?;
    zone.comment = comment;
    Ok(json!({ "HostedZone": zone.shown() }))
}
