//! Bodies of instances for tests.

use serde_json::{Value, json};

/// A small instance for `europe-west1-b`, in the subnetwork `n`.
pub(in crate::gcp::compute) fn body(name: &str) -> Value {
    json!({
        "name": name,
        "machineType": "zones/europe-west1-b/machineTypes/e2-small",
        "disks": [{ "boot": true, "autoDelete": true, "initializeParams": {
            "sourceImage": "projects/debian-cloud/global/images/family/debian-12",
        } }],
        "networkInterfaces": [{ "subnetwork": "regions/europe-west1/subnetworks/n" }],
    })
}
