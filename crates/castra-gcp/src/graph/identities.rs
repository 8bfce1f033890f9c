//! What nodes are to Google Cloud: a service account for each role.

use std::collections::BTreeMap;

use castra_core::resource::Ref;
use castra_core::topology::Role;

use super::Build;
use crate::kinds::{ProjectIamMember, ServiceAccount};

/// What a node may do in the project: write its logs and its measurements, and nothing else
/// (<https://cloud.google.com/compute/docs/access/service-accounts>).
const ROLES: [&str; 2] = ["roles/logging.logWriter", "roles/monitoring.metricWriter"];

impl Build<'_> {
    pub(super) fn identities(&mut self) {
        for role in Role::ALL {
            let display_name = format!("{}: {role} nodes in {}", self.spec.name, self.settings.region);
            let name = self.names.account(role.as_str());
            self.add(role.as_str(), ServiceAccount { name, display_name, disabled: false });
        }
        let members: Vec<Ref<ServiceAccount>> = Role::ALL.map(|role| Ref::to(role.as_str())).into();
        let bindings: BTreeMap<_, _> = ROLES.map(|role| (role.to_owned(), members.clone())).into();
        self.add("nodes", ProjectIamMember { bindings });
    }
}
