//! Tags of buckets, and those that objects are uploaded with
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html>).

use serde_json::{Value, json};
use url::form_urlencoded;

use super::state::{bucket, bucket_mut};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::Tags;
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations =
    &[("DeleteBucketTagging", delete), ("GetBucketTagging", get), ("PutBucketTagging", put)];

/// How many tags a bucket and an object may have
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html>).
const OF_BUCKET: usize = 50;
const OF_OBJECT: usize = 10;

/// A bucket's tags, from a list.
pub(super) fn read(list: &[Value]) -> Result<Tags, ApiError> {
    let text = |tag: &Value, member: &str| tag.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    let tags = collect(list.iter().map(|tag| (text(tag, "Key"), text(tag, "Value"))))?;
    if tags.len() > OF_BUCKET {
        return Err(ApiError::new("BadRequest", format!("Bucket tag count cannot be greater than {OF_BUCKET}")));
    }
    Ok(tags)
}

/// An object's tags, from the `x-amz-tagging` header: `key=value&..`
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>).
pub(super) fn header(call: &Call<'_>) -> Result<Tags, ApiError> {
    let pairs = form_urlencoded::parse(call.text("Tagging").unwrap_or_default().as_bytes());
    let tags = collect(pairs.map(|(key, value)| (key.into_owned(), value.into_owned())))?;
    if tags.len() > OF_OBJECT {
        return Err(ApiError::new("BadRequest", format!("Object tags cannot be greater than {OF_OBJECT}")));
    }
    Ok(tags)
}

fn collect(pairs: impl Iterator<Item = (String, String)>) -> Result<Tags, ApiError> {
    let invalid = |message: &str, key: &str| ApiError::new("InvalidTag", message).with("TagKey", key);
    let mut tags = Tags::default();
    for (key, value) in pairs {
        if key.to_lowercase().starts_with("aws:") {
            return Err(invalid("System tags cannot be added/updated by requester", &key));
        }
        if key.is_empty() || key.chars().count() > 128 {
            return Err(invalid("The TagKey you have provided is invalid", &key));
        }
        if value.chars().count() > 256 {
            return Err(invalid("The TagValue you have provided is invalid", &key));
        }
        if tags.get(&key).is_some() {
            return Err(invalid("Cannot provide multiple Tags with the same key", &key));
        }
        tags.insert(&key, &value);
    }
    Ok(tags)
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html>
fn get(call: &mut Call<'_>) -> Answer {
    let bucket = bucket(call)?;
    if bucket.tags.is_empty() {
        return Err(ApiError::new("NoSuchTagSet", "The TagSet does not exist").with("BucketName", bucket.name.as_str()));
    }
    Ok(json!({ "TagSet": bucket.tags.shown() }))
}

/// "When this operation is called, Amazon S3 replaces all of the bucket's tags"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html>).
fn put(call: &mut Call<'_>) -> Answer {
    let list = call.input.pointer("/Tagging/TagSet").and_then(Value::as_array);
    let tags = read(list.map_or(&[], Vec::as_slice))?;
    bucket_mut(call)?.tags = tags;
    Ok(json!({}))
}

fn delete(call: &mut Call<'_>) -> Answer {
    bucket_mut(call)?.tags = Tags::default();
    Ok(json!({}))
}
