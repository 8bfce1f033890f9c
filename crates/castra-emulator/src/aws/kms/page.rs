//! Pages of lists (<https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html>).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// One page of items with their keys, by which they are sorted, under `member`.
pub(super) fn of(call: &Call<'_>, member: &str, usual: usize, mut items: Vec<(String, Value)>) -> Answer {
    let after = match call.text("Marker") {
        None => None,
        Some(marker) => {
            let key = BASE64_STANDARD.decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            Some(key.ok_or_else(|| ApiError::new("InvalidMarkerException", "Could not deserialize marker."))?)
        }
    };
    let size = call.number("Limit").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usual);
    items.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut rest = items.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let page: Vec<_> = rest.by_ref().take(size).collect();
    let more = rest.next().is_some();
    let marker = page.last().filter(|_| more).map(|(key, _)| BASE64_STANDARD.encode(key));
    let shown: Vec<Value> = page.into_iter().map(|(_, value)| value).collect();
    let mut output = json!({ "Truncated": more, "NextMarker": marker });
    if let Some(output) = output.as_object_mut() {
        output.insert(member.to_owned(), shown.into());
    }
    Ok(output)
}
