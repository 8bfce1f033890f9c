//! Bucket policies. They are kept and shown; what they allow or deny isn't enforced.

use serde_json::{Value, json};

use super::error;
use super::state::{bucket, bucket_mut};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations =
    &[("DeleteBucketPolicy", delete), ("GetBucketPolicy", get), ("PutBucketPolicy", put)];

/// "Bucket policies are limited to 20 KB in size"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html>).
const LONGEST: usize = 20 * 1024;

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html>
fn put(call: &mut Call<'_>) -> Answer {
    let text = call.required("Policy");
    let malformed = |message: &str| ApiError::new("MalformedPolicy", message).status(400);
    let policy: Value = serde_json::from_str(text).unwrap_or_default();
    if !policy.is_object() {
        return Err(malformed("Policies must be valid JSON and the first byte must be '{'"));
    }
    if text.len() > LONGEST {
        return Err(ApiError::new("PolicyTooLarge", "The policy exceeds the maximum allowed size of 20480 bytes."));
    }
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(statement @ Value::Object(_)) => std::slice::from_ref(statement),
        _ => return Err(malformed("Missing required field Statement")),
    };
    for statement in statements {
        for field in ["Effect", "Principal", "Action", "Resource"] {
            if statement.get(field).is_none() && statement.get(format!("Not{field}")).is_none() {
                return Err(malformed(&format!("Missing required field {field}")));
            }
        }
    }
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
    if statements.iter().any(is_public) && bucket(call)?.blocks("BlockPublicPolicy") {
        return Err(error::access_denied());
    }
    bucket_mut(call)?.policy = Some(text.to_owned());
    Ok(json!({}))
}

/// Whether a statement lets everyone in, on no condition.
fn is_public(statement: &Value) -> bool {
    let principal = statement.get("Principal").unwrap_or(&Value::Null);
    let everyone =
        |value: &Value| value == "*" || value.as_array().is_some_and(|values| values.iter().any(|value| value == "*"));
    statement.get("Effect").is_some_and(|effect| effect == "Allow")
        && statement.get("Condition").is_none()
        && (everyone(principal) || principal.get("AWS").is_some_and(everyone))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html>
fn get(call: &mut Call<'_>) -> Answer {
    let bucket = bucket(call)?;
    let missing = || {
        let error = ApiError::new("NoSuchBucketPolicy", "The bucket policy does not exist");
        error.with("BucketName", bucket.name.as_str())
    };
    Ok(json!({ "Policy": bucket.policy.as_ref().ok_or_else(missing)? }))
}

fn delete(call: &mut Call<'_>) -> Answer {
    bucket_mut(call)?.policy = None;
    Ok(json!({}))
}
