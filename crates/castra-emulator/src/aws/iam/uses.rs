//! What other services use of IAM's.

use crate::aws::account::Account;

/// What uses the service-linked role of that name: by region, the ARNs.
pub(super) fn of_role(_account: &Account, _role: &str) -> Vec<(String, Vec<String>)> {
    Vec::new()
}

/// The ARN of what uses a server certificate.
pub(super) fn of_certificate(_account: &Account, _arn: &str) -> Option<String> {
    None
}
