//! Pages of lists, with `MaxResults` and `NextToken`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;

/// One page of `items` under `member`; they come sorted by their keys, and the token tells after which to go on.
pub(super) fn of(call: &Call<'_>, member: &str, items: Vec<(String, Value)>, usual: usize) -> Answer {
    let after = match call.text("NextToken") {
        None => None,
        Some(token) => {
            let key = BASE64_STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let refusal = || ApiError::new("InvalidNextToken", "The specified token is not valid.");
            Some(key.ok_or_else(refusal)?)
        }
    };
    let size = call.number("MaxResults").and_then(|size| usize::try_from(size).ok()).unwrap_or(usual);
    let mut rest = items.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
    let page: Vec<_> = rest.by_ref().take(size).collect();
    let token = page.last().filter(|_| rest.next().is_some()).map(|(key, _)| BASE64_STANDARD.encode(key));
    let mut output = Map::new();
    output.insert(member.to_owned(), page.into_iter().map(|(_, value)| value).collect());
    if let Some(token) = token {
        output.insert("NextToken".to_owned(), token.into());
    }
    Ok(output.into())
}
