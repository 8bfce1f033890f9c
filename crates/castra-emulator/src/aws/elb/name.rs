//! Names of load balancers and target groups.

use super::refuse::invalid;
use crate::aws::ApiError;

/// Refuses what can't name a load balancer
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>).
pub(super) fn check_load_balancer(name: &str) -> Result<(), ApiError> {
    check("The load balancer name", name)?;
    if name.starts_with("internal-") {
        return Err(invalid(format!("The load balancer name '{name}' cannot begin with 'internal-'")));
    }
    Ok(())
}

/// Refuses what can't name a target group
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>).
pub(super) fn check_target_group(name: &str) -> Result<(), ApiError> {
    check("Target group name", name)
}

fn check(subject: &str, name: &str) -> Result<(), ApiError> {
    if name.is_empty() {
        return Err(invalid(format!("{subject} '{name}' cannot be empty")));
    }
    if name.chars().count() > 32 {
        return Err(invalid(format!("{subject} '{name}' cannot be longer than '32' characters")));
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        let rule = "can only contain characters that are alphanumeric characters or hyphens(-)";
        return Err(invalid(format!("{subject} '{name}' {rule}")));
    }
    if name.starts_with('-') || name.ends_with('-') {
        return Err(invalid(format!("{subject} '{name}' cannot begin or end with '-'")));
    }
    Ok(())
}
