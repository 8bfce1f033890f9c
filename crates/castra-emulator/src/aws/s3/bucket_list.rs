//! The list of buckets (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::bucket::{Bucket, shown_owner};
use super::error;
use crate::aws::call::{Call, Operations, epoch};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("ListBuckets", list)];

fn list(call: &mut Call<'_>) -> Answer {
    let prefix = call.text("Prefix").unwrap_or_default();
    let region = call.text("BucketRegion");
    let after = match call.text("ContinuationToken") {
        None => None,
        Some(token) => {
            let name = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let wrong =
                || error::invalid_argument("The continuation token provided is incorrect", "continuation-token", token);
            Some(name.ok_or_else(wrong)?)
        }
    };
    // "BucketRegion: [..] If the request contains at least one valid parameter, it is included in the response."
    let asked = call.input.as_object().is_some_and(|input| !input.is_empty());
    let wanted = |bucket: &&Bucket| {
        bucket.name.starts_with(prefix)
            && region.is_none_or(|region| bucket.region == region)
            && after.as_ref().is_none_or(|after| bucket.name > *after)
    };
    let most = call.number("MaxBuckets").and_then(|most| usize::try_from(most).ok()).unwrap_or(10_000);
    let mut buckets = call.account.s3.buckets.values().filter(wanted);
    let page: Vec<&Bucket> = buckets.by_ref().take(most).collect();
    let more = buckets.next().is_some();
    let token = page.last().filter(|_| more).map(|bucket| STANDARD.encode(&bucket.name));
    let shown = |bucket: &&Bucket| {
        json!({
            "Name": bucket.name,
            "CreationDate": epoch(bucket.created),
            "BucketRegion": asked.then_some(&bucket.region),
        })
    };
    Ok(json!({
        "Buckets": page.iter().map(shown).collect::<Vec<Value>>(),
        "Owner": shown_owner(call),
        "ContinuationToken": token,
        "Prefix": call.text("Prefix"),
    }))
}
