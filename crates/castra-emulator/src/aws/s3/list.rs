//! Lists of a bucket's objects (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html>), sorted by their keys' bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::bucket::{Bucket, shown_owner};
use super::content::Content;
use super::error;
use super::history::{History, Version};
use super::listing::{Entry, Listing};
use super::state::bucket;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("ListObjects", list), ("ListObjectsV2", list_v2)];

type Shown<'a> = (&'a Version, &'a Content);

/// The objects that are there now, with a prefix.
fn objects<'a>(bucket: &'a Bucket, prefix: &'a str) -> impl Iterator<Item = (&'a str, Shown<'a>)> {
    let keys = bucket.objects.range(prefix.to_owned()..).take_while(move |(key, _)| key.starts_with(prefix));
    keys.filter_map(|(key, history)| {
        let version = History::latest(history)?;
        Some((key.as_str(), (version, version.content.as_deref()?)))
    })
}

fn list_v2(call: &mut Call<'_>) -> Answer {
    let listing = Listing::of(call, "MaxKeys", "max-keys")?;
    let token = call.text("ContinuationToken");
    let after = match token {
        // "StartAfter is where you want Amazon S3 to start listing from", of the first page.
        None => call.text("StartAfter").map(str::to_owned),
        Some(token) => {
            let after = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let wrong =
                || error::invalid_argument("The continuation token provided is incorrect", "continuation-token", token);
            Some(after.filter(|after| !after.is_empty()).ok_or_else(wrong)?)
        }
    };
    let bucket = bucket(call)?;
    let (page, more) = listing.page(objects(bucket, listing.prefix), after.as_deref());
    let next = page.last().filter(|_| more).map(|entry| STANDARD.encode(entry.name()));
    let owner = call.flag("FetchOwner").then(|| shown_owner(call));
    Ok(json!({
        "IsTruncated": more,
        "Contents": contents(&listing, &page, owner.as_ref()),
        "Name": bucket.name,
        "Prefix": listing.encode(listing.prefix),
        "Delimiter": listing.delimiter.map(|delimiter| listing.encode(delimiter)),
        "MaxKeys": listing.most,
        "CommonPrefixes": listing.common_prefixes(&page),
        "EncodingType": listing.encoding(),
        "KeyCount": page.len(),
        "ContinuationToken": token,
        "NextContinuationToken": next,
        "StartAfter": call.text("StartAfter").map(|after| listing.encode(after)),
    }))
}

fn list(call: &mut Call<'_>) -> Answer {
    let listing = Listing::of(call, "MaxKeys", "max-keys")?;
    let marker = call.text("Marker");
    let bucket = bucket(call)?;
    let (page, more) = listing.page(objects(bucket, listing.prefix), marker);
    // "This element is returned only if you have the delimiter request parameter specified."
    let next = page.last().filter(|_| more && listing.delimiter.is_some()).map(|entry| listing.encode(entry.name()));
    Ok(json!({
        "IsTruncated": more,
        "Marker": listing.encode(marker.unwrap_or_default()),
        "NextMarker": next,
        "Contents": contents(&listing, &page, Some(&shown_owner(call))),
        "Name": bucket.name,
        "Prefix": listing.encode(listing.prefix),
        "Delimiter": listing.delimiter.map(|delimiter| listing.encode(delimiter)),
        "MaxKeys": listing.most,
        "CommonPrefixes": listing.common_prefixes(&page),
        "EncodingType": listing.encoding(),
    }))
}

fn contents(listing: &Listing<'_>, page: &[Entry<'_, Shown<'_>>], owner: Option<&Value>) -> Option<Vec<Value>> {
    let shown = |entry: &Entry<'_, Shown<'_>>| match entry {
        Entry::Key(key, (version, content)) => Some(json!({
            "Key": listing.encode(key),
            "LastModified": epoch(version.modified),
            "ETag": content.etag,
            "ChecksumAlgorithm": content.checksum.as_ref().map(|checksum| [checksum.algorithm]),
            "ChecksumType": content.checksum.as_ref().map(|checksum| checksum.kind),
            "Size": content.body.len(),
            "StorageClass": content.description.storage_class,
            "Owner": owner,
        })),
        Entry::Prefix(_) => None,
    };
    let shown: Vec<Value> = page.iter().filter_map(shown).collect();
    (!shown.is_empty()).then_some(shown)
}
