//! CreateTags, DeleteTags and DescribeTags.

use serde_json::{Value, json};

use super::holder::{Tagged, tagged, tags_of};
use super::{LIMIT, Tags, check_key, too_many};
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::filter::Filters;
use crate::aws::ec2::page;
use crate::aws::error::Answer;

/// What an id begins with, and the code and message for one of the kind that nothing has
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>).
const KINDS: [(&str, &str, &str); 20] = [
    ("acl-", "InvalidNetworkAclID.NotFound", "networkAcl ID"),
    ("ami-", "InvalidAMIID.NotFound", "image id"),
    ("dopt-", "InvalidDhcpOptionID.NotFound", "dhcpOption ID"),
    ("eipalloc-", "InvalidAllocationID.NotFound", "allocation ID"),
    ("eni-", "InvalidNetworkInterfaceID.NotFound", "networkInterface ID"),
    ("i-", "InvalidInstanceID.NotFound", "instance ID"),
    ("igw-", "InvalidInternetGatewayID.NotFound", "internetGateway ID"),
    ("key-", "InvalidKeyPair.NotFound", "key pair ID"),
    ("lt-", "InvalidLaunchTemplateId.NotFound", "launch template ID"),
    ("nat-", "InvalidNatGatewayID.NotFound", "natGateway ID"),
    ("pg-", "InvalidPlacementGroup.Unknown", "placement group ID"),
    ("rtb-", "InvalidRouteTableID.NotFound", "routeTable ID"),
    ("scr-", "InvalidSubnetCidrReservationID.NotFound", "subnet-cidr-reservation ID"),
    ("sg-", "InvalidGroup.NotFound", "security group"),
    ("sgr-", "InvalidSecurityGroupRuleId.NotFound", "security group rule ID"),
    ("snap-", "InvalidSnapshot.NotFound", "snapshot"),
    ("subnet-", "InvalidSubnetID.NotFound", "subnet ID"),
    ("vol-", "InvalidVolume.NotFound", "volume"),
    ("vpc-", "InvalidVpcID.NotFound", "vpc ID"),
    ("vpce-", "InvalidVpcEndpointId.NotFound", "Vpc Endpoint Id"),
];

/// The ids that a call names; all must be there and show.
fn resources<'a>(call: &Call<'a>) -> Result<Vec<&'a str>, ApiError> {
    let ids = call.texts("Resources");
    if ids.is_empty() {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter resourceIdSet"));
    }
    // "Up to 1000 resource IDs."
    if ids.len() > 1000 {
        let message = "The maximum number of resources in a request is 1000.";
        return Err(ApiError::new("InvalidParameterValue", message));
    }
    let known: Vec<Tagged<'_>> = tagged(&call.look().ec2).collect();
    for id in &ids {
        if known.iter().any(|object| object.id == *id && call.account.shows(id, object.created)) {
            continue;
        }
        let kind = KINDS.iter().find(|(prefix, ..)| id.starts_with(prefix));
        return Err(match kind {
            Some((_, code, noun)) => ApiError::new(code, format!("The {noun} '{id}' does not exist")),
            None => ApiError::new("InvalidID", format!("The ID '{id}' is not valid")),
        });
    }
    Ok(ids)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html>
pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let tags = Tags::read(call.list("Tags"))?;
    if tags.is_empty() {
        return Err(ApiError::new("MissingParameter", "The request must contain the parameter tagSet"));
    }
    let ids = resources(call)?;
    let ec2 = call.ec2();
    for id in &ids {
        let Some(has) = tags_of(ec2, id) else { continue };
        let own = has.keys().filter(|key| !key.starts_with("aws:")).count();
        let more = tags.keys().filter(|key| has.get(key).is_none()).count();
        if own + more > LIMIT {
            return Err(too_many());
        }
    }
    for id in ids {
        if let Some(has) = tags_of(ec2, id) {
            tags.iter().for_each(|(key, value)| has.insert(key, value));
        }
    }
    Ok(json!({}))
}

/// "If you specify a tag key without a tag value, we delete any tag with this key regardless of its value. If you specify
/// a tag key with an empty string as the tag value, we delete the tag only if its value is an empty string. If you omit
/// this parameter, we delete all user-defined tags"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html>).
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let mut wanted = Vec::new();
    for tag in call.list("Tags") {
        let key = tag.get("Key").and_then(Value::as_str).unwrap_or_default();
        check_key(key)?;
        wanted.push((key, tag.get("Value").and_then(Value::as_str)));
    }
    let ids = resources(call)?;
    let ec2 = call.ec2();
    for id in ids {
        let Some(has) = tags_of(ec2, id) else { continue };
        let goes = |(key, value): (&str, &str)| {
            let named = wanted.iter().any(|(name, of)| *name == key && of.is_none_or(|of| of == value));
            (if wanted.is_empty() { !key.starts_with("aws:") } else { named }).then(|| key.to_owned())
        };
        let gone: Vec<String> = has.iter().filter_map(goes).collect();
        gone.iter().for_each(|key| has.remove(key));
    }
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html>
pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let filters = Filters::of(call, &["key", "resource-id", "resource-type", "value"])?;
    let mut shown = Vec::new();
    let mut all: Vec<Tagged<'_>> = tagged(&call.look().ec2).filter(|object| !object.tags.is_empty()).collect();
    all.sort_by(|one, other| one.id.cmp(other.id));
    for object in all {
        if !call.account.shows(object.id, object.created) {
            continue;
        }
        for (key, value) in object.tags.iter() {
            // `tag:KEY` asks for the tag of that key and value itself.
            let mut only = Tags::default();
            only.insert(key, value);
            let passes = filters.pass(&only, |name| {
                let value = match name {
                    "key" => key,
                    "resource-id" => object.id,
                    "resource-type" => object.kind,
                    _ => value,
                };
                vec![value.to_owned()]
            });
            if passes {
                shown.push(json!({
                    "ResourceId": object.id,
                    "ResourceType": object.kind,
                    "Key": key,
                    "Value": value,
                }));
            }
        }
    }
    page::of(call, "Tags", shown)
}
