//! The uploads that are under way
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html>).

use serde_json::{Value, json};

use super::bucket::shown_owner;
use super::listing::{Entry, Listing};
use super::state::bucket;
use super::upload::Upload;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("ListMultipartUploads", list)];

fn list(call: &mut Call<'_>) -> Answer {
    let listing = Listing::of(call, "MaxUploads", "max-uploads")?;
    let (key_marker, id_marker) = (call.text("KeyMarker"), call.text("UploadIdMarker").filter(|id| !id.is_empty()));
    let bucket = bucket(call)?;
    let mut page: Vec<Entry<'_, (&str, &Upload)>> = Vec::new();
    let mut more = false;
    let mut within: Option<&str> = None;
    for ((key, id), upload) in bucket.uploads.iter().filter(|((key, _), _)| key.starts_with(listing.prefix)) {
        if within.is_some_and(|common| key.starts_with(common)) {
            continue;
        }
        let common = listing.common(key);
        let passed = match (key_marker, id_marker) {
            // "if upload-id-marker is specified, any multipart uploads for a key equal to the key-marker might also be
            // included, provided those multipart uploads have upload IDs lexicographically greater".
            (Some(marker), Some(after)) if common.is_none() && key == marker => id.as_str() <= after,
            (Some(marker), _) => common.unwrap_or(key) <= marker,
            (None, _) => false,
        };
        if passed {
            continue;
        }
        if page.len() == listing.most {
            more = listing.most > 0;
            break;
        }
        within = common;
        page.push(common.map_or(Entry::Key(key, (id.as_str(), upload)), Entry::Prefix));
    }
    let owner = shown_owner(call);
    let uploads: Vec<Value> = page
        .iter()
        .filter_map(|entry| match entry {
            Entry::Key(key, (id, upload)) => Some(json!({
                "UploadId": id,
                "Key": listing.encode(key),
                "Initiated": epoch(upload.begun),
                "StorageClass": upload.description.storage_class,
                "Owner": owner,
                "Initiator": owner,
                "ChecksumAlgorithm": upload.named.then_some(&upload.algorithm),
                "ChecksumType": upload.named.then_some(upload.kind),
            })),
            Entry::Prefix(_) => None,
        })
        .collect();
    let last = page.last().filter(|_| more);
    Ok(json!({
        "Bucket": bucket.name,
        "KeyMarker": listing.encode(key_marker.unwrap_or_default()),
        "UploadIdMarker": id_marker.unwrap_or_default(),
        "NextKeyMarker": last.map(|entry| listing.encode(entry.name())),
        "NextUploadIdMarker": last.and_then(|entry| match entry {
            Entry::Key(_, (id, _)) => Some(*id),
            Entry::Prefix(_) => None,
        }),
        "Prefix": listing.encode(listing.prefix),
        "Delimiter": listing.delimiter.map(|delimiter| listing.encode(delimiter)),
        "MaxUploads": listing.most,
        "IsTruncated": more,
        "Uploads": (!uploads.is_empty()).then_some(uploads),
        "CommonPrefixes": listing.common_prefixes(&page),
        "EncodingType": listing.encoding(),
    }))
}
