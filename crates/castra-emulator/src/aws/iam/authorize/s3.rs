//! S3's actions, which aren't named as its operations, and resources
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>).

use serde_json::Value;

use super::access::Access;
use crate::aws::call::Call;

pub(super) fn needed(call: &mut Call<'_>, operation: &str) -> Vec<Access> {
    let version = call.text("VersionId").is_some();
    let action = match operation {
        "AbortMultipartUpload" => "AbortMultipartUpload",
        "CompleteMultipartUpload" | "CopyObject" | "CreateMultipartUpload" | "PutObject" | "UploadPart" => "PutObject",
        "DeleteBucketEncryption" | "PutBucketEncryption" => "PutEncryptionConfiguration",
        "DeleteBucketTagging" | "PutBucketTagging" => "PutBucketTagging",
        "DeleteObject" if version => "DeleteObjectVersion",
        "DeleteObjects" => "DeleteObject",
        "DeletePublicAccessBlock" | "PutPublicAccessBlock" => "PutBucketPublicAccessBlock",
        "GetBucketEncryption" => "GetEncryptionConfiguration",
        "GetObject" | "HeadObject" if version => "GetObjectVersion",
        "GetObject" | "HeadObject" => "GetObject",
        "GetPublicAccessBlock" => "GetBucketPublicAccessBlock",
        "HeadBucket" | "ListObjects" | "ListObjectsV2" => "ListBucket",
        "ListBuckets" => "ListAllMyBuckets",
        "ListMultipartUploads" => "ListBucketMultipartUploads",
        "ListObjectVersions" => "ListBucketVersions",
        "ListParts" => "ListMultipartUploadParts",
        same => same,
    };
    let action = format!("s3:{action}");
    let Some(bucket) = call.text("Bucket") else { return vec![Access::new(call, action, "*")] };
    let object = |key: &str| format!("arn:aws:s3:::{bucket}/{key}");
    let mut needed = match (call.text("Key"), operation) {
        (Some(key), _) => vec![Access::new(call, action, object(key))],
        (None, "DeleteObjects") => {
            let objects = call.input.get("Delete").and_then(|delete| delete.get("Objects")).and_then(Value::as_array);
            let keys = objects.into_iter().flatten().filter_map(|object| object.get("Key").and_then(Value::as_str));
            keys.map(|key| Access::new(call, action.clone(), object(key))).collect()
        }
        (None, _) => {
            let max = call.number("MaxKeys").map(|max| max.to_string());
            vec![
                Access::new(call, action, format!("arn:aws:s3:::{bucket}"))
                    .with("s3:prefix", call.text("Prefix"))
                    .with("s3:delimiter", call.text("Delimiter"))
                    .with("s3:max-keys", max),
            ]
        }
    };
    if let (Some(source), "CopyObject") = (call.text("CopySource"), operation) {
        let source = source.trim_start_matches('/').split('?').next().unwrap_or_default();
        needed.push(Access::new(call, "s3:GetObject", format!("arn:aws:s3:::{source}")));
    }
    needed
}
