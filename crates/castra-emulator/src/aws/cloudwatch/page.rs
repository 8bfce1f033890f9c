//! Pages of CloudWatch's describes.

use crate::aws::ApiError;
use crate::aws::call::Call;
use crate::page::{self, Page};

/// The part of `items` that the call's token asks for, at most so many, and the token of the next.
pub(super) fn of<T>(call: &Call<'_>, items: Vec<T>, most: usize) -> Result<Page<T>, ApiError> {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html#API_DescribeAlarms_Errors
    let refusal = || ApiError::new("InvalidNextToken", "The next token specified is invalid.");
    page::by_place(call.text("NextToken"), most, items, refusal)
}
