//! Refusals, in each service's words
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>).

use super::access::Access;
use super::authority::{Authority, Denial, Layer};
use super::encoded;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::contract::Protocol;
use crate::aws::services;

pub(super) fn of(call: &Call<'_>, service: &str, access: &Access, authority: &Authority, denial: Denial) -> ApiError {
    let Access { action, resource, .. } = access;
    let because = match denial {
        Denial { layer: Layer::Identity, explicit: true } => {
            "with an explicit deny in an identity-based policy".to_owned()
        }
        Denial { layer: Layer::Boundary, explicit: true } => {
            "with an explicit deny in a permissions boundary".to_owned()
        }
        Denial { layer: Layer::Session, explicit: true } => "with an explicit deny in a session policy".to_owned(),
        Denial { layer, explicit: false } => {
            let policy = match layer {
                Layer::Identity => "identity-based policy",
                Layer::Boundary => "permissions boundary",
                Layer::Session => "session policy",
            };
            format!("because no {policy} allows the {action} action")
        }
    };
    let on = match (resource.as_str(), service) {
        ("*", _) => String::new(),
        (_, "s3") => format!(" on resource: \"{resource}\""),
        _ => format!(" on resource: {resource}"),
    };
    let message = format!("User: {} is not authorized to perform: {action}{on} {because}", call.caller.arn);
    let protocols = services::named(service).map(|service| service.contract.metadata.protocols.as_slice());
    match (service, protocols.and_then(|protocols| protocols.first())) {
        ("ec2", _) => {
            // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html: with an encoded message for
            // what isn't a describe.
            let mut message = format!("You are not authorized to perform this operation. {message}");
            if resource != "*" {
                let encoded = encoded::encode(call, authority, access, denial);
                message = format!("{message}. Encoded authorization failure message: {encoded}");
            }
            ApiError::new("UnauthorizedOperation", message).status(403)
        }
        (_, Some(Protocol::Json | Protocol::Cbor)) => ApiError::new("AccessDeniedException", message).status(400),
        _ => ApiError::new("AccessDenied", message).status(403),
    }
}
