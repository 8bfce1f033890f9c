//! Autoscalers, in a zone or a region: they own the size of a managed group
//! (<https://cloud.google.com/compute/docs/autoscaler>).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::kind::{Kind, New, Reference};
use super::{managed, reference};
use crate::clock::later;
use crate::gcp::call::Call;
use crate::gcp::error::ApiError;
use crate::gcp::project::Project;
use crate::gcp::resource::{Document, Phase, Resource, list, text};
use crate::gcp::scope::Key;

pub(super) struct Autoscalers;

impl Kind for Autoscalers {
    fn collection(&self) -> &'static str {
        "autoscalers"
    }

    fn schema(&self) -> &'static str {
        "Autoscaler"
    }

    fn noun(&self) -> &'static str {
        "autoscaler"
    }

    fn references(&self) -> &'static [Reference] {
        const { &[Reference::to("target", &["instanceGroupManagers"])] }
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["target"]
    }

    fn quota(&self) -> Option<&'static str> {
        Some("AUTOSCALERS")
    }

    /// As <https://cloud.google.com/compute/docs/autoscaler/managing-autoscalers> shows it.
    fn operation_type(&self, verb: &str) -> String {
        format!("compute.autoscalers.{verb}")
    }

    fn prepare(&self, call: &mut Call<'_>, key: &Key, new: &mut New) -> Result<(), ApiError> {
        let document = &mut new.document;
        let link = text(document, "target").to_owned();
        let Some(target) = reference::follow(call.project, &link) else { return Err(ApiError::required("target")) };
        if target.key.scope != key.scope {
            let why = "The target must be in the same zone or region as the autoscaler.";
            return Err(ApiError::field("target", &link.into(), why));
        }
        // "You can only create one autoscaler per managed instance group"
        // (https://cloud.google.com/compute/docs/autoscaler#specifications).
        if let Some(other) = targeting(call.project, &link) {
            let (path, by) = (target.key.path(&call.project.id), other.key.path(&call.project.id));
            return Err(ApiError::in_use("instance_group_manager", &path, &by));
        }
        complete(document)
    }

    fn amend(
        &self,
        _call: &mut Call<'_>,
        _key: &Key,
        _before: &Document,
        after: &mut Document,
    ) -> Result<(), ApiError> {
        complete(after)
    }

    fn show(&self, project: &Project, resource: &Resource) -> Document {
        let mut document = resource.document.clone();
        let status = match resource.phase {
            Phase::Coming => "PENDING",
            Phase::There => "ACTIVE",
            Phase::Going => "DELETING",
        };
        document.insert("status".to_owned(), status.into());
        let policy = Policy::of(&resource.document);
        if let Some(wanted) = wanted(project, resource) {
            document.insert("recommendedSize".to_owned(), policy.clamp(wanted).into());
        }
        document.insert("statusDetails".to_owned(), details(project, resource, &policy));
        let schedules = resource.document.get("autoscalingPolicy").and_then(|policy| policy.get("scalingSchedules"));
        if let Some(schedules) = schedules.and_then(Value::as_object) {
            let state = |schedule: &Value| {
                let disabled = schedule.get("disabled") == Some(&Value::Bool(true));
                json!({ "state": if disabled { "DISABLED" } else { "READY" } })
            };
            let states = schedules.iter().map(|(name, schedule)| (name.clone(), state(schedule)));
            document.insert("scalingScheduleStatus".to_owned(), Value::Object(states.collect()));
        }
        document
    }
}

/// An autoscaling policy.
#[derive(Debug, Clone, Copy)]
struct Policy {
    least: usize,
    most: usize,
    mode: Mode,
    /// The utilization of CPUs that it aims at, if it does.
    cpu: Option<f64>,
    /// For how long less must have been wanted until the group shrinks: "the autoscaler bases its recommendation on the
    /// peak of the last 10 minutes" (<https://cloud.google.com/compute/docs/autoscaler/understanding-autoscaler-decisions>).
    stabilization: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    On,
    Off,
    OnlyOut,
}

