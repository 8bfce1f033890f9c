//! Pages of Auto Scaling's describes.

use serde_json::{Map, Value};

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::page;

/// One page of `items` under `member`, at most `most` of them. Fewer are shown if `MaxRecords` asks for that.
pub(super) fn of(call: &Call<'_>, member: &str, items: Vec<Value>, most: usize) -> Result<Value, ApiError> {
    let size = match call.number("MaxRecords") {
        None => most,
        Some(size) => usize::try_from(size).ok().filter(|size| (1..=100).contains(size)).ok_or_else(|| {
            super::validate::error(format!("The value {size} of MaxRecords is invalid. It must be between 1 and 100."))
        })?,
    };
    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html#API_DescribeAutoScalingGroups_Errors
    let refusal = || ApiError::new("InvalidNextToken", "The token in the request is not valid.");
    let (page, token) = page::by_place(call.text("NextToken"), size, items, refusal)?;
    let mut output = Map::new();
    output.insert(member.to_owned(), page.into());
    output.extend(token.map(|token| ("NextToken".to_owned(), token.into())));
    Ok(output.into())
}
