//! Pages of Auto Scaling's describes.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use crate::aws::ApiError;
use crate::aws::call::Call;

/// One page of `items` under `member`, at most `most` of them. Fewer are shown if `MaxRecords` asks for that.
pub(super) fn of(call: &Call<'_>, member: &str, items: Vec<Value>, most: usize) -> Result<Value, ApiError> {
    let start = match call.text("NextToken") {
        None => 0,
        Some(token) => BASE64_STANDARD
            .decode(token)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| text.strip_prefix("page:")?.parse::<usize>().ok())
            // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html#API_DescribeAutoScalingGroups_Errors
            .ok_or_else(|| ApiError::new("InvalidNextToken", "The token in the request is not valid."))?,
    };
    let size = match call.number("MaxRecords") {
        None => most,
        Some(size) => usize::try_from(size).ok().filter(|size| (1..=100).contains(size)).ok_or_else(|| {
            super::validate::error(format!("The value {size} of MaxRecords is invalid. It must be between 1 and 100."))
        })?,
    };
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