impl Policy {
    fn of(document: &Document) -> Self {
        let none = Document::new();
        let policy = document.get("autoscalingPolicy").and_then(Value::as_object).unwrap_or(&none);
        let number = |name: &str| policy.get(name).and_then(Value::as_u64);
        let count = |name: &str| number(name).and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
        Self {
            least: count("minNumReplicas"),
            most: count("maxNumReplicas"),
            mode: match text(policy, "mode") {
                "OFF" => Mode::Off,
                "ONLY_UP" | "ONLY_SCALE_OUT" => Mode::OnlyOut,
                _ => Mode::On,
            },
            cpu: policy.get("cpuUtilization").and_then(|cpu| cpu.get("utilizationTarget")?.as_f64()),
            stabilization: Duration::from_secs(number("stabilizationPeriodSec").unwrap_or(600)),
        }
    }

    fn clamp(&self, size: usize) -> usize {
        size.min(self.most).max(self.least)
    }
}

/// Completes an autoscaler's policy, or refuses it
/// (<https://cloud.google.com/compute/docs/reference/rest/v1/autoscalers>).
fn complete(document: &mut Document) -> Result<(), ApiError> {
    let field =
        |name: &str, value: &Value, why: &str| Err(ApiError::field(&format!("autoscalingPolicy.{name}"), value, why));
    let Some(policy) = document.get_mut("autoscalingPolicy").and_then(Value::as_object_mut) else {
        return Err(ApiError::required("autoscalingPolicy"));
    };
    let number = |policy: &Document, name: &str| policy.get(name).and_then(Value::as_i64);
    let Some(most) = number(policy, "maxNumReplicas") else {
        return Err(ApiError::required("autoscalingPolicy.maxNumReplicas"));
    };
    if most < 0 {
        return field("maxNumReplicas", &most.into(), "Must be greater than or equal to 0.");
    }
    policy.entry("minNumReplicas").or_insert(most.min(2).into());
    let least = number(policy, "minNumReplicas").unwrap_or(0);
    if least < 0 {
        return field("minNumReplicas", &least.into(), "Must be greater than or equal to 0.");
    }
    if least > most {
        return field(
            "maxNumReplicas",
            &most.into(),
            "The maximum must not be less than the minimum number of replicas.",
        );
    }
    policy.entry("coolDownPeriodSec").or_insert(60.into());
    if number(policy, "coolDownPeriodSec").is_some_and(|period| period < 0) {
        let value = policy.get("coolDownPeriodSec").cloned().unwrap_or_default();
        return field("coolDownPeriodSec", &value, "Must be greater than or equal to 0.");
    }
    policy.entry("mode").or_insert("ON".into());
    let signals = ["cpuUtilization", "loadBalancingUtilization", "scalingSchedules"];
    let has_signal =
        signals.iter().any(|name| policy.contains_key(*name)) || !list(policy, "customMetricUtilizations").is_empty();
    if !has_signal {
        policy.insert("cpuUtilization".to_owned(), json!({}));
    }
    for (name, usual) in [("cpuUtilization", 0.6), ("loadBalancingUtilization", 0.8)] {
        let Some(signal) = policy.get_mut(name).and_then(Value::as_object_mut) else { continue };
        let value = signal.entry("utilizationTarget").or_insert(usual.into()).clone();
        if name == "cpuUtilization" {
            signal.entry("predictiveMethod").or_insert("NONE".into());
            // "A float value in the range (0, 1]" (the discovery document).
            if !value.as_f64().is_some_and(|target| target > 0.0 && target <= 1.0) {
                return field("cpuUtilization.utilizationTarget", &value, "Must be greater than 0 and at most 1.");
            }
        }
    }
    Ok(())
}

/// The autoscaler of a manager with that link.
fn targeting<'p>(project: &'p Project, link: &str) -> Option<&'p Resource> {
    project.resources.of("autoscalers").find(|autoscaler| autoscaler.text("target") == link)
}

/// The autoscaler that a manager has.
pub(super) fn of<'p>(project: &'p Project, manager: &Resource) -> Option<&'p Resource> {
    targeting(project, manager.link()).filter(|autoscaler| autoscaler.phase != Phase::Coming)
}

/// Refuses to resize a regional group that has an autoscaler: the text is of
/// github.com/terraform-google-modules/terraform-google-vm/issues/64. A zonal group is resized, and its autoscaler has
/// the last word.
pub(super) fn may_resize(project: &Project, manager: &Key) -> Result<(), ApiError> {
    let Some(autoscaler) = project.resources.get(manager).and_then(|manager| of(project, manager)) else {
        return Ok(());
    };
    if managed::is_regional(manager) && Policy::of(&autoscaler.document).mode != Mode::Off {
        let message = "Resizing of autoscaled regional managed instance groups is not allowed. If you want to manually \
                       adjust target size remove the autoscaler or set autoscaling policy mode to OFF.";
        return Err(ApiError::condition_not_met(message));
    }
    Ok(())
}

