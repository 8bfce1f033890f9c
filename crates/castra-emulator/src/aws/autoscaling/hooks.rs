//! Lifecycle hooks: instances wait on their way into service or out of it
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html>).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::member::{Lifecycle, Member};
use super::state::Group;
use super::turn::{self, Turn};
use super::validate::{self, error};
use crate::aws::ApiError;
use crate::aws::call::{Call, Operations};
use crate::aws::error::Answer;
use crate::chance::Chance;

/// A lifecycle hook.
#[derive(Debug, Clone)]
pub(super) struct Hook {
    pub(super) name: String,
    pub(super) transition: Transition,
    /// Seconds.
    pub(super) heartbeat: i64,
    pub(super) default: Outcome,
    /// `NotificationTargetARN`, `RoleARN`, `NotificationMetadata`.
    pub(super) notification: BTreeMap<String, String>,
}

/// Where hooks hold instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transition {
    Launching,
    Terminating,
}

impl Transition {
    fn shown(self) -> &'static str {
        match self {
            Self::Launching => "autoscaling:EC2_INSTANCE_LAUNCHING",
            Self::Terminating => "autoscaling:EC2_INSTANCE_TERMINATING",
        }
    }

    fn read(text: &str) -> Option<Self> {
        [Self::Launching, Self::Terminating].into_iter().find(|transition| transition.shown() == text)
    }
}

/// How a wait ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Continue,
    Abandon,
}

impl Outcome {
    fn shown(self) -> &'static str {
        match self {
            Self::Continue => "CONTINUE",
            Self::Abandon => "ABANDON",
        }
    }

    fn read(text: &str) -> Option<Self> {
        [Self::Continue, Self::Abandon].into_iter().find(|outcome| outcome.shown() == text)
    }
}

/// A member's wait for one hook.
#[derive(Debug, Clone)]
pub(super) struct Wait {
    pub(super) hook: String,
    pub(super) token: String,
    /// Seconds between heartbeats.
    interval: i64,
    heartbeat: Timestamp,
    /// Heartbeats don't reach beyond.
    global: Timestamp,
    default: Outcome,
    pub(super) outcome: Option<Outcome>,
    timed_out: bool,
}

impl Wait {
    /// When it times out.
    pub(super) fn ends(&self) -> Timestamp {
        self.heartbeat.min(self.global)
    }

    /// It times out.
    pub(super) fn time_out(&mut self) {
        self.outcome = Some(self.default);
        self.timed_out = true;
    }

    /// What an activity says when the wait was abandoned
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/CHAP_Troubleshooting.html>).
    pub(super) fn complaint(&self) -> String {
        let why = if self.timed_out { "Heartbeat Timeout" } else { "Lifecycle Action Completed with ABANDON Result" };
        format!(
            "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token {} was abandoned: {why}",
            self.token
        )
    }
}

/// How many hooks a group may have, by default
/// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html>).
const MOST: usize = 50;

pub(super) const OPERATIONS: Operations = &[
    ("CompleteLifecycleAction", complete),
    ("DeleteLifecycleHook", delete),
    ("DescribeLifecycleHookTypes", describe_types),
    ("DescribeLifecycleHooks", describe),
    ("PutLifecycleHook", put),
    ("RecordLifecycleActionHeartbeat", heartbeat),
];

/// The waits of a member that comes to a transition.
pub(super) fn begin(group: &Group, transition: Transition, now: Timestamp, chance: &mut Chance) -> Vec<Wait> {
    let hooks = group.hooks.values().filter(|hook| hook.transition == transition);
    let wait = |hook: &Hook| Wait {
        hook: hook.name.clone(),
        token: chance.uuid(),
        interval: hook.heartbeat,
        heartbeat: Turn::seconds_after(now, hook.heartbeat),
        global: Turn::seconds_after(now, global(hook.heartbeat)),
        default: hook.default,
        outcome: None,
        timed_out: false,
    };
    hooks.map(wait).collect()
}

/// The longest that an instance may be kept waiting: 48 hours or a hundred heartbeats.
fn global(heartbeat: i64) -> i64 {
    heartbeat.saturating_mul(100).min(172_800)
}

/// A hook from `PutLifecycleHook` or a `LifecycleHookSpecification`, over what was there.
pub(super) fn read(given: &Value, old: Option<&Hook>) -> Result<Hook, ApiError> {
    let text = |member: &str| given.get(member).and_then(Value::as_str);
    let transition = match text("LifecycleTransition") {
        Some(text) => {
            Transition::read(text).ok_or_else(|| error(format!("Unsupported lifecycle transition: {text}")))?
        }
        None => match old {
            Some(old) => old.transition,
            None => return Err(error("LifecycleTransition is required when creating a lifecycle hook.")),
        },
    };
    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html
    let heartbeat = match given.get("HeartbeatTimeout").and_then(Value::as_i64) {
        None => old.map_or(3600, |old| old.heartbeat),
        Some(seconds @ 30..=7200) => seconds,
        Some(_) => return Err(error("HeartbeatTimeout must be between 30 and 7200 seconds.")),
    };
    let default = match text("DefaultResult") {
        None => old.map_or(Outcome::Abandon, |old| old.default),
        Some(text) => Outcome::read(text)
            .ok_or_else(|| error(format!("Invalid DefaultResult {text}: valid values are CONTINUE and ABANDON.")))?,
    };
    let mut notification = old.map(|old| old.notification.clone()).unwrap_or_default();
    for member in ["NotificationTargetARN", "RoleARN", "NotificationMetadata"] {
        match text(member) {
            Some("") => {
                notification.remove(member);
            }
            Some(value) => {
                notification.insert(member.to_owned(), value.to_owned());
            }
            None => {}
        }
    }
    let name = text("LifecycleHookName").unwrap_or_default().to_owned();
    Ok(Hook { name, transition, heartbeat, default, notification })
}

