//! Copies (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>).

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::checksum::{self, Checksum, USUAL};
use super::condition::{self, Reading};
use super::content::{Content, Description, etag};
use super::error;
use super::get::look_up;
use super::history::Versioning;
use super::put::{latest, store};
use super::state::{bucket, check_room, named};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("CopyObject", copy)];

fn copy(call: &mut Call<'_>) -> Answer {
    bucket(call)?;
    let Source { bucket: source_bucket, key: source_key, version } = Source::read(call.required("CopySource"))?;
    let keeps_versions =
        named(call, &source_bucket, call.text("ExpectedSourceBucketOwner"))?.versioning != Versioning::Never;
    let (found, source) = look_up(call, &source_bucket, &source_key, version.as_deref())?;
    if Reading::of(call, "CopySource").check(&source, found.modified).is_err() {
        return Err(error::precondition_failed("x-amz-copy-source-If-"));
    }
    if matches!(source.description.storage_class.as_str(), "GLACIER" | "DEEP_ARCHIVE") {
        let message = "Operation is not valid for the source object's storage class";
        return Err(ApiError::new("ObjectNotInActiveTierError", message).status(403));
    }
    let replaces = call.text("MetadataDirective") == Some("REPLACE");
    let changes = replaces
        || version.is_some()
        || ["StorageClass", "WebsiteRedirectLocation", "ServerSideEncryption"]
            .iter()
            .any(|name| call.text(name).is_some());
    if !changes && source_bucket == call.required("Bucket") && source_key == call.required("Key") {
        let message = "This copy request is illegal because it is trying to copy an object to itself without changing \
                       the object's metadata, storage class, website redirect location or encryption attributes.";
        return Err(error::invalid_request(message));
    }
    let mut description = Description::read(call)?;
    if !replaces {
        description.headers = source.description.headers.clone();
        description.metadata = source.description.metadata.clone();
    }
    if call.text("TaggingDirective") != Some("REPLACE") {
        description.tags = source.description.tags.clone();
    }
    condition::check_write(call, latest(call)?)?;
    check_room(call, source.body.len())?;
    let named = checksum::named(call, "ChecksumAlgorithm")?;
    let algorithm = named.or(source.checksum.as_ref().map(|checksum| checksum.algorithm)).unwrap_or(USUAL);
    let content = Content {
        body: source.body.clone(),
        // Also of what was uploaded in parts: the copy is made at once.
        etag: etag(&source.body),
        checksum: Checksum::of(algorithm, &source.body),
        parts: Vec::new(),
        description: Arc::new(description),
    };
    let mut result = Map::new();
    result.insert("ETag".to_owned(), content.etag.as_str().into());
    result.insert("LastModified".to_owned(), epoch(call.now()));
    if let Some(checksum) = &content.checksum {
        checksum.show(&mut result);
    }
    let mut output = Map::new();
    content.description.encryption.show(&mut output);
    output.insert("CopyObjectResult".to_owned(), result.into());
    output.insert("CopySourceVersionId".to_owned(), json!(keeps_versions.then(|| found.name())));
    output.insert("VersionId".to_owned(), json!(store(call, content)?));
    Ok(Value::Object(output))
}

/// What is copied: `bucket/key`, possibly with a slash before and `?versionId=` after it, percent-encoded.
struct Source {
    bucket: String,
    key: String,
    version: Option<String>,
}

impl Source {
    fn read(text: &str) -> Result<Self, ApiError> {
        let (path, version) = match text.split_once("?versionId=") {
            Some((path, version)) => (path, Some(version.to_owned())),
            None => (text, None),
        };
        let decoded = percent_decode_str(path.trim_start_matches('/')).decode_utf8();
        let split =
            decoded.ok().and_then(|path| path.split_once('/').map(|(bucket, key)| (bucket.to_owned(), key.to_owned())));
        match split.filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty()) {
            Some((bucket, key)) => Ok(Self { bucket, key, version }),
            None => {
                let message = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey";
                Err(error::invalid_argument(message, "x-amz-copy-source", text))
            }
        }
    }
}
