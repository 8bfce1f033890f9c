//! Fingerprints: what a change has to know of what it changes.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::gcp::contracts;
use crate::gcp::error::ApiError;
use crate::gcp::resource::{Document, text};

/// The fingerprint of some contents: as long as Google's, and as all bytes in the safe alphabet
/// (<https://developers.google.com/discovery/v1/type-format>, `byte`), which is the only one that Google's client for Rust
/// reads.
pub(crate) fn of(contents: &Value) -> String {
    let hash = Sha256::digest(contents.to_string().as_bytes());
    BASE64_URL_SAFE.encode(&hash[..8])
}

/// Puts fingerprints into a document whose schema has them.
pub(crate) fn put(schema: &str, document: &mut Document) {
    let Some(schema) = contracts::compute().schemas.get(schema) else { return };
    if schema.properties.contains_key("labelFingerprint") {
        let labels = document.get("labels").cloned().unwrap_or_default();
        document.insert("labelFingerprint".to_owned(), of(&labels).into());
    }
    if schema.properties.contains_key("fingerprint") {
        document.remove("fingerprint");
        let fingerprint = of(&Value::Object(document.clone()));
        document.insert("fingerprint".to_owned(), fingerprint.into());
    }
}

/// Whether a fingerprint that was given is the latest; it may be in the other alphabet.
pub(crate) fn same(given: &str, latest: &str) -> bool {
    given.replace('+', "-").replace('/', "_") == latest
}

/// Refuses a change that was made from an older state, or from none where it has to know the latest.
pub(crate) fn check(before: &Document, body: &Document, needed: bool) -> Result<(), ApiError> {
    let latest = text(before, "fingerprint");
    match body.get("fingerprint").and_then(Value::as_str) {
        Some(given) if !same(given, latest) => Err(ApiError::condition_not_met("Invalid fingerprint.")),
        None if needed => Err(ApiError::condition_not_met("Fingerprint is required.")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fingerprint_is_in_the_safe_alphabet_and_taken_in_either() {
        let all: Vec<String> = (0..100).map(|number| of(&json!(number))).collect();
        assert!(all.iter().all(|one| !one.contains(['+', '/'])), "{all:?}");
        assert!(all.iter().any(|one| one.contains('-')) && all.iter().any(|one| one.contains('_')));
        for one in &all {
            assert!(same(one, one) && same(&one.replace('-', "+").replace('_', "/"), one));
            assert!(!same("", one));
        }
    }
}
