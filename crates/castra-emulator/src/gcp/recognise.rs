//! What a request asks for: as much as can be told without knowing any project.

use serde_json::{Map, Value};

use super::call::Handler;
use super::check;
use super::contract::{Contract, Method};
use super::contracts::Service;
use super::error::{ApiError, Style};
use super::route::{self, Found};
use super::{caller, handlers, mishap, secrecy};
use crate::cloud;
use crate::faults::{Done, Mishap};
use crate::http::Request;
use crate::log::{Outcome, Subject};

/// A request for a method that is served.
pub(crate) struct Recognised {
    pub(super) subject: Subject,
    /// Parameters and body without secrets, for the log to take.
    pub(super) logged: Value,
    pub(super) service: &'static Service,
    pub(super) method: &'static Method,
    pub(super) handler: Handler,
    pub(super) parameters: Map<String, Value>,
    pub(super) body: Map<String, Value>,
}

impl cloud::Recognised for Recognised {
    fn recognise(request: &Request, request_id: &str) -> Result<Self, Box<(Subject, Done)>> {
        let mut subject = Subject {
            request_id: request_id.to_owned(),
            caller: caller::caller(request),
            changing: request.method != http::Method::GET,
            operation: format!("{} {}", request.method, request.path),
            region: "global".to_owned(),
            ..Subject::default()
        };
        let (service, method) = match route::find(request.method.as_str(), &request.path) {
            Some(Found::Served(service, method)) => (service, method),
            Some(Found::Unserved(service, id)) => {
                service.name.clone_into(&mut subject.service);
                id.split_once('.').map_or(id, |(_, operation)| operation).clone_into(&mut subject.operation);
                let message = format!("{id} is not served by this emulator.");
                return Err(unknown(subject, service.style, &ApiError::new(501, "notImplemented", message), true));
            }
            None => {
                let message = format!("The requested URL {} was not found on this server.", request.path);
                return Err(unknown(subject, Style::Compute, &ApiError::new(404, "notFound", message), false));
            }
        };
        service.name.clone_into(&mut subject.service);
        method.operation().clone_into(&mut subject.operation);
        subject.changing = method.changes();
        let contract: &Contract = &service.contract;
        let path = route::path_parameters(contract, method, &request.path);
        subject.account = project(&path).unwrap_or_default();
        if let Some((_, place)) = path.iter().find(|(name, _)| name == "region" || name == "zone") {
            subject.region.clone_from(place);
        }
        let Some(handler) = handlers::handler(service, method) else {
            let message = format!("{} is in the contract and has no handler.", method.id);
            return Err(unknown(subject, service.style, &ApiError::new(501, "notImplemented", message), true));
        };
        let read = check::parameters(service.style, contract, method, &request.path, &request.query)
            .and_then(|parameters| Ok((parameters, check::body(contract, method, &request.body)?)));
        match read {
            Ok((parameters, body)) => {
                let logged = secrecy::logged(&parameters, &body);
                Ok(Self { subject, logged, service, method, handler, parameters, body })
            }
            Err(error) => {
                let done = refused(service.style, &error);
                Err(Box::new((subject, done)))
            }
        }
    }

    fn subject(&self) -> &Subject {
        &self.subject
    }

    fn logged(&mut self) -> Value {
        self.logged.take()
    }

    fn mishap(&self, mishap: Mishap) -> Done {
        self.refuse(&mishap::refusal(self, mishap))
    }

    fn defect(&self) -> Done {
        self.refuse(&ApiError::new(500, "internalError", "An internal error has occurred"))
    }
}

/// The project that a path is about.
fn project(path: &[(String, String)]) -> Option<String> {
    if let Some((_, project)) = path.iter().find(|(name, _)| name == "project") {
        return Some(project.clone());
    }
    path.iter().find_map(|(_, value)| {
        let rest = value.strip_prefix("projects/")?;
        let project = rest.split('/').next().unwrap_or(rest);
        // A hyphen stands for whichever project the account is of, which its address tells.
        let of_account = || rest.rsplit_once('@')?.1.split_once('.').map(|(project, _)| project);
        Some(if project == "-" { of_account().unwrap_or(project) } else { project }.to_owned())
    })
}

impl Recognised {
    /// The refusal of this request, as its service writes it.
    pub(crate) fn refuse(&self, error: &ApiError) -> Done {
        refused(self.service.style, error)
    }
}

fn refused(style: Style, error: &ApiError) -> Done {
    let response = error.response(style);
    let status = response.status.as_u16();
    let outcome = Outcome::Refused { status, code: error.code(style), message: error.message.clone() };
    Done { response, outcome }
}

fn unknown(subject: Subject, style: Style, error: &ApiError, unserved: bool) -> Box<(Subject, Done)> {
    let response = error.response(style);
    Box::new((subject, Done { response, outcome: Outcome::Unknown { unserved } }))
}
