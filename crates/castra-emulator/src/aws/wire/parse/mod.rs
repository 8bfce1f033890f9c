//! From an HTTP request to an operation and its input.

mod cbor;
mod chunked;
mod ec2;
mod form;
mod gzip;
mod identify;
mod json;
mod query;
mod rest_xml;
mod route;
mod scalar;
mod xml;

use serde_json::{Map, Value};

use crate::aws::contract::{Contract, Protocol};
use crate::aws::error::ApiError;
use crate::http::Request;

pub(crate) use identify::{Identified, identify};

use identify::Asked;

/// The input in the contract's names, or the refusal of a request that can't be read.
///
/// # Errors
///
/// As the service refuses: what is unknown, broken, or of the wrong type. Constraints are for
/// [`crate::aws::validate`].
pub(crate) fn input(contract: &Contract, identified: &Identified<'_>, request: &Request) -> Result<Value, ApiError> {
    let shape = identified.operation.input.as_ref().map(|input| contract.shape(input));
    match (&identified.asked, shape) {
        (Asked::Rest { labels, query }, _) => {
            let (headers, body) = chunked::decode(request)?;
            let parts = rest_xml::Parts { labels, query, headers: &headers, body: &body };
            rest_xml::input(contract, identified.operation, &parts)
        }
        (_, None) => Ok(Value::Object(Map::new())),
        (Asked::Form(form), Some(shape)) => match identified.protocol {
            Protocol::Ec2 => ec2::input(contract, shape, form.root()),
            _ => query::input(contract, shape, form.root()),
        },
        (Asked::Body, Some(shape)) => {
            let body = gzip::decode(request)?;
            match identified.protocol {
                Protocol::Cbor => cbor::input(contract, shape, &body),
                _ => json::input(contract, shape, &body),
            }
        }
    }
}

#[cfg(test)]
mod tests;
