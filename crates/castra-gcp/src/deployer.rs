//! What a project and whoever deploys into it need before the first apply.

/// The services that must be enabled in the project
/// (<https://cloud.google.com/service-usage/docs/enable-disable>): `gcloud services enable compute.googleapis.com ..`.
pub const SERVICES: [&str; 3] = ["compute.googleapis.com", "iam.googleapis.com", "cloudresourcemanager.googleapis.com"];

/// The roles of whoever deploys, on the project (<https://cloud.google.com/iam/docs/roles-permissions>). All of them are
/// needed, and no others, for a cluster in a network of its own.
///
/// In a network that another project shares, whoever deploys also needs `roles/compute.networkUser` on the subnetwork
/// there, and so does the project's Google APIs service agent, which makes a managed group's machines
/// (<https://cloud.google.com/vpc/docs/provisioning-shared-vpc>).
pub const ROLES: [&str; 6] = [
    // Machines, disks, templates, groups and autoscalers.
    "roles/compute.instanceAdmin.v1",
    // Networks, routers, addresses and load balancers.
    "roles/compute.networkAdmin",
    // Firewall rules and security policies; and certificates, which are only read.
    "roles/compute.securityAdmin",
    // The service accounts of the nodes,
    "roles/iam.serviceAccountAdmin",
    // machines that run as these,
    "roles/iam.serviceAccountUser",
    // and that these may write logs and measurements.
    "roles/resourcemanager.projectIamAdmin",
];
