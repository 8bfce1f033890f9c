//! From a request to the handler that answers it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use quick_xml::escape::escape;
use serde_json::Value;

use super::account::Account;
use super::call::Call;
use super::caller::{self, Caller};
use super::contract::{Operation, Protocol};
use super::error::ApiError;
use super::secrecy::without_secrets;
use super::services::{self, Service};
use super::wire;
use super::{Settings, iam, mishap, validate};
use crate::clock::Clock;
use crate::faults::Mishap;
use crate::http::{Request, Response};
use crate::log::{Outcome, Subject};

/// AWS: all its accounts.
#[derive(Debug)]
pub(crate) struct Aws {
    clock: Clock,
    seed: u64,
    /// What new accounts start with.
    settings: Mutex<Settings>,
    accounts: RwLock<HashMap<String, Arc<Mutex<Account>>>>,
}

/// A request whose service and operation are known.
pub(crate) struct Asked {
    pub(crate) subject: Subject,
    service: &'static Service,
    protocol: Protocol,
    operation: &'static Operation,
    caller: Caller,
    input: Value,
    /// The input without secrets.
    pub(crate) parameters: Value,
}

/// What came of a request.
pub(crate) struct Done {
    pub(crate) response: Response,
    pub(crate) outcome: Outcome,
}

/// The service of requests whose signature names none, or none that is served.
const UNKNOWN_SERVICE: &str = "UnknownService";

impl Aws {
    pub(crate) fn new(clock: Clock, seed: u64, settings: Settings) -> Self {
        Self { clock, seed, settings: Mutex::new(settings), accounts: RwLock::default() }
    }

    /// The account of that number, which comes to be by being asked for.
    pub(crate) fn account(&self, id: &str) -> Arc<Mutex<Account>> {
        let known = self.accounts.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        known.unwrap_or_else(|| {
            let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
            let settings = lock(&self.settings).clone();
            let account = || Arc::new(Mutex::new(Account::new(id, settings, self.seed, self.clock.now())));
            Arc::clone(accounts.entry(id.to_owned()).or_insert_with(account))
        })
    }

    /// Numbers of the accounts that have been asked for.
    pub(crate) fn accounts(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.accounts.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect();
        ids.sort_unstable();
        ids
    }

    /// Forgets an account and all that it held.
    pub(crate) fn forget(&self, id: &str) {
        self.accounts.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Looks into an account, or changes it, with everything done that is due by now.
    pub(crate) fn with<R>(&self, id: &str, look: impl FnOnce(&mut Account) -> R) -> R {
        let account = self.account(id);
        let mut account = lock(&account);
        account.advance(self.clock.now());
        look(&mut account)
    }

    /// When the next thing is due in any account.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let accounts: Vec<_> = self.accounts.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        accounts.iter().filter_map(|account| lock(account).due()).min()
    }

    /// Which operation a request is for, and who asks; or the refusal of a request for nothing that is served.
    pub(crate) fn identify(&self, request: &Request, request_id: &str) -> Result<Asked, (Subject, Done)> {
        let mut subject = Subject { request_id: request_id.to_owned(), ..Subject::default() };
        let signature = match wire::signature(request) {
            Ok(Some(signature)) => signature,
            // https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
            Ok(None) => {
                let message = "Request is missing Authentication Token";
                let error = ApiError::new("MissingAuthenticationToken", message).status(403);
                return Err((subject, nameless(error, request_id)));
            }
            Err(error) => return Err((subject, nameless(error, request_id))),
        };
        subject.region.clone_from(&signature.region);
        subject.service.clone_from(&signature.service);
        let Some(service) = services::named(&signature.service) else {
            subject.operation = format!("{} {}", request.method, request.path);
            let error = ApiError::new(UNKNOWN_SERVICE, format!("No service {:?} is served here.", signature.service));
            let mut done = nameless(error, request_id);
            done.outcome = Outcome::Unknown { unserved: true };
            return Err((subject, done));
        };
        let identified = match wire::identify(service.contract, request) {
            Ok(identified) => identified,
            Err(unknown) => {
                subject.operation = unknown.name;
                let response = wire::refuse(service.contract, unknown.protocol, None, &unknown.error, request_id);
                let outcome = Outcome::Unknown { unserved: unknown.unserved };
                return Err((subject, Done { response, outcome }));
            }
        };
        let (protocol, operation) = (identified.protocol, identified.operation);
        subject.operation.clone_from(&operation.name);
        let account = caller::account(&signature.access_key);
        subject.account.clone_from(&account);
        let refuse = |subject: Subject, error| {
            let done = refused(service, protocol, operation, error, request_id);
            Err((subject, done))
        };
        let caller = match self.with(&account, |account| iam::caller(account, service.name, &signature)) {
            Ok(caller) => caller,
            Err(error) => return refuse(subject, error),
        };
        subject.caller.clone_from(&caller.arn);
        match wire::input(service.contract, &identified, request) {
            Ok(input) => {
                let parameters = without_secrets(service.contract, operation, &input);
                Ok(Asked { subject, service, protocol, operation, caller, input, parameters })
            }
            Err(error) => refuse(subject, error),
        }
    }

    /// Does what the request asks for.
    pub(crate) fn perform(&self, asked: &Asked) -> Done {
        let Asked { subject, service, protocol, operation, caller, input, .. } = asked;
        let (contract, request_id) = (&**service.contract, subject.request_id.as_str());
        if let Err(error) = validate::input(contract, *protocol, operation, input) {
            return asked.refuse(error);
        }
        let answer = self.with(&subject.account, |account| {
            let mut call = Call { account, region: &subject.region, caller, input, request_id };
            iam::authorize(&mut call, service.name, &operation.name)?;
            if *protocol == Protocol::Ec2 && call.flag("DryRun") {
                // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
                let message = "Request would have succeeded, but DryRun flag is set.";
                return Err(ApiError::new("DryRunOperation", message).status(412));
            }
            let Some(handler) = service.handler(&operation.name) else {
                let message = format!("{} is in the contract and has no handler.", operation.name);
                return Err(ApiError::new("NotImplemented", message).status(501));
            };
            handler(&mut call)
        });
        match answer {
            Ok(output) => {
                let broken = validate::output(contract, operation, &output);
                if !broken.is_empty() {
                    return asked.refuse(violation(&operation.name, &broken.join("; ")));
                }
                match wire::answer(contract, *protocol, operation, &output, request_id) {
                    Ok(response) => {
                        let outcome = Outcome::Done { status: response.status.as_u16() };
                        Done { response, outcome }
                    }
                    Err(broken) => asked.refuse(violation(&operation.name, &broken.to_string())),
                }
            }
            Err(error) => asked.refuse(error),
        }
    }
}

impl Asked {
    /// The refusal of this request, as its service writes it.
    pub(crate) fn refuse(&self, error: ApiError) -> Done {
        refused(self.service, self.protocol, self.operation, error, &self.subject.request_id)
    }

    /// What a fault refuses, as this request's service writes it.
    pub(crate) fn mishap(&self, mishap: Mishap) -> Done {
        let Subject { operation, caller, .. } = &self.subject;
        self.refuse(mishap::refusal(self.service.name, self.protocol, operation, caller, mishap))
    }
}

/// A handler's answer isn't what AWS's contract says: a defect of the emulator, which its tests must not miss.
fn violation(operation: &str, broken: &str) -> ApiError {
    ApiError::new("ContractViolation", format!("The answer to {operation} breaks the contract: {broken}")).status(500)
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
