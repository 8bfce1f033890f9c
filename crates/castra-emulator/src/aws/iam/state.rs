//! What IAM holds.

use jiff::Timestamp;

use super::entity::Entities;
use super::instance_profile::InstanceProfile;

/// What IAM holds in an account, which is the same in all regions.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// The account's number.
    pub(crate) account: String,
    /// When the account came to be.
    pub(crate) created: Timestamp,
    pub(crate) profiles: Entities<InstanceProfile>,
}

impl State {
    /// An account's IAM on its first day.
    pub(crate) fn new(account: &str, now: Timestamp) -> Self {
        Self { account: account.to_owned(), created: now, profiles: Entities::default() }
    }

    /// The instance profile of that name or ARN, whether or not it has spread yet
    /// ([`InstanceProfile::changed`] tells since when it is as it is).
    pub(crate) fn instance_profile(&self, name_or_arn: &str) -> Option<&InstanceProfile> {
        if name_or_arn.starts_with("arn:") {
            return self.profiles.by_arn(name_or_arn);
        }
        self.profiles.get(name_or_arn)
    }
}
