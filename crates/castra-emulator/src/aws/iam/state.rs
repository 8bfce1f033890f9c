//! What IAM holds.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::access_key::AccessKey;
use super::entity::Entities;
use super::server_certificate::ServerCertificate;
use super::service_linked_role::{self, Deletion};
use super::{Group, InstanceProfile, Policy, Role, User};
use crate::aws::account::Account;

/// What IAM holds in an account, which is the same in all regions.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// When the account came to be.
    pub(crate) created: Timestamp,
    pub(crate) roles: Entities<Role>,
    pub(crate) users: Entities<User>,
    pub(crate) groups: Entities<Group>,
    pub(crate) profiles: Entities<InstanceProfile>,
    /// The account's own; AWS's are in the catalogue.
    pub(crate) policies: Entities<Policy>,
    pub(crate) certificates: Entities<ServerCertificate>,
    /// By access key id.
    pub(crate) keys: BTreeMap<String, AccessKey>,
    /// By task.
    pub(crate) deletions: BTreeMap<String, Deletion>,
}

/// What is due to happen.
#[derive(Debug, Clone)]
pub(crate) enum Due {
    /// The deletion of a service-linked role comes to its end, by task.
    DeleteServiceLinkedRole(String),
}

impl State {
    /// An account's IAM on its first day.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            created: now,
            roles: Entities::default(),
            users: Entities::default(),
            groups: Entities::default(),
            profiles: Entities::default(),
            policies: Entities::default(),
            certificates: Entities::default(),
            keys: BTreeMap::new(),
            deletions: BTreeMap::new(),
        }
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

/// Lets it happen.
pub(crate) fn happen(account: &mut Account, due: Due) {
    match due {
        Due::DeleteServiceLinkedRole(task) => service_linked_role::finish(account, &task),
    }
}
