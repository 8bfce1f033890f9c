//! IAM's objects as a list.

use super::state::State;
use crate::aws::object::{Objects, texts};

impl State {
    /// Roles, users, groups, instance profiles, policies of the account's own, certificates. The roles of services are
    /// theirs.
    pub(crate) fn objects(&self, objects: &mut Objects<'_>) {
        for role in self.roles.iter().filter(|role| !role.entity.path.starts_with("/aws-service-role/")) {
            objects.add("role", &role.entity.name, None, texts(&role.tags));
        }
        for user in self.users.iter() {
            objects.add("user", &user.entity.name, None, texts(&user.tags));
        }
        for group in self.groups.iter() {
            objects.add("group", &group.entity.name, None, Default::default());
        }
        for profile in self.profiles.iter() {
            objects.add("instance-profile", &profile.entity.name, None, texts(&profile.tags));
        }
        for policy in self.policies.iter() {
            objects.add("policy", &policy.entity.arn, None, texts(&policy.tags));
        }
        for certificate in self.certificates.iter() {
            objects.add("server-certificate", &certificate.entity.name, None, texts(&certificate.tags));
        }
    }
}
