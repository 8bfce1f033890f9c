//! The parts of uploads (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html>).

use md5::{Digest as _, Md5};
use serde_json::{Map, Value, json};

use super::bucket::shown_owner;
use super::checksum::{self, Checksum};
use super::content::body;
use super::error;
use super::listing::Listing;
use super::state::{bucket_mut, check_room};
use super::upload::{Part, upload};
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("ListParts", list), ("UploadPart", put)];

fn put(call: &mut Call<'_>) -> Answer {
    let number = call.number("PartNumber").unwrap_or_default();
    if !(1..=10_000).contains(&number) {
        let message = "Part number must be an integer between 1 and 10000, inclusive";
        return Err(error::invalid_argument(message, "partNumber", number));
    }
    let upload = upload(call)?;
    let body = body(call);
    let mut checksum = checksum::check(call, &body)?;
    // Answers have the checksum that was given.
    let answered = checksum::given(call)?.map(|_| checksum.clone());
    if upload.algorithm != checksum.algorithm {
        if upload.named && checksum::given(call)?.is_some() {
            let message = format!(
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
                upload.algorithm.to_ascii_lowercase(),
                checksum.algorithm.to_ascii_lowercase()
            );
            return Err(error::invalid_request(message));
        }
        // What is kept is what the whole will need.
        checksum = Checksum::of(&upload.algorithm, &body).unwrap_or(checksum);
    }
    check_room(call, body.len())?;
    let mut output = Map::new();
    upload.description.encryption.show(&mut output);
    let part = Part { digest: Md5::digest(&body).to_vec(), body, checksum, modified: call.now() };
    output.insert("ETag".to_owned(), part.etag().into());
    let answered = answered.as_ref().unwrap_or(&part.checksum);
    output.insert(answered.member(), answered.value.as_str().into());
    let name = (call.required("Key").to_owned(), call.required("UploadId").to_owned());
    if let Some(upload) = bucket_mut(call)?.uploads.get_mut(&name) {
        upload.parts.insert(number, part);
    }
    Ok(Value::Object(output))
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html>
fn list(call: &mut Call<'_>) -> Answer {
    let most = Listing::of(call, "MaxParts", "max-parts")?.most;
    let after = call.number("PartNumberMarker").unwrap_or(0);
    let upload = upload(call)?;
    let mut parts = upload.parts.iter().filter(|(number, _)| **number > after);
    let page: Vec<(&i64, &Part)> = parts.by_ref().take(most).collect();
    let more = most > 0 && parts.next().is_some();
    let shown = |(number, part): &(&i64, &Part)| {
        let mut shown = Map::new();
        shown.insert("PartNumber".to_owned(), json!(number));
        shown.insert("LastModified".to_owned(), epoch(part.modified));
        shown.insert("ETag".to_owned(), part.etag().into());
        shown.insert("Size".to_owned(), part.body.len().into());
        shown.insert(part.checksum.member(), part.checksum.value.as_str().into());
        Value::Object(shown)
    };
    Ok(json!({
        "Bucket": call.required("Bucket"),
        "Key": call.required("Key"),
        "UploadId": call.required("UploadId"),
        "PartNumberMarker": after,
        "NextPartNumberMarker": page.last().map(|(number, _)| **number).unwrap_or(after),
        "MaxParts": most,
        "IsTruncated": more,
        "Parts": (!page.is_empty()).then(|| page.iter().map(shown).collect::<Vec<Value>>()),
        "Initiator": shown_owner(call),
        "Owner": shown_owner(call),
        "StorageClass": upload.description.storage_class,
        "ChecksumAlgorithm": upload.named.then_some(&upload.algorithm),
        "ChecksumType": upload.named.then_some(upload.kind),
    }))
}
