//! Where the parts of a load balancer have to be.

use serde_json::Value;

use crate::gcp::error::ApiError;
use crate::gcp::field;
use crate::gcp::resource::Document;
use crate::gcp::scope::{Key, Scope, parse, place};

/// Refuses references to what is somewhere else: the parts of a global load balancer are global, and those of a
/// regional one are in its region (<https://cloud.google.com/load-balancing/docs/load-balancing-overview>, which lists
/// the scope of each). Links are whole by now.
pub(super) fn same(key: &Key, document: &Document, fields: &[&str]) -> Result<(), ApiError> {
    for path in fields {
        let mut elsewhere = None;
        field::each(document, path, &mut |at, value| {
            let link = value.as_str().unwrap_or_default();
            if elsewhere.is_none() && !link.is_empty() && scope_of(link).as_ref() != Some(&key.scope) {
                elsewhere = Some(refusal(key, at, link));
            }
        });
        if let Some(refusal) = elsewhere {
            return Err(refusal);
        }
    }
    Ok(())
}

/// The place that a link leads to.
pub(super) fn scope_of(link: &str) -> Option<Scope> {
    place(parse(link).1).map(|(scope, ..)| scope)
}

fn refusal(key: &Key, at: &str, link: &str) -> ApiError {
    let here = match &key.scope {
        Scope::Global => "global".to_owned(),
        other => format!("in region '{}'", other.name()),
    };
    ApiError::field(at, &Value::from(link), format!("The referenced resource must be {here}, as what refers to it."))
}
