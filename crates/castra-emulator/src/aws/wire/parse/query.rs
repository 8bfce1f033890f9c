//! The query protocol (<https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>): names with dots, `.member.N`,
//! `.entry.N.key`.
//!
//! Parameters that an operation doesn't have are ignored, as these services do; a value in the place of a list or
//! structure, and the other way round, is `MalformedInput`.

use serde_json::{Map, Value};

use super::form::{View, is_number};
use super::scalar;
use crate::aws::contract::{Contract, Reference, Shape, ShapeKind};
use crate::aws::error::ApiError;

/// The input that the parameters stand for.
pub(crate) fn input(contract: &Contract, shape: &Shape, root: View<'_>) -> Result<Value, ApiError> {
    structure(contract, shape, root)
}

fn structure(contract: &Contract, shape: &Shape, view: View<'_>) -> Result<Value, ApiError> {
    if view.text().is_some_and(|text| !text.is_empty()) {
        return Err(malformed("Unexpected complex element termination"));
    }
    let mut object = Map::new();
    for (member, reference) in shape.members.iter() {
        let shape = contract.shape(reference);
        let name = reference.location_name.as_deref().unwrap_or(member);
        let found = match element_name(reference, shape) {
            // A flattened list goes by its elements' name; empty, by its own.
            Some(element) => view.child(element).or_else(|| view.child(name)),
            None => view.child(name),
        };
        if let Some(child) = found {
            object.insert(member.to_owned(), value(contract, reference, shape, child)?);
        }
    }
    Ok(Value::Object(object))
}

fn is_flattened(reference: &Reference, shape: &Shape) -> bool {
    reference.flattened || shape.flattened
}

fn element_name<'c>(reference: &Reference, shape: &'c Shape) -> Option<&'c str> {
    match &shape.member {
        Some(element) if is_flattened(reference, shape) => element.location_name.as_deref(),
        _ => None,
    }
}

fn value(contract: &Contract, reference: &Reference, shape: &Shape, view: View<'_>) -> Result<Value, ApiError> {
    match shape.kind {
        ShapeKind::Structure => structure(contract, shape, view),
        ShapeKind::List => list(contract, reference, shape, view),
        ShapeKind::Map => map(contract, reference, shape, view),
        _ => scalar(shape, view),
    }
}

/// A list or map without elements is written as its empty name.
fn refuse_text(view: View<'_>) -> Result<(), ApiError> {
    match view.text() {
        Some(text) if !text.is_empty() => Err(malformed("Unexpected list element termination")),
        _ => Ok(()),
    }
}

fn list(contract: &Contract, reference: &Reference, shape: &Shape, view: View<'_>) -> Result<Value, ApiError> {
    refuse_text(view)?;
    let Some(element) = shape.member.as_deref() else { return Ok(Value::Array(Vec::new())) };
    let members = if is_flattened(reference, shape) {
        Some(view)
    } else {
        view.child(element.location_name.as_deref().unwrap_or("member"))
    };
    let Some(members) = members else { return Ok(Value::Array(Vec::new())) };
    let mut elements = Vec::new();
    for (segment, child) in members.children() {
        if !is_number(segment) {
            return Err(malformed(&format!("Key {} is not a list index", child.name())));
        }
        elements.push(value(contract, element, contract.shape(element), child)?);
    }
    Ok(Value::Array(elements))
}

fn map(contract: &Contract, reference: &Reference, shape: &Shape, view: View<'_>) -> Result<Value, ApiError> {
    refuse_text(view)?;
    let (Some(key), Some(of)) = (shape.key.as_deref(), shape.value.as_deref()) else {
        return Ok(Value::Object(Map::new()));
    };
    let entries = if is_flattened(reference, shape) { Some(view) } else { view.child("entry") };
    let mut object = Map::new();
    for (segment, entry) in entries.into_iter().flat_map(View::children) {
        let name = entry.child(key.location_name.as_deref().unwrap_or("key")).and_then(|key| key.text());
        let (true, Some(name)) = (is_number(segment), name) else {
            return Err(malformed(&format!("Key {} is not a map entry", entry.name())));
        };
        if let Some(child) = entry.child(of.location_name.as_deref().unwrap_or("value")) {
            object.insert(name.to_owned(), value(contract, of, contract.shape(of), child)?);
        }
    }
    Ok(Value::Object(object))
}

fn scalar(shape: &Shape, view: View<'_>) -> Result<Value, ApiError> {
    if view.children().next().is_some() {
        return Err(malformed("Start of structure or map found where not expected."));
    }
    let text = view.text().unwrap_or_default();
    scalar::from_text(shape, text).ok_or_else(|| malformed(&format!("Invalid value '{text}' for {}", view.name())))
}

fn malformed(message: &str) -> ApiError {
    ApiError::new("MalformedInput", message)
}
