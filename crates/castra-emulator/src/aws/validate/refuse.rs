//! How each service refuses an input that breaks its contract.

use serde_json::Value;

use super::broken::{Constraint, Problem, Step, lower_camel, shown};
use crate::aws::contract::{Contract, Location, Operation, Protocol};
use crate::aws::error::ApiError;

/// The refusal. There is at least one problem.
pub(crate) fn refusal(
    contract: &Contract,
    protocol: Protocol,
    operation: &Operation,
    problems: &[Problem<'_>],
) -> ApiError {
    match protocol {
        Protocol::Ec2 => ec2(contract, problems),
        Protocol::RestXml if contract.metadata.endpoint_prefix == "s3" => s3(contract, operation, problems),
        // https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html#API_CreateHostedZone_Errors
        Protocol::RestXml => sentences("InvalidInput", problems),
        // https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
        Protocol::Query => sentences("ValidationError", problems),
        // CloudWatch keeps its query protocol's codes.
        _ if contract.metadata.aws_query_compatible.is_some() => sentences("ValidationError", problems),
        // https://docs.aws.amazon.com/acm/latest/APIReference/CommonErrors.html
        Protocol::Json | Protocol::Cbor => sentences("ValidationException", problems),
    }
}

/// All problems in one message.
fn sentences(code: &str, problems: &[Problem<'_>]) -> ApiError {
    let count = problems.len();
    let errors = if count == 1 { "error" } else { "errors" };
    let sentences: Vec<String> = problems.iter().map(Problem::sentence).collect();
    ApiError::new(code, format!("{count} validation {errors} detected: {}", sentences.join("; "))).status(400)
}

/// EC2 names one problem, what is missing first
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>: `MissingParameter`,
/// `InvalidParameterValue`).
fn ec2(contract: &Contract, problems: &[Problem<'_>]) -> ApiError {
    let missing = problems.iter().find(|problem| matches!(problem.constraint, Constraint::Required));
    if let Some(problem) = missing {
        let message = format!("The request must contain the parameter {}", request_path(problem));
        return ApiError::new("MissingParameter", message);
    }
    let invalid = |message: String| ApiError::new("InvalidParameterValue", message);
    let Some(problem) = problems.first() else { return invalid("The request is invalid.".into()) };
    let name = problem.member().map(|(name, _)| name).unwrap_or_default();
    let offending = match (problem.constraint, problem.value) {
        (Constraint::Elements(shape), Some(Value::Array(values))) => {
            values.iter().find(|value| super::find::breaks(shape, value))
        }
        (_, value) => value,
    };
    let value = offending.filter(|_| !problem.sensitive).and_then(shown);
    match (problem.constraint, problem.shape, value) {
        // Only DescribeInstanceTypes takes a list of them.
        (Constraint::Elements(_), "InstanceType", Some(value)) => {
            let message = format!("The following supplied instance types do not exist: [{value}]");
            ApiError::new("InvalidInstanceType", message)
        }
        (Constraint::OneOf(_), "InstanceType", Some(value)) => {
            invalid(format!("Invalid value '{value}' for InstanceType."))
        }
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TagSpecification.html
        (Constraint::OneOf(_), "ResourceType", Some(value)) => {
            invalid(format!("'{value}' is not a valid taggable resource type for this operation."))
        }
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html: InvalidLaunchTemplateName.
        (_, "LaunchTemplateName", _) => {
            let message = "A launch template name must be between 3 and 128 characters, and may contain letters, \
                           numbers, and the following characters: - ( ) . / _.";
            ApiError::new("InvalidLaunchTemplateName.MalformedException", message)
        }
        (constraint, _, value) => {
            let is_number = problem.is_of(contract).is_some_and(|shape| shape.is_number());
            // `Value ( 2000 ) for parameter MaxResults`, but `Value (x) for parameter groupId`.
            let (shown, name) = match value {
                Some(value) if is_number => (format!("Value ( {value} )"), name.to_owned()),
                Some(value) => (format!("Value ({value})"), lower_camel(name)),
                None => ("Value".to_owned(), name.to_owned()),
            };
            let why = match constraint {
                Constraint::AtLeast(min) => format!(" Expecting a value greater than or equal to {min}."),
                Constraint::AtMost(max) => format!(" Expecting a value smaller than or equal to {max}."),
                Constraint::LengthAtMost(max) => format!(" Length exceeds maximum of {max}."),
                Constraint::LengthAtLeast(_) if offending == Some(&Value::from("")) => {
                    " The value cannot be empty".to_owned()
                }
                _ => String::new(),
            };
            invalid(format!("{shown} for parameter {name} is invalid.{why}"))
        }
    }
}

/// A path in the names of a request: `TagSpecification.1.ResourceType`.
fn request_path(problem: &Problem<'_>) -> String {
    let steps = problem.path.iter().map(|step| match step {
        Step::Member(name, reference) => match (&reference.query_name, &reference.location_name) {
            (Some(name), _) => name.clone(),
            (None, Some(name)) => {
                let mut characters = name.chars();
                characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
            }
            (None, None) => (*name).to_owned(),
        },
        Step::Element(index) => index.to_string(),
        Step::Entry(key) => (*key).to_owned(),
    });
    steps.collect::<Vec<_>>().join(".")
}

/// S3 names one problem; the codes are those of
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList>.
fn s3(contract: &Contract, operation: &Operation, problems: &[Problem<'_>]) -> ApiError {
    let refused = |code: &str, message: String| ApiError::new(code, message).status(400);
    let Some(problem) = problems.first() else { return refused("InvalidRequest", "Invalid Request".into()) };
    let payload = operation.input.as_ref().and_then(|input| contract.shape(input).payload.as_deref());
    let Some(Step::Member(top, reference)) = problem.path.first() else {
        return refused("InvalidRequest", "Invalid Request".into());
    };
    let wire = reference.location_name.as_deref().unwrap_or(top);
    let is_missing = matches!(problem.constraint, Constraint::Required);
    match (reference.location, problem.shape) {
        (_, "BucketLocationConstraint") => {
            refused("InvalidLocationConstraint", "The specified location-constraint is not valid".into())
        }
        (_, "StorageClass") => refused("InvalidStorageClass", "The storage class you specified is not valid".into()),
        (None, _) if is_missing && payload == Some(top) && problem.path.len() == 1 => {
            refused("MissingRequestBodyError", "Request Body is empty".into())
        }
        (None, _) => refused(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema".into(),
        ),
        (Some(Location::Header | Location::Headers), _) if is_missing => {
            refused("InvalidRequest", format!("Missing required header for this request: {wire}"))
        }
        (Some(_), _) => {
            let value = problem.value.and_then(shown).unwrap_or_default();
            let message = match wire {
                "encoding-type" => "Invalid Encoding Method specified in Request".to_owned(),
                _ => format!("Invalid value for {wire}"),
            };
            refused("InvalidArgument", message).with("ArgumentName", wire).with("ArgumentValue", value)
        }
    }
}
