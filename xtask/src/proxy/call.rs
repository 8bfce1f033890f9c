//! One call: what it was, by what the request itself says, and when.

use std::time::Duration;

use super::wire::Message;

/// One call that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// The service of the signature's scope, for example `ec2`.
    pub(crate) service: String,
    /// The operation, for example `RunInstances`.
    pub(crate) operation: String,
    /// The answer's status; 0 if there was none.
    pub(crate) status: u16,
    /// When the request had arrived whole, from the proxy's start.
    pub(crate) start: Duration,
    /// When the answer was on its way back.
    pub(crate) end: Duration,
}

impl Call {
    /// Whether it changes nothing.
    pub(crate) fn is_read(&self) -> bool {
        is_read(&self.operation)
    }
}

/// Whether an operation changes nothing, by AWS's own verbs; `GET` stands for REST services.
pub(crate) fn is_read(operation: &str) -> bool {
    ["Describe", "Get", "List", "Search", "GET "].iter().any(|verb| operation.starts_with(verb))
}

/// The service that a request is for, and its operation.
pub(super) fn identify(request: &Message) -> (String, String) {
    (service(request).unwrap_or("unsigned").to_owned(), operation(request))
}

/// From the scope of an AWS signature: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn service(request: &Message) -> Option<&str> {
    let scope = request.header("authorization")?.split("Credential=").nth(1)?;
    scope.split(['/', ',']).nth(3)
}

/// What makes a repeated call the same call to AWS: its client token; to Elastic Load Balancing all of its settings (API
/// reference, `CreateListener`: "This operation is idempotent"). moto does it twice, so whoever loses a reply must answer
/// the repetition in its place.
pub(super) fn idempotency_key(request: &Message, operation: &str) -> Option<String> {
    let settings = || std::str::from_utf8(&request.body).ok();
    let same = match operation {
        "CreateLoadBalancer" | "CreateListener" | "CreateTargetGroup" => settings()?,
        _ => form_field(request, "ClientToken")?,
    };
    Some(format!("{operation} {same}"))
}

/// A field of a query service's form.
fn form_field<'a>(request: &'a Message, name: &str) -> Option<&'a str> {
    let form = std::str::from_utf8(&request.body).ok()?;
    form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// JSON services name it in a header, query services in the form or the query, CBOR services in the path; of REST
/// services the method and the path without its identifiers.
fn operation(request: &Message) -> String {
    let mut start = request.start_line.split(' ');
    let (method, target) = (start.next().unwrap_or_default(), start.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if let Some(named) = request.header("x-amz-target") {
        return named.rsplit('.').next().unwrap_or(named).to_owned();
    }
    let in_query = query.split('&').find_map(|pair| pair.strip_prefix("Action="));
    if let Some(action) = form_field(request, "Action").or(in_query) {
        return action.to_owned();
    }
    if let Some((_, named)) = path.rsplit_once("/operation/") {
        return named.to_owned();
    }
    let plain = path.split('/').map(|part| if part.chars().any(|c| c.is_ascii_uppercase()) { "*" } else { part });
    format!("{method} {}", plain.collect::<Vec<_>>().join("/"))
}
