//! What a refusal comes to on the wire.

use http::StatusCode;
use serde_json::{Map, Value};

use super::status;
use super::xml::Xml;
use crate::aws::contract::{Contract, Operation, Protocol, Shape};
use crate::aws::error::ApiError;

/// A refusal, looked up in the contract.
pub(super) struct Refusal<'a> {
    /// The code as XML has it.
    pub(super) code: &'a str,
    /// The name of the error's shape, which JSON and CBOR have in the code's place.
    pub(super) shape_name: &'a str,
    pub(super) message: &'a str,
    /// Further members under their names on the wire.
    pub(super) members: Map<String, Value>,
    pub(super) status: StatusCode,
    shape: Option<&'a Shape>,
}

impl<'a> Refusal<'a> {
    pub(super) fn of(
        contract: &'a Contract,
        protocol: Protocol,
        operation: Option<&'a Operation>,
        error: &'a ApiError,
    ) -> Self {
        let found = find(contract, operation, &error.code);
        let shape = found.map(|(_, shape)| shape);
        let described = shape.and_then(|shape| shape.error.as_ref());
        let (code, shape_name) = match found {
            Some((name, _)) => (described.and_then(|error| error.code.as_deref()).unwrap_or(name), name),
            None => (error.code.as_str(), error.code.as_str()),
        };
        let status = error
            .status
            .or_else(|| described?.http_status_code)
            .unwrap_or_else(|| status::usual(protocol, &contract.metadata.endpoint_prefix, code));
        let wire_name = |name: &str| {
            let reference = shape.and_then(|shape| shape.members.get(name));
            reference.and_then(|reference| reference.location_name.clone()).unwrap_or_else(|| name.to_owned())
        };
        Self {
            code,
            shape_name,
            message: &error.message,
            members: error.members.iter().map(|(name, value)| (wire_name(name), value.clone())).collect(),
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            shape,
        }
    }

    /// Whose fault it is, as AWS puts it.
    pub(super) fn fault(&self) -> &'static str {
        let said = self.shape.and_then(|shape| shape.error.as_ref()?.sender_fault);
        if said.unwrap_or(!self.status.is_server_error()) { "Sender" } else { "Receiver" }
    }

    /// What JSON and CBOR call the message: the services differ, and with some of them their errors.
    pub(super) fn message_member(&self) -> &'a str {
        let mut members = self.shape.into_iter().flat_map(|shape| shape.members.iter());
        match members.find(|(name, _)| name.eq_ignore_ascii_case("message")) {
            Some((name, reference)) => reference.location_name.as_deref().unwrap_or(name),
            // IAM's check in front of the services has its own spelling:
            // <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>.
            None if self.code == "AccessDeniedException" => "Message",
            None => "message",
        }
    }

    /// `Error` with type, code and message, as Query services and Route 53 have it.
    pub(super) fn error_as_xml(&self, xml: &mut Xml) {
        xml.open("Error");
        xml.leaf("Type", self.fault());
        xml.leaf("Code", self.code);
        xml.leaf("Message", self.message);
        self.members_as_xml(xml);
        xml.close("Error");
    }

    /// The further members of S3's refusals that are headers of the answer: small names, which no element has.
    pub(super) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let members = self.members.iter().filter(|(name, _)| is_header(name));
        members.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
    }

    /// The others.
    pub(super) fn elements_as_xml(&self, xml: &mut Xml) {
        for (name, value) in self.members.iter().filter(|(name, _)| !is_header(name)) {
            untyped(xml, name, value);
        }
    }

    /// The further members, which the contract need not know.
    pub(super) fn members_as_xml(&self, xml: &mut Xml) {
        for (name, value) in &self.members {
            untyped(xml, name, value);
        }
    }
}

fn is_header(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
}

fn untyped(xml: &mut Xml, name: &str, value: &Value) {
    if value.is_null() {
        return;
    }
    xml.open(name);
    match value {
        Value::String(text) => xml.text(text),
        Value::Array(values) => values.iter().for_each(|value| untyped(xml, "member", value)),
        Value::Object(entries) => entries.iter().for_each(|(name, value)| untyped(xml, name, value)),
        scalar => xml.text(&scalar.to_string()),
    }
    xml.close(name);
}

/// The shape of the error with this name or this code, with its name; among several with the code rather one that the
/// operation lists.
fn find<'a>(contract: &'a Contract, operation: Option<&'a Operation>, code: &str) -> Option<(&'a str, &'a Shape)> {
    let has_code =
        |shape: &Shape| shape.error.as_ref().and_then(|error| error.code.as_deref()).is_some_and(|own| own == code);
    let named = contract.shapes.get_key_value(code).filter(|(_, shape)| shape.exception);
    let listed = || {
        let errors = operation.into_iter().flat_map(|operation| &operation.errors);
        errors.map(|error| (&error.shape, contract.shape(error))).find(|(_, shape)| has_code(shape))
    };
    let known = || {
        let errors = contract.shapes.iter().filter(|(_, shape)| shape.exception && has_code(shape));
        errors.min_by_key(|(name, _)| *name)
    };
    named.or_else(listed).or_else(known).map(|(name, shape)| (name.as_str(), shape))
}
