//! Lists of all versions of objects (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html>):
//! by key, and for each key from the latest to the oldest.

use serde_json::{Value, json};

use super::bucket::shown_owner;
use super::error;
use super::history::{History, Version};
use super::listing::{Entry, Listing};
use super::state::bucket;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("ListObjectVersions", list)];

fn list(call: &mut Call<'_>) -> Answer {
    let listing = Listing::of(call, "MaxKeys", "max-keys")?;
    let (key_marker, id_marker) = (call.text("KeyMarker"), call.text("VersionIdMarker").filter(|id| !id.is_empty()));
    if id_marker.is_some() && key_marker.is_none() {
        let message = "A version-id marker cannot be specified without a key marker.";
        return Err(error::invalid_argument(message, "version-id-marker", id_marker));
    }
    let bucket = bucket(call)?;
    let keys = bucket.objects.range(listing.prefix.to_owned()..);
    let mut page: Vec<Entry<'_, (&Version, bool)>> = Vec::new();
    let mut more = false;
    let mut within: Option<&str> = None;
    'keys: for (key, history) in keys.take_while(|(key, _)| key.starts_with(listing.prefix)) {
        if within.is_some_and(|common| key.starts_with(common)) {
            continue;
        }
        let common = listing.common(key);
        let name = common.unwrap_or(key);
        // With both markers the list goes on after that version; with the key's only, after all of the key's versions.
        let resumed = common.is_none() && key_marker == Some(key) && id_marker.is_some();
        if key_marker.is_some_and(|marker| name <= marker) && !resumed {
            continue;
        }
        within = common;
        let entries: Vec<Entry<'_, _>> = match common {
            Some(common) => vec![Entry::Prefix(common)],
            None => versions(key, history, id_marker.filter(|_| resumed)),
        };
        for entry in entries {
            if page.len() == listing.most {
                more = listing.most > 0;
                break 'keys;
            }
            page.push(entry);
        }
    }
    let owner = shown_owner(call);
    let shown = |markers: bool| {
        let shown = page.iter().filter_map(|entry| match entry {
            Entry::Key(key, (version, latest)) if version.content.is_none() == markers => {
                Some(shown(&listing.encode(key), version, *latest, &owner))
            }
            _ => None,
        });
        let shown: Vec<Value> = shown.collect();
        (!shown.is_empty()).then_some(shown)
    };
    let last = page.last().filter(|_| more);
    Ok(json!({
        "IsTruncated": more,
        "KeyMarker": listing.encode(key_marker.unwrap_or_default()),
        "VersionIdMarker": id_marker.unwrap_or_default(),
        "NextKeyMarker": last.map(|entry| listing.encode(entry.name())),
        "NextVersionIdMarker": last.and_then(|entry| match entry {
            Entry::Key(_, (version, _)) => Some(version.name()),
            Entry::Prefix(_) => None,
        }),
        "Versions": shown(false),
        "DeleteMarkers": shown(true),
        "Name": bucket.name,
        "Prefix": listing.encode(listing.prefix),
        "Delimiter": listing.delimiter.map(|delimiter| listing.encode(delimiter)),
        "MaxKeys": listing.most,
        "CommonPrefixes": listing.common_prefixes(&page),
        "EncodingType": listing.encoding(),
    }))
}

/// A key's versions, latest first; those after one if that is given.
fn versions<'a>(key: &'a str, history: &'a History, after: Option<&str>) -> Vec<Entry<'a, (&'a Version, bool)>> {
    let all = history.iter().enumerate().map(|(index, version)| Entry::Key(key, (version, index == 0)));
    match after {
        None => all.collect(),
        Some(after) => all
            .skip_while(|entry| !matches!(entry, Entry::Key(_, (version, _)) if version.name() == after))
            .skip(1)
            .collect(),
    }
}

fn shown(key: &str, version: &Version, latest: bool, owner: &Value) -> Value {
    let mut shown = json!({
        "Key": key,
        "VersionId": version.name(),
        "IsLatest": latest,
        "LastModified": epoch(version.modified),
        "Owner": owner,
    });
    if let (Some(content), Some(shown)) = (&version.content, shown.as_object_mut()) {
        shown.insert("ETag".to_owned(), content.etag.as_str().into());
        shown.insert("Size".to_owned(), content.body.len().into());
        // Of all classes, the contract has this one here.
        shown.insert("StorageClass".to_owned(), "STANDARD".into());
        if let Some(checksum) = &content.checksum {
            shown.insert("ChecksumAlgorithm".to_owned(), json!([checksum.algorithm]));
            shown.insert("ChecksumType".to_owned(), checksum.kind.into());
        }
    }
    shown
}
