//! Instances (<https://cloud.google.com/compute/docs/instances>).

mod account;
mod attach;
mod capacity;
mod changes;
mod disks;
mod insert;
mod interfaces;
mod life;
mod of_template;
mod properties;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod views;

use serde_json::Value;

pub(super) use interfaces::of_template as interface_of_template;
pub(super) use properties::{metadata, scheduling, service_accounts, shielded, tags};

pub(crate) use life::{begin_delete, begin_reset, running_since};
pub(crate) use of_template::from_template;

use super::instance_group;
use super::kind::{Kind, New, Reference};
use crate::Seconds;
use crate::gcp::Timings;
use crate::gcp::call::{Call, Handler};
use crate::gcp::error::ApiError;
use crate::gcp::operation::OperationError;
use crate::gcp::project::Project;
use crate::gcp::resource::Resource;
use crate::gcp::scope::Key;

pub(super) struct Instances;

impl Kind for Instances {
    fn collection(&self) -> &'static str {
        "instances"
    }

    fn schema(&self) -> &'static str {
        "Instance"
    }

    fn noun(&self) -> &'static str {
        "instance"
    }

    fn references(&self) -> &'static [Reference] {
        const {
            &[
                Reference::to("networkInterfaces[].network", &["networks"]),
                Reference::to("networkInterfaces[].subnetwork", &["subnetworks"]),
                Reference::to("disks[].source", &["disks"]),
            ]
        }
    }

    /// What is changed of one has fingerprints of its own.
    fn exclusive(&self) -> bool {
        false
    }

    fn shows_early(&self) -> bool {
        true
    }

    fn metrics(&self) -> &'static [&'static str] {
        capacity::METRICS
    }

    fn amount(&self, resource: &Resource, metric: &str) -> f64 {
        capacity::amount(resource, metric)
    }

    fn takes(&self, timings: &Timings, verb: &str) -> Seconds {
        match verb {
            "insert" => timings.instance_insert,
            "start" => timings.instance_start,
            "stop" => timings.instance_stop,
            "reset" => timings.instance_reset,
            "delete" => timings.instance_delete,
            "attachDisk" | "detachDisk" => timings.disk,
            _ => timings.operation,
        }
    }

    fn prepare(&self, call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        insert::complete(call.project, key, new)
    }

    fn ready(&self, project: &mut Project, key: &Key) -> Result<(), OperationError> {
        life::ready(project, key)
    }

    fn undone(&self, project: &mut Project, key: &Key) {
        life::undone(project, key);
    }

    /// <https://cloud.google.com/compute/docs/instances/preventing-accidental-vm-deletion>; the text is that of
    /// <https://github.com/hashicorp/terraform-provider-google/pull/1211>.
    fn keeps(&self, _project: &Project, resource: &Resource) -> Result<(), ApiError> {
        if resource.document.get("deletionProtection") == Some(&Value::Bool(true)) {
            let message = "Invalid resource usage: 'Resource cannot be deleted if it's protected against deletion.'.";
            return Err(ApiError::new(400, "invalidResourceUsage", message));
        }
        Ok(())
    }

    /// Its disks go with it or stay, and groups lose it.
    fn gone(&self, project: &mut Project, resource: Resource) {
        disks::release(project, &resource);
        instance_group::forget(project, resource.link());
    }

    fn methods(&self) -> &'static [(&'static str, Handler)] {
        &[
            ("insert", insert::insert),
            ("delete", life::delete),
            ("start", life::start),
            ("stop", life::stop),
            ("reset", life::reset),
            ("simulateMaintenanceEvent", life::maintain),
            ("attachDisk", attach::attach),
            ("detachDisk", attach::detach),
            ("setDiskAutoDelete", attach::set_auto_delete),
            ("setLabels", changes::set_labels),
            ("setMetadata", changes::set_metadata),
            ("setTags", changes::set_tags),
            ("setScheduling", changes::set_scheduling),
            ("setServiceAccount", changes::set_service_account),
            ("setMachineType", changes::set_machine_type),
            ("updateShieldedInstanceConfig", changes::update_shielded),
            ("addAccessConfig", changes::add_access_config),
            ("setDeletionProtection", changes::set_deletion_protection),
            ("getSerialPortOutput", views::serial_port),
            ("listReferrers", views::referrers),
        ]
    }
}
