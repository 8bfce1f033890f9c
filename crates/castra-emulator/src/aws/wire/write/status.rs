//! The HTTP status of a code that the contract doesn't have or gives no status for.

use crate::aws::contract::Protocol;

/// The status that the service answers this code with; 400 unless its documentation says otherwise.
pub(super) fn usual(protocol: Protocol, endpoint_prefix: &str, code: &str) -> u16 {
    match protocol {
        // Internal failures have as many names as there are services, and one status.
        _ if code.starts_with("Internal") => 500,
        Protocol::Ec2 => ec2(code),
        Protocol::RestXml if endpoint_prefix == "s3" => s3(code),
        Protocol::Query | Protocol::RestXml => query(code),
        Protocol::Json | Protocol::Cbor => json(code),
    }
}

/// Which of EC2's codes are the client's fault and which the server's is documented
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>); which status exactly, callers
/// have reported: 401 <https://github.com/aws/aws-sdk-java/issues/494>, 412
/// <https://github.com/aws/karpenter-provider-aws/issues/8015>, 500 for capacity
/// <https://github.com/galaxyproject/cloudman/issues/64>, but 400 for a host's
/// <https://github.com/aws/aws-sdk-js-v3/issues/5340>.
fn ec2(code: &str) -> u16 {
    match code {
        "AuthFailure" | "OptInRequired" => 401,
        "UnauthorizedOperation" | "InvalidClientTokenId" | "MissingAuthenticationToken" | "SignatureDoesNotMatch" => {
            403
        }
        "DryRunOperation" => 412,
        "InsufficientAddressCapacity"
        | "InsufficientCapacity"
        | "InsufficientInstanceCapacity"
        | "InsufficientHostCapacity"
        | "InsufficientReservedInstanceCapacity"
        | "InsufficientVolumeCapacity"
        | "ServerInternal" => 500,
        "RequestLimitExceeded" | "ServiceUnavailable" | "Unavailable" => 503,
        _ => 400,
    }
}

/// The errors that all Query services share: <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>,
/// <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>.
fn query(code: &str) -> u16 {
    match code {
        "AccessDenied"
        | "AccessDeniedException"
        | "AuthFailure"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "MissingAuthenticationToken"
        | "OptInRequired"
        | "SignatureDoesNotMatch" => 403,
        "MalformedQueryString" => 404,
        "ServiceUnavailable" | "ServiceUnavailableException" => 503,
        _ => 400,
    }
}

/// The errors that all JSON services share, which answer 400 where Query services mostly answer 403:
/// <https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html>,
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html>; and those of single services:
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html>,
/// <https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html>.
fn json(code: &str) -> u16 {
    match code {
        "InvalidClientTokenId" | "MissingAuthenticationToken" | "OptInRequired" => 403,
        "KMSInternalException" | "ServiceException" => 500,
        "DependencyTimeoutException" | "ServiceUnavailable" | "ServiceUnavailableException" => 503,
        _ => 400,
    }
}

/// S3's codes: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList>.
fn s3(code: &str) -> u16 {
    match code {
        "PermanentRedirect" => 301,
        "NotModified" => 304,
        "TemporaryRedirect" => 307,
        "AccessDenied"
        | "AccountProblem"
        | "AllAccessDisabled"
        | "CrossLocationLoggingProhibited"
        | "InvalidAccessKeyId"
        | "InvalidObjectState"
        | "InvalidPayer"
        | "InvalidSecurity"
        | "NotSignedUp"
        | "RequestTimeTooSkewed"
        | "SignatureDoesNotMatch" => 403,
        "MethodNotAllowed" => 405,
        "BucketAlreadyExists"
        | "BucketAlreadyOwnedByYou"
        | "BucketNotEmpty"
        | "ConditionalRequestConflict"
        | "InvalidBucketState"
        | "OperationAborted"
        | "RestoreAlreadyInProgress" => 409,
        "MissingContentLength" => 411,
        "PreconditionFailed" => 412,
        "InvalidRange" => 416,
        "NotImplemented" => 501,
        "ServiceUnavailable" | "SlowDown" | "Busy" => 503,
        "NotFound" | "NoSuchTagSet" | "ServerSideEncryptionConfigurationNotFoundError" => 404,
        _ if code.starts_with("NoSuch") => 404,
        _ => 400,
    }
}
