//! What roles, users and groups hold: permissions.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::document::Document;
use super::entity::Named;
use super::{Group, Role, User};
use crate::aws::ApiError;
use crate::aws::call::Call;

/// A policy document as it was given, and understood.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) document: Arc<Document>,
}

impl Written {
    pub(crate) fn new(text: &str, document: Document) -> Self {
        Self { text: text.to_owned(), document: Arc::new(document) }
    }
}

/// The permissions of a role, a user or a group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Permissions {
    /// Inline policies, by name.
    pub(crate) inline: BTreeMap<String, Written>,
    /// ARNs of managed policies, in the order in which they were attached.
    pub(crate) attached: Vec<String>,
    /// The ARN of the policy that bounds all that the others allow
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>).
    pub(crate) boundary: Option<String>,
}

/// Something that operations name.
pub(super) trait Addressed: Named {
    /// The name that a call gives.
    fn name(call: &Call<'_>) -> Result<String, ApiError>;
}

/// Something with permissions.
pub(super) trait Holder: Addressed {
    /// The quota of attached policies, as AWS names it.
    const QUOTA: &'static str;
    /// The most that inline policies may hold together, in characters
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>).
    const INLINE: usize;
    /// The kind in texts, and as names of members begin.
    const NOUN: &'static str;

    fn permissions(&self) -> &Permissions;

    fn permissions_mut(&mut self) -> &mut Permissions;

    /// Refuses to change what only AWS may.
    fn check_changeable(&self) -> Result<(), ApiError> {
        Ok(())
    }

    /// How many policies may be attached.
    fn most_attached(call: &Call<'_>) -> usize;
}

impl Holder for Role {
    const QUOTA: &'static str = "PoliciesPerRole";
    const INLINE: usize = 10_240;
    const NOUN: &'static str = "Role";

    fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    fn permissions_mut(&mut self) -> &mut Permissions {
        &mut self.permissions
    }

    fn check_changeable(&self) -> Result<(), ApiError> {
        Self::check_changeable(self)
    }

    fn most_attached(call: &Call<'_>) -> usize {
        call.account.settings.iam_limits.policies_per_role
    }
}

impl Holder for User {
    const QUOTA: &'static str = "PoliciesPerUser";
    const INLINE: usize = 2_048;
    const NOUN: &'static str = "User";

    fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    fn permissions_mut(&mut self) -> &mut Permissions {
        &mut self.permissions
    }

    fn most_attached(call: &Call<'_>) -> usize {
        call.account.settings.iam_limits.policies_per_user
    }
}

impl Holder for Group {
    const QUOTA: &'static str = "PoliciesPerGroup";
    const INLINE: usize = 5_120;
    const NOUN: &'static str = "Group";

    fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    fn permissions_mut(&mut self) -> &mut Permissions {
        &mut self.permissions
    }

    fn most_attached(call: &Call<'_>) -> usize {
        call.account.settings.iam_limits.policies_per_group
    }
}
