//! A bench for handlers: a project without server and wire, whose time stands still until it is stepped.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::contract::Method;
use super::contracts::{self, Service};
use super::error::{Answer, ApiError};
use super::project::Project;
use super::{Settings, caller, check, dispatch, handlers, route};
use crate::clock::later;
use crate::registry::Holding as _;

/// The region that most tests work in, and its zones.
pub(crate) const REGION: &str = "europe-west1";

/// A project and who calls.
#[derive(Debug, Clone)]
pub(crate) struct Lab {
    pub(crate) project: Project,
    pub(crate) caller: String,
}

impl Lab {
    /// One in which things take their time and can be read at once; its owner calls.
    pub(crate) fn new() -> Self {
        Self::with(Settings::calm())
    }

    /// One with these settings.
    pub(crate) fn with(settings: Settings) -> Self {
        let start: Timestamp = "2026-01-05T08:00:00Z".parse().expect("a timestamp");
        Self { project: Project::new("p1", settings, 7, start), caller: caller::OWNER.to_owned() }
    }

    /// Sends a request: `GET`, `compute/v1/projects/p1/global/networks?filter=..`, body. As the dispatcher does.
    ///
    /// # Panics
    ///
    /// If no such method is served, or it is answered with what its contract doesn't allow.
    #[track_caller]
    pub(crate) fn send(&mut self, http_method: &str, path: &str, body: Value) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let (service, method): (&'static Service, &'static Method) = match route::find(http_method, path) {
            Some(route::Found::Served(service, method)) => (service, method),
            other => panic!("{http_method} {path} isn't served: {other:?}"),
        };
        let contract = &service.contract;
        let parameters = check::parameters(service.style, contract, method, path, query)?;
        let data = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let body: Map<String, Value> = check::body(contract, method, &data)?;
        let handler = handlers::handler(service, method).unwrap_or_else(|| panic!("no handler for {}", method.id));
        let project = &mut self.project;
        let mut call = Call { project, method, parameters: &parameters, body: &body, caller: &self.caller };
        let answer = dispatch::answer(&mut call, service, handler)?;
        let broken = check::answer(contract, method, &answer);
        assert!(broken.is_empty(), "{} answers against its contract: {broken:?}\n{answer:#}", method.id);
        Ok(answer)
    }

    /// Sends a request to Compute Engine, `path` being what follows the project: `global/networks`.
    #[track_caller]
    pub(crate) fn compute(&mut self, http_method: &str, path: &str, body: Value) -> Answer {
        self.send(http_method, &format!("/compute/v1/projects/p1/{path}"), body)
    }

    /// What is at a path of Compute Engine.
    #[track_caller]
    pub(crate) fn get(&mut self, path: &str) -> Value {
        self.compute("GET", path, Value::Null).unwrap_or_else(|error| panic!("{path}: {error:?}"))
    }

    /// A change that must be accepted, and end well; its operation when it is done.
    #[track_caller]
    pub(crate) fn done(&mut self, http_method: &str, path: &str, body: Value) -> Value {
        let operation = self.ended(http_method, path, body);
        assert!(operation.get("error").is_none(), "{http_method} {path}: {operation:#}");
        operation
    }

    /// A change that must be accepted and fail; the code and the text of its error.
    #[track_caller]
    pub(crate) fn failed(&mut self, http_method: &str, path: &str, body: Value) -> (String, String) {
        let operation = self.ended(http_method, path, body);
        let text = |name: &str| Self::text(&operation, &format!("/error/errors/0/{name}"));
        (text("code"), text("message"))
    }

    #[track_caller]
    fn ended(&mut self, http_method: &str, path: &str, body: Value) -> Value {
        let accepted = self.compute(http_method, path, body);
        let operation = accepted.unwrap_or_else(|error| panic!("{http_method} {path}: {error:?}"));
        self.end(&operation)
    }

    /// An operation when it is done: time passes until then.
    #[track_caller]
    pub(crate) fn end(&mut self, operation: &Value) -> Value {
        let link = Self::text(operation, "/selfLink");
        let path = link.split_once("/projects/p1/").expect("a link of this project").1.to_owned();
        for _ in 0..2000 {
            let now = self.get(&path);
            if now["status"] == "DONE" {
                return now;
            }
            self.step(1.0);
        }
        panic!("never done: {operation:#}")
    }

    /// A request that must be refused with that status and reason; its text.
    #[track_caller]
    pub(crate) fn refused(&mut self, http_method: &str, path: &str, body: Value, status: u16, reason: &str) -> String {
        match self.compute(http_method, path, body) {
            Ok(answer) => panic!("{http_method} {path} is answered instead of refused with {reason}: {answer:#}"),
            Err(ApiError { status: found, reason: why, message, .. }) => {
                assert_eq!((found, why.as_str()), (status, reason), "{http_method} {path}: {message}");
                message
            }
        }
    }

    /// The names in a list, in its order.
    #[track_caller]
    pub(crate) fn names(&mut self, path: &str) -> Vec<String> {
        let listed = self.get(path);
        let items = listed["items"].as_array().cloned().unwrap_or_default();
        items.iter().map(|item| Self::text(item, "/name")).collect()
    }

    /// The text at a JSON pointer of an answer.
    #[track_caller]
    pub(crate) fn text(answer: &Value, pointer: &str) -> String {
        let text = answer.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("no text at {pointer}: {answer:#}")).to_owned()
    }

    /// Lets that many seconds pass, and what is due in them happen.
    pub(crate) fn step(&mut self, seconds: f64) {
        let to = later(self.project.now, Duration::from_secs_f64(seconds));
        self.project.advance(to);
    }

    /// A network without subnets of its own, and a subnetwork in [`REGION`], both called so.
    #[track_caller]
    pub(crate) fn network(&mut self, name: &str, range: &str) {
        self.done("POST", "global/networks", json!({ "name": name, "autoCreateSubnetworks": false }));
        let body = json!({ "name": name, "network": format!("global/networks/{name}"), "ipCidrRange": range });
        self.done("POST", &format!("regions/{REGION}/subnetworks"), body);
    }
}

mod tests {
    use super::*;

    #[test]
    fn every_served_method_has_a_handler() {
        let mut missing = Vec::new();
        for service in contracts::all() {
            for method in service.contract.methods.values() {
                if handlers::handler(service, method).is_none() {
                    missing.push(method.id.clone());
                }
            }
        }
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn a_lab_calls_handlers() {
        let mut lab = Lab::new();
        lab.network("n", "10.0.0.0/24");
        assert_eq!(lab.names("global/networks"), ["n"]);
        lab.refused(
            "POST",
            "global/networks",
            json!({ "name": "n", "autoCreateSubnetworks": true }),
            409,
            "alreadyExists",
        );
    }
}
