//! Deletion of objects (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>).

use serde_json::{Map, Value, json};

use super::history::{History, Version, Versioning, check_id, new_id};
use super::state::{bucket, bucket_mut, check_room};
use super::{condition, error};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("DeleteObject", delete), ("DeleteObjects", delete_several)];

/// "The request can contain a list of up to 1,000 keys".
const MOST: usize = 1000;

/// What became of a deletion.
#[derive(Default)]
struct Deleted {
    /// The version that was removed, or the delete marker that was made.
    version: Option<String>,
    /// Whether that is a delete marker.
    marker: bool,
}

fn delete(call: &mut Call<'_>) -> Answer {
    bucket(call)?;
    // "This functionality is only supported for directory buckets."
    for (member, header) in
        [("IfMatchLastModifiedTime", "x-amz-if-match-last-modified-time"), ("IfMatchSize", "x-amz-if-match-size")]
    {
        if call.input.get(member).is_some() {
            return Err(error::not_implemented(header));
        }
    }
    let (key, version, tag) = (call.required("Key"), call.text("VersionId"), call.text("IfMatch"));
    let deleted = delete_one(call, key, version, tag)?;
    Ok(json!({ "VersionId": deleted.version, "DeleteMarker": deleted.marker.then_some(true) }))
}

fn delete_several(call: &mut Call<'_>) -> Answer {
    bucket(call)?;
    let asked = call.input.get("Delete").unwrap_or(&Value::Null);
    let objects = asked.get("Objects").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if objects.is_empty() || objects.len() > MOST {
        let message = "The XML you provided was not well-formed or did not validate against our published schema";
        return Err(ApiError::new("MalformedXML", message));
    }
    let quiet = asked.get("Quiet").and_then(Value::as_bool).unwrap_or(false);
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for object in objects {
        let text = |member: &str| object.get(member).and_then(Value::as_str);
        let (key, version) = (text("Key").unwrap_or_default(), text("VersionId"));
        let outcome = if object.get("LastModifiedTime").is_some() || object.get("Size").is_some() {
            Err(error::not_implemented("LastModifiedTime"))
        } else {
            delete_one(call, key, version, text("ETag"))
        };
        match outcome {
            Ok(_) if quiet => {}
            Ok(deleted) => done.push(shown(key, version, &deleted)),
            Err(ApiError { code, message, .. }) => {
                failed.push(json!({ "Key": key, "VersionId": version, "Code": code, "Message": message }));
            }
        }
    }
    let mut output = Map::new();
    if !done.is_empty() {
        output.insert("Deleted".to_owned(), done.into());
    }
    if !failed.is_empty() {
        output.insert("Errors".to_owned(), failed.into());
    }
    Ok(Value::Object(output))
}

fn shown(key: &str, asked: Option<&str>, deleted: &Deleted) -> Value {
    let marker = deleted.marker.then_some(deleted.version.as_deref()).flatten();
    json!({
        "Key": key,
        "VersionId": asked,
        "DeleteMarker": deleted.marker.then_some(true),
        "DeleteMarkerVersionId": marker,
    })
}

/// Without a version's id this deletes what is there, if anything, or hides it where versions are kept; with one it
/// deletes that version for good. What isn't there is deleted all the same
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html>).
fn delete_one(call: &mut Call<'_>, key: &str, id: Option<&str>, tag: Option<&str>) -> Result<Deleted, ApiError> {
    let bucket = bucket(call)?;
    let versioning = bucket.versioning;
    condition::check_delete(tag, bucket.objects.get(key).and_then(History::latest))?;
    if let Some(id) = id {
        check_id(id)?;
        let removed = remove(call, key, id)?;
        let marker = removed.is_some_and(|version| version.content.is_none());
        return Ok(Deleted { version: (versioning != Versioning::Never).then(|| id.to_owned()), marker });
    }
    if versioning == Versioning::Never {
        remove(call, key, "null")?;
        return Ok(Deleted::default());
    }
    check_room(call, 0)?;
    let marker = Version::new(new_id(call, versioning), call.now(), None);
    let name = marker.name().to_owned();
    bucket_mut(call)?.objects.entry(key.to_owned()).or_default().push(marker);
    Ok(Deleted { version: Some(name), marker: true })
}

fn remove(call: &mut Call<'_>, key: &str, id: &str) -> Result<Option<Version>, ApiError> {
    let objects = &mut bucket_mut(call)?.objects;
    let Some(history) = objects.get_mut(key) else { return Ok(None) };
    let removed = history.remove(id);
    if history.is_empty() {
        objects.remove(key);
    }
    Ok(removed)
}
