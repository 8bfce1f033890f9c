//! What faults refuse, in AWS's words.

use super::contract::Protocol;
use super::error::ApiError;
use super::iam;
use crate::faults::{Mishap, Refusal};

/// The refusal as that service writes it. The sources are the services' pages of common errors, such as
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>,
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/CommonErrors.html>,
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html> and
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
pub(super) fn refusal(service: &str, protocol: Protocol, operation: &str, caller: &str, mishap: Mishap) -> ApiError {
    let json = matches!(protocol, Protocol::Json | Protocol::Cbor);
    match mishap {
        Mishap::Throttled => match service {
            "ec2" => ApiError::new("RequestLimitExceeded", "Request limit exceeded.").status(503),
            "s3" => ApiError::new("SlowDown", "Please reduce your request rate.").status(503),
            _ if json => ApiError::new("ThrottlingException", "Rate exceeded").status(400),
            _ => ApiError::new("Throttling", "Rate exceeded").status(400),
        },
        Mishap::InternalError => {
            let code = match service {
                "ec2" | "s3" => "InternalError",
                "ssm" | "acm" | "secretsmanager" | "servicequotas" | "kms" => "InternalServerError",
                _ => "InternalFailure",
            };
            ApiError::new(code, "An internal error has occurred").status(500)
        }
        Mishap::Unavailable => {
            let code = if service == "ec2" { "Unavailable" } else { "ServiceUnavailable" };
            ApiError::new(code, "The service is unavailable. Please try again shortly.").status(503)
        }
        Mishap::AccessDenied if service == "ec2" => {
            let message = format!(
                "You are not authorized to perform this operation. User: {caller} is not authorized to perform: \
                 ec2:{operation} because no identity-based policy allows the ec2:{operation} action"
            );
            ApiError::new("UnauthorizedOperation", message).status(403)
        }
        Mishap::AccessDenied if service == "s3" => ApiError::new("AccessDenied", "Access Denied").status(403),
        Mishap::AccessDenied => {
            let service = iam::vendor(service);
            let message = format!(
                "User: {caller} is not authorized to perform: {service}:{operation} because no identity-based policy \
                 allows the {service}:{operation} action"
            );
            let (code, status) = if json { ("AccessDeniedException", 400) } else { ("AccessDenied", 403) };
            ApiError::new(code, message).status(status)
        }
        Mishap::ExpiredCredentials => match service {
            "ec2" => ApiError::new("RequestExpired", "Request has expired.").status(400),
            "s3" => ApiError::new("ExpiredToken", "The provided token has expired.").status(400),
            _ => {
                let (code, status) = if json { ("ExpiredTokenException", 400) } else { ("ExpiredToken", 403) };
                ApiError::new(code, "The security token included in the request is expired").status(status)
            }
        },
        Mishap::Refused(Refusal { code, message, status }) => ApiError { status, ..ApiError::new(&code, message) },
    }
}
