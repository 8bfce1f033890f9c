//! What a request asks for: as much as can be told without knowing any account.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use quick_xml::escape::escape;
use serde_json::Value;

use super::contract::{Operation, Protocol};
use super::error::ApiError;
use super::secrecy::without_secrets;
use super::services::{self, Service};
use super::wire::{self, Signature};
use super::{caller, mishap};
use crate::cloud;
use crate::faults::{Done, Mishap};
use crate::http::{Request, Response};
use crate::log::{Outcome, Subject};

/// A request whose service and operation are served.
pub(crate) struct Recognised {
    pub(super) subject: Subject,
    /// The input without secrets, for the log to take.
    pub(super) parameters: Value,
    pub(super) signature: Signature,
    pub(super) service: &'static Service,
    pub(super) protocol: Protocol,
    pub(super) operation: &'static Operation,
    pub(super) input: Value,
}

impl cloud::Recognised for Recognised {
    fn recognise(request: &Request, request_id: &str) -> Result<Self, Box<(Subject, Done)>> {
        let mut subject = Subject { request_id: request_id.to_owned(), ..Subject::default() };
        let signature = match wire::signature(request) {
            Ok(Some(signature)) => signature,
            // https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
            Ok(None) => {
                let message = "Request is missing Authentication Token";
                let error = ApiError::new("MissingAuthenticationToken", message).status(403);
                return Err(Box::new((subject, nameless(error, request_id))));
            }
            Err(error) => return Err(Box::new((subject, nameless(error, request_id)))),
        };
        subject.region.clone_from(&signature.region);
        subject.service.clone_from(&signature.service);
        subject.account = caller::account(&signature.access_key);
        let Some(service) = services::named(&signature.service) else {
            subject.operation = format!("{} {}", request.method, request.path);
            let message = format!("No service {:?} is served here.", signature.service);
            let mut done = nameless(ApiError::new("UnknownService", message), request_id);
            done.outcome = Outcome::Unknown { unserved: true };
            return Err(Box::new((subject, done)));
        };
        let identified = match wire::identify(service.contract, request) {
            Ok(identified) => identified,
            Err(unknown) => {
                subject.operation = unknown.name;
                let response = wire::refuse(service.contract, unknown.protocol, None, &unknown.error, request_id);
                let outcome = Outcome::Unknown { unserved: unknown.unserved };
                return Err(Box::new((subject, Done { response, outcome })));
            }
        };
        let (protocol, operation) = (identified.protocol, identified.operation);
        subject.operation.clone_from(&operation.name);
        subject.changing = operation.changes();
        match wire::input(service.contract, &identified, request) {
            Ok(input) => {
                let parameters = without_secrets(service.contract, operation, &input);
                Ok(Self { subject, parameters, signature, service, protocol, operation, input })
            }
            Err(error) => {
                let done = refused(service, protocol, operation, error, request_id);
                Err(Box::new((subject, done)))
            }
        }
    }

    fn subject(&self) -> &Subject {
        &self.subject
    }

    fn logged(&mut self) -> Value {
        self.parameters.take()
    }

    fn mishap(&self, mishap: Mishap) -> Done {
        let Subject { operation, caller, .. } = &self.subject;
        self.refuse(mishap::refusal(self.service.name, self.protocol, operation, caller, mishap))
    }

    fn defect(&self) -> Done {
        self.refuse(ApiError::new("InternalError", "An internal error has occurred").status(500))
    }
}

impl Recognised {
    /// The refusal of this request, as its service writes it.
    pub(crate) fn refuse(&self, error: ApiError) -> Done {
        refused(self.service, self.protocol, self.operation, error, &self.subject.request_id)
    }
}

fn refused(service: &Service, protocol: Protocol, operation: &Operation, error: ApiError, request_id: &str) -> Done {
    let response = wire::refuse(service.contract, protocol, Some(operation), &error, request_id);
    let outcome = Outcome::Refused { status: response.status.as_u16(), code: error.code, message: error.message };
    Done { response, outcome }
}

/// A refusal before it is known which service's way of writing it applies: the query protocol's, which is the one that
/// most clients make something of.
fn nameless(error: ApiError, request_id: &str) -> Done {
    let status = StatusCode::from_u16(error.status.unwrap_or(400)).unwrap_or(StatusCode::BAD_REQUEST);
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{request_id}</RequestId></ErrorResponse>",
        escape(&*error.code),
        escape(&*error.message),
    );
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    let response = Response { status, headers, body: body.into() };
    let outcome = Outcome::Refused { status: status.as_u16(), code: error.code, message: error.message };
    Done { response, outcome }
}
