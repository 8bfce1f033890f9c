//! The account as a whole.

use serde_json::{Value, json};

use super::page;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;

pub(super) const OPERATIONS: Operations = &[("GetAccountSummary", summary), ("ListAccountAliases", aliases)];

/// Counts and quotas (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>).
fn summary(call: &mut Call<'_>) -> Answer {
    let (state, quotas) = (&call.account.iam, &call.account.settings.iam_limits);
    let versions: usize = state.policies.iter().map(|policy| policy.versions.len()).sum();
    let root_keys = state.keys.values().any(|key| key.user.is_none());
    let summary: Value = json!({
        "Users": state.users.len(),
        "UsersQuota": quotas.users,
        "Groups": state.groups.len(),
        "GroupsQuota": quotas.groups,
        "ServerCertificates": state.certificates.len(),
        "ServerCertificatesQuota": quotas.server_certificates,
        "UserPolicySizeQuota": 2_048,
        "GroupPolicySizeQuota": 5_120,
        "RolePolicySizeQuota": 10_240,
        "GroupsPerUserQuota": 10,
        "SigningCertificatesPerUserQuota": 2,
        "AccessKeysPerUserQuota": 2,
        "MFADevices": 0,
        "MFADevicesInUse": 0,
        "AccountMFAEnabled": 0,
        "AccountAccessKeysPresent": u8::from(root_keys),
        "AccountPasswordPresent": 1,
        "AccountSigningCertificatesPresent": 0,
        "AttachedPoliciesPerGroupQuota": quotas.policies_per_group,
        "AttachedPoliciesPerRoleQuota": quotas.policies_per_role,
        "AttachedPoliciesPerUserQuota": quotas.policies_per_user,
        "Policies": state.policies.len(),
        "PoliciesQuota": quotas.policies,
        "PolicySizeQuota": 6_144,
        "PolicyVersionsInUse": versions,
        "PolicyVersionsInUseQuota": 10_000,
        "VersionsPerPolicyQuota": 5,
        "GlobalEndpointTokenVersion": 1,
        "AssumeRolePolicySizeQuota": quotas.trust_policy_length,
        "InstanceProfiles": state.profiles.len(),
        "InstanceProfilesQuota": quotas.instance_profiles,
        "Providers": 0,
        "Roles": state.roles.len(),
        "RolesQuota": quotas.roles,
    });
    Ok(json!({ "SummaryMap": summary }))
}

/// Accounts have no alias until they are given one, which isn't served.
fn aliases(call: &mut Call<'_>) -> Answer {
    page::of(call, "AccountAliases", Vec::new())
}
