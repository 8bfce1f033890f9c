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
            let mut ours = Error::new(kind, said).cloud(cloud);
            if let Some(remedy) = remedy(kind) {
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
                ambiguous(mutates, Error::new(ErrorKind::Unavailable, text).cloud(cloud))
            }
        }
        _ => ambiguous(mutates, Error::new(ErrorKind::Unexpected, chain(&error)).cloud(cloud)),
    }
    .source(error)
}

fn ambiguous(mutates: bool, error: Error) -> Error {
    if mutates { error.ambiguous() } else { error }
}

/// What a code means by itself, for failures that AWS reports as a state instead of an error.
pub(crate) fn of_code(code: &str, message: &str) -> ErrorKind {
    kind(code, 400, message)
}

/// Whether a creation failed because its client token belongs to an earlier object: one that was made with other
/// parameters or is gone. The next token makes a new one ("Ensuring idempotency in Amazon EC2 API requests").
pub(crate) fn token_is_spent(error: &Error) -> bool {
    matches!(error.code(), Some("IdempotentParameterMismatch" | "IdempotentInstanceTerminated"))
}

/// The error of a machine that failed to launch after the request for it was accepted. The code is that of an
/// instance's state reason or of a scaling activity's message: the API's own, sometimes after whose fault it was.
pub(crate) fn failed_launch(code: &str, message: &str) -> Error {
    let kind = match code {
        // Nearly always a key of an encrypted disk that may not be used (EC2 User Guide, "Instance terminates
        // immediately").
        "Client.InternalError" => ErrorKind::Denied,
        _ => kind(code.trim_start_matches("Client.").trim_start_matches("Server."), 0, message),
    };
    let error = Error::new(kind, message);
    match remedy(kind) {
        Some(remedy) => error.remedy(remedy),
        None => error,
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
        | "InsufficientVolumeCapacity"
        | "Unsupported" => ErrorKind::Capacity,
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
        "InsufficientFreeAddressesInSubnet" | "TargetGroupAssociationLimit" | "LimitExceededFault" => ErrorKind::Quota,
        "InternalError"
        | "InternalFailure"
        | "ServiceUnavailable"
        | "Unavailable"
        | "ServerInternal"
        | "InternalServerError"
        | "ServiceFailure" => ErrorKind::Unavailable,
        // Another change to the same object is under way, and was not overtaken by this one.
        "ConcurrentModification"
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
        // Auto Scaling has one code for everything; in its words about objects these two phrases are stable.
        "ValidationError" if message.contains("not found") || message.contains("does not exist") => ErrorKind::NotFound,
        "UnsupportedOperation" | "UnknownOperationException" | "InvalidAction" => ErrorKind::Unsupported,
        _ => by_shape(code, status),
    }
}

