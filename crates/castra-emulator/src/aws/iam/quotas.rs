//! IAM's quotas.

use serde::{Deserialize, Serialize};

/// How much an account may have of what IAM holds
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entities>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct IamLimits {
    /// Roles in the account.
    pub roles: usize,
    /// Instance profiles in the account.
    pub instance_profiles: usize,
    /// Users in the account; can't be raised on AWS.
    pub users: usize,
    /// Groups in the account.
    pub groups: usize,
    /// Customer managed policies in the account.
    pub policies: usize,
    /// Server certificates in the account.
    pub server_certificates: usize,
    /// Managed policies attached to one role.
    pub policies_per_role: usize,
    /// Managed policies attached to one user.
    pub policies_per_user: usize,
    /// Managed policies attached to one group; can't be raised on AWS.
    pub policies_per_group: usize,
    /// Characters of a trust policy, white space apart.
    pub trust_policy_length: usize,
}

impl Default for IamLimits {
    fn default() -> Self {
        Self {
            roles: 1_000,
            instance_profiles: 1_000,
            users: 5_000,
            groups: 300,
            policies: 1_500,
            server_certificates: 20,
            policies_per_role: 10,
            policies_per_user: 10,
            policies_per_group: 10,
            trust_policy_length: 2_048,
        }
    }
}

/// The refusal of more than a quota allows.
pub(super) fn exceeded(quota: &str, most: usize) -> crate::aws::ApiError {
    crate::aws::ApiError::new("LimitExceeded", format!("Cannot exceed quota for {quota}: {most}"))
}
