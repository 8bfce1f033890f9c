//! Launch configurations, which accounts can't create any more that were made since October 2024
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html>).

use serde_json::json;

use super::validate::error;
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[
    ("CreateLaunchConfiguration", create),
    ("DeleteLaunchConfiguration", delete),
    ("DescribeLaunchConfigurations", describe),
];

/// The refusal to create one.
pub(super) fn unavailable() -> ApiError {
    ApiError::new(
        "UnsupportedOperation",
        "The Launch Configuration creation operation is not available in your account. Use launch templates to create \
         configuration templates for your Auto Scaling groups.",
    )
}

fn create(_: &mut Call<'_>) -> Answer {
    Err(unavailable())
}

fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.required("LaunchConfigurationName");
    Err(error(format!("Launch configuration name not found - Launch configuration {name} not found")))
}

fn describe(_: &mut Call<'_>) -> Answer {
    Ok(json!({ "LaunchConfigurations": [] }))
}
