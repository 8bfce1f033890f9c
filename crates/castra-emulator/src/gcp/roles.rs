//! Predefined roles: those that servers of a cluster and those who run it are given, with the permissions that matter
//! here (<https://cloud.google.com/iam/docs/roles-permissions>).

use std::collections::BTreeSet;

use super::{contracts, permission};
use crate::pattern::like;

/// A role: its name, its title, and its permissions, which may have wildcards.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Role {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    permissions: &'static [&'static str],
}

const fn role(name: &'static str, title: &'static str, permissions: &'static [&'static str]) -> Role {
    Role { name, title, permissions }
}

static ROLES: &[Role] = &[
    role("roles/owner", "Owner", &["*"]),
    // What an editor may not is to give permissions.
    role(
        "roles/editor",
        "Editor",
        &[
            "compute.*",
            "dns.*",
            "iam.serviceAccounts.actAs",
            "iam.*.get",
            "iam.*.list",
            "iam.serviceAccounts.create",
            "iam.serviceAccounts.delete",
            "iam.serviceAccounts.update",
            "iam.serviceAccounts.disable",
            "iam.serviceAccounts.enable",
            "resourcemanager.projects.get",
            "resourcemanager.projects.getIamPolicy",
            "secretmanager.secrets.*",
            "secretmanager.versions.list",
            "secretmanager.versions.get",
            "secretmanager.versions.add",
            "secretmanager.versions.disable",
            "secretmanager.versions.enable",
            "secretmanager.versions.destroy",
        ],
    ),
    role("roles/viewer", "Viewer", &["*.get", "*.list", "*.getIamPolicy"]),
    role("roles/compute.admin", "Compute Admin", &["compute.*", "resourcemanager.projects.get"]),
    role("roles/compute.viewer", "Compute Viewer", &["compute.*.get", "compute.*.list", "compute.*.getIamPolicy"]),
    role(
        "roles/compute.instanceAdmin.v1",
        "Compute Instance Admin (v1)",
        &[
            "compute.instances.*",
            "compute.disks.*",
            "compute.diskTypes.*",
            "compute.images.*",
            "compute.machineTypes.*",
            "compute.instanceGroups.*",
            "compute.instanceGroupManagers.*",
            "compute.instanceTemplates.*",
            "compute.autoscalers.*",
            "compute.projects.get",
            "compute.regions.*",
            "compute.zones.*",
            "compute.*Operations.*",
            "compute.networks.get",
            "compute.networks.list",
            "compute.networks.use",
            "compute.subnetworks.get",
            "compute.subnetworks.list",
            "compute.subnetworks.use",
        ],
    ),
    role(
        "roles/compute.networkAdmin",
        "Compute Network Admin",
        &[
            "compute.networks.*",
            "compute.subnetworks.*",
            "compute.routers.*",
            "compute.routes.*",
            "compute.addresses.*",
            "compute.globalAddresses.*",
            "compute.*orwardingRules.*",
            "compute.*ealthChecks.*",
            "compute.*ackendServices.*",
            "compute.*rlMaps.*",
            "compute.*argetHttp*.*",
            "compute.firewalls.get",
            "compute.firewalls.list",
            "compute.instanceGroups.get",
            "compute.instanceGroups.list",
            "compute.instances.get",
            "compute.instances.list",
            "compute.instances.use",
            "compute.*slCertificates.get",
            "compute.*slCertificates.list",
            "compute.projects.get",
            "compute.regions.*",
            "compute.zones.*",
            "compute.*Operations.*",
        ],
    ),
    role(
        "roles/compute.securityAdmin",
        "Compute Security Admin",
        &[
            "compute.firewalls.*",
            "compute.*slCertificates.*",
            "compute.*ecurityPolicies.*",
            "compute.networks.get",
            "compute.networks.list",
            "compute.networks.updatePolicy",
            "compute.projects.get",
            "compute.*Operations.*",
        ],
    ),
    role(
        "roles/compute.loadBalancerAdmin",
        "Compute Load Balancer Admin",
        &[
            "compute.*orwardingRules.*",
            "compute.*ealthChecks.*",
            "compute.*ackendServices.*",
            "compute.*rlMaps.*",
            "compute.*argetHttp*.*",
            "compute.*slCertificates.*",
            "compute.*ecurityPolicies.*",
            "compute.addresses.*",
            "compute.globalAddresses.*",
            "compute.instanceGroups.*",
            "compute.*Operations.*",
            "compute.networks.get",
            "compute.networks.list",
            "compute.networks.use",
            "compute.subnetworks.get",
            "compute.subnetworks.use",
        ],
    ),
    role(
        "roles/iam.serviceAccountAdmin",
        "Service Account Admin",
        // Who administers accounts can't act as one (https://cloud.google.com/iam/docs/roles-permissions/iam).
        &[
            "iam.serviceAccounts.create",
            "iam.serviceAccounts.delete",
            "iam.serviceAccounts.disable",
            "iam.serviceAccounts.enable",
            "iam.serviceAccounts.get",
            "iam.serviceAccounts.getIamPolicy",
            "iam.serviceAccounts.list",
            "iam.serviceAccounts.setIamPolicy",
            "iam.serviceAccounts.undelete",
            "iam.serviceAccounts.update",
            "resourcemanager.projects.get",
            "resourcemanager.projects.list",
        ],
    ),
    role(
        "roles/iam.serviceAccountUser",
        "Service Account User",
        &["iam.serviceAccounts.actAs", "iam.serviceAccounts.get", "iam.serviceAccounts.list"],
    ),
    role(
        "roles/iam.serviceAccountTokenCreator",
        "Service Account Token Creator",
        &["iam.serviceAccounts.getAccessToken"],
    ),
    role("roles/iam.securityAdmin", "Security Admin", &["*.getIamPolicy", "*.setIamPolicy", "iam.*.get", "iam.*.list"]),
    role(
        "roles/resourcemanager.projectIamAdmin",
        "Project IAM Admin",
        &[
            "resourcemanager.projects.get",
            "resourcemanager.projects.getIamPolicy",
            "resourcemanager.projects.setIamPolicy",
        ],
    ),
    role("roles/browser", "Browser", &["resourcemanager.projects.get", "resourcemanager.projects.getIamPolicy"]),
    role("roles/secretmanager.admin", "Secret Manager Admin", &["secretmanager.*"]),
    role("roles/secretmanager.secretAccessor", "Secret Manager Secret Accessor", &["secretmanager.versions.access"]),
    role(
        "roles/secretmanager.viewer",
        "Secret Manager Viewer",
        &["secretmanager.*.get", "secretmanager.*.list", "secretmanager.*.getIamPolicy"],
    ),
    role(
        "roles/secretmanager.secretVersionAdder",
        "Secret Manager Secret Version Adder",
        &["secretmanager.versions.add"],
    ),
    role(
        "roles/secretmanager.secretVersionManager",
        "Secret Manager Secret Version Manager",
        &[
            "secretmanager.versions.add",
            "secretmanager.versions.destroy",
            "secretmanager.versions.disable",
            "secretmanager.versions.enable",
            "secretmanager.versions.get",
            "secretmanager.versions.list",
        ],
    ),
    role("roles/dns.admin", "DNS Administrator", &["dns.*"]),
    role("roles/dns.reader", "DNS Reader", &["dns.*.get", "dns.*.list"]),
    role("roles/logging.logWriter", "Logs Writer", &["logging.logEntries.create"]),
    role("roles/monitoring.metricWriter", "Monitoring Metric Writer", &["monitoring.timeSeries.create"]),
    role("roles/storage.objectViewer", "Storage Object Viewer", &["storage.objects.get", "storage.objects.list"]),
    role("roles/storage.objectAdmin", "Storage Object Admin", &["storage.objects.*"]),
    role("roles/storage.admin", "Storage Admin", &["storage.*"]),
    role("roles/artifactregistry.reader", "Artifact Registry Reader", &["artifactregistry.repositories.get"]),
];

/// Every role.
pub(crate) fn all() -> &'static [Role] {
    ROLES
}

/// The role of that name.
pub(crate) fn named(name: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.name == name)
}

impl Role {
    /// Whether it gives a permission.
    pub(crate) fn gives(&self, permission: &str) -> bool {
        self.permissions.iter().any(|pattern| like(pattern, permission))
    }

    /// The permissions that it gives, of those that something here asks for.
    pub(crate) fn permissions(&self) -> Vec<String> {
        let asked = contracts::all()
            .iter()
            .flat_map(|service| service.contract.methods.values().map(|method| permission::of(service.name, method)));
        let plain = self.permissions.iter().filter(|name| !name.contains('*')).map(|name| (*name).to_owned());
        asked.filter(|name| self.gives(name)).chain(plain).collect::<BTreeSet<_>>().into_iter().collect()
    }
}
