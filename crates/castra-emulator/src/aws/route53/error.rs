//! Route 53's refusals; each operation's page lists its own
//! (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53.html>).

use crate::aws::ApiError;

pub(super) fn no_such_zone(id: &str) -> ApiError {
    ApiError::new("NoSuchHostedZone", format!("No hosted zone found with ID: {id}")).status(404)
}

pub(super) fn no_such_health_check(id: &str) -> ApiError {
    ApiError::new("NoSuchHealthCheck", format!("A health check with id {id} does not exist.")).status(404)
}

pub(super) fn invalid_input(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidInput", message).status(400)
}

/// All that is wrong with a batch of changes, in one message.
pub(super) fn invalid_batch(messages: &[String]) -> ApiError {
    ApiError::new("InvalidChangeBatch", format!("[{}]", messages.join(", "))).status(400)
}

/// What is wrong with a name or a value, the way Route 53's own parser says it, as reported in
/// <https://github.com/hashicorp/terraform/issues/18482> and <https://github.com/danpilch/aws-dyndns/issues/3>.
pub(super) fn fatal(code: &str, why: &str, text: &str) -> String {
    format!("FATAL problem: {code} ({why}) encountered with '{text}'")
}
