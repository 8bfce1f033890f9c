//! Uploads in parts: their beginning and end
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>).

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use md5::{Digest as _, Md5};
use serde_json::{Map, Value, json};

use super::checksum::{self, COMPOSITE, Checksum, FULL_OBJECT, USUAL};
use super::content::{Content, Description, hex};
use super::put::{latest, store};
use super::state::{bucket, bucket_mut, check_room};
use super::{condition, error};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

/// An upload that is under way.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    pub(super) begun: Timestamp,
    pub(super) description: Arc<Description>,
    pub(super) algorithm: String,
    pub(super) kind: &'static str,
    /// Whether the caller has named the algorithm.
    pub(super) named: bool,
    pub(super) parts: BTreeMap<i64, Part>,
}

/// A part.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) body: Bytes,
    /// The MD5 of the bytes.
    pub(super) digest: Vec<u8>,
    pub(super) checksum: Checksum,
    pub(super) modified: Timestamp,
}

pub(super) const OPERATIONS: Operations =
    &[("AbortMultipartUpload", abort), ("CompleteMultipartUpload", complete), ("CreateMultipartUpload", create)];

/// "5 MiB to 5 GiB. There is no minimum size limit on the last part"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>).
const SMALLEST: usize = 5 << 20;

impl Upload {
    /// How many things it is, with its parts, and their bytes.
    pub(super) fn stored(&self) -> (usize, usize) {
        (1 + self.parts.len(), self.parts.values().map(|part| part.body.len()).sum())
    }
}

impl Part {
    pub(super) fn etag(&self) -> String {
        format!("\"{}\"", hex(&self.digest))
    }
}

