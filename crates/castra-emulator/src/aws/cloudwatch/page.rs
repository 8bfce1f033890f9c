//! Pages of CloudWatch's describes.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::aws::ApiError;
use crate::aws::call::Call;

/// The part of `items` that the call's token asks for, at most so many, and the token of the next.
pub(super) fn of<T>(call: &Call<'_>, items: Vec<T>, most: usize) -> Result<(Vec<T>, Option<String>), ApiError> {
    let start = match call.text("NextToken") {
        None => 0,
        Some(token) => BASE64_STANDARD
            .decode(token)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| text.strip_prefix("page:")?.parse::<usize>().ok())
            // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html#API_DescribeAlarms_Errors
            .ok_or_else(|| ApiError::new("InvalidNextToken", "The next token specified is invalid."))?,
    };
    let total = items.len();
    let page: Vec<T> = items.into_iter().skip(start).take(most).collect();
    let next = start.saturating_add(page.len());
    let token = (next < total && !page.is_empty()).then(|| BASE64_STANDARD.encode(format!("page:{next}")));
    Ok((page, token))
}
