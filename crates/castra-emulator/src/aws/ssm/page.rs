//! Pages of lists, with `MaxResults` and `NextToken`.

use serde_json::{Map, Value};

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::aws::error::Answer;
use crate::page;

/// One page of `items` under `member`; they come sorted by their keys.
pub(super) fn of(call: &Call<'_>, member: &str, items: Vec<(String, Value)>, usual: usize) -> Answer {
    let size = call.number("MaxResults").and_then(|size| usize::try_from(size).ok()).unwrap_or(usual);
    let refusal = || ApiError::new("InvalidNextToken", "The specified token is not valid.");
    let (page, token) = page::by_key(call.text("NextToken"), size, items, refusal)?;
    let mut output = Map::new();
    output.insert(member.to_owned(), page.into());
    output.extend(token.map(|token| ("NextToken".to_owned(), token.into())));
    Ok(output.into())
}