/// The upload that a call is about.
pub(super) fn upload<'a>(call: &'a Call<'_>) -> Result<&'a Upload, ApiError> {
    let id = call.required("UploadId");
    let found = bucket(call)?.uploads.get(&(call.required("Key").to_owned(), id.to_owned()));
    found.ok_or_else(|| error::no_such_upload(id))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html>
fn create(call: &mut Call<'_>) -> Answer {
    bucket(call)?;
    let description = Description::read(call)?;
    let named = checksum::named(call, "ChecksumAlgorithm")?;
    let algorithm = named.unwrap_or(USUAL);
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html#Full-object-checksums>:
    // CRCs have both kinds, but CRC-64/NVME only that of the whole object; digests only that of the parts.
    let kind = match (algorithm, call.text("ChecksumType")) {
        ("CRC64NVME", None | Some("FULL_OBJECT")) | ("CRC32" | "CRC32C", Some("FULL_OBJECT")) => FULL_OBJECT,
        ("CRC64NVME", Some(_)) | (_, Some("FULL_OBJECT")) => {
            let kind = call.text("ChecksumType").unwrap_or_default();
            let algorithm = algorithm.to_ascii_lowercase();
            let message = format!("The {kind} checksum type cannot be used with the {algorithm} checksum algorithm.");
            return Err(error::invalid_request(message));
        }
        _ => COMPOSITE,
    };
    check_room(call, 0)?;
    let id = call.account.chance.letters(64);
    let upload = Upload {
        begun: call.now(),
        description: Arc::new(description),
        algorithm: algorithm.to_owned(),
        kind,
        named: named.is_some(),
        parts: BTreeMap::new(),
    };
    let mut output = Map::new();
    upload.description.encryption.show(&mut output);
    output.insert("Bucket".to_owned(), call.required("Bucket").into());
    output.insert("Key".to_owned(), call.required("Key").into());
    output.insert("UploadId".to_owned(), id.as_str().into());
    if let Some(named) = named {
        output.insert("ChecksumAlgorithm".to_owned(), named.into());
        output.insert("ChecksumType".to_owned(), kind.into());
    }
    let key = call.required("Key").to_owned();
    bucket_mut(call)?.uploads.insert((key, id), upload);
    Ok(Value::Object(output))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html>
fn abort(call: &mut Call<'_>) -> Answer {
    upload(call)?;
    // "This functionality is only supported for directory buckets."
    if call.input.get("IfMatchInitiatedTime").is_some() {
        return Err(error::not_implemented("x-amz-if-match-initiated-time"));
    }
    let name = (call.required("Key").to_owned(), call.required("UploadId").to_owned());
    bucket_mut(call)?.uploads.remove(&name);
    Ok(json!({}))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>
fn complete(call: &mut Call<'_>) -> Answer {
    let upload = upload(call)?;
    let listed = call.input.pointer("/MultipartUpload/Parts").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let parts = chosen(upload, listed)?;
    let mut body = BytesMut::new();
    let mut ends = Vec::new();
    let mut digests = Md5::new();
    for part in &parts {
        body.extend_from_slice(&part.body);
        ends.push(body.len());
        digests.update(&part.digest);
    }
    if call.number("MpuObjectSize").is_some_and(|size| usize::try_from(size) != Ok(body.len())) {
        let message = "The provided 'x-amz-mp-object-size' header does not match what was computed.";
        return Err(error::invalid_request(message));
    }
    let checksum = match upload.kind {
        FULL_OBJECT => Checksum::of(&upload.algorithm, &body),
        _ => Checksum::of_parts(&upload.algorithm, parts.iter().map(|part| &part.checksum)),
    };
    if let (Some((name, given)), Some(checksum)) = (checksum::given(call)?, &checksum) {
        let bare = checksum.value.split('-').next().unwrap_or_default();
        if name != checksum.algorithm || (given != checksum.value && given != bare) {
            let message = format!("The {name} you specified did not match the calculated checksum.");
            return Err(ApiError::new("BadDigest", message));
        }
    }
    condition::check_write(call, latest(call)?)?;
    let content = Content {
        body: body.freeze(),
        // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html#large-object-checksums>
        etag: format!("\"{}-{}\"", hex(&digests.finalize()), parts.len()),
        checksum,
        parts: ends,
        description: Arc::clone(&upload.description),
    };
    let (bucket, key) = (call.required("Bucket"), call.required("Key"));
    let mut output = Map::new();
    content.description.encryption.show(&mut output);
    if let Some(checksum) = &content.checksum {
        checksum.show(&mut output);
    }
    output.insert("Bucket".to_owned(), bucket.into());
    output.insert("Key".to_owned(), key.into());
    output.insert("ETag".to_owned(), content.etag.as_str().into());
    output.insert("Location".to_owned(), format!("https://s3.{}.amazonaws.com/{bucket}/{key}", call.region).into());
    // The parts make way for the object.
    let name = (key.to_owned(), call.required("UploadId").to_owned());
    bucket_mut(call)?.uploads.remove(&name);
    output.insert("VersionId".to_owned(), json!(store(call, content)?));
    Ok(Value::Object(output))
}

/// The parts that the object is to be made of. Others are dropped.
fn chosen<'a>(upload: &'a Upload, listed: &[Value]) -> Result<Vec<&'a Part>, ApiError> {
    if listed.is_empty() {
        return Err(error::invalid_request("You must specify at least one part"));
    }
    let mut parts = Vec::new();
    let mut last = 0;
    for listed in listed {
        let number = listed.get("PartNumber").and_then(Value::as_i64).unwrap_or_default();
        if number <= last {
            let message = "The list of parts was not in ascending order. The parts list must be specified in order by \
                           part number.";
            return Err(ApiError::new("InvalidPartOrder", message));
        }
        last = number;
        let etag = listed.get("ETag").and_then(Value::as_str).unwrap_or_default();
        let part = upload.parts.get(&number).filter(|part| part.etag().trim_matches('"') == etag.trim_matches('"'));
        let Some(part) = part else {
            let message = "One or more of the specified parts could not be found. The part may not have been uploaded, \
                           or the specified entity tag may not match the part's entity tag.";
            return Err(ApiError::new("InvalidPart", message).with("PartNumber", number).with("ETag", etag));
        };
        match listed.get(part.checksum.member()).and_then(Value::as_str) {
            Some(given) if given != part.checksum.value => {
                let message = format!("The checksum of part {number} does not match the part that was uploaded.");
                return Err(ApiError::new("InvalidPart", message).with("PartNumber", number));
            }
            None if upload.named && upload.kind == COMPOSITE => {
                let message = format!(
                    "The upload was created using a {} checksum. The complete request must include the checksum for \
                     each part. It was missing for part {number} in the request.",
                    upload.algorithm.to_ascii_lowercase()
                );
                return Err(error::invalid_request(message));
            }
            _ => {}
        }
        parts.push((number, part));
    }
    let small = parts.iter().rev().skip(1).rev().find(|(_, part)| part.body.len() < SMALLEST);
    if let Some((number, part)) = small {
        let message = "Your proposed upload is smaller than the minimum allowed size";
        let error = ApiError::new("EntityTooSmall", message).with("ProposedSize", part.body.len());
        return Err(error.with("MinSizeAllowed", SMALLEST).with("PartNumber", *number).with("ETag", part.etag()));
    }
    Ok(parts.into_iter().map(|(_, part)| part).collect())
}
