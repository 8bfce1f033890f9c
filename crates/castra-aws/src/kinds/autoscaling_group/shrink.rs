//! Going back to fewer machines: the newest go, so that those which were there before stay.

use aws_sdk_autoscaling::types::{Instance as Member, LifecycleState};
use castra_core::resource::At;
use castra_core::{Call, Result};

use super::{AutoScalingGroup, SERVICE, count, describe};
use crate::call::{send, send_fresh};
use crate::client::Clients;

/// Terminates the newest machines above the wanted number, each with its place in the group. Which ones Auto Scaling
/// would take by itself follows from zones and templates (Auto Scaling User Guide, "Configure termination policies").
pub(super) async fn newest(group: &AutoScalingGroup, at: &At<'_, Clients>) -> Result<()> {
    let Some(described) = describe(at.cx, at.cloud, &group.name).await? else { return Ok(()) };
    let members: Vec<String> = described.instances().iter().filter(stays).filter_map(id).collect();
    let wanted = group.desired.unwrap_or(group.max) as usize;
    let Some(surplus) = members.len().checked_sub(wanted).filter(|surplus| *surplus > 0) else { return Ok(()) };
    // No more are launched meanwhile, and fewer than before are allowed: a machine can't go below the minimum.
    let request = at.cloud.autoscaling.update_auto_scaling_group().auto_scaling_group_name(&group.name);
    let request = request.min_size(count(group.min)?);
    let request = request.desired_capacity(count(u32::try_from(members.len()).unwrap_or(u32::MAX))?);
    send_fresh!(at.cx, Call::idempotent(SERVICE, "UpdateAutoScalingGroup"), request)?;
    let request = at.cloud.ec2.describe_instances().set_instance_ids(Some(members));
    let answer = send!(at.cx, Call::read("ec2", "DescribeInstances"), request)?;
    let machines = answer.reservations().iter().flat_map(|reservation| reservation.instances());
    let launched = |machine: &aws_sdk_ec2::types::Instance| {
        Some((machine.launch_time()?.as_nanos(), machine.instance_id()?.to_owned()))
    };
    let mut machines: Vec<(i128, String)> = machines.filter_map(launched).collect();
    machines.sort();
    for (_, machine) in machines.into_iter().rev().take(surplus) {
        let request = at.cloud.autoscaling.terminate_instance_in_auto_scaling_group().instance_id(machine);
        let request = request.should_decrement_desired_capacity(true);
        send!(at.cx, Call::mutate(SERVICE, "TerminateInstanceInAutoScalingGroup"), request)?;
    }
    Ok(())
}

fn stays(member: &&Member) -> bool {
    !matches!(
        member.lifecycle_state(),
        Some(
            LifecycleState::Terminating
                | LifecycleState::TerminatingWait
                | LifecycleState::TerminatingProceed
                | LifecycleState::Terminated
        )
    )
}

fn id(member: &Member) -> Option<String> {
    member.instance_id().map(str::to_owned)
}
