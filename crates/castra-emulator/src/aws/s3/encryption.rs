//! Encryption at rest. Nothing is encrypted here; answers say what would be
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html>).

use serde_json::{Map, Value, json};

use super::error;
use super::state::{bucket, bucket_mut};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
use crate::aws::kms;

/// How an object is encrypted, or a bucket's new objects are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Encryption {
    algorithm: String,
    /// As it was given: an id, ARN or alias.
    key: Option<String>,
    bucket_key: bool,
}

pub(super) const OPERATIONS: Operations =
    &[("DeleteBucketEncryption", delete), ("GetBucketEncryption", get), ("PutBucketEncryption", put)];

impl Default for Encryption {
    /// "Amazon S3 now applies server-side encryption with Amazon S3 managed keys (SSE-S3) as the base level of
    /// encryption for every bucket"
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html>).
    fn default() -> Self {
        Self { algorithm: "AES256".to_owned(), key: None, bucket_key: false }
    }
}

impl Encryption {
    /// What a request asks for, else what its bucket does. Keys of customers (SSE-C) aren't served.
    pub(super) fn asked(call: &mut Call<'_>, usual: &Self) -> Result<Self, ApiError> {
        if call.text("SSECustomerAlgorithm").or(call.text("CopySourceSSECustomerAlgorithm")).is_some() {
            return Err(error::not_implemented("x-amz-server-side-encryption-customer-algorithm"));
        }
        let asked = match call.text("ServerSideEncryption") {
            None if call.text("SSEKMSKeyId").is_some() => {
                let message = "x-amz-server-side-encryption header is not present";
                return Err(ApiError::new("InvalidArgument", message));
            }
            None => usual.clone(),
            Some(algorithm) => Self {
                algorithm: algorithm.to_owned(),
                key: call.text("SSEKMSKeyId").map(str::to_owned),
                bucket_key: call.input.get("BucketKeyEnabled").and_then(Value::as_bool).unwrap_or(usual.bucket_key),
            },
        };
        if !asked.algorithm.starts_with("aws:kms") {
            return Ok(asked);
        }
        // "KMS.NotFoundException" and the like: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
        let key = asked.key.as_deref().unwrap_or("alias/aws/s3");
        let arn = kms::usable(call, key).map_err(|refused| {
            let ApiError { code, message, .. } = refused;
            ApiError::new(&format!("KMS.{code}"), message).status(400)
        })?;
        Ok(Self { key: Some(arn), ..asked })
    }

    /// Shows it in the answer to a request for an object.
    pub(super) fn show(&self, output: &mut Map<String, Value>) {
        output.insert("ServerSideEncryption".to_owned(), self.algorithm.as_str().into());
        if let Some(key) = &self.key {
            output.insert("SSEKMSKeyId".to_owned(), key.as_str().into());
        }
        if self.bucket_key {
            output.insert("BucketKeyEnabled".to_owned(), true.into());
        }
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html>
fn put(call: &mut Call<'_>) -> Answer {
    let rules = call.input.pointer("/ServerSideEncryptionConfiguration/Rules").and_then(Value::as_array);
    let [rule] = rules.map_or(&[][..], Vec::as_slice) else {
        let message = "The XML you provided was not well-formed or did not validate against our published schema";
        return Err(ApiError::new("MalformedXML", message));
    };
    let text = |pointer: &str| rule.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let algorithm = text("/ApplyServerSideEncryptionByDefault/SSEAlgorithm").unwrap_or_else(|| "AES256".to_owned());
    let key = text("/ApplyServerSideEncryptionByDefault/KMSMasterKeyID");
    if key.is_some() && !algorithm.starts_with("aws:kms") {
        let message = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse";
        return Err(ApiError::new("InvalidArgument", message));
    }
    let bucket_key = rule.get("BucketKeyEnabled").and_then(Value::as_bool).unwrap_or(false);
    bucket_mut(call)?.encryption = Encryption { algorithm, key, bucket_key };
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html>
fn get(call: &mut Call<'_>) -> Answer {
    let Encryption { algorithm, key, bucket_key } = &bucket(call)?.encryption;
    Ok(json!({
        "ServerSideEncryptionConfiguration": {
            "Rules": [{
                "ApplyServerSideEncryptionByDefault": { "SSEAlgorithm": algorithm, "KMSMasterKeyID": key },
                "BucketKeyEnabled": bucket_key,
            }],
        },
    }))
}

/// "This implementation of the DELETE action resets the default encryption for the bucket as server-side encryption
/// with Amazon S3 managed keys (SSE-S3)"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html>).
fn delete(call: &mut Call<'_>) -> Answer {
    bucket_mut(call)?.encryption = Encryption::default();
    Ok(json!({}))
}
