//! What AWS's errors mean, decided once.
//!
//! Codes are from the "Error codes" page of each service's API reference and from the Amazon EC2 "Error codes for
//! the Amazon EC2 API" page.

use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use castra_core::error::CloudDetail;
use castra_core::{Access, Call, Error, ErrorKind};

use crate::read_only::Refused;

/// Turns an SDK error into ours.
pub(crate) fn classify<E>(call: &Call, error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let mut cloud =
        CloudDetail { service: call.service.into(), operation: call.operation.into(), ..CloudDetail::default() };
    let mutates = call.access == Access::Mutate;
    match &error {
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            let meta = service.err().meta();
            let code = meta.code().unwrap_or_default();
            let said = meta.message().unwrap_or("no message").trim_end_matches('.').to_owned();
            cloud.status = Some(status);
            cloud.code = meta.code().map(str::to_owned);
            cloud.request_id = meta.extra("aws_request_id").map(str::to_owned);
            let kind = kind(code, status, &said);
            let remedy = match code {
                // Said of a machine type that a zone doesn't have.
                "Unsupported" => Some(ELSEWHERE),
                "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => Some(RENEW),
                "InvalidAMIID.NotFound" | "InvalidAMIID.Unavailable" => Some(OTHER_IMAGE),
                "ValidationError" if names_an_image(&said) => Some(OTHER_IMAGE),
                _ => remedy(kind),
            };
            let mut ours = Error::new(kind, said).cloud(cloud);
            if let Some(remedy) = remedy {
                ours = ours.remedy(remedy);
            }
            if let Some(after) = retry_after(service.raw()) {
                ours = ours.retry_after(after);
            }
            // A server-side failure says nothing about whether the work was done.
            if mutates && kind == ErrorKind::Unavailable { ours.ambiguous() } else { ours }
        }
        SdkError::TimeoutError(_) => {
            ambiguous(mutates, Error::new(ErrorKind::Timeout, "no answer in time").cloud(cloud))
        }
        SdkError::ResponseError(_) => {
            ambiguous(mutates, Error::new(ErrorKind::Unavailable, "the answer was cut short").cloud(cloud))
        }
        SdkError::ConstructionFailure(_) => match refusal(&error) {
            Some(refused) => Error::new(ErrorKind::ReadOnly, refused.to_string()).cloud(cloud),
            None => Error::new(ErrorKind::Invalid, chain(&error)).cloud(cloud),
        },
        SdkError::DispatchFailure(failure) => {
            let text = chain(&error);
            if let Some(refused) = refusal(&error) {
                Error::new(ErrorKind::ReadOnly, refused.to_string()).cloud(cloud)
            } else if text.to_ascii_lowercase().contains("credential") {
                Error::new(ErrorKind::Credentials, text)
                    .cloud(cloud)
                    .remedy("sign in, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
            } else if failure.is_user() {
                Error::new(ErrorKind::Invalid, text).cloud(cloud)
            } else {
                let unreachable = Error::new(ErrorKind::Unavailable, text).cloud(cloud);
                ambiguous(mutates, unreachable.remedy("check the region, the network and AWS_ENDPOINT_URL"))
            }
        }
        _ => ambiguous(mutates, Error::new(ErrorKind::Unexpected, chain(&error)).cloud(cloud)),
    }
    .source(error)
}

/// What helps where an image is gone.
const OTHER_IMAGE: &str = "name an image that this account may use as provider.image, and apply again";

/// What helps when a session has ended. RequestExpired is also said of a request whose date is too old
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>).
const RENEW: &str = "renew the credentials by signing in again, then run again: it goes on from there; if they are \
                     fresh, set this machine's clock";

/// What helps where a machine type isn't to be had.
const ELSEWHERE: &str = "choose another machine type or other zones";

fn ambiguous(mutates: bool, error: Error) -> Error {
    if mutates { error.ambiguous() } else { error }
}

/// What a code means by itself, for failures that AWS reports as a state instead of an error.
pub(crate) fn of_code(code: &str, message: &str) -> ErrorKind {
    kind(code, 400, message)
}

/// Whether a creation failed because its client token belongs to an earlier object: one that was made with other
/// parameters or is gone. The next token makes a new one ("Ensuring idempotency in Amazon EC2 API requests"). A creation
/// that refers to no volume speaks of the one that its token made.
pub(crate) fn token_is_spent(error: &Error) -> bool {
    matches!(
        error.code(),
        Some("IdempotentParameterMismatch" | "IdempotentInstanceTerminated" | "InvalidVolume.NotFound")
    )
}

