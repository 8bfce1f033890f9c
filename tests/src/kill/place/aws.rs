//! AWS.

use anyhow::{Context as _, Result};
use castra_emulator::{Emulator, Listens, Object, Options};

use super::{KEEPER, Operation};
use crate::{Cloud, REGION};

/// By how much what takes minutes is shorter.
const HASTE: f64 = 4.0;

pub(super) fn prepare(options: &mut Options) {
    let settings = &mut options.settings;
    settings.workload.listens = vec![Listens::default()];
    settings.issue_unvalidated_certificates = true;
    let timings = &mut settings.timings;
    for slow in [
        &mut timings.nat_gateway_pending,
        &mut timings.nat_gateway_deleting,
        &mut timings.instance_initializing,
        &mut timings.application_load_balancer_provisioning,
        &mut timings.network_load_balancer_provisioning,
        &mut timings.load_balancer_interface_linger,
        &mut timings.network_target_registration,
    ] {
        slow.0 /= HASTE;
    }
}

/// Asks for a certificate; tells its ARN.
pub(super) async fn certificate(emulator: &Emulator) -> Result<String> {
    let cloud = Cloud::emulated(&emulator.endpoint(), REGION, KEEPER).await;
    let asked = cloud.acm.request_certificate().domain_name("camp.example.com").send().await?;
    Ok(asked.certificate_arn().context("the certificate has an ARN")?.to_owned())
}

/// The resource that its tags say it is; or the group that it is a member of.
pub(super) fn title(object: &Object) -> String {
    let tag = |key: &str| object.tags.get(key).cloned();
    tag("castra:resource").or_else(|| tag("aws:autoscaling:groupName")).unwrap_or_default()
}

/// Passages of the reference cluster's spec and what stands in their place.
pub(super) fn edits(operation: Operation) -> &'static [(&'static str, &'static str)] {
    match operation {
        Operation::Create | Operation::Destroy => &[],
        Operation::ScaleOut => &[("count = 5", "count = 8")],
        Operation::ScaleIn => &[("count = 5", "count = 4")],
        Operation::Change => &[
            (
                "count = 5\nmachine_type = \"m7i.xlarge\"",
                "count = 5\nmachine_type = \"m7i.2xlarge\"\nroot_disk = { size = \"150GiB\" }",
            ),
            (
                "allowed_cidrs = [\"0.0.0.0/0\"]",
                "allowed_cidrs = [\"198.51.100.0/24\", \"203.0.113.0/24\"]\nhealth_check = { path = \"/ready\" }",
            ),
            (
                "[tags]\nteam = \"platform\"",
                "[protection]\nenabled = true\n\n[tags]\nteam = \"bedrock\"\ntier = \"one\"",
            ),
        ],
    }
}
