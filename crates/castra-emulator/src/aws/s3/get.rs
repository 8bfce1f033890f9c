//! Reads of objects (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>).

use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::condition::{self, Reading, Unmet};
use super::content::Content;
use super::error;
use super::history::{History, Version, Versioning, check_id};
use super::range;
use super::state::bucket;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("GetObject", get), ("HeadObject", head)];

fn get(call: &mut Call<'_>) -> Answer {
    let (version, content) = found(call)?;
    // "you must first restore a copy": <https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html>.
    let class = content.description.storage_class.as_str();
    if matches!(class, "GLACIER" | "DEEP_ARCHIVE") {
        let message = "The operation is not valid for the object's storage class";
        return Err(ApiError::new("InvalidObjectState", message).with("StorageClass", class));
    }
    let range = part(call, &content)?;
    let body = content.body.get(range.clone().unwrap_or(0..content.body.len())).unwrap_or_default();
    let mut output = described(call, &version, &content, range.as_ref())?;
    output.insert("Body".to_owned(), STANDARD.encode(body).into());
    Ok(Value::Object(output))
}

fn head(call: &mut Call<'_>) -> Answer {
    let (version, content) = found(call)?;
    let range = part(call, &content)?;
    Ok(Value::Object(described(call, &version, &content, range.as_ref())?))
}

/// The version that a call is about, after its conditions.
fn found(call: &Call<'_>) -> Result<(Version, Arc<Content>), ApiError> {
    if call.text("SSECustomerAlgorithm").is_some() {
        return Err(error::not_implemented("x-amz-server-side-encryption-customer-algorithm"));
    }
    let (version, content) = look_up(call, call.required("Bucket"), call.required("Key"), call.text("VersionId"))?;
    match Reading::of(call, "").check(&content, version.modified) {
        Ok(()) => Ok((version, content)),
        Err(Unmet::Failed(header)) => Err(error::precondition_failed(header)),
        Err(Unmet::NotModified) => Err(condition::not_modified(&content, version.modified)),
    }
}

/// A version of an object: the one with that id, else the latest.
pub(super) fn look_up(
    call: &Call<'_>,
    bucket_name: &str,
    key: &str,
    id: Option<&str>,
) -> Result<(Version, Arc<Content>), ApiError> {
    let bucket = super::state::named(call, bucket_name, None)?;
    let history = bucket.objects.get(key);
    let version = match id {
        Some(id) => {
            check_id(id)?;
            let version = history.and_then(|history| history.find(id));
            version.ok_or_else(|| error::no_such_version(key, id))?
        }
        None => history.and_then(History::latest).ok_or_else(|| error::no_such_key(key))?,
    };
    match (&version.content, id) {
        (Some(content), _) => Ok((version.clone(), Arc::clone(content))),
        // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html>
        (None, None) => {
            Err(error::no_such_key(key).with("x-amz-delete-marker", "true").with("x-amz-version-id", version.name()))
        }
        (None, Some(_)) => {
            let message = "The specified method is not allowed against this resource.";
            Err(ApiError::new("MethodNotAllowed", message)
                .status(405)
                .with("Method", "GET")
                .with("ResourceType", "DeleteMarker")
                .with("allow", "DELETE")
                .with("x-amz-delete-marker", "true")
                .with("x-amz-version-id", version.name()))
        }
    }
}

/// The bytes that are asked for, by range or by the number of a part.
fn part(call: &Call<'_>, content: &Content) -> Result<Option<Range<usize>>, ApiError> {
    let length = content.body.len();
    match (call.text("Range"), call.number("PartNumber")) {
        (Some(_), Some(_)) => {
            Err(error::invalid_request("Cannot specify both Range header and partNumber query parameter"))
        }
        (Some(header), None) => range::read(header, length),
        (None, None) => Ok(None),
        (None, Some(number)) => {
            let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
            let starts = |index: usize| index.checked_sub(1).map_or(Some(0), |last| content.parts.get(last).copied());
            let range = match index {
                Some(0) if content.parts.is_empty() => Some(0..length),
                Some(index) => starts(index).zip(content.parts.get(index)).map(|(start, end)| start..*end),
                None => None,
            };
            let wrong = || {
                let error = ApiError::new("InvalidPartNumber", "The requested partnumber is not satisfiable");
                error
                    .status(416)
                    .with("PartNumberRequested", number)
                    .with("ActualPartCount", content.parts.len().max(1))
            };
            range.map(Some).ok_or_else(wrong)
        }
    }
}

fn described(
    call: &Call<'_>,
    version: &Version,
    content: &Content,
    range: Option<&Range<usize>>,
) -> Result<Map<String, Value>, ApiError> {
    let description = &content.description;
    let mut output = description.headers.clone();
    output.insert("AcceptRanges".to_owned(), "bytes".into());
    output.insert("ETag".to_owned(), content.etag.as_str().into());
    output.insert("LastModified".to_owned(), epoch(version.modified));
    output.insert("Metadata".to_owned(), description.metadata.clone().into());
    output.insert("ContentLength".to_owned(), range.map_or(content.body.len(), |range| range.len()).into());
    if let Some(range) = range {
        let shown = format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), content.body.len());
        output.insert("ContentRange".to_owned(), shown.into());
    }
    if call.input.get("PartNumber").is_some() && !content.parts.is_empty() {
        output.insert("PartsCount".to_owned(), content.parts.len().into());
    }
    description.encryption.show(&mut output);
    // "Amazon S3 returns this header for all objects except for S3 Standard storage class objects."
    if description.storage_class != "STANDARD" {
        output.insert("StorageClass".to_owned(), description.storage_class.as_str().into());
    }
    if !description.tags.is_empty() {
        output.insert("TagCount".to_owned(), description.tags.len().into());
    }
    // The checksum is the whole object's.
    if let Some(checksum) = content.checksum.as_ref().filter(|_| range.is_none() && call.text("ChecksumMode").is_some())
    {
        checksum.show(&mut output);
    }
    if bucket(call)?.versioning != Versioning::Never {
        output.insert("VersionId".to_owned(), version.name().into());
    }
    // "You can use these query parameters to override the response headers".
    for (asked, member) in [
        ("ResponseCacheControl", "CacheControl"),
        ("ResponseContentDisposition", "ContentDisposition"),
        ("ResponseContentEncoding", "ContentEncoding"),
        ("ResponseContentLanguage", "ContentLanguage"),
        ("ResponseContentType", "ContentType"),
        ("ResponseExpires", "Expires"),
    ] {
        if let Some(value) = call.input.get(asked) {
            output.insert(member.to_owned(), value.clone());
        }
    }
    Ok(output)
}
