//! REST-XML: S3 and Route 53.
//!
//! The form of answers: <https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html>; of S3's errors:
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses>; of Route 53's:
//! <https://docs.aws.amazon.com/Route53/latest/APIReference/requests-rest-responses.html>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::elements::Elements;
use super::refusal::Refusal;
use super::time::http_date;
use super::view::{Member, View, members};
use super::violation::Violation;
use super::xml::Xml;
use crate::aws::contract::{Contract, Location, Operation, Shape};
use crate::http::Response;

/// What S3 and Route 53 differ in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Service {
    S3,
    Route53,
}

impl Service {
    fn of(contract: &Contract) -> Self {
        if contract.metadata.endpoint_prefix == "s3" { Self::S3 } else { Self::Route53 }
    }

    fn document(self, root: &str) -> Xml {
        let (declaration, namespace) = match self {
            Self::S3 => ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "http://s3.amazonaws.com/doc/2006-03-01/"),
            Self::Route53 => ("<?xml version=\"1.0\"?>\n", "https://route53.amazonaws.com/doc/2013-04-01/"),
        };
        let mut xml = Xml::new(declaration);
        xml.open(root);
        // S3's errors, of all its answers, are in no namespace.
        if root != "Error" {
            xml.attribute("xmlns", namespace);
        }
        xml
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(if self == Self::S3 { "application/xml" } else { "text/xml" })
    }

    fn identify(self, headers: &mut HeaderMap, request_id: &str) -> Result<(), Violation> {
        match self {
            Self::S3 => {
                header(headers, "x-amz-request-id", request_id)?;
                header(headers, "x-amz-id-2", &host_id(request_id))
            }
            // The documentation has S3's name for it; the service doesn't: <https://github.com/aws/aws-cli/issues/2071>.
            Self::Route53 => header(headers, "x-amzn-requestid", request_id),
        }
    }
}

/// An answer.
pub(super) fn output(
    contract: &Contract,
    operation: &Operation,
    output: &Value,
    request_id: &str,
) -> Result<Response, Violation> {
    let service = Service::of(contract);
    let mut headers = HeaderMap::new();
    service.identify(&mut headers, request_id)?;
    let mut status = operation.http.response_code.unwrap_or(200);
    let mut body = Bytes::new();
    if let Some(reference) = &operation.output {
        let shape = contract.shape(reference);
        let members = members(shape, output)?;
        let elements = Elements { contract, item: "member", milliseconds: true };
        for member in &members {
            let located = located(elements, member, &mut headers).map_err(|violation| violation.within(member.name))?;
            status = located.unwrap_or(status);
        }
        // A part of an object: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>.
        if headers.contains_key("content-range") {
            status = 206;
        }
        body = match &shape.payload {
            Some(name) => match members.iter().find(|member| member.name == name) {
                Some(member) => payload(elements, service, member, &mut headers)?,
                None => Bytes::new(),
            },
            // "An empty HTTP body": <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html>.
            None if !has_body(shape) => Bytes::new(),
            None => {
                headers.insert(CONTENT_TYPE, service.content_type());
                document(elements, service, operation, &reference.shape, &members)?
            }
        };
    }
    if operation.http.method == "HEAD" {
        body = Bytes::new();
    } else if let Some(said) = headers.remove(CONTENT_LENGTH) {
        // The server sends the true length; a handler that says another is wrong.
        if said.as_bytes() != body.len().to_string().as_bytes() {
            return Err(Violation::new(format!("a content length of {said:?} with {} bytes", body.len())));
        }
    }
    let status = StatusCode::from_u16(status).map_err(|error| Violation::new(error.to_string()))?;
    Ok(Response { status, headers, body })
}

/// A refusal.
pub(super) fn refusal(
    contract: &Contract,
    operation: Option<&Operation>,
    refusal: &Refusal<'_>,
    request_id: &str,
) -> Response {
    let service = Service::of(contract);
    let mut headers = HeaderMap::new();
    // Only what isn't text can't be a header, and then the answer does without.
    let _ = service.identify(&mut headers, request_id);
    if service == Service::S3 {
        for (name, value) in refusal.headers() {
            let _ = header(&mut headers, name, value);
        }
    }
    let bodyless = operation.is_some_and(|operation| operation.http.method == "HEAD")
        || refusal.status == StatusCode::NOT_MODIFIED;
    if bodyless {
        return Response { status: refusal.status, headers, body: Bytes::new() };
    }
    headers.insert(CONTENT_TYPE, service.content_type());
    let body = match service {
        Service::S3 => {
            let mut xml = service.document("Error");
            xml.leaf("Code", refusal.code);
            xml.leaf("Message", refusal.message);
            refusal.elements_as_xml(&mut xml);
            xml.leaf("RequestId", request_id);
            xml.leaf("HostId", &host_id(request_id));
            xml.close("Error");
            xml.finish()
        }
        // Rejected changes too, which once had a root of their own: <https://github.com/aws/aws-sdk-kotlin/pull/1435>.
        Service::Route53 => {
            let mut xml = service.document("ErrorResponse");
            refusal.error_as_xml(&mut xml);
            xml.leaf("RequestId", request_id);
            xml.close("ErrorResponse");
            xml.finish()
        }
    };
    Response { status: refusal.status, headers, body }
}

