//! REST requests with XML bodies (<https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html>).

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};

use super::xml::{self, Element};
use super::{route, scalar};
use crate::aws::contract::{Contract, Location, Operation, Reference, Shape, ShapeKind};
use crate::aws::error::ApiError;

/// The parts of a request that members are bound to.
pub(crate) struct Parts<'a> {
    pub(crate) labels: &'a [(String, String)],
    pub(crate) query: &'a route::Query,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
}

/// The input that the parts stand for.
pub(crate) fn input(contract: &Contract, operation: &Operation, parts: &Parts<'_>) -> Result<Value, ApiError> {
    let Some((reference, shape)) = operation.input.as_ref().map(|input| (input, contract.shape(input))) else {
        return Ok(Value::Object(Map::new()));
    };
    let service = Service::of(contract);
    let mut input = body(contract, service, reference, shape, parts.body)?;
    for (member, reference) in shape.members.iter() {
        let target = contract.shape(reference);
        let wire = reference.location_name.as_deref().unwrap_or(member);
        let bound = match reference.location {
            Some(Location::Uri) => {
                let label = parts.labels.iter().find(|(name, _)| name == wire);
                label.map(|(_, text)| service.text(target, wire, text)).transpose()?
            }
            Some(Location::QueryString) => query(contract, service, target, wire, parts.query)?,
            Some(Location::Header) => header(contract, service, target, wire, parts.headers)?,
            Some(Location::Headers) => Some(prefixed(wire, parts.headers)),
            Some(Location::StatusCode) | None => None,
        };
        if let Some(value) = bound {
            input.insert(member.to_owned(), value);
        }
    }
    Ok(Value::Object(input))
}

/// S3 and Route 53 differ in how they refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    S3,
    Other,
}

impl Service {
    fn of(contract: &Contract) -> Self {
        if contract.metadata.endpoint_prefix == "s3" { Self::S3 } else { Self::Other }
    }

    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList>; for Route 53 the codes are
    /// those of its query-like errors.
    fn malformed(self, message: &str) -> ApiError {
        match self {
            Self::S3 => ApiError::new(
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our published schema",
            ),
            Self::Other => ApiError::new("MalformedInput", message),
        }
        .status(400)
    }

    /// A scalar from a header, the query or the path.
    fn text(self, shape: &Shape, name: &str, text: &str) -> Result<Value, ApiError> {
        scalar::from_text(shape, text).ok_or_else(|| match self {
            Self::S3 => {
                let message = match shape.kind {
                    ShapeKind::Integer | ShapeKind::Long => {
                        format!("Provided {name} not an integer or within integer range")
                    }
                    _ => format!("Provided {name} is not valid"),
                };
                ApiError::new("InvalidArgument", message)
                    .status(400)
                    .with("ArgumentName", name)
                    .with("ArgumentValue", text)
            }
            Self::Other => ApiError::new("InvalidInput", format!("Invalid value '{text}' for {name}")).status(400),
        })
    }
}

/// The members that the body is bound to.
fn body(
    contract: &Contract,
    service: Service,
    reference: &Reference,
    shape: &Shape,
    body: &Bytes,
) -> Result<Map<String, Value>, ApiError> {
    let mut input = Map::new();
    if let Some((payload, member)) = shape.payload.as_deref().and_then(|name| Some((name, shape.members.get(name)?))) {
        let target = contract.shape(member);
        let value = match target.kind {
            ShapeKind::Blob => Some(scalar::encode(body)),
            ShapeKind::String => {
                let text = std::str::from_utf8(body).map_err(|_| service.malformed("The body is not UTF-8"))?;
                (!text.is_empty()).then(|| Value::from(text))
            }
            _ if body.trim_ascii().is_empty() => None,
            _ => {
                let root = member.location_name.as_deref().or(target.location_name.as_deref());
                let root = document(service, body, root.unwrap_or(&member.shape))?;
                Some(value(contract, service, member, target, &root)?)
            }
        };
        if let Some(value) = value {
            input.insert(payload.to_owned(), value);
        }
    } else if !body.trim_ascii().is_empty() && shape.members.iter().any(|(_, member)| member.location.is_none()) {
        let root = document(service, body, reference.location_name.as_deref().unwrap_or(&reference.shape))?;
        input = structure(contract, service, shape, &root)?;
    }
    Ok(input)
}

fn document(service: Service, body: &[u8], name: &str) -> Result<Element, ApiError> {
    let root = xml::parse(body).map_err(|_| service.malformed("The request's XML is not well-formed"))?;
    if root.name == name {
        Ok(root)
    } else {
        Err(service.malformed(&format!("{} is not valid, expected {name}", root.name)))
    }
}

fn structure(
    contract: &Contract,
    service: Service,
    shape: &Shape,
    element: &Element,
) -> Result<Map<String, Value>, ApiError> {
    let mut object = Map::new();
    for (member, reference) in shape.members.iter().filter(|(_, reference)| reference.location.is_none()) {
        let target = contract.shape(reference);
        let name = reference.location_name.as_deref().unwrap_or(member);
        let found = if reference.xml_attribute {
            let attribute = element.attributes.iter().find(|(key, _)| key == name);
            attribute.map(|(_, text)| scalar(service, target, name, text)).transpose()?
        } else if is_flattened(reference, target) {
            let elements: Vec<&Element> = element.children.iter().filter(|child| child.name == name).collect();
            if elements.is_empty() { None } else { Some(list(contract, service, target, &elements)?) }
        } else {
            let child = element.children.iter().find(|child| child.name == name);
            child.map(|child| value(contract, service, reference, target, child)).transpose()?
        };
        if let Some(value) = found {
            object.insert(member.to_owned(), value);
        }
    }
    Ok(object)
}

