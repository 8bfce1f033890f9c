//! Load balancing schemes: which kind of load balancer something is a part of.

use crate::gcp::error::ApiError;
use crate::gcp::resource::{Document, text};
use crate::gcp::scope::{Key, Scope};

/// How a scheme balances (<https://cloud.google.com/load-balancing/docs/backend-service>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Balancing {
    /// Packets go through as they are: internal, and external in a region.
    Passthrough,
    /// A proxy talks to the backends: everything else.
    Proxy,
}

/// The discovery document's default.
const DEFAULT: &str = "EXTERNAL";
const GLOBAL: &[&str] = &["EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"];
const REGIONAL: &[&str] = &["EXTERNAL", "EXTERNAL_MANAGED", "EXTERNAL_PASSTHROUGH", "INTERNAL", "INTERNAL_MANAGED"];

/// Puts in the default scheme, and refuses one that there isn't in that place.
pub(super) fn complete(key: &Key, document: &mut Document) -> Result<(), ApiError> {
    let scheme = document.entry("loadBalancingScheme").or_insert(DEFAULT.into());
    let here = if key.scope == Scope::Global { GLOBAL } else { REGIONAL };
    if scheme.as_str().is_some_and(|scheme| here.contains(&scheme)) {
        return Ok(());
    }
    let place = if key.scope == Scope::Global { "a global" } else { "a regional" };
    let why = format!("The load balancing scheme is not supported by {place} resource.");
    Err(ApiError::field("loadBalancingScheme", scheme, why))
}

/// How the scheme of a document balances in that place.
pub(super) fn balancing(scope: &Scope, document: &Document) -> Balancing {
    let scheme = text(document, "loadBalancingScheme");
    let regional = *scope != Scope::Global;
    match scheme {
        "INTERNAL" | "EXTERNAL_PASSTHROUGH" => Balancing::Passthrough,
        "EXTERNAL" | "" if regional => Balancing::Passthrough,
        _ => Balancing::Proxy,
    }
}
