//! S3's refusals (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList>). Further members
//! are elements of the error's document; those with small names are headers of the answer.

use serde_json::Value;

use crate::aws::ApiError;

pub(super) fn no_such_bucket(bucket: &str) -> ApiError {
    ApiError::new("NoSuchBucket", "The specified bucket does not exist").with("BucketName", bucket)
}

pub(super) fn no_such_key(key: &str) -> ApiError {
    ApiError::new("NoSuchKey", "The specified key does not exist.").with("Key", key)
}

pub(super) fn no_such_version(key: &str, version: &str) -> ApiError {
    let error = ApiError::new("NoSuchVersion", "The specified version does not exist.");
    error.with("Key", key).with("VersionId", version)
}

pub(super) fn no_such_upload(upload: &str) -> ApiError {
    let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been \
                   aborted or completed.";
    ApiError::new("NoSuchUpload", message).with("UploadId", upload)
}

pub(super) fn invalid_argument(message: &str, name: &str, value: impl Into<Value>) -> ApiError {
    ApiError::new("InvalidArgument", message).with("ArgumentName", name).with("ArgumentValue", value)
}

pub(super) fn invalid_request(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidRequest", message)
}

pub(super) fn precondition_failed(condition: &str) -> ApiError {
    let message = "At least one of the pre-conditions you specified did not hold";
    ApiError::new("PreconditionFailed", message).with("Condition", condition)
}

/// What S3 answers to headers that it, or here the emulator, doesn't act on.
pub(super) fn not_implemented(header: &str) -> ApiError {
    let message = "A header you provided implies functionality that is not implemented";
    ApiError::new("NotImplemented", message).status(501).with("Header", header)
}

pub(super) fn access_denied() -> ApiError {
    ApiError::new("AccessDenied", "Access Denied").status(403)
}
