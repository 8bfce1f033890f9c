//! What users do to single members: terminate, attach, detach, put into standby, protect.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::activity::{self, Begun, at};
use super::member::{Lifecycle, Member};
use super::spread;
use super::state::Group;
use super::turn::{self, Turn};
use super::validate::{self, error};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::ec2::InstanceState;
use crate::aws::error::Answer;

/// How many instances one call may name
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AttachInstances.html>).
const MOST: usize = 20;

pub(super) const OPERATIONS: Operations = &[
    ("AttachInstances", attach),
    ("DetachInstances", detach),
    ("EnterStandby", enter_standby),
    ("ExitStandby", exit_standby),
    ("SetInstanceProtection", protect),
    ("TerminateInstanceInAutoScalingGroup", terminate),
];

/// The instances that a call names, at most so many.
fn named<'a>(call: &Call<'a>, most: usize) -> Result<Vec<&'a str>, ApiError> {
    let ids = call.texts("InstanceIds");
    if ids.is_empty() {
        return Err(error("At least one instance ID must be specified."));
    }
    if ids.len() > most {
        return Err(error(format!("The number of instance IDs must not exceed {most}.")));
    }
    Ok(ids)
}

/// Refuses instances that aren't members in one of those states.
fn in_state(group: &Group, ids: &[&str], states: &[Lifecycle]) -> Result<(), ApiError> {
    for id in ids {
        let member = group.member(id).ok_or_else(|| validate::not_member(id, &group.name))?;
        if !states.contains(&member.state) {
            let states: Vec<_> = states.iter().map(|state| state.shown()).collect();
            return Err(error(format!("The instance {id} is not in {}.", states.join(" or "))));
        }
    }
    Ok(())
}

/// Shown activities, the latest of the group among those ids.
fn shown(group: &Group, ids: &[String]) -> Vec<Value> {
    let wanted = group.activities.iter().filter(|activity| ids.contains(&activity.id));
    wanted.map(|activity| activity::show(activity, None)).collect()
}

/// TerminateInstanceInAutoScalingGroup
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TerminateInstanceInAutoScalingGroup.html>).
fn terminate(call: &mut Call<'_>) -> Answer {
    let decrement = call.flag("ShouldDecrementDesiredCapacity");
    let single = call.text("InstanceId");
    let ids = match single {
        Some(id) => vec![id],
        None if call.text("AutoScalingGroupName").is_none() => {
            return Err(error("Either InstanceId, or InstanceIds and AutoScalingGroupName must be specified."));
        }
        None => named(call, 100)?,
    };
    let given = call.text("AutoScalingGroupName");
    let groups = &call.here().autoscaling.groups;
    let group = match given {
        Some(name) => groups.get(name).ok_or_else(|| validate::no_group(name))?,
        None => groups.values().find(|group| ids.iter().all(|id| group.member(id).is_some())).ok_or_else(|| {
            let id = ids.first().copied().unwrap_or_default();
            error(format!("Instance Id not found - No managed instance found for instance ID: {id}"))
        })?,
    };
    for id in &ids {
        let member = group.member(id).ok_or_else(|| validate::not_member(id, &group.name))?;
        if member.state.terminating() || member.state == Lifecycle::Detaching {
            return Err(validate::in_progress(group));
        }
    }
    let serving = ids.iter().filter(|id| group.member(id).is_some_and(|member| member.state.counts()));
    let by = serving.map(|id| group.member(id).map_or(1, |member| member.weight)).sum::<i64>();
    if decrement && group.desired - by < group.min {
        return Err(error(format!(
            "Currently, desiredSize equals minSize ({}). Terminating instance without replacement will violate group's \
             min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.",
            group.min
        )));
    }
    let name = group.name.clone();
    let activities = turn::with(call, &name, |turn| {
        let activity = |id: &&str| {
            let cause = taken(turn, id, "was taken out of service", decrement);
            turn.terminate(id, cause)
        };
        let ids: Vec<String> = ids.iter().filter_map(activity).collect();
        shown(&turn.group, &ids)
    });
    let activities = activities.unwrap_or_default();
    Ok(match single {
        Some(_) => json!({ "Activity": activities.into_iter().next() }),
        None => json!({ "Activities": activities }),
    })
}

