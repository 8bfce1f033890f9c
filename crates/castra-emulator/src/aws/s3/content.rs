//! What an object is: its bytes, and what describes them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use md5::{Digest as _, Md5};
use serde_json::{Map, Value};

use super::checksum::Checksum;
use super::encryption::Encryption;
use super::error;
use super::state::bucket;
use super::tag;
use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::ec2::Tags;

/// One version's content. It never changes.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) body: Bytes,
    /// In quotes, as it travels.
    pub(super) etag: String,
    pub(super) checksum: Option<Checksum>,
    /// Where its parts end, if it was uploaded in parts.
    pub(super) parts: Vec<usize>,
    pub(super) description: Arc<Description>,
}

/// What uploads and copies say of an object.
#[derive(Debug, Clone)]
pub(super) struct Description {
    /// Headers that are kept as they are, by the contract's names.
    pub(super) headers: Map<String, Value>,
    /// The `x-amz-meta-` headers.
    pub(super) metadata: Map<String, Value>,
    pub(super) storage_class: String,
    pub(super) tags: Tags,
    pub(super) encryption: Encryption,
}

/// Headers of an upload that come back with the object
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>).
const KEPT: [&str; 7] = [
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
    "WebsiteRedirectLocation",
];

/// "the user-defined metadata is limited to 2 KB in size".
const LARGEST_METADATA: usize = 2048;

/// "The object key name [..] at most 1,024 bytes long"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
const LONGEST_KEY: usize = 1024;

impl Description {
    /// What a request says.
    pub(super) fn read(call: &mut Call<'_>) -> Result<Self, ApiError> {
        check_key(call.required("Key"))?;
        check_acl(call)?;
        for (member, header) in [
            ("ObjectLockMode", "x-amz-object-lock-mode"),
            ("ObjectLockRetainUntilDate", "x-amz-object-lock-retain-until-date"),
            ("ObjectLockLegalHoldStatus", "x-amz-object-lock-legal-hold"),
            ("ObjectLockEventHold", "x-amz-object-lock-event-hold"),
        ] {
            if call.input.get(member).is_some() {
                let error = error::invalid_request("Bucket is missing Object Lock Configuration");
                return Err(error.with("Header", header));
            }
        }
        let usual = bucket(call)?.encryption.clone();
        let encryption = Encryption::asked(call, &usual)?;
        let member = |name: &&str| Some(((*name).to_owned(), call.input.get(*name)?.clone()));
        let mut headers: Map<String, Value> = KEPT.iter().filter_map(member).collect();
        // What S3 says of objects that nothing was said of.
        headers.entry("ContentType").or_insert_with(|| "binary/octet-stream".into());
        let metadata = call.input.get("Metadata").and_then(Value::as_object).cloned().unwrap_or_default();
        let size: usize = metadata.iter().map(|(key, value)| key.len() + value.as_str().map_or(0, str::len)).sum();
        if size > LARGEST_METADATA {
            let message = "Your metadata headers exceed the maximum allowed metadata size";
            let error = ApiError::new("MetadataTooLarge", message);
            return Err(error.with("Size", size).with("MaxSizeAllowed", LARGEST_METADATA));
        }
        Ok(Self { headers, metadata, storage_class: storage_class(call)?, tags: tag::header(call)?, encryption })
    }
}

/// The storage class that a request names; those of other kinds of buckets and of other services can't be.
pub(super) fn storage_class(call: &Call<'_>) -> Result<String, ApiError> {
    match call.text("StorageClass").unwrap_or("STANDARD") {
        "OUTPOSTS" | "SNOW" | "EXPRESS_ONEZONE" | "FSX_OPENZFS" | "FSX_ONTAP" => {
            Err(ApiError::new("InvalidStorageClass", "The storage class you specified is not valid"))
        }
        class => Ok(class.to_owned()),
    }
}

/// "Bucket owner enforced (default) - ACLs are disabled"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>).
fn check_acl(call: &Call<'_>) -> Result<(), ApiError> {
    let bucket = bucket(call)?;
    let grants = ["GrantFullControl", "GrantRead", "GrantReadACP", "GrantWriteACP"];
    let granted = grants.iter().any(|grant| call.text(grant).is_some());
    let acl = call.text("ACL");
    if granted && acl.is_some() {
        return Err(error::invalid_request("Specifying both Canned ACLs and Header Grants is not allowed"));
    }
    let harmless = matches!(acl, None | Some("private" | "bucket-owner-full-control")) && !granted;
    if harmless {
        return Ok(());
    }
    if !bucket.lists_of_access {
        return Err(ApiError::new("AccessControlListNotSupported", "The bucket does not allow ACLs").status(400));
    }
    if acl.is_some_and(|acl| acl.starts_with("public")) && bucket.blocks("BlockPublicAcls") {
        return Err(error::access_denied());
    }
    Ok(())
}

pub(super) fn check_key(key: &str) -> Result<(), ApiError> {
    if key.len() <= LONGEST_KEY {
        return Ok(());
    }
    let error = ApiError::new("KeyTooLongError", "Your key is too long");
    Err(error.with("Size", key.len()).with("MaxSizeAllowed", LONGEST_KEY))
}

/// The bytes of a request's body.
pub(super) fn body(call: &Call<'_>) -> Bytes {
    // The wire has encoded them.
    call.text("Body").and_then(|body| STANDARD.decode(body).ok()).unwrap_or_default().into()
}

/// The entity tag of bytes that were uploaded at once: their MD5
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html>).
pub(super) fn etag(body: &[u8]) -> String {
    format!("\"{}\"", hex(&Md5::digest(body)))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
