//! EC2's query protocol (<https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html>): names with dots, lists
//! numbered right after their name.
//!
//! EC2 refuses what it doesn't know (`UnknownParameter`) and values that it can't read (`InvalidParameterValue`):
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>.

use serde_json::{Map, Value};

use super::form::{View, is_number};
use super::scalar;
use crate::aws::contract::{Contract, Reference, Shape, ShapeKind};
use crate::aws::error::ApiError;
use crate::aws::validate::lower_camel;

/// Parameters of the request itself rather than of an operation
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html>).
pub(crate) fn is_common(name: &str) -> bool {
    matches!(
        name,
        "Action"
            | "Version"
            | "AWSAccessKeyId"
            | "Expires"
            | "SecurityToken"
            | "Signature"
            | "SignatureMethod"
            | "SignatureVersion"
            | "Timestamp"
    ) || name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"))
}

/// The input that the parameters stand for.
pub(crate) fn input(contract: &Contract, shape: &Shape, root: View<'_>) -> Result<Value, ApiError> {
    structure(contract, shape, root)
}

/// Whether a member goes by this name in a request: its query name, else its location name with a capital, else its
/// own name.
fn is_called(member: &str, reference: &Reference, segment: &str) -> bool {
    match (&reference.query_name, &reference.location_name) {
        (Some(name), _) => name == segment,
        (None, Some(name)) => {
            let (mut name, mut segment) = (name.chars(), segment.chars());
            name.next().map(|first| first.to_ascii_uppercase()) == segment.next() && name.as_str() == segment.as_str()
        }
        (None, None) => member == segment,
    }
}

fn structure(contract: &Contract, shape: &Shape, view: View<'_>) -> Result<Value, ApiError> {
    if view.text().is_some_and(|text| !text.is_empty()) {
        return Err(unknown(view));
    }
    let mut object = Map::new();
    for (segment, child) in view.children() {
        match shape.members.iter().find(|(member, reference)| is_called(member, reference, segment)) {
            Some((member, reference)) => {
                if let Some(value) = value(contract, contract.shape(reference), child)? {
                    object.insert(member.to_owned(), value);
                }
            }
            None if view.is_root() && is_common(segment) => {}
            None => return Err(unknown(child)),
        }
    }
    Ok(Value::Object(object))
}

/// A value; none for an empty parameter in the place of a list or structure.
fn value(contract: &Contract, shape: &Shape, view: View<'_>) -> Result<Option<Value>, ApiError> {
    match shape.kind {
        ShapeKind::Structure if view.is_empty() => Ok(None),
        ShapeKind::Structure => structure(contract, shape, view).map(Some),
        ShapeKind::List if view.is_empty() => Ok(None),
        ShapeKind::List => list(contract, shape, view).map(Some),
        // EC2's requests have no maps.
        ShapeKind::Map => Err(unknown(view)),
        _ => scalar(shape, view).map(Some),
    }
}

fn list(contract: &Contract, shape: &Shape, view: View<'_>) -> Result<Value, ApiError> {
    if view.text().is_some_and(|text| !text.is_empty()) {
        return Err(unknown(view));
    }
    let Some(element) = shape.member.as_deref().map(|reference| contract.shape(reference)) else {
        return Err(unknown(view));
    };
    let mut elements = Vec::new();
    for (segment, child) in view.children() {
        if !is_number(segment) {
            return Err(unknown(child));
        }
        elements.extend(value(contract, element, child)?);
    }
    Ok(Value::Array(elements))
}

fn scalar(shape: &Shape, view: View<'_>) -> Result<Value, ApiError> {
    if let Some((_, child)) = view.children().next() {
        return Err(unknown(child));
    }
    let text = view.text().unwrap_or_default();
    scalar::from_text(shape, text).ok_or_else(|| {
        let name = lower_camel(&view.name());
        ApiError::new("InvalidParameterValue", format!("Value ({text}) for parameter {name} is invalid."))
    })
}

fn unknown(view: View<'_>) -> ApiError {
    ApiError::new("UnknownParameter", format!("The parameter {} is not recognized", view.name()))
}