/// The sentence on an instance that a user takes out, after the desired capacity has been lowered if that was asked
/// for.
fn taken(turn: &mut Turn<'_>, id: &str, what: &str, decrement: bool) -> String {
    let now = at(turn.now);
    let group = &mut turn.group;
    let counts = group.member(id).is_some_and(|member| member.state.counts());
    if !decrement || !counts {
        return format!("At {now} instance {id} {what} in response to a user request.");
    }
    let from = group.desired;
    group.desired -= group.member(id).map_or(1, |member| member.weight);
    let to = group.desired;
    format!("At {now} instance {id} {what} in response to a user request, shrinking the capacity from {from} to {to}.")
}

/// AttachInstances (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-attach-detach-instances.html>).
fn attach(call: &mut Call<'_>) -> Answer {
    let ids = named(call, MOST)?;
    let group = validate::changeable(call)?;
    let (name, by) = (group.name.clone(), i64::try_from(ids.len()).unwrap_or(i64::MAX));
    if group.suspends("Launch") {
        return Err(error(format!("The Launch process of AutoScalingGroup {name} is suspended.")));
    }
    if group.desired.saturating_add(by) > group.max {
        return Err(validate::no_room(group, &format!("To attach {}", validate::instances(ids.len()))));
    }
    let own: Vec<String> = spread::zones(&group.places).into_iter().map(str::to_owned).collect();
    for id in &ids {
        let taken = call.here().autoscaling.groups.values().find(|group| group.member(id).is_some());
        if let Some(other) = taken {
            return Err(error(format!("Instance {id} is already part of AutoScalingGroup:{}", other.name)));
        }
        let found = call.ec2().instances.get(*id).map(|found| (found.created, found.state, found.zone.clone()));
        let Some((_, state, zone)) = found.filter(|(created, ..)| call.account.shows(id, *created)) else {
            return Err(error(format!("Invalid Instance ID(s): [{id}] specified")));
        };
        if state != InstanceState::Running {
            return Err(error(format!("Instance {id} is not in correct state")));
        }
        if !own.contains(&zone) {
            return Err(error(format!("The availability zone of instance {id} is not one of the group's.")));
        }
    }
    let now = call.now();
    turn::with(call, &name, |turn| {
        for id in ids {
            let from = turn.group.desired;
            turn.group.desired += 1;
            let cause = format!(
                "At {} instance {id} was attached in response to a user request, increasing the capacity from {from} to {}.",
                at(now),
                turn.group.desired
            );
            let description = format!("Attaching an existing EC2 instance: {id}");
            let subnet = turn.subnet(id);
            let begun = Begun { description, cause, status: "PreInService", progress: 30, subnet, ..Begun::default() };
            let activity = activity::begin(&mut turn.group, &mut turn.account.chance, now, begun);
            turn.take_in(id, activity);
        }
    });
    Ok(json!({}))
}

fn detach(call: &mut Call<'_>) -> Answer {
    let ids = named(call, MOST)?;
    let decrement = call.flag("ShouldDecrementDesiredCapacity");
    let group = validate::changeable(call)?;
    in_state(group, &ids, &[Lifecycle::InService, Lifecycle::Standby])?;
    room_below(group, &ids, decrement, "To detach")?;
    take_out(call, &ids, decrement, Lifecycle::Detaching)
}

fn enter_standby(call: &mut Call<'_>) -> Answer {
    let ids = named(call, MOST)?;
    let decrement = call.flag("ShouldDecrementDesiredCapacity");
    let group = validate::changeable(call)?;
    in_state(group, &ids, &[Lifecycle::InService])?;
    room_below(group, &ids, decrement, "To place into standby")?;
    take_out(call, &ids, decrement, Lifecycle::EnteringStandby)
}

