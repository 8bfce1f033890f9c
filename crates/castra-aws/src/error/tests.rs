//! AWS's errors become ours as they should.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use aws_sdk_ec2::operation::describe_vpcs::DescribeVpcsError;
use aws_smithy_runtime_api::http::{Response, StatusCode};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use castra_core::Retry;

use super::*;
use crate::call::direct::{Direct, configuration};
use crate::call::send;
use crate::client::Clients;

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
        ("AuthFailure", 400, "You do not have permission to access the specified resource.", InUse),
        ("InvalidParameterValue", 400, "Network interface 'eni-1' is currently in use.", InUse),
        ("ServiceLinkedRoleFailure", 500, "", NotYetPropagated),
        ("ExpiredToken", 403, "", Credentials),
        ("InsufficientInstanceCapacity", 500, "", Capacity),
        ("Unsupported", 400, "", Unsupported),
        ("InvalidAMIID.NotFound", 400, "", Invalid),
        ("ValidationError", 400, "The image id '[ami-1]' does not exist", Invalid),
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
        ("InvalidParameterValue", 400, "Value (p) for parameter iamInstanceProfile.name is invalid", NotYetPropagated),
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

#[tokio::test]
async fn no_credentials_is_the_operators_to_mend() {
    let clients = Clients::new(&configuration(1).build(), true);
    let error = send!(&Direct, Call::read("ec2", "DescribeVpcs"), clients.ec2.describe_vpcs()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials, "{error:?}");
    assert!(error.remedy_text().is_some());
}

#[test]
fn spent_tokens_are_known() {
    let run = Call::idempotent("ec2", "RunInstances");
    assert!(token_is_spent(&answered(&run, 400, "IdempotentInstanceTerminated")));
    assert!(token_is_spent(&answered(&run, 400, "IdempotentParameterMismatch")));
    assert!(!token_is_spent(&answered(&run, 400, "InvalidParameterValue")));
}

#[test]
fn launches_that_fail_are_told_apart() {
    let told = |code: &str, message: &str| {
        let error = failed_launch(code, message);
        assert!(error.remedy_text().is_some() || error.kind() != ErrorKind::Quota, "{error}");
        error.kind()
    };
    let words = |message: &str| told("", message);
    assert_eq!(told("Server.InsufficientInstanceCapacity", ""), ErrorKind::Capacity);
    assert_eq!(told("Client.VolumeLimitExceeded", ""), ErrorKind::Quota);
    assert_eq!(told("Client.InternalError", ""), ErrorKind::Denied);
    assert_eq!(told("Client.InvalidKMSKey.InvalidState", ""), ErrorKind::Denied);
    assert_eq!(told("Server.InternalError", ""), ErrorKind::Unhealthy);
    assert_eq!(told("Client.InstanceInitiatedShutdown", ""), ErrorKind::Unhealthy);
    assert_eq!(words("We currently do not have sufficient m7i.large capacity."), ErrorKind::Capacity);
    assert_eq!(words("more vCPU capacity than your current vCPU limit of 32 allows"), ErrorKind::Quota);
    assert_eq!(words("Your quota allows for 0 more running instance(s)."), ErrorKind::Quota);
    assert_eq!(words("The AMI ID ami-1 does not exist."), ErrorKind::Invalid);
    assert_eq!(words("Instance became unhealthy while waiting"), ErrorKind::Unhealthy);
}
