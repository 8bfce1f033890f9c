//! Uploads at once (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>).

use std::sync::Arc;

use serde_json::{Map, Value};

use super::content::{Content, Description, body, etag};
use super::history::{History, Version, new_id, shown_id};
use super::state::{bucket, bucket_mut, check_room};
use super::{checksum, condition, error};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("PutObject", put)];

fn put(call: &mut Call<'_>) -> Answer {
    bucket(call)?;
    // "This functionality is only supported for objects in the Amazon S3 Express One Zone storage class".
    if call.input.get("WriteOffsetBytes").is_some() {
        return Err(error::not_implemented("x-amz-write-offset-bytes"));
    }
    let body = body(call);
    let checksum = checksum::check(call, &body)?;
    let description = Description::read(call)?;
    condition::check_write(call, latest(call)?)?;
    check_room(call, body.len())?;
    let mut output = Map::new();
    output.insert("ETag".to_owned(), etag(&body).into());
    checksum.show(&mut output);
    description.encryption.show(&mut output);
    let content = Content {
        etag: etag(&body),
        body,
        checksum: Some(checksum),
        parts: Vec::new(),
        description: Arc::new(description),
    };
    if let Some(id) = store(call, content)? {
        output.insert("VersionId".to_owned(), id.into());
    }
    Ok(Value::Object(output))
}

/// The latest version of the call's key, which may be a delete marker.
pub(super) fn latest<'a>(call: &'a Call<'_>) -> Result<Option<&'a Version>, ApiError> {
    Ok(bucket(call)?.objects.get(call.required("Key")).and_then(History::latest))
}

/// Makes this the latest version of the call's key; its id, if the bucket knows of versions.
pub(super) fn store(call: &mut Call<'_>, content: Content) -> Result<Option<String>, ApiError> {
    let versioning = bucket(call)?.versioning;
    let version = Version::new(new_id(call, versioning), call.now(), Some(Arc::new(content)));
    let shown = shown_id(versioning, &version).map(str::to_owned);
    let key = call.required("Key").to_owned();
    bucket_mut(call)?.objects.entry(key).or_default().push(version);
    Ok(shown)
}
