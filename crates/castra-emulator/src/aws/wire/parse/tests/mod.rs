#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod bodies;
mod botocore;
mod forms;
mod rest;
mod sample;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;

use super::*;
use crate::aws::contract::Contract;
use crate::aws::contracts;

/// The contract of a service that is served.
fn served(name: &str) -> &'static Contract {
    &contracts::all().iter().find(|served| served.name == name).expect("a service").contract
}

/// A request, written `METHOD /path?query`.
fn request(line: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Request {
    let (method, target) = line.split_once(' ').expect("a method and a path");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap()))
        .collect();
    let method = method.parse::<Method>().unwrap();
    Request { method, path: path.into(), query: query.into(), headers, body: body.into() }
}

/// The operation and input that a request stands for.
fn read(contract: &Contract, request: &Request) -> Result<(String, Value), ApiError> {
    let identified = identify(contract, request).map_err(|unknown| unknown.error)?;
    Ok((identified.operation.name.clone(), input(contract, &identified, request)?))
}

/// Code and message of a refusal.
fn refused(contract: &Contract, request: &Request) -> (String, String) {
    let error = read(contract, request).expect_err("a refusal");
    (error.code, error.message)
}
