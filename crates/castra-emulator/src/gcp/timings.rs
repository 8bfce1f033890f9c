//! How long things take on Google Cloud.

use crate::timings::timings;

timings! {
    /// How long things take, in emulated seconds. Google publishes few times: where a field names no source, the default
    /// is what published logs of deployments show.
    instant keeps operation_listed;

    /// From a request until its operation runs.
    operation_pending = 0.5,
    /// For how long an operation runs, if nothing here is more exact.
    operation = 4.0,
    /// For how long an operation that is over can be looked up: "a minimum of 1 hour and a maximum of 14 days"
    /// (<https://cloud.google.com/compute/docs/instances/viewing-compute-operations>).
    operation_listed = 3600.0,
    /// Inserting, changing or deleting a network.
    network = 20.0,
    /// Inserting, changing or deleting a subnetwork.
    subnetwork = 12.0,
    /// Inserting, changing or deleting a firewall rule or a route.
    firewall = 6.0,
    /// Inserting, changing or deleting a router.
    router = 5.0,
    /// Reserving or releasing an address.
    address = 3.0,
    /// Inserting, changing or deleting a disk, or attaching one.
    disk = 4.0,
    /// From the request of an instance until its resources are there and it is `STAGING`.
    instance_provisioning = 4.0,
    /// From the request of an instance until it is `RUNNING`.
    instance_insert = 12.0,
    /// Starting a stopped instance, until it is `RUNNING`.
    instance_start = 10.0,
    /// Stopping an instance: its system has up to 90 seconds
    /// (<https://cloud.google.com/compute/docs/instances/stop-start-instance>).
    instance_stop = 20.0,
    /// Resetting an instance.
    instance_reset = 3.0,
    /// Deleting an instance, which is stopped for it.
    instance_delete = 30.0,
    /// Until a change of a DNS zone is `done`, which is when all of Google's servers know it: "within 60 seconds"
    /// (<https://cloud.google.com/dns/docs/overview#propagation>).
    dns_change = 60.0,
    /// Inserting, changing or deleting a health check.
    health_check = 4.0,
    /// Inserting, changing or deleting a backend service.
    backend_service = 12.0,
    /// Inserting, changing or deleting a forwarding rule.
    forwarding_rule = 10.0,
    /// Inserting, changing or deleting what else load balancers are made of: URL maps, target proxies, certificates and
    /// security policies.
    balancing = 5.0,
    /// Restarting an instance of a managed group.
    group_restart = 40.0,
    /// Until a managed group tries again what failed, at first; each time in a row it takes longer.
    group_retry = 30.0,
}
