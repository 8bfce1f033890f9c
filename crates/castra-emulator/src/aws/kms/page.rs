//! Pages of lists (<https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html>).

use serde_json::{Map, Value};

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;
use crate::page;

/// One page of items under `member`, sorted by their keys.
pub(super) fn of(call: &Call<'_>, member: &str, usual: usize, mut items: Vec<(String, Value)>) -> Answer {
    let size = call.number("Limit").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usual);
    items.sort_by(|(one, _), (other, _)| one.cmp(other));
    let refusal = || ApiError::new("InvalidMarkerException", "Could not deserialize marker.");
    let (page, next) = page::by_key(call.text("Marker"), size, items, refusal)?;
    let mut output = Map::new();
    output.insert("Truncated".to_owned(), next.is_some().into());
    output.extend(next.map(|next| ("NextMarker".to_owned(), next.into())));
    output.insert(member.to_owned(), page.into());
    Ok(output.into())
}
