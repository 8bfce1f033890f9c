//! Google Cloud.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::{BootSeconds, Calls, Cloud, Site};
use crate::emulator::Emulator;
use crate::http::Client;

const PROJECT: &str = "camp-by-the-river";
const REGION: &str = "europe-west3";

pub(super) const SITE: Site = Site {
    cloud: Cloud::Gcp,
    title: "Google Cloud",
    account: PROJECT,
    region: REGION,
    machine_type: "n2-standard-4",
    spec: r#"# The camp by the river.
name = "NAME"

[provider]
name = "gcp"
project = "camp-by-the-river"
region = "europe-west3"
image = { project = "ubuntu-os-cloud", family = "ubuntu-2404-lts-amd64" }

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "n2-standard-4"

[secondaries]
count = 5 # as many as the work needs
machine_type = "n2-standard-4"

[load_balancer]
exposure = "public"
allowed_cidrs = ["0.0.0.0/0"]
certificate = "CERTIFICATE"
"#,
    settings,
    at_once,
    certificate,
    environment,
    variables: &["CLOUDSDK_", "GCLOUD_", "GOOGLE_"],
    machine: "instances",
    firewall: "firewall",
    existing,
    calls: Calls {
        look: "networks.list",
        network: "networks.insert",
        firewall: "firewalls.insert",
        way_out: "routers.insert",
        machine: "instances.insert",
        front: "forwardingRules.insert",
        listener: "forwardingRules.insert",
        in_turn: &[
            "networks.insert",
            "subnetworks.insert",
            "instances.insert",
            "instanceGroups.addInstances",
            "regionBackendServices.insert",
        ],
        makes: &[
            "networks.insert",
            "subnetworks.insert",
            "firewalls.insert",
            "addresses.insert",
            "routers.insert",
            "disks.insert",
            "instances.insert",
            "instanceGroups.addInstances",
            "projects.serviceAccounts.create",
            "regionInstanceTemplates.insert",
            "regionInstanceGroupManagers.insert",
            "regionBackendServices.insert",
            "forwardingRules.insert",
        ],
    },
};

fn settings(boot: BootSeconds) -> Value {
    json!({
        // Machines take a while to boot, and then answer wherever they are asked.
        "workload": { "listens": [{ "after": boot }] },
        // The disks of a pool of 100 are more than a new project may have.
        "quotas": { "regional": { "SSD_TOTAL_GB": 100_000 } },
    })
}

fn at_once() -> Value {
    json!({ "list_window": 0, "policy_window": 0, "service_account_window": 0, "flapping": false })
}

/// A certificate for a domain of ours, signed by itself. Its key keeps nothing secret.
fn certificate(emulator: &Emulator) -> Result<String> {
    const NAME: &str = "camp-example-com";
    let key = include_str!("../../../tests/certificate/key.base64");
    let body = json!({
        "name": NAME,
        "certificate": include_str!("../../../tests/certificate/certificate.pem"),
        "privateKey": format!("-----BEGIN {label}-----\n{key}-----END {label}-----\n", label = "PRIVATE KEY"),
    });
    let path = format!("projects/{PROJECT}/regions/{REGION}/sslCertificates");
    let mut client = Client::connect(emulator.endpoint())?;
    client.google("POST", &format!("/compute/v1/{path}"), &body.to_string())?;
    // Until it is there.
    emulator.pass(60)?;
    Ok(format!("{path}/{NAME}"))
}

fn environment(endpoint: &str) -> Vec<(&'static str, String)> {
    vec![("CASTRA_GCP_ENDPOINT", endpoint.to_owned()), ("GOOGLE_CLOUD_PROJECT", PROJECT.to_owned())]
}

fn existing(network: &Value) -> Result<String> {
    let id = network["network"].as_str().context("seed.py names a network")?;
    let subnetwork = &network["subnetwork"];
    Ok(format!("network = \"{id}\"\nsubnetwork = {subnetwork}\n"))
}
