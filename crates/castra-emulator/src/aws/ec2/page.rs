//! Pages of describes (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination>).

use serde_json::{Map, Value};

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::page;

/// One page of `items` under `member`, with the `NextToken` of the next. Items must come in an order that stays.
pub(super) fn of(call: &Call<'_>, member: &str, items: Vec<Value>) -> Result<Value, ApiError> {
    let size = call.number("MaxResults").and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
    let refusal = || ApiError::new("InvalidNextToken", "The specified next token is not valid.");
    let (page, token) = page::by_place(call.text("NextToken"), size, items, refusal)?;
    let mut output = Map::new();
    output.insert(member.to_owned(), page.into());
    output.extend(token.map(|token| ("NextToken".to_owned(), token.into())));
    Ok(output.into())
}
