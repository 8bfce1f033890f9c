//! Pages of describes (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination>).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use crate::aws::ApiError;
use crate::aws::call::Call;

/// One page of `items` under `member`, with the `NextToken` of the next. Items must come in an order that stays: the
/// token tells where to go on.
pub(super) fn of(call: &Call<'_>, member: &str, items: Vec<Value>) -> Result<Value, ApiError> {
    let start = match call.text("NextToken") {
        None => 0,
        Some(token) => BASE64_STANDARD
            .decode(token)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| text.strip_prefix("page:")?.parse::<usize>().ok())
            .ok_or_else(|| ApiError::new("InvalidNextToken", "The specified next token is not valid."))?,
    };
    let size = call.number("MaxResults").and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
    let total = items.len();
    let page: Vec<_> = items.into_iter().skip(start).take(size).collect();
    let next = start.saturating_add(page.len());
    let mut output = Map::new();
    output.insert(member.to_owned(), page.into());
    if next < total {
        output.insert("NextToken".to_owned(), BASE64_STANDARD.encode(format!("page:{next}")).into());
    }
    Ok(output.into())
}
