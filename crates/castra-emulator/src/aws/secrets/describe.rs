//! What is known of a secret beside its value
//! (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html>).

use super::state::any;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("DescribeSecret", describe)];

/// Secrets that are scheduled for deletion can be described.
fn describe(call: &mut Call<'_>) -> Answer {
    Ok(any(call)?.described("VersionIdsToStages").into())
}
