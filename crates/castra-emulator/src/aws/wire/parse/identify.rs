//! Which operation a request asks for.

use super::form::{self, Form};
use super::route;
use crate::aws::contract::{Contract, Operation, Protocol};
use crate::aws::error::ApiError;
use crate::http::Request;

/// A request's operation, with what finding it has already read.
#[derive(Debug)]
pub(crate) struct Identified<'c> {
    pub(crate) protocol: Protocol,
    pub(crate) operation: &'c Operation,
    pub(super) asked: Asked,
}

/// What finding the operation has read of the request.
#[derive(Debug)]
pub(super) enum Asked {
    Form(Form),
    Rest { labels: Vec<(String, String)>, query: Vec<(String, Option<String>)> },
    Body,
}

/// A request for an operation that isn't served.
#[derive(Debug)]
pub(crate) struct Unidentified {
    /// What it asks for, as far as it says.
    pub(crate) name: String,
    pub(crate) protocol: Protocol,
    /// Whether AWS has an operation of this name.
    pub(crate) unserved: bool,
    pub(crate) error: ApiError,
}

/// Finds the operation of this service that a request asks for.
///
/// # Errors
///
/// [`Unidentified`], with the refusal that AWS gives for an operation that it doesn't have.
pub(crate) fn identify<'c>(contract: &'c Contract, request: &Request) -> Result<Identified<'c>, Unidentified> {
    match protocol(contract, request) {
        protocol @ (Protocol::Ec2 | Protocol::Query) => form(contract, protocol, request),
        protocol @ Protocol::Json => {
            let target = request.header("x-amz-target").unwrap_or_default();
            let name = match (target.rsplit_once('.'), &contract.metadata.target_prefix) {
                (Some((prefix, name)), Some(wanted)) if prefix == wanted => Ok(name),
                _ => Err(target),
            };
            body(contract, protocol, name)
        }
        protocol @ Protocol::Cbor => {
            // `/service/GraniteServiceVersion20100801/operation/PutMetricAlarm`, possibly after a prefix.
            let mut segments = request.path.rsplit('/');
            let name = segments.next().unwrap_or_default();
            let is_operation = segments.next() == Some("operation") && request.method == http::Method::POST;
            let service = segments.next();
            let is_service = contract.metadata.target_prefix.as_deref().is_none_or(|wanted| service == Some(wanted));
            body(contract, protocol, if is_operation && is_service { Ok(name) } else { Err(&request.path) })
        }
        protocol @ Protocol::RestXml => rest(contract, protocol, request),
    }
}

/// The protocol that a request is written in: among those of the service, the one that it has the marks of.
///
/// <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html#requests> and
/// <https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html>.
fn protocol(contract: &Contract, request: &Request) -> Protocol {
    let spoken = &contract.metadata.protocols;
    let marked = if request.headers.contains_key("smithy-protocol") || request.path.contains("/operation/") {
        Protocol::Cbor
    } else if request.headers.contains_key("x-amz-target") {
        Protocol::Json
    } else {
        Protocol::Query
    };
    match spoken.as_slice() {
        [only] => *only,
        several if several.contains(&marked) => marked,
        several => several.first().copied().unwrap_or(Protocol::Query),
    }
}

fn form<'c>(contract: &'c Contract, protocol: Protocol, request: &Request) -> Result<Identified<'c>, Unidentified> {
    let refuse = |name: &str, code: &str, message: String| Unidentified {
        name: name.to_owned(),
        protocol,
        unserved: contract.unserved.contains(name),
        error: ApiError::new(code, message).status(400),
    };
    let form = Form::parse(&[request.query.as_bytes(), &request.body]).map_err(|broken: form::Broken| {
        let mut refused = refuse("", "MalformedQueryString", broken.to_string());
        // https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html gives this one a 404.
        refused.error.status = Some(if protocol == Protocol::Ec2 { 400 } else { 404 });
        refused
    })?;
    let name = form.get("Action").unwrap_or_default();
    if name.is_empty() {
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#CommonErrors
        return Err(refuse(name, "MissingAction", "The request is missing an action or a required parameter".into()));
    }
    let served = &contract.metadata.api_version;
    let version = form.get("Version").unwrap_or(served);
    if version != served {
        return Err(match protocol {
            Protocol::Ec2 => refuse(
                name,
                "NoSuchVersion",
                format!("The requested version ({version}) of service AmazonEC2 does not exist"),
            ),
            _ => refuse(name, "InvalidAction", format!("Could not find operation {name} for version {version}")),
        });
    }
    match contract.operations.get(name) {
        Some(operation) => Ok(Identified { protocol, operation, asked: Asked::Form(form) }),
        None => {
            let message = match protocol {
                Protocol::Ec2 => format!("The action {name} is not valid for this web service."),
                _ => format!("Could not find operation {name} for version {version}"),
            };
            Err(refuse(name, "InvalidAction", message))
        }
    }
}

/// An operation by its name, which is an error with what else was asked for if it isn't one of this service.
fn body<'c>(
    contract: &'c Contract,
    protocol: Protocol,
    name: Result<&str, &str>,
) -> Result<Identified<'c>, Unidentified> {
    match name.ok().and_then(|name| contract.operations.get(name)) {
        Some(operation) => Ok(Identified { protocol, operation, asked: Asked::Body }),
        None => {
            let name = name.unwrap_or_else(|other| other);
            Err(Unidentified {
                name: name.to_owned(),
                protocol,
                unserved: contract.unserved.contains(name),
                error: ApiError::new("UnknownOperationException", "").status(400),
            })
        }
    }
}

fn rest<'c>(contract: &'c Contract, protocol: Protocol, request: &Request) -> Result<Identified<'c>, Unidentified> {
    let is_s3 = contract.metadata.endpoint_prefix == "s3";
    let unidentified = |name: String, error: ApiError| {
        let unserved = contract.unserved.contains(&name);
        Unidentified { name, protocol, unserved, error }
    };
    let query = match form::pairs(request.query.as_bytes()) {
        Ok(query) => query,
        Err(broken) => {
            let code = if is_s3 { "InvalidURI" } else { "InvalidInput" };
            let name = format!("{} {}", request.method, request.path);
            return Err(unidentified(name, ApiError::new(code, broken.to_string()).status(400)));
        }
    };
    let asked =
        route::Asked { method: request.method.as_str(), path: &request.path, query: &query, headers: &request.headers };
    match route::find(contract, &asked) {
        Some((operation, labels)) => Ok(Identified { protocol, operation, asked: Asked::Rest { labels, query } }),
        None => Err(unidentified(
            route::describe(&asked),
            if is_s3 {
                // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
                let message = "The specified method is not allowed against this resource.";
                ApiError::new("MethodNotAllowed", message).status(405)
            } else {
                ApiError::new("UnknownOperationException", "").status(404)
            },
        )),
    }
}