fn is_flattened(reference: &Reference, shape: &Shape) -> bool {
    matches!(shape.kind, ShapeKind::List | ShapeKind::Map) && (reference.flattened || shape.flattened)
}

fn value(
    contract: &Contract,
    service: Service,
    reference: &Reference,
    shape: &Shape,
    element: &Element,
) -> Result<Value, ApiError> {
    match shape.kind {
        ShapeKind::Structure => structure(contract, service, shape, element).map(Value::Object),
        ShapeKind::List | ShapeKind::Map => {
            let name = shape.member.as_ref().and_then(|member| member.location_name.as_deref());
            let name = name.unwrap_or(if shape.kind == ShapeKind::List { "member" } else { "entry" });
            let elements: Vec<&Element> = element.children.iter().filter(|child| child.name == name).collect();
            if elements.len() != element.children.len() {
                return Err(service.malformed("Unexpected list element termination"));
            }
            list(contract, service, shape, &elements)
        }
        _ if element.children.is_empty() => {
            scalar(service, shape, reference.location_name.as_deref().unwrap_or(&element.name), &element.text)
        }
        _ => Err(service.malformed("Start of structure or map found where not expected.")),
    }
}

/// The elements of a list, the entries of a map.
fn list(contract: &Contract, service: Service, shape: &Shape, elements: &[&Element]) -> Result<Value, ApiError> {
    if let Some(member) = shape.member.as_deref() {
        let target = contract.shape(member);
        return elements.iter().map(|element| value(contract, service, member, target, element)).collect();
    }
    let (Some(key), Some(of)) = (shape.key.as_deref(), shape.value.as_deref()) else {
        return Ok(Value::Object(Map::new()));
    };
    let mut object = Map::new();
    for element in elements {
        let child = |name: &str| element.children.iter().find(|child| child.name == name);
        let name = child(key.location_name.as_deref().unwrap_or("key"));
        let content = child(of.location_name.as_deref().unwrap_or("value"));
        let (Some(name), Some(content)) = (name, content) else {
            return Err(service.malformed("A map's entry without key or value"));
        };
        object.insert(name.text.clone(), value(contract, service, of, contract.shape(of), content)?);
    }
    Ok(Value::Object(object))
}

/// A scalar from the body.
fn scalar(service: Service, shape: &Shape, name: &str, text: &str) -> Result<Value, ApiError> {
    scalar::from_text(shape, text).ok_or_else(|| service.malformed(&format!("Invalid value '{text}' for {name}")))
}

fn query(
    contract: &Contract,
    service: Service,
    shape: &Shape,
    name: &str,
    query: &route::Query,
) -> Result<Option<Value>, ApiError> {
    let mut texts = query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_deref().unwrap_or_default());
    match &shape.member {
        Some(member) => {
            let member = contract.shape(member);
            let values = texts.map(|text| service.text(member, name, text)).collect::<Result<Vec<_>, _>>()?;
            Ok((!values.is_empty()).then_some(Value::Array(values)))
        }
        None => texts.next_back().map(|text| service.text(shape, name, text)).transpose(),
    }
}

fn header(
    contract: &Contract,
    service: Service,
    shape: &Shape,
    name: &str,
    headers: &HeaderMap,
) -> Result<Option<Value>, ApiError> {
    let mut texts = headers.get_all(name).iter().filter_map(|value| std::str::from_utf8(value.as_bytes()).ok());
    if let Some(member) = &shape.member {
        let member = contract.shape(member);
        let items = texts.flat_map(|text| text.split(',')).map(str::trim).filter(|text| !text.is_empty());
        let values = items.map(|text| service.text(member, name, text)).collect::<Result<Vec<_>, _>>()?;
        return Ok((!values.is_empty()).then_some(Value::Array(values)));
    }
    match texts.next() {
        // "A recipient MUST ignore the If-Modified-Since header field if [..] the field value is not a valid
        // HTTP-date": <https://www.rfc-editor.org/rfc/rfc9110#section-13.1.3>.
        Some(text)
            if shape.kind == ShapeKind::Timestamp && name.get(..3).is_some_and(|s| s.eq_ignore_ascii_case("if-")) =>
        {
            Ok(scalar::timestamp(text))
        }
        Some(text) => service.text(shape, name, text).map(Some),
        None => Ok(None),
    }
}

/// The headers that start with a prefix, without it, such as an object's metadata.
fn prefixed(prefix: &str, headers: &HeaderMap) -> Value {
    let prefix = prefix.to_ascii_lowercase();
    let found = headers.iter().filter_map(|(name, value)| {
        let name = name.as_str().strip_prefix(&prefix)?;
        Some((name.to_owned(), Value::from(String::from_utf8_lossy(value.as_bytes()))))
    });
    Value::Object(found.collect())
}
