//! The wire parsers as fuzzers and property tests call them: any bytes, no connection.
//!
//! Each entry point takes the first bytes as a choice of service and operation, so that the rest reaches every shape of
//! the contract; it panics where the emulator would be wrong, and has nothing to return.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;

use super::contract::{Contract, Operation, Protocol, Reference, ShapeKind};
use super::{contracts, validate, wire};
use crate::http::Request;

#[cfg(test)]
mod tests;

/// Form parameters: EC2's protocol and Query, and signatures.
pub fn form(data: &[u8]) {
    if let Ok(value) = HeaderValue::from_bytes(data) {
        let mut asked = request(Method::GET, "/", "", Bytes::new());
        asked.headers.insert("authorization", value);
        asked.headers.insert("x-amz-date", HeaderValue::from_static("20260101T000000Z"));
        let _ = wire::signature(&asked);
        let _ = wire::signature(&request(Method::GET, "/", &String::from_utf8_lossy(data), Bytes::new()));
    }
    let Some((contract, operation, rest)) = choose(data, &[Protocol::Ec2, Protocol::Query]) else { return };
    let action = format!("Action={}&Version={}&", operation.name, contract.metadata.api_version);
    read(contract, &request(Method::POST, "/", "", Bytes::from([action.as_bytes(), rest].concat())));
    read(contract, &request(Method::GET, "/", &String::from_utf8_lossy(rest), Bytes::copy_from_slice(rest)));
}

/// JSON and CBOR bodies, compressed or not.
pub fn json_cbor(data: &[u8]) {
    if let Some((contract, operation, rest)) = choose(data, &[Protocol::Json]) {
        let mut asked = request(Method::POST, "/", "", Bytes::copy_from_slice(rest));
        let target = format!("{}.{}", contract.metadata.target_prefix.as_deref().unwrap_or_default(), operation.name);
        asked.headers.extend(HeaderValue::from_str(&target).ok().map(|target| (X_AMZ_TARGET, target)));
        read(contract, &asked);
        asked.headers.insert(http::header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        read(contract, &asked);
    }
    if let Some((contract, operation, rest)) = choose(data, &[Protocol::Cbor]) {
        let prefix = contract.metadata.target_prefix.as_deref().unwrap_or_default();
        let path = format!("/service/{prefix}/operation/{}", operation.name);
        read(contract, &request(Method::POST, &path, "", Bytes::copy_from_slice(rest)));
    }
}

/// REST requests: XML bodies, chunked bodies, and anything as path and query.
pub fn xml(data: &[u8]) {
    let Some((contract, operation, rest)) = choose(data, &[Protocol::RestXml]) else { return };
    let Ok(method) = operation.http.method.parse::<Method>() else { return };
    let target = operation.http.request_uri.replace(['{', '}', '+'], "");
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut asked = request(method.clone(), path, query, Bytes::copy_from_slice(rest));
    read(contract, &asked);
    asked.headers.insert("x-amz-content-sha256", HeaderValue::from_static("STREAMING-UNSIGNED-PAYLOAD-TRAILER"));
    asked.headers.insert("x-amz-decoded-content-length", HeaderValue::from_static("5"));
    read(contract, &asked);
    let text = String::from_utf8_lossy(rest);
    let (path, query) = text.split_once('?').unwrap_or((&text, &text));
    let mut asked = request(method, path, query, Bytes::new());
    for name in ["if-match", "x-amz-copy-source", "x-amz-meta-a", "max-keys"] {
        asked
            .headers
            .extend(HeaderValue::from_bytes(rest).ok().map(|value| (http::HeaderName::from_static(name), value)));
    }
    read(contract, &asked);
}

const X_AMZ_TARGET: http::HeaderName = http::HeaderName::from_static("x-amz-target");

fn request(method: Method, path: &str, query: &str, body: Bytes) -> Request {
    Request { method, path: path.to_owned(), query: query.to_owned(), headers: HeaderMap::new(), body }
}

/// A service that speaks one of the protocols, an operation of it, and the bytes that choose nothing.
fn choose<'d>(data: &'d [u8], protocols: &[Protocol]) -> Option<(&'static Contract, &'static Operation, &'d [u8])> {
    let (&[service, high, low], rest) = data.split_first_chunk()?;
    let speaks = |contract: &Contract| contract.metadata.protocols.iter().any(|protocol| protocols.contains(protocol));
    let services: Vec<&Contract> =
        contracts::all().iter().map(|served| &*served.contract).filter(|contract| speaks(contract)).collect();
    let contract = services.get(usize::from(service) % services.len().max(1))?;
    let operation = usize::from(u16::from_be_bytes([high, low])) % contract.operations.len().max(1);
    Some((contract, contract.operations.values().nth(operation)?, rest))
}

/// Reads a request to its end. What is accepted has the contract's types; what isn't is refused with a code.
fn read(contract: &Contract, request: &Request) {
    let refusal = match wire::identify(contract, request) {
        Err(unidentified) => Some(unidentified.error),
        Ok(identified) => match wire::input(contract, &identified, request) {
            Err(error) => Some(error),
            Ok(input) => {
                match &identified.operation.input {
                    Some(reference) => assert!(conforms(contract, reference, &input), "{input}"),
                    None => assert_eq!(input, Value::Object(serde_json::Map::new())),
                }
                validate::input(contract, identified.protocol, identified.operation, &input).err()
            }
        },
    };
    if let Some(error) = refusal {
        assert!(!error.code.is_empty(), "{error:?}");
    }
}

/// Whether a value has the types of the contract, and nothing that it doesn't know.
fn conforms(contract: &Contract, reference: &Reference, value: &Value) -> bool {
    let shape = contract.shape(reference);
    match (shape.kind, value) {
        (ShapeKind::Structure, Value::Object(object)) => object
            .iter()
            .all(|(name, value)| shape.members.get(name).is_some_and(|member| conforms(contract, member, value))),
        (ShapeKind::List, Value::Array(values)) => {
            shape.member.as_ref().is_some_and(|member| values.iter().all(|value| conforms(contract, member, value)))
        }
        (ShapeKind::Map, Value::Object(entries)) => {
            shape.value.as_ref().is_some_and(|of| entries.values().all(|value| conforms(contract, of, value)))
        }
        (ShapeKind::String | ShapeKind::Character | ShapeKind::Blob, Value::String(_)) => true,
        (ShapeKind::Integer, value) => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        (ShapeKind::Long, value) => value.is_i64(),
        (ShapeKind::Float | ShapeKind::Double | ShapeKind::Timestamp, value) => value.is_f64(),
        (ShapeKind::Boolean, value) => value.is_boolean(),
        _ => false,
    }
}