/// Whether the desired capacity may be lowered by those of the instances that count towards it.
fn room_below(group: &Group, ids: &[&str], decrement: bool, what: &str) -> Result<(), ApiError> {
    let counted = ids.iter().filter(|id| group.member(id).is_some_and(|member| member.state.counts())).count();
    if decrement && group.desired - i64::try_from(counted).unwrap_or(i64::MAX) < group.min {
        return Err(validate::no_room(group, &format!("{what} {}", validate::instances(ids.len()))));
    }
    Ok(())
}

fn take_out(call: &mut Call<'_>, ids: &[&str], decrement: bool, to: Lifecycle) -> Answer {
    let name = validate::group(call)?.name.clone();
    let (what, description) = match to {
        Lifecycle::Detaching => ("was detached", "Detaching EC2 instance"),
        _ => ("was moved to standby", "Moving EC2 instance to Standby"),
    };
    let activities = turn::with(call, &name, |turn| {
        let activity = |id: &&str| {
            let cause = taken(turn, id, what, decrement);
            let description = format!("{description}: {id}");
            let begun = Begun { description, cause, status: "InProgress", progress: 50, ..Begun::default() };
            turn.send_off(id, to, begun)
        };
        let ids: Vec<String> = ids.iter().filter_map(activity).collect();
        shown(&turn.group, &ids)
    });
    Ok(json!({ "Activities": activities.unwrap_or_default() }))
}

/// ExitStandby (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-enter-exit-standby.html>).
fn exit_standby(call: &mut Call<'_>) -> Answer {
    let ids = named(call, MOST)?;
    let group = validate::changeable(call)?;
    let name = group.name.clone();
    in_state(group, &ids, &[Lifecycle::Standby])?;
    if group.suspends("Launch") {
        return Err(error(format!("The Launch process of AutoScalingGroup {name} is suspended.")));
    }
    if group.desired.saturating_add(i64::try_from(ids.len()).unwrap_or(i64::MAX)) > group.max {
        return Err(validate::no_room(group, &format!("To take {} out of standby", validate::instances(ids.len()))));
    }
    let now = call.now();
    let activities = turn::with(call, &name, |turn| {
        let begun: Vec<String> = ids.iter().map(|id| resume(turn, id, now)).collect();
        shown(&turn.group, &begun)
    });
    Ok(json!({ "Activities": activities.unwrap_or_default() }))
}

fn resume(turn: &mut Turn<'_>, id: &str, now: Timestamp) -> String {
    let from = turn.group.desired;
    turn.group.desired += 1;
    let cause = format!(
        "At {} instance {id} was moved out of standby in response to a user request, increasing the capacity from {from} \
         to {}.",
        at(now),
        turn.group.desired
    );
    let begun = Begun {
        description: format!("Moving EC2 instance out of Standby: {id}"),
        cause,
        status: "PreInService",
        progress: 30,
        zone: turn.group.member(id).map(|member| member.zone.clone()).unwrap_or_default(),
        subnet: turn.subnet(id),
    };
    let activity = activity::begin(&mut turn.group, &mut turn.account.chance, now, begun);
    if let Some(member) = turn.member(id) {
        member.enter(Lifecycle::Pending, now, None);
        member.activity = Some(activity.clone());
        member.ailing = None;
    }
    activity
}

/// SetInstanceProtection
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html>).
fn protect(call: &mut Call<'_>) -> Answer {
    let ids = named(call, 50)?;
    let protected = call.flag("ProtectedFromScaleIn");
    let group = validate::changeable(call)?;
    let name = group.name.clone();
    in_state(group, &ids, &[Lifecycle::InService, Lifecycle::EnteringStandby, Lifecycle::Standby])?;
    let is_named = |member: &&mut Member| ids.contains(&member.id.as_str());
    group.members.iter_mut().filter(is_named).for_each(|member| member.protected = protected);
    turn::soon(call, &name);
    Ok(json!({}))
}
