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
}