/// Writes a member that travels in headers; the status if the member is one.
fn located(elements: Elements<'_>, member: &Member<'_>, headers: &mut HeaderMap) -> Result<Option<u16>, Violation> {
    let Some(location) = member.reference.location else { return Ok(None) };
    let contract = elements.contract;
    let view = View::of(contract, contract.shape(member.reference), member.value)?;
    match (location, view) {
        (Location::StatusCode, View::Integer(status)) => {
            return u16::try_from(status).map(Some).map_err(|_| Violation::new(format!("{status} is no status")));
        }
        (Location::Headers, View::Map(_, _, entries)) => {
            for (name, value) in entries {
                let value = value.as_str().ok_or_else(|| Violation::new("a header that isn't text").within(name))?;
                header(headers, &format!("{}{name}", member.wire_name()), value)?;
            }
        }
        (Location::Header, View::List(element, values)) => {
            let one = |value| elements.text(element, &View::of(contract, contract.shape(element), value)?);
            let texts: Vec<String> = values.iter().map(one).collect::<Result<_, _>>()?;
            header(headers, member.wire_name(), &texts.join(","))?;
        }
        (Location::Header, View::Timestamp(milliseconds))
            if member.reference.timestamp_format.is_none()
                && contract.shape(member.reference).timestamp_format.is_none() =>
        {
            header(headers, member.wire_name(), &http_date(milliseconds)?)?;
        }
        (Location::Header, scalar) => {
            header(headers, member.wire_name(), &elements.text(member.reference, &scalar)?)?;
        }
        _ => return Err(Violation::new("the contract puts this where no answer has anything")),
    }
    Ok(None)
}

/// The member that is the whole body.
fn payload<'a>(
    elements: Elements<'a>,
    service: Service,
    member: &Member<'a>,
    headers: &mut HeaderMap,
) -> Result<Bytes, Violation> {
    let contract = elements.contract;
    let written = match View::of(contract, contract.shape(member.reference), member.value) {
        Ok(View::Blob(base64)) => {
            let bytes = STANDARD.decode(base64).map_err(|error| Violation::new(format!("not base64: {error}")));
            bytes.map(Bytes::from)
        }
        // The only such member is a bucket's policy.
        Ok(View::Text(text)) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Ok(Bytes::copy_from_slice(text.as_bytes()))
        }
        Ok(View::Structure(inner)) => {
            headers.insert(CONTENT_TYPE, service.content_type());
            let mut xml = service.document(member.wire_name());
            elements.members(&mut xml, &inner).map(|()| {
                xml.close(member.wire_name());
                xml.finish()
            })
        }
        Ok(_) => Err(Violation::new("no body can be written from this kind of shape")),
        Err(violation) => Err(violation),
    };
    written.map_err(|violation| violation.within(member.name))
}

/// The body that is made of all members without another place.
fn document<'a>(
    elements: Elements<'a>,
    service: Service,
    operation: &Operation,
    shape_name: &str,
    members: &[Member<'a>],
) -> Result<Bytes, Violation> {
    let root = if service == Service::S3 { s3_root(&operation.name).unwrap_or(shape_name) } else { shape_name };
    let mut xml = service.document(root);
    match members {
        // The one answer whose root is the value itself:
        // <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html>.
        [only] if operation.name == "GetBucketLocation" => xml.text(only.value.as_str().unwrap_or_default()),
        _ => elements.members(&mut xml, members)?,
    }
    xml.close(root);
    Ok(xml.finish())
}

/// S3's answers are older than its models, so their root elements aren't named after the models' shapes. Each
/// operation's page has its response's syntax:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>.
fn s3_root(operation: &str) -> Option<&'static str> {
    Some(match operation {
        "CompleteMultipartUpload" => "CompleteMultipartUploadResult",
        "CreateMultipartUpload" => "InitiateMultipartUploadResult",
        "CreateSession" => "CreateSessionResult",
        "DeleteObjects" => "DeleteResult",
        "GetBucketAccelerateConfiguration" => "AccelerateConfiguration",
        "GetBucketAcl" | "GetObjectAcl" => "AccessControlPolicy",
        "GetBucketCors" => "CORSConfiguration",
        "GetBucketLifecycleConfiguration" => "LifecycleConfiguration",
        "GetBucketLocation" => "LocationConstraint",
        "GetBucketLogging" => "BucketLoggingStatus",
        "GetBucketNotificationConfiguration" => "NotificationConfiguration",
        "GetBucketRequestPayment" => "RequestPaymentConfiguration",
        "GetBucketTagging" | "GetObjectTagging" => "Tagging",
        "GetBucketVersioning" => "VersioningConfiguration",
        "GetBucketWebsite" => "WebsiteConfiguration",
        "GetObjectAttributes" => "GetObjectAttributesResponse",
        "ListBuckets" | "ListDirectoryBuckets" => "ListAllMyBucketsResult",
        "ListMultipartUploads" => "ListMultipartUploadsResult",
        "ListObjectVersions" => "ListVersionsResult",
        "ListObjects" | "ListObjectsV2" => "ListBucketResult",
        "ListParts" => "ListPartsResult",
        _ => return None,
    })
}

fn has_body(shape: &Shape) -> bool {
    shape.members.iter().any(|(_, reference)| reference.location.is_none())
}

fn header(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Violation> {
    let wrong = |error: &dyn std::fmt::Display| Violation::new(format!("no header: {error}")).within(name);
    let key = HeaderName::from_bytes(name.as_bytes()).map_err(|error| wrong(&error))?;
    headers.insert(key, HeaderValue::from_bytes(value.as_bytes()).map_err(|error| wrong(&error))?);
    Ok(())
}

/// S3's second id of a request. To callers it is opaque; here it follows from the first.
fn host_id(request_id: &str) -> String {
    STANDARD.encode(Sha256::digest(request_id))
}