/// The error of a machine that failed to launch after the request for it was accepted. The code is that of an
/// instance's state reason or of a scaling activity's message: the API's own, sometimes after whose fault it was. Most
/// scaling activities have words only.
pub(crate) fn failed_launch(code: &str, message: &str) -> Error {
    let bare = code.trim_start_matches("Client.").trim_start_matches("Server.");
    // Nearly always a key of an encrypted disk that may not be used (EC2 User Guide, "Instance terminates
    // immediately").
    if code == "Client.InternalError" || bare.contains("KMSKey") {
        return Error::new(ErrorKind::Denied, message).remedy(
            "see that the KMS key of its disks is enabled, and that castra's identity and, for a pool, the role \
             AWSServiceRoleForAutoScaling may use it",
        );
    }
    let kind = match kind(bare, 0, message) {
        // A machine that was made and came to an end, by itself or by AWS's fault.
        ErrorKind::Unexpected | ErrorKind::Unavailable => in_words(message).unwrap_or(ErrorKind::Unhealthy),
        kind => kind,
    };
    let error = Error::new(kind, message);
    match kind {
        ErrorKind::Denied => error.remedy("let the role AWSServiceRoleForAutoScaling, or castra's identity, do it"),
        ErrorKind::Unsupported => error.remedy(ELSEWHERE),
        ErrorKind::Invalid => error.remedy("mend what the spec says of its machines and image, and apply again"),
        ErrorKind::Unhealthy => error.remedy("see in its console output why it ended, and apply again"),
        _ => match remedy(kind) {
            Some(remedy) => error.remedy(remedy),
            None => error,
        },
    }
}

/// What a failed launch's words mean where they come without a code ("Troubleshoot Amazon EC2 Auto Scaling": "EC2
/// instance launch failures", "AMI issues").
fn in_words(message: &str) -> Option<ErrorKind> {
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| message.contains(phrase));
    if says(&["do not have sufficient", "no Spot capacity available"]) {
        Some(ErrorKind::Capacity)
    } else if says(&["vCPU limit", "Your quota allows", "instance(s) are already running", "free addresses"]) {
        Some(ErrorKind::Quota)
    } else if says(&["not supported in your requested Availability Zone"]) {
        Some(ErrorKind::Unsupported)
    } else if says(&["not authorized"]) {
        Some(ErrorKind::Denied)
    } else if names_a_profile(message) {
        Some(ErrorKind::NotYetPropagated)
    } else if says(&["does not exist", "is pending, and cannot be run", "is invalid", "not valid", "Invalid "]) {
        Some(ErrorKind::Invalid)
    } else {
        None
    }
}

fn kind(code: &str, status: u16, message: &str) -> ErrorKind {
    match code {
        "RequestLimitExceeded"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "EC2ThrottledException"
        | "PriorRequestNotComplete"
        | "SlowDown"
        | "TooManyUpdates"
        | "BandwidthLimitExceeded" => ErrorKind::Throttled,
        // A balancer or an instance whose own protection against deletion is on.
        "OperationNotPermitted" if message.contains("protection") || message.contains("disableApiTermination") => {
            ErrorKind::Protected
        }
        "UnauthorizedOperation"
        | "Client.UnauthorizedOperation"
        | "AccessDenied"
        | "AccessDeniedException"
        | "Blocked"
        | "OperationNotPermitted"
        | "UnmodifiableEntity"
        | "AuthFailure.ServiceLinkedRoleCreationNotPermitted" => ErrorKind::Denied,
        // ReleaseAddress says this of an address that a gateway on its way out still holds (kubernetes/kops, issue 1604).
        "AuthFailure" if message.contains("permission to access the specified resource") => ErrorKind::InUse,
        // DeleteNetworkInterface says this while a terminated machine lets go (gruntwork-io/cloud-nuke, issue 431).
        "InvalidParameterValue" if message.contains("is currently in use") => ErrorKind::InUse,
        "AuthFailure"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "SignatureDoesNotMatch"
        | "MissingAuthenticationToken"
        | "IncompleteSignature"
        | "OptInRequired"
        | "RequestExpired"
        | "PendingVerification" => ErrorKind::Credentials,
        "InsufficientInstanceCapacity"
        | "InsufficientHostCapacity"
        | "InsufficientReservedInstanceCapacity"
        | "InsufficientCapacity"
        | "InsufficientAddressCapacity"
        | "InsufficientVolumeCapacity" => ErrorKind::Capacity,
        "DependencyViolation"
        | "ResourceInUse"
        | "ResourceInUseFault"
        | "DeleteConflict"
        | "InvalidGroup.InUse"
        | "ScalingActivityInProgress"
        | "ScalingActivityInProgressFault"
        | "VolumeInUse"
        | "IncorrectState"
        | "IncorrectInstanceState"
        | "IncorrectModificationState" => ErrorKind::InUse,
        "InvalidLaunchTemplateName.AlreadyExistsException"
        | "DuplicateLoadBalancerName"
        | "DuplicateTargetGroupName"
        | "DuplicateListener"
        | "EntityAlreadyExists"
        | "AlreadyExists"
        | "AlreadyExistsFault"
        | "ParameterAlreadyExists"
        | "Resource.AlreadyAssociated"
        | "RouteAlreadyExists" => ErrorKind::AlreadyExists,
        "NoSuchEntity" | "NoSuchHostedZone" | "Gateway.NotAttached" => ErrorKind::NotFound,
        // A group that doesn't exist (Elastic Load Balancing API reference, `CreateLoadBalancer`, errors).
        "InvalidSecurityGroup" => ErrorKind::NotFound,
        "InsufficientFreeAddressesInSubnet" | "TargetGroupAssociationLimit" | "LimitExceededFault" => ErrorKind::Quota,
        "InternalError"
        | "InternalFailure"
        | "ServiceUnavailable"
        | "Unavailable"
        | "ServerInternal"
        | "InternalServerError"
        | "ServiceFailure" => ErrorKind::Unavailable,
        // Another change to the same object is under way, and was not overtaken by this one.
        // The role that Auto Scaling makes for itself in a new account takes a while too.
        "ConcurrentModification"
        | "ServiceLinkedRoleFailure"
        | "EntityTemporarilyUnmodifiable"
        | "ResourceContention"
        | "ResourceContentionFault" => ErrorKind::NotYetPropagated,
        // A target group takes only running instances, and says so of one that is about to run.
        "InvalidTarget" if message.contains("running state") => ErrorKind::NotYetPropagated,
        // Route 53 has one code for every change that cannot be made ("ChangeResourceRecordSets", errors).
        "InvalidChangeBatch" if message.contains("already exists") => ErrorKind::AlreadyExists,
        "InvalidChangeBatch" if message.contains("not found") => ErrorKind::NotFound,
        // A new instance profile takes a while to be known to EC2 and Auto Scaling.
        "InvalidParameterValue" | "ValidationError" if names_a_profile(message) => ErrorKind::NotYetPropagated,
        // That is how CreateSubnetCidrReservation says it (hashicorp/terraform-provider-aws, issue 45304).
        "InvalidParameterValue" if message.contains("has overlap with existing reserved") => ErrorKind::AlreadyExists,
        // As above, in Auto Scaling's words.
        "ValidationError" if names_an_image(message) => ErrorKind::Invalid,
        // Auto Scaling has one code for everything; in its words about objects these two phrases are stable.
        "ValidationError" if message.contains("not found") || message.contains("does not exist") => ErrorKind::NotFound,
        // An image was there when the plan was made, and isn't fresh: it doesn't come.
        "InvalidAMIID.NotFound" | "InvalidAMIID.Unavailable" => ErrorKind::Invalid,
        // "Unsupported" is said of a machine type that a zone doesn't have, for good.
        "Unsupported" | "UnsupportedOperation" | "UnknownOperationException" | "InvalidAction" => {
            ErrorKind::Unsupported
        }
        _ => by_shape(code, status),
    }
}

