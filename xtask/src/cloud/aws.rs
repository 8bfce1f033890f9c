//! Amazon Web Services.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::{BootSeconds, Calls, Cloud, Site};
use crate::emulator::Emulator;
use crate::http::Client;

const ACCOUNT: &str = "100000000001";

pub(super) const SITE: Site = Site {
    cloud: Cloud::Aws,
    title: "AWS",
    account: ACCOUNT,
    region: "eu-central-1",
    machine_type: "m7i.xlarge",
    spec: r#"# The camp by the river.
name = "NAME"

[provider]
name = "aws"
region = "eu-central-1"
image = { ssm_parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64" }

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "m7i.xlarge"

[secondaries]
count = 5 # as many as the work needs
machine_type = "m7i.xlarge"

[load_balancer]
exposure = "public"
allowed_cidrs = ["0.0.0.0/0"]
certificate = "CERTIFICATE"
"#,
    settings,
    at_once,
    certificate,
    environment,
    variables: &["AWS_"],
    machine: "instance",
    firewall: "security_group",
    existing,
    calls: Calls {
        look: "DescribeVpcs",
        network: "CreateVpc",
        firewall: "AuthorizeSecurityGroupIngress",
        way_out: "CreateNatGateway",
        machine: "RunInstances",
        front: "CreateLoadBalancer",
        listener: "CreateListener",
        in_turn: &["CreateVpc", "CreateSubnet", "CreateLoadBalancer", "RunInstances"],
        makes: &[
            "CreateVpc",
            "CreateSubnet",
            "CreateSecurityGroup",
            "CreateNetworkInterface",
            "AllocateAddress",
            "CreateNatGateway",
            "RunInstances",
            "CreateLaunchTemplate",
            "CreateAutoScalingGroup",
            "CreateLoadBalancer",
            "CreateListener",
        ],
    },
};

fn settings(boot: BootSeconds) -> Value {
    json!({
        // Machines take a while to boot, and then answer wherever they are asked.
        "workload": { "listens": [{ "after": boot }] },
        "issue_unvalidated_certificates": true,
        "timings": { "certificate_issuance": 0 },
        // A new account's would be used up by a pool of 14.
        "compute_limits": { "standard_vcpus": 1000 },
    })
}

fn at_once() -> Value {
    json!({ "window": 0, "instance_profile_window": 0, "flapping": false })
}

/// A certificate for a domain of ours.
fn certificate(emulator: &Emulator) -> Result<String> {
    let headers = "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: CertificateManager.RequestCertificate\r\n";
    let body = json!({ "DomainName": "camp.example.com", "ValidationMethod": "DNS" }).to_string();
    let answer = Client::connect(emulator.endpoint())?.aws(ACCOUNT, "acm", headers, &body)?;
    let answer: Value = serde_json::from_str(&answer)?;
    Ok(answer["CertificateArn"].as_str().context("a certificate has an ARN")?.to_owned())
}

fn environment(endpoint: &str) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("AWS_ACCESS_KEY_ID", ACCOUNT.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "unused".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("AWS_CONFIG_FILE", "/dev/null".to_owned()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".to_owned()),
    ]
}

fn existing(network: &Value) -> Result<String> {
    let id = network["network"].as_str().context("seed.py names a network")?;
    let (public, private) = (&network["public"], &network["private"]);
    Ok(format!("vpc_id = \"{id}\"\npublic_subnet_ids = {public}\nprivate_subnet_ids = {private}\n"))
}