fn names_a_profile(message: &str) -> bool {
    ["iamInstanceProfile", "IamInstanceProfile", "IAM Instance Profile"].iter().any(|name| message.contains(name))
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
        ErrorKind::Capacity => Some("try again later, or choose another machine type or other zones"),
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
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use aws_sdk_ec2::operation::describe_vpcs::DescribeVpcsError;
    use aws_smithy_runtime_api::http::{Response, StatusCode};
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;
    use castra_core::Retry;

    use super::*;

    #[test]
    fn codes_have_their_kinds() {
        use ErrorKind::*;
        let table: &[(&str, u16, &str, ErrorKind)] = &[
            ("RequestLimitExceeded", 503, "", Throttled),
            ("Throttling", 400, "", Throttled),
            ("ThrottlingException", 400, "", Throttled),
            ("PriorRequestNotComplete", 400, "", Throttled),
            ("UnauthorizedOperation", 403, "", Denied),
            ("AccessDenied", 403, "", Denied),
            ("AuthFailure", 401, "", Credentials),
            ("ExpiredToken", 403, "", Credentials),
            ("InsufficientInstanceCapacity", 500, "", Capacity),
            ("Unsupported", 400, "", Capacity),
            ("DependencyViolation", 400, "", InUse),
            ("DeleteConflict", 409, "", InUse),
            ("InvalidIPAddress.InUse", 400, "", InUse),
            ("VolumeInUse", 400, "", InUse),
            ("InvalidGroup.Duplicate", 400, "", AlreadyExists),
            ("InvalidPermission.Duplicate", 400, "", AlreadyExists),
            ("InvalidSubnet.Conflict", 400, "", AlreadyExists),
            ("EntityAlreadyExists", 409, "", AlreadyExists),
            ("ParameterAlreadyExists", 400, "", AlreadyExists),
            ("Resource.AlreadyAssociated", 400, "", AlreadyExists),
            ("InvalidVpcID.NotFound", 400, "", NotFound),
            ("InvalidLaunchTemplateName.NotFoundException", 400, "", NotFound),
            ("NatGatewayNotFound", 400, "", NotFound),
            ("LoadBalancerNotFound", 400, "", NotFound),
            (
                "OperationNotPermitted",
                400,
                "Load balancer 'x' cannot be deleted because deletion protection is enabled",
                Protected,
            ),
            ("InvalidTarget", 400, "The following targets are not in a running state", NotYetPropagated),
            ("InvalidTarget", 400, "The specified target does not exist", Invalid),
            ("InvalidChangeBatch", 400, "Tried to create a record but it already exists", AlreadyExists),
            ("InvalidChangeBatch", 400, "Tried to delete a record but it was not found", NotFound),
            ("NoSuchEntity", 404, "", NotFound),
            ("Gateway.NotAttached", 400, "", NotFound),
            ("ValidationError", 400, "AutoScalingGroup name not found", NotFound),
            ("ValidationError", 400, "The subnet ID 'subnet-1' does not exist", NotFound),
            ("ValidationError", 400, "Min bound, 3, must be less than max bound, 2", Invalid),
            (
                "InvalidParameterValue",
                400,
                "Reservation CIDR 10.0.0.16/28 has overlap with existing reserved CIDR block",
                AlreadyExists,
            ),
            ("VpcLimitExceeded", 400, "", Quota),
            ("AddressLimitExceeded", 400, "", Quota),
            ("LimitExceeded", 409, "", Quota),
            ("TooManyTargetGroups", 400, "", Quota),
            ("InternalError", 500, "", Unavailable),
            ("ServiceFailure", 500, "", Unavailable),
            ("SomethingNew", 502, "", Unavailable),
            ("EntityTemporarilyUnmodifiable", 409, "", NotYetPropagated),
            (
                "InvalidParameterValue",
                400,
                "Value (p) for parameter iamInstanceProfile.name is invalid",
                NotYetPropagated,
            ),
            ("InvalidParameterValue", 400, "IAM Instance Profile arn:p has no associated IAM Roles", NotYetPropagated),
            ("ValidationError", 400, "Invalid IamInstanceProfile: p", NotYetPropagated),
            ("InvalidParameterValue", 400, "Value (10.0.0.0/8) for parameter cidrBlock is invalid", Invalid),
            ("IdempotentParameterMismatch", 400, "", Invalid),
            ("MalformedPolicyDocument", 400, "", Invalid),
            ("MissingParameter", 400, "", Invalid),
            ("UnsupportedOperation", 400, "", Unsupported),
            ("SomethingNew", 400, "", Unexpected),
        ];
        for (code, status, message, expected) in table {
            assert_eq!(kind(code, *status, message), *expected, "{code} {status} {message}");
        }
    }

    fn answered(call: &Call, status: u16, code: &str) -> Error {
        let meta = ErrorMetadata::builder().code(code).message("The words.").custom("aws_request_id", "r-1").build();
        let mut response = Response::new(StatusCode::try_from(status).unwrap(), SdkBody::empty());
        response.headers_mut().insert("retry-after", "7");
        classify(call, SdkError::service_error(DescribeVpcsError::generic(meta), response))
    }

    #[test]
    fn an_answer_keeps_what_the_cloud_said() {
        let error = answered(&Call::read("ec2", "DescribeVpcs"), 503, "RequestLimitExceeded");
        assert_eq!(error.kind(), ErrorKind::Throttled);
        assert_eq!(error.retryability(), Retry::Temporary);
        assert_eq!(error.after(), Some(Duration::from_secs(7)));
        let cloud = error.cloud_detail().unwrap();
        assert_eq!(cloud.status, Some(503));
        assert_eq!(cloud.request_id.as_deref(), Some("r-1"));
        assert_eq!(error.to_string(), "The words (ec2 DescribeVpcs: RequestLimitExceeded)");
    }

    #[test]
    fn only_a_mutation_that_failed_on_the_other_side_is_ambiguous() {
        let create = Call::mutate("ec2", "CreateVpc");
        assert!(answered(&create, 500, "InternalError").is_ambiguous());
        assert!(!answered(&create, 503, "RequestLimitExceeded").is_ambiguous());
        assert!(!answered(&create, 400, "VpcLimitExceeded").is_ambiguous());
        assert!(!answered(&Call::read("ec2", "DescribeVpcs"), 500, "InternalError").is_ambiguous());
        let lost = || SdkError::<DescribeVpcsError, _>::timeout_error("late");
        assert!(classify(&create, lost()).is_ambiguous());
        assert!(!classify(&Call::read("ec2", "DescribeVpcs"), lost()).is_ambiguous());
    }

    #[test]
    fn spent_tokens_are_known() {
        let run = Call::idempotent("ec2", "RunInstances");
        assert!(token_is_spent(&answered(&run, 400, "IdempotentInstanceTerminated")));
        assert!(token_is_spent(&answered(&run, 400, "IdempotentParameterMismatch")));
        assert!(!token_is_spent(&answered(&run, 400, "InvalidParameterValue")));
    }
}
