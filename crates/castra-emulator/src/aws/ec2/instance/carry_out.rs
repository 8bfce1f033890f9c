//! A decided launch, carried out.

use super::interface::{Interface, Source};
use super::plan::Plan;
use super::{Due, Instance, InstanceState, capacity};
use crate::aws::ApiError;
use crate::aws::account::What;
use crate::aws::call::Call;
use crate::aws::ec2::id;
use crate::aws::ec2::network_interface::{self, attach};
use crate::aws::ec2::volume::{self, New};

/// Makes the instances; their ids. Interfaces come first, as only they can still be refused, for want of addresses:
/// with fewer than the least that are wanted, those that were made go again.
pub(super) fn launch(call: &mut Call<'_>, plan: Plan) -> Result<Vec<String>, ApiError> {
    let (min, max) = plan.count;
    let mut wired: Vec<Vec<String>> = Vec::new();
    while wired.len() < max {
        match interfaces(call, &plan.interfaces) {
            Ok(made) => wired.push(made),
            Err(_) if wired.len() >= min => break,
            Err(refusal) => {
                wired.iter().for_each(|made| remove(call, &plan.interfaces, made));
                return Err(refusal);
            }
        }
    }
    capacity::take(call, plan.kind, &plan.place.zone, wired.len());
    let reservation = id::new("r", &mut call.account.chance);
    let mut made = Vec::new();
    for (index, interfaces) in wired.into_iter().enumerate() {
        made.push(instance(call, &plan, &reservation, index, &interfaces));
    }
    Ok(made)
}

/// The interfaces of one instance, made or found.
fn interfaces(call: &mut Call<'_>, planned: &[Interface]) -> Result<Vec<String>, ApiError> {
    let mut made: Vec<String> = Vec::new();
    for interface in planned {
        let id = match &interface.source {
            Source::Existing(id) => Ok(id.clone()),
            Source::New(wanted) => network_interface::make(call.account, call.region, wanted.clone()),
        };
        match id {
            Ok(id) => made.push(id),
            Err(refusal) => {
                remove(call, planned, &made);
                return Err(refusal);
            }
        }
    }
    Ok(made)
}

/// Takes back those that were made.
fn remove(call: &mut Call<'_>, planned: &[Interface], made: &[String]) {
    for (interface, id) in planned.iter().zip(made) {
        if matches!(interface.source, Source::New(_)) {
            call.ec2().interfaces.remove(id);
        }
    }
}

fn instance(call: &mut Call<'_>, plan: &Plan, reservation: &str, index: usize, interfaces: &[String]) -> String {
    let now = call.now();
    let id = id::new("i", &mut call.account.chance);
    for (planned, interface) in plan.interfaces.iter().zip(interfaces) {
        let Interface { device_index, delete_on_termination, .. } = planned;
        attach(call.account, call.region, interface, &id, *device_index, *delete_on_termination);
    }
    for disk in &plan.disks {
        let new = New {
            zone: plan.place.zone.clone(),
            shape: disk.shape.clone(),
            encryption: disk.encryption.clone(),
            snapshot: disk.snapshot.clone(),
            attached: Some((id.clone(), disk.device.clone(), disk.delete_on_termination)),
            tags: plan.volume_tags.clone(),
        };
        volume::make(call.account, call.region, new);
    }
    let profile = plan.profile.clone().map(|arn| (arn, id::new("iip-assoc", &mut call.account.chance)));
    let instance = Instance {
        id: id.clone(),
        reservation: reservation.to_owned(),
        requester: plan.requester,
        launch_index: i64::try_from(index).unwrap_or(0),
        created: now,
        launched: now,
        state: InstanceState::Pending,
        since: now,
        reason: None,
        fate: plan.fate.clone(),
        image: plan.image.id.clone(),
        architecture: plan.image.architecture.clone(),
        boot_mode: plan.image.boot_mode.clone(),
        instance_type: plan.kind.name.to_owned(),
        zone: plan.place.zone.clone(),
        subnet: plan.place.subnet.clone(),
        vpc: plan.place.vpc.clone(),
        key_name: plan.key_name.clone(),
        profile,
        user_data: plan.user_data.clone(),
        metadata: plan.metadata.clone(),
        monitoring: plan.monitoring,
        ebs_optimized: plan.ebs_optimized,
        termination_protection: plan.termination_protection,
        stop_protection: plan.stop_protection,
        shutdown_behavior: plan.shutdown_behavior.clone(),
        root_device: plan.image.root_device.clone(),
        source_dest_check: true,
        token: plan.token.clone(),
        request: plan.kept.clone(),
        tags: plan.tags.clone(),
    };
    call.ec2().instances.insert(id.clone(), instance);
    let after = call.account.settings.timings.instance_pending;
    call.schedule(after, What::Ec2(crate::aws::ec2::Due::Instance(Due::Settle(id.clone(), now))));
    id
}
