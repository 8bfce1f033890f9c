//! A bucket's versioning and its block on public access.

use serde_json::{Value, json};

use super::error;
use super::history::Versioning;
use super::state::{bucket, bucket_mut};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[
    ("DeletePublicAccessBlock", delete_block),
    ("GetBucketVersioning", get_versioning),
    ("GetPublicAccessBlock", get_block),
    ("PutBucketVersioning", put_versioning),
    ("PutPublicAccessBlock", put_block),
];

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html>
fn put_versioning(call: &mut Call<'_>) -> Answer {
    let configuration = call.input.get("VersioningConfiguration").unwrap_or(&Value::Null);
    if configuration.get("MFADelete").is_some_and(|delete| delete == "Enabled") {
        return Err(error::not_implemented("x-amz-mfa"));
    }
    let versioning = match configuration.get("Status").and_then(Value::as_str) {
        Some("Enabled") => Versioning::Enabled,
        Some(_) => Versioning::Suspended,
        None => {
            let message = "The Versioning element must be specified";
            return Err(ApiError::new("IllegalVersioningConfigurationException", message));
        }
    };
    bucket_mut(call)?.versioning = versioning;
    Ok(json!({}))
}

/// Nothing for a bucket that never had versioning
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html>).
fn get_versioning(call: &mut Call<'_>) -> Answer {
    Ok(match bucket(call)?.versioning {
        Versioning::Never => json!({}),
        Versioning::Enabled => json!({ "Status": "Enabled" }),
        Versioning::Suspended => json!({ "Status": "Suspended" }),
    })
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html>
fn put_block(call: &mut Call<'_>) -> Answer {
    let asked = call.input.get("PublicAccessBlockConfiguration").unwrap_or(&Value::Null);
    let flag = |member: &str| asked.get(member).and_then(Value::as_bool).unwrap_or(false);
    let block = json!({
        "BlockPublicAcls": flag("BlockPublicAcls"),
        "IgnorePublicAcls": flag("IgnorePublicAcls"),
        "BlockPublicPolicy": flag("BlockPublicPolicy"),
        "RestrictPublicBuckets": flag("RestrictPublicBuckets"),
    });
    if asked.as_object().is_none_or(serde_json::Map::is_empty) {
        return Err(error::invalid_request("Must specify at least one configuration."));
    }
    bucket_mut(call)?.public_access_block = Some(block);
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html>
fn get_block(call: &mut Call<'_>) -> Answer {
    let bucket = bucket(call)?;
    let missing = || {
        let message = "The public access block configuration was not found";
        let error = ApiError::new("NoSuchPublicAccessBlockConfiguration", message);
        error.with("BucketName", bucket.name.as_str())
    };
    Ok(json!({ "PublicAccessBlockConfiguration": bucket.public_access_block.as_ref().ok_or_else(missing)? }))
}

fn delete_block(call: &mut Call<'_>) -> Answer {
    bucket_mut(call)?.public_access_block = None;
    Ok(json!({}))
}
