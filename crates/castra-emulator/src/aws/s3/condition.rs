//! Conditions that requests come with
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html>).

use jiff::Timestamp;
use serde_json::Value;

use super::content::Content;
use super::error;
use super::history::Version;
use crate::aws::ApiError;
use crate::aws::call::Call;

/// The conditions of a read.
pub(super) struct Reading<'a> {
    if_match: Option<&'a str>,
    if_none_match: Option<&'a str>,
    if_modified_since: Option<i64>,
    if_unmodified_since: Option<i64>,
}

/// Why a condition of a read doesn't hold.
pub(super) enum Unmet {
    /// The condition's header.
    Failed(&'static str),
    NotModified,
}

impl<'a> Reading<'a> {
    /// From the members with this prefix: none, or `CopySource`.
    pub(super) fn of(call: &Call<'a>, prefix: &str) -> Self {
        let member = |name: &str| call.input.get(format!("{prefix}{name}"));
        // To the second, as HTTP has dates.
        #[expect(clippy::cast_possible_truncation, reason = "seconds of our age, and saturating")]
        let moment = |name: &str| member(name).and_then(Value::as_f64).map(|seconds| seconds.floor() as i64);
        Self {
            if_match: member("IfMatch").and_then(Value::as_str),
            if_none_match: member("IfNoneMatch").and_then(Value::as_str),
            if_modified_since: moment("IfModifiedSince"),
            if_unmodified_since: moment("IfUnmodifiedSince"),
        }
    }

    /// Whether they hold. `If-Match` overrides `If-Unmodified-Since`, and `If-None-Match` `If-Modified-Since`
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax>).
    pub(super) fn check(&self, content: &Content, modified: Timestamp) -> Result<(), Unmet> {
        let modified = modified.as_second();
        match (self.if_match, self.if_unmodified_since) {
            (Some(tags), _) if !matches(tags, &content.etag) => return Err(Unmet::Failed("If-Match")),
            (None, Some(since)) if modified > since => return Err(Unmet::Failed("If-Unmodified-Since")),
            _ => {}
        }
        match (self.if_none_match, self.if_modified_since) {
            (Some(tags), _) if matches(tags, &content.etag) => Err(Unmet::NotModified),
            (None, Some(since)) if modified <= since => Err(Unmet::NotModified),
            _ => Ok(()),
        }
    }
}

/// An answer that what the caller has is still the present version.
pub(super) fn not_modified(content: &Content, modified: Timestamp) -> ApiError {
    let error = ApiError::new("NotModified", "Not Modified").status(304).with("etag", content.etag.as_str());
    error.with("last-modified", modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

/// Holds a write's conditions against the latest version
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>): `If-None-Match: *` writes only if
/// there is nothing, `If-Match` only what is still as the caller has seen it; a delete marker is nothing.
pub(super) fn check_write(call: &Call<'_>, latest: Option<&Version>) -> Result<(), ApiError> {
    let current = latest.and_then(|version| version.content.as_deref());
    match call.text("IfNoneMatch") {
        // "Expects the '*' (asterisk) character."
        Some(tags) if tags.trim() != "*" => return Err(error::not_implemented("If-None-Match")),
        Some(_) if current.is_some() => return Err(error::precondition_failed("If-None-Match")),
        _ => {}
    }
    match (call.text("IfMatch"), current) {
        (None, _) => Ok(()),
        // "Expects the ETag value as a string."
        (Some(tag), _) if tag.trim() == "*" => Err(error::not_implemented("If-Match")),
        // "If the object key name doesn't exist, the operation fails with a 404 Not Found error."
        (Some(_), None) => Err(error::no_such_key(call.required("Key"))),
        (Some(tag), Some(content)) if matches(tag, &content.etag) => Ok(()),
        (Some(_), Some(_)) => Err(error::precondition_failed("If-Match")),
    }
}

/// Holds a delete's condition against the latest version
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html>).
pub(super) fn check_delete(tag: Option<&str>, latest: Option<&Version>) -> Result<(), ApiError> {
    let current = latest.and_then(|version| version.content.as_deref());
    match (tag, current) {
        (None, _) => Ok(()),
        (Some(tag), Some(content)) if matches(tag, &content.etag) => Ok(()),
        _ => Err(error::precondition_failed("If-Match")),
    }
}

/// Whether a list of entity tags has this one; quotes may be missing, as in the documentation's own examples.
fn matches(tags: &str, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    tags.split(',').any(|tag| tag.trim() == "*" || bare(tag) == bare(etag))
}
