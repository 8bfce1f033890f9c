//! The body of a request.

use std::cell::RefCell;

use serde_json::{Map, Value, json};

use super::scalar::{self, Wrong};
use crate::gcp::contract::{Contract, Kind, Method, Schema};
use crate::gcp::error::ApiError;

/// How deep a body may be nested: no schema is deeper, and some refer to themselves.
const DEPTH: usize = 32;

/// What reads a body.
struct Reader<'c> {
    contract: &'c Contract,
    method: &'c Method,
    /// Whether `null` is kept, as it means something in a patch.
    nulls: bool,
    /// What the service behind the front end refuses, which reads the whole body first.
    later: RefCell<Option<ApiError>>,
}

/// A body as the contract has it, without what only the server writes; or what Google refuses it with.
pub(crate) fn body(contract: &Contract, method: &Method, data: &[u8]) -> Result<Map<String, Value>, ApiError> {
    let Some(schema) = method.request.as_ref().and_then(|name| contract.schemas.get(name)) else {
        return Ok(Map::new());
    };
    let value: Value = if data.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(data).map_err(|error| {
            let message = format!("Invalid JSON payload received. {error}");
            ApiError::new(400, "parseError", message).rpc("INVALID_ARGUMENT")
        })?
    };
    let reader = Reader { contract, method, nulls: method.http_method == "PATCH", later: RefCell::default() };
    let Value::Object(body) = reader.read(schema, &value, "", 0)? else {
        return Err(mismatch("", "a message", &value));
    };
    reader.later.into_inner().map_or(Ok(body), Err)
}

impl Reader<'_> {
    fn read(&self, schema: &Schema, value: &Value, at: &str, depth: usize) -> Result<Value, ApiError> {
        let schema = self.contract.resolve(schema);
        if depth > DEPTH {
            return Err(ApiError::new(400, "parseError", "Message too deep.").rpc("INVALID_ARGUMENT"));
        }
        match (schema.of.kind, value) {
            (Some(Kind::Object), Value::Object(members)) => self.object(schema, members, at, depth),
            (Some(Kind::Array), Value::Array(items)) => {
                let Some(of) = &schema.items else { return Ok(value.clone()) };
                let read = |(place, item): (usize, &Value)| self.read(of, item, &format!("{at}[{place}]"), depth + 1);
                items.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>().map(Value::Array)
            }
            (Some(Kind::Object), _) => Err(mismatch(at, "a message", value)),
            (Some(Kind::Array), _) => Err(mismatch(at, "an array", value)),
            _ => match scalar::read(&schema.of, value) {
                Ok(read) => Ok(read),
                Err(wrong @ (Wrong::Pattern | Wrong::Range)) => {
                    self.refuse_later(refusal(schema, at, value, &wrong));
                    Ok(value.clone())
                }
                Err(wrong) => Err(refusal(schema, at, value, &wrong)),
            },
        }
    }

    fn refuse_later(&self, error: ApiError) {
        self.later.borrow_mut().get_or_insert(error);
    }

    /// Whether a field is taken although the document calls it the server's: a group's network can be said at its
    /// insertion (<https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_instance_group#network>).
    fn is_taken(&self, name: &str, at: &str) -> bool {
        at.is_empty() && name == "network" && self.method.id == "compute.instanceGroups.insert"
    }

    fn object(&self, schema: &Schema, members: &Map<String, Value>, at: &str, depth: usize) -> Result<Value, ApiError> {
        let mut read = Map::new();
        for (name, value) in members {
            let below = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            let part = schema.properties.get(name).or(schema.additional_properties.as_deref());
            let Some(part) = part else {
                // A schema with neither is any object.
                if schema.properties.is_empty() {
                    read.insert(name.clone(), value.clone());
                    continue;
                }
                return Err(unknown(name, at));
            };
            match value {
                _ if part.read_only && !self.is_taken(name, at) => {}
                Value::Null if self.nulls => {
                    read.insert(name.clone(), Value::Null);
                }
                Value::Null => {}
                value => {
                    read.insert(name.clone(), self.read(part, value, &below, depth + 1)?);
                }
            }
        }
        // What a patch doesn't name stays, whatever the document says of its method.
        let whole = self.method.http_method != "PATCH";
        for (name, part) in schema.properties.iter().filter(|_| whole) {
            if part.required_for.contains(&self.method.id) && read.get(name).is_none_or(Value::is_null) {
                let below = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                self.refuse_later(ApiError::required(&below));
            }
        }
        Ok(Value::Object(read))
    }
}

fn refusal(schema: &Schema, at: &str, value: &Value, wrong: &Wrong) -> ApiError {
    match wrong {
        // https://github.com/hashicorp/terraform/issues/20884 shows the text.
        Wrong::Pattern => {
            let pattern = schema.of.pattern.as_deref().unwrap_or_default();
            ApiError::field(at, value, format!("Must be a match of regex '{pattern}'"))
        }
        Wrong::Range => {
            let (least, most) = (schema.of.minimum.as_deref(), schema.of.maximum.as_deref());
            let bound = |bound: Option<&str>, none: &str| bound.unwrap_or(none).to_owned();
            let why = format!("Must be between {} and {}", bound(least, "-infinity"), bound(most, "infinity"));
            ApiError::field(at, value, why)
        }
        Wrong::Enum => violation(format!("Invalid value at 'resource.{at}' (TYPE_ENUM), {value}"), at),
        Wrong::Type(name) => violation(format!("Invalid value at 'resource.{at}' ({name}), {value}"), at),
    }
}

/// Something that isn't a message or an array where one has to be.
fn mismatch(at: &str, wanted: &str, value: &Value) -> ApiError {
    let place = if at.is_empty() { "resource".to_owned() } else { format!("resource.{at}") };
    let shown = match value {
        Value::Array(_) | Value::Object(_) => String::new(),
        value => format!(", {value}"),
    };
    violation(format!("Invalid value at '{place}' ({wanted} is expected){shown}"), at)
}

/// As Google's front end refuses what the message doesn't have.
fn unknown(name: &str, at: &str) -> ApiError {
    let place = if at.is_empty() { String::new() } else { format!(" at 'resource.{at}'") };
    violation(format!("Invalid JSON payload received. Unknown name \"{name}\"{place}: Cannot find field."), at)
}

fn violation(message: String, at: &str) -> ApiError {
    let mut violated = Map::new();
    if !at.is_empty() {
        violated.insert("field".to_owned(), format!("resource.{at}").into());
    }
    violated.insert("description".to_owned(), message.as_str().into());
    let mut error = ApiError::invalid(message).rpc("INVALID_ARGUMENT");
    error.details =
        vec![json!({ "@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violated] })];
    error
}