fn put(call: &mut Call<'_>) -> Answer {
    let (given, name) = (call.input, call.required("LifecycleHookName"));
    let group = validate::changeable(call)?;
    let hook = read(given, group.hooks.get(name))?;
    if !group.hooks.contains_key(name) && group.hooks.len() >= MOST {
        return Err(ApiError::new("LimitExceeded", format!("Only {MOST} lifecycle hooks are allowed per group.")));
    }
    group.hooks.insert(name.to_owned(), hook);
    Ok(json!({}))
}

/// Instances that wait for the hook go on as its default says
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteLifecycleHook.html>): ABANDON for launching
/// instances, CONTINUE for terminating ones.
fn delete(call: &mut Call<'_>) -> Answer {
    let name = call.required("LifecycleHookName");
    let group = validate::group(call)?;
    if group.hooks.remove(name).is_none() {
        return Err(error(format!("No Lifecycle Hook found with name: {name}")));
    }
    for member in &mut group.members {
        let outcome = if member.state == Lifecycle::PendingWait { Outcome::Abandon } else { Outcome::Continue };
        for wait in member.waits.iter_mut().filter(|wait| wait.hook == name && wait.outcome.is_none()) {
            wait.outcome = Some(outcome);
        }
    }
    let group = group.name.clone();
    turn::soon(call, &group);
    Ok(json!({}))
}

fn describe(call: &mut Call<'_>) -> Answer {
    let names = call.texts("LifecycleHookNames");
    let group = validate::group(call)?;
    let wanted = |hook: &&Hook| names.is_empty() || names.contains(&hook.name.as_str());
    let shown: Vec<Value> = group.hooks.values().filter(wanted).map(|hook| show(hook, &group.name)).collect();
    Ok(json!({ "LifecycleHooks": shown }))
}

fn show(hook: &Hook, group: &str) -> Value {
    let mut shown = Map::new();
    for (member, value) in &hook.notification {
        shown.insert(member.clone(), value.as_str().into());
    }
    shown.insert("LifecycleHookName".to_owned(), hook.name.as_str().into());
    shown.insert("AutoScalingGroupName".to_owned(), group.into());
    shown.insert("LifecycleTransition".to_owned(), hook.transition.shown().into());
    shown.insert("HeartbeatTimeout".to_owned(), hook.heartbeat.into());
    shown.insert("GlobalTimeout".to_owned(), global(hook.heartbeat).into());
    shown.insert("DefaultResult".to_owned(), hook.default.shown().into());
    shown.into()
}

fn describe_types(_: &mut Call<'_>) -> Answer {
    Ok(json!({ "LifecycleHookTypes": [Transition::Launching.shown(), Transition::Terminating.shown()] }))
}

/// The wait that a call names by token or instance.
fn wait<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Wait, ApiError> {
    let hook = call.required("LifecycleHookName");
    let (token, instance) = (call.text("LifecycleActionToken"), call.text("InstanceId"));
    if token.is_none() && instance.is_none() {
        return Err(error("Either the LifecycleActionToken or the InstanceId must be specified."));
    }
    let group = validate::group_named(call, call.required("AutoScalingGroupName"))?;
    if !group.hooks.contains_key(hook) {
        return Err(error(format!("No Lifecycle Hook found with name: {hook}")));
    }
    let is_its = |member: &&mut Member| instance.is_none_or(|instance| member.id == instance);
    let waits = group.members.iter_mut().filter(is_its).flat_map(|member| &mut member.waits);
    let mut open = waits.filter(|wait| wait.hook == hook && wait.outcome.is_none());
    open.find(|wait| token.is_none_or(|token| wait.token == token)).ok_or_else(|| {
        error(match (token, instance) {
            (Some(token), _) => format!("No active Lifecycle Action found with token {token}"),
            (None, instance) => {
                format!("No active Lifecycle Action found with instance ID {}", instance.unwrap_or_default())
            }
        })
    })
}

fn complete(call: &mut Call<'_>) -> Answer {
    let result = call.required("LifecycleActionResult");
    let outcome = Outcome::read(result).ok_or_else(|| {
        error(format!("Invalid LifecycleActionResult {result}: valid values are CONTINUE and ABANDON."))
    })?;
    wait(call)?.outcome = Some(outcome);
    let group = validate::group_named(call, call.required("AutoScalingGroupName"))?.name.clone();
    turn::soon(call, &group);
    Ok(json!({}))
}

fn heartbeat(call: &mut Call<'_>) -> Answer {
    let now = call.now();
    let wait = wait(call)?;
    wait.heartbeat = Turn::seconds_after(now, wait.interval);
    Ok(json!({}))
}
