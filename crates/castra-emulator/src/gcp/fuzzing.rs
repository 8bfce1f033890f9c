//! Requests to Google Cloud as fuzzers and property tests make them: any bytes, no connection.
//!
//! The first bytes of an input choose a service and a method, so that the rest reaches every schema of the contract. What
//! is wrong panics; there is nothing to return.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Map, Value};

use super::contracts::{self, Service};
use super::recognise::Recognised;
use super::{Gcp, Settings, check, contract};
use crate::clock::{Clock, Pace};
use crate::cloud::{Cloud as _, Recognised as _};
use crate::faults::Done;
use crate::http::Request;
use crate::log::Outcome;
use crate::registry::Registry;

#[cfg(test)]
mod calls;
#[cfg(test)]
mod tests;

/// Any bytes as the body of a method, as its query, in its path, as its caller, and as a path of their own.
pub fn google(data: &[u8]) {
    let Some((service, method, rest)) = choose(data) else { return };
    let Ok(http_method) = method.http_method.parse::<Method>() else { return };
    let text = String::from_utf8_lossy(rest);
    let path = |name: &str| filled(&service.contract, method.flat_path(), name);
    let body = || Bytes::copy_from_slice(rest);
    answered(request(&http_method, &path("a"), "", body()));
    answered(request(&http_method, &path("a"), &text, Bytes::from_static(b"{}")));
    answered(request(&http_method, &path(&text), "", body()));
    answered(request(&http_method, &format!("/{}{text}", service.contract.service_path), "", Bytes::new()));
    let (path, query) = text.split_once('?').unwrap_or((&text, &text));
    answered(request(&http_method, path, query, body()));
}

fn request(method: &Method, path: &str, query: &str, body: Bytes) -> Request {
    let mut headers = HeaderMap::new();
    let bearer = [b"Bearer ", &body[..]].concat();
    headers.extend(HeaderValue::from_bytes(&bearer).ok().map(|value| (header::AUTHORIZATION, value)));
    Request { method: method.clone(), path: path.to_owned(), query: query.to_owned(), headers, body }
}

/// A service, a method of it, and the bytes that choose nothing.
fn choose(data: &[u8]) -> Option<(&'static Service, &'static contract::Method, &[u8])> {
    let (&[service, high, low], rest) = data.split_first_chunk()?;
    let services = contracts::all();
    let service = services.get(usize::from(service) % services.len())?;
    let method = usize::from(u16::from_be_bytes([high, low])) % service.contract.methods.len();
    Some((service, service.contract.methods.values().nth(method)?, rest))
}

/// A path in a project: its places are there, and everything else has that name.
fn filled(contract: &contract::Contract, template: &str, name: &str) -> String {
    let mut path = format!("/{}", contract.service_path);
    let mut rest = template;
    while let Some((before, (parameter, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        path += before;
        path += match parameter {
            "project" | "projectsId" => "project-1",
            "region" => "europe-west1",
            "zone" => "europe-west1-b",
            _ => name,
        };
        rest = after;
    }
    path + rest
}

/// Has a request answered by a project that holds nothing yet. What is accepted has the contract's types, what isn't is
/// refused in Google's form, and nothing is a defect of the emulator's own.
fn answered(request: Request) {
    super::is_googles(&request.path);
    let clock = Clock::new(Pace::Scaled(0.0));
    let gcp = Gcp { projects: Registry::new(clock, 0, 4, Settings::instant()) };
    let Done { response, outcome } = match Recognised::recognise(&request, "") {
        Err(refused) => refused.1,
        Ok(recognised) => {
            let broken = check::request(&recognised.service.contract, recognised.method, &without_nulls(&recognised));
            assert!(broken.is_empty(), "{request:?} is accepted: {broken:?}");
            match gcp.identify(recognised) {
                Err(done) => *done,
                Ok(asked) => gcp.perform(&asked),
            }
        }
    };
    assert_ne!(response.status, 500, "{request:?}: {outcome:?}");
    match outcome {
        Outcome::Refused { status, code, .. } => {
            assert_eq!((response.status.as_u16(), code.is_empty()), (status, false), "{request:?}");
            let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
            assert_eq!(body.pointer("/error/code"), Some(&status.into()), "{request:?}: {body}");
        }
        outcome => assert!(matches!(outcome, Outcome::Done { .. } | Outcome::Unknown { .. }), "{outcome:?}"),
    }
    gcp.projects.due();
}

/// A body without the nulls that a patch may have, which are of no type.
fn without_nulls(recognised: &Recognised) -> Value {
    fn kept(value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let members = members.iter().filter(|(_, value)| !value.is_null());
                members.map(|(name, value)| (name.clone(), kept(value))).collect::<Map<_, _>>().into()
            }
            Value::Array(items) => items.iter().map(kept).collect(),
            value => value.clone(),
        }
    }
    match recognised.method.http_method.as_str() {
        "PATCH" => kept(&Value::Object(recognised.body.clone())),
        _ => Value::Object(recognised.body.clone()),
    }
}
