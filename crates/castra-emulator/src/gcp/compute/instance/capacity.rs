//! What instances use of quotas, and of what a zone has.

use crate::gcp::compute::{machine_type, quota};
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Resource, list};

/// The quotas that instances count towards (<https://cloud.google.com/compute/resource-usage>).
pub(super) const METRICS: &[&str] = &[
    "INSTANCES",
    "CPUS",
    "CPUS_ALL_REGIONS",
    "IN_USE_ADDRESSES",
    "A2_CPUS",
    "C2_CPUS",
    "C2D_CPUS",
    "C3_CPUS",
    "M1_CPUS",
    "N2_CPUS",
    "N2D_CPUS",
    "T2A_CPUS",
    "T2D_CPUS",
];

/// How much an instance uses of a quota: processors and external addresses as long as it isn't stopped.
pub(super) fn amount(instance: &Resource, metric: &str) -> f64 {
    if metric == "INSTANCES" {
        return 1.0;
    }
    if instance.text("status") == "TERMINATED" {
        return 0.0;
    }
    if metric == "IN_USE_ADDRESSES" {
        let interfaces = list(&instance.document, "networkInterfaces").iter().filter_map(|one| one.as_object());
        #[expect(clippy::cast_precision_loss, reason = "eight at most")]
        let configs = interfaces.map(|interface| list(interface, "accessConfigs").len()).sum::<usize>() as f64;
        return configs;
    }
    let machine = machine_type::find(machine_type(instance));
    let counts = |machine: &machine_type::MachineType<'_>| metric == "CPUS_ALL_REGIONS" || machine.metric() == metric;
    machine.filter(counts).map_or(0.0, |machine| f64::from(machine.cpus))
}

/// The name of an instance's machine type.
fn machine_type(instance: &Resource) -> &str {
    instance.text("machineType").rsplit('/').next().unwrap_or_default()
}

/// Refuses an instance that is to start now, when there is no more to be had: by the project's quotas, or in the zone.
pub(super) fn check(project: &Project, instance: &Resource) -> Result<(), OperationError> {
    quota::settled(project, &super::Instances, instance)?;
    if let Some(limit) = short(project, instance) {
        return Err(limit);
    }
    Ok(())
}

/// Whether a zone has no more machines of a type
/// (<https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-resource-availability>).
fn short(project: &Project, instance: &Resource) -> Option<OperationError> {
    let (zone, wanted) = (instance.key.scope.name(), machine_type(instance));
    let about = project.settings.stockouts.iter().find(|stockout| stockout.is_about(zone, wanted))?;
    let holds = |other: &&Resource| {
        other.id != instance.id
            && matches!(other.text("status"), "RUNNING" | "STOPPING")
            && about.is_about(zone, machine_type(other))
    };
    let held = project.resources.at("instances", &instance.key.scope).filter(holds).count();
    if held < usize::try_from(about.left).unwrap_or(usize::MAX) {
        return None;
    }
    let message = format!(
        "The zone 'projects/{}/zones/{zone}' does not have enough resources available to fulfill the request.  Try a \
         different zone, or try again later.",
        project.id
    );
    Some(OperationError::new(503, "ZONE_RESOURCE_POOL_EXHAUSTED", message))
}
