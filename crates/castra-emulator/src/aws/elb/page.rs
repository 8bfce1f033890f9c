//! Pages of describes: `PageSize` and `Marker`
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html>).

use serde_json::{Map, Value};

use super::refuse::invalid;
use crate::aws::call::Call;
use crate::aws::error::Answer;
use crate::page;

/// The most that a page holds.
const DEFAULT: usize = 400;

/// One page of `items` under `member`, with the `NextMarker` of the next. Each item comes with the key under which it
/// is sorted.
pub(super) fn of(call: &Call<'_>, member: &str, items: Vec<(String, Value)>) -> Answer {
    let marker = call.text("Marker").filter(|marker| !marker.is_empty());
    let size = call.number("PageSize").and_then(|size| usize::try_from(size).ok()).unwrap_or(DEFAULT);
    let (page, next) = page::by_key(marker, size, items, || invalid("Invalid marker"))?;
    let mut output = Map::new();
    output.extend(next.map(|next| ("NextMarker".to_owned(), next.into())));
    output.insert(member.to_owned(), page.into());
    Ok(output.into())
}