/// The size that a group has.
fn size(project: &Project, autoscaler: &Resource) -> Option<usize> {
    let manager = reference::follow(project, autoscaler.text("target"))?;
    manager.document.get("targetSize").and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok())
}

/// The size that the load asks for, whatever the bounds; the one that the group has, if its load isn't known.
fn wanted(project: &Project, autoscaler: &Resource) -> Option<usize> {
    let size = size(project, autoscaler)?;
    let cpu = Policy::of(&autoscaler.document).cpu;
    let group = reference::key_of(autoscaler.text("target"))?.name;
    let demand = project.settings.demand.iter().find(|demand| demand.is_about(&group));
    let Some((demand, target)) = demand.zip(cpu) else { return Some(size) };
    let wanted = (demand.cpu / target).ceil();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "floats become the nearest number")]
    let wanted = wanted as usize;
    Some(wanted)
}

fn details(project: &Project, autoscaler: &Resource, policy: &Policy) -> Value {
    let mut details = Vec::new();
    let mut tell = |kind: &str, message: &str| details.push(json!({ "type": kind, "message": message }));
    match policy.mode {
        Mode::Off => tell("MODE_OFF", "The autoscaling mode is set to OFF."),
        Mode::OnlyOut => tell("MODE_ONLY_SCALE_OUT", "The autoscaling mode is set to only scale out."),
        Mode::On => {}
    }
    if policy.least == policy.most {
        tell("MIN_EQUALS_MAX", "The minimum and the maximum number of replicas are the same.");
    }
    if wanted(project, autoscaler).is_some_and(|wanted| wanted > policy.most) {
        tell("CAPPED_AT_MAX_NUM_REPLICAS", "More replicas are recommended than the maximum number of them.");
    }
    Value::Array(details)
}

/// Lets every autoscaler set its group's size.
pub(super) fn scale(project: &mut Project) {
    let there = project.resources.of("autoscalers").filter(|autoscaler| autoscaler.phase == Phase::There);
    let keys: Vec<Key> = there.map(|autoscaler| autoscaler.key.clone()).collect();
    for key in keys {
        one(project, &key);
    }
}

/// Where a resource keeps since when less has been wanted than the group has, and how much was wanted at most since.
const LESS: &str = "less";

fn one(project: &mut Project, key: &Key) {
    let Some(autoscaler) = project.resources.get(key) else { return };
    let policy = Policy::of(&autoscaler.document);
    let (Some(size), Some(wanted)) = (size(project, autoscaler), wanted(project, autoscaler)) else { return };
    let Some(manager) = reference::key_of(autoscaler.text("target")) else { return };
    let bounded = policy.clamp(wanted);
    let shrinks = bounded < size && policy.mode == Mode::On;
    let kept = autoscaler.hidden.get(LESS).and_then(|kept| {
        let since: Timestamp = kept.get("since")?.as_str()?.parse().ok()?;
        let peak = usize::try_from(kept.get("peak")?.as_u64()?).ok()?;
        Some((since, peak))
    });
    let now = project.now;
    let mut next = size;
    let mut less = None;
    if policy.mode == Mode::Off {
        // Nothing is done, and nothing is remembered.
    } else if size > policy.most || bounded > size {
        next = bounded.max(size.min(policy.most));
    } else if shrinks {
        let (since, peak) = kept.unwrap_or((now, bounded));
        let peak = peak.max(bounded);
        let ripe = later(since, policy.stabilization);
        if ripe <= now {
            next = peak;
        } else {
            less = Some((since, peak));
            if kept.is_none() {
                project.schedule(key, policy.stabilization, |_, _| {});
            }
        }
    }
    if let Some(autoscaler) = project.resources.get_mut(key) {
        match less {
            Some((since, peak)) => {
                autoscaler.hidden.insert(LESS.to_owned(), json!({ "since": since.to_string(), "peak": peak }));
            }
            None => {
                autoscaler.hidden.remove(LESS);
            }
        }
    }
    if next != size {
        managed::set_size(project, &manager, next);
    }
}
