//! Pages of describes: `PageSize` and `Marker`
//! (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html>).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use super::refuse::invalid;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// One page of `items` under `member`, with the `NextMarker` of the next. Each item comes with the key under which it
/// is sorted; the marker holds the last one's, so that a page follows the one before it even if objects come and go.
pub(super) fn of(call: &Call<'_>, member: &str, items: Vec<(String, Value)>) -> Answer {
    let after = match call.text("Marker") {
        None | Some("") => None,
        Some(marker) => {
            let key = BASE64_STANDARD.decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            Some(key.ok_or_else(|| invalid("Invalid marker"))?)
        }
    };
    let size = call.number("PageSize").and_then(|size| usize::try_from(size).ok()).unwrap_or(DEFAULT);
    let mut rest = items.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let page: Vec<_> = rest.by_ref().take(size).collect();
    let mut output = Map::new();
    if let (Some((last, _)), Some(_)) = (page.last(), rest.next()) {
        output.insert("NextMarker".to_owned(), BASE64_STANDARD.encode(last).into());
    }
    output.insert(member.to_owned(), page.into_iter().map(|(_, item)| item).collect());
    Ok(output.into())
}

/// The most that a page holds.
const DEFAULT: usize = 400;
