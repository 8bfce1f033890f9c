//! The parameters of a request.

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::scalar::{self, Wrong};
use crate::gcp::contract::{Contract, Location, Method, Parameter, default_of};
use crate::gcp::error::{ApiError, Style};
use crate::gcp::route;

/// Parameters that clients send and the newest document doesn't list: `returnPartialSuccess` of older revisions, the
/// version that Google's Rust client asks for, and the older spellings of common ones.
const ALSO: &[&str] = &["returnPartialSuccess", "$apiVersion", "$alt", "$fields", "$prettyPrint", "trace"];

/// The parameters of a request for that method, by name, of the contract's types; or what Google refuses it with.
pub(crate) fn parameters(
    style: Style,
    contract: &Contract,
    method: &Method,
    path: &str,
    query: &str,
) -> Result<Map<String, Value>, ApiError> {
    let mut found = Map::new();
    for (name, value) in route::path_parameters(contract, method, path) {
        let Some(parameter) = method.parameters.get(&name) else { continue };
        let value = read(style, &name, parameter, &value)?;
        found.insert(name, value);
    }
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        if ALSO.contains(&&*name) {
            found.insert(name.into_owned(), text.into());
            continue;
        }
        let own = method.parameters.get(&*name).filter(|parameter| parameter.location == Location::Query);
        let Some(parameter) = own.or_else(|| contract.parameters.get(&*name)) else { return Err(unknown(&name)) };
        let value = read(style, &name, parameter, &text)?;
        if parameter.repeated {
            match found.entry(&*name).or_insert_with(|| json!([])) {
                Value::Array(values) => values.push(value),
                _ => return Err(unknown(&name)),
            }
        } else {
            found.insert(name.into_owned(), value);
        }
    }
    for (name, parameter) in &method.parameters {
        if parameter.required && !found.contains_key(name) {
            return Err(ApiError::new(400, "required", format!("Required parameter: {name}")));
        }
        if let Some(default) = default_of(&parameter.of).filter(|_| !found.contains_key(name)) {
            found.insert(name.clone(), default);
        }
    }
    Ok(found)
}

/// A parameter's text as JSON of its type.
fn read(style: Style, name: &str, parameter: &Parameter, text: &str) -> Result<Value, ApiError> {
    use crate::gcp::contract::Kind;
    let value = match (parameter.of.kind, text) {
        (Some(Kind::Boolean), "true" | "True") => Value::Bool(true),
        (Some(Kind::Boolean), "false" | "False") => Value::Bool(false),
        _ => Value::from(text),
    };
    scalar::read(&parameter.of, &value).map_err(|wrong| match (wrong, parameter.location, style) {
        // https://github.com/hashicorp/terraform/issues/16482 shows the text.
        (Wrong::Pattern, _, Style::Compute) => {
            let pattern = parameter.of.pattern.as_deref().unwrap_or_default();
            let message =
                format!("Invalid value '{text}'. Values must match the following regular expression: '{pattern}'");
            ApiError::new(400, "invalidParameter", message)
        }
        (Wrong::Range, ..) => {
            let (least, most) = (parameter.of.minimum.as_deref(), parameter.of.maximum.as_deref());
            let message = format!(
                "Invalid value '{text}'. Values must be within the range: [{}, {}]",
                least.unwrap_or("-inf"),
                most.unwrap_or("inf")
            );
            ApiError::new(400, "invalidParameter", message)
        }
        (Wrong::Type(name_of_type), ..) => {
            ApiError::invalid(format!("Invalid value at '{name}' ({name_of_type}), \"{text}\"")).rpc("INVALID_ARGUMENT")
        }
        _ => ApiError::invalid(format!("Invalid value for field '{name}': '{text}'.")),
    })
}

/// As Google's front end refuses what it can't bind.
fn unknown(name: &str) -> ApiError {
    let message = format!(
        "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' could not \
         be found in request message."
    );
    let mut error = ApiError::invalid(message.as_str()).rpc("INVALID_ARGUMENT");
    error.details = vec![json!({
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{ "description": message }],
    })];
    error
}