fn names_a_profile(message: &str) -> bool {
    ["iamInstanceProfile", "IamInstanceProfile", "IAM Instance Profile"].iter().any(|name| message.contains(name))
}

fn names_an_image(message: &str) -> bool {
    message.contains("image id '") || message.contains("AMI ID")
}

/// What a code means by its ending or beginning: AWS adds codes, but forms them alike.
fn by_shape(code: &str, status: u16) -> ErrorKind {
    let ends = |endings: &[&str]| endings.iter().any(|ending| code.ends_with(ending));
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| code.starts_with(beginning));
    if ends(&["NotFound", "NotFoundException", "NotFoundFault"]) {
        ErrorKind::NotFound
    } else if ends(&[".Duplicate", ".Conflict"]) {
        ErrorKind::AlreadyExists
    } else if ends(&[".InUse"]) {
        ErrorKind::InUse
    } else if ends(&["LimitExceeded", "LimitExceededException"]) || begins(&["TooMany", "MaxSpot"]) {
        ErrorKind::Quota
    } else if status >= 500 {
        ErrorKind::Unavailable
    } else if status == 429 {
        ErrorKind::Throttled
    } else if begins(&["Invalid", "Missing", "Malformed", "Validation", "Unknown", "Idempotent"]) {
        ErrorKind::Invalid
    } else {
        ErrorKind::Unexpected
    }
}

fn remedy(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Denied => Some("allow this action for the identity that castra runs as"),
        ErrorKind::Credentials => Some("sign in again, or check the profile and keys in use"),
        ErrorKind::Protected => Some("switch its deletion protection off, then try again"),
        ErrorKind::Capacity => Some(
            "choose another machine type or other zones, reserve capacity (an On-Demand Capacity Reservation), or try \
             again later",
        ),
        ErrorKind::NotYetPropagated => {
            Some("it may be known in a few minutes, so apply again; if it never is, see whether somebody deleted it")
        }
        ErrorKind::Quota => Some("ask for a higher limit in Service Quotas, or remove what is no longer used"),
        _ => None,
    }
}

fn retry_after(response: &HttpResponse) -> Option<Duration> {
    response.headers().get("retry-after")?.parse().ok().map(Duration::from_secs)
}

/// The interceptor's refusal, wherever the SDK wrapped it.
fn refusal<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Refused> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(refused) = error.downcast_ref::<Refused>() {
            return Some(refused);
        }
        next = error.source();
    }
    None
}

/// The innermost causes in one line: the outer layers of an SDK error only say that there was one.
fn chain(error: &dyn std::error::Error) -> String {
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        texts.push(error.to_string());
        next = error.source();
    }
    texts.drain(..texts.len().saturating_sub(2));
    texts.join(": ")
}

#[cfg(test)]
mod tests;
