//! How the pool of secondaries scales by itself.

use async_trait::async_trait;
use castra_core::resource::{At, Found, Kind, Recovery, Ref};
use castra_core::{Call, FieldChange, Item, Result};
use google_cloud_compute_v1::model::autoscaling_policy::Mode;
use google_cloud_compute_v1::model::autoscaling_policy_cpu_utilization::PredictiveMethod;
use google_cloud_compute_v1::model::{Autoscaler as Model, AutoscalingPolicy, AutoscalingPolicyCpuUtilization};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::InstanceGroupManager;
use super::live::{Live, items};
use crate::call::{gone, list, maybe, send};
use crate::client::Clients;
use crate::links;
use crate::operation::{USUAL, operate};
use crate::survey::Look;
use crate::tags::Mark;

/// An autoscaler of the region: its group gets as many machines as keep their average CPU load at a value.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Autoscaler {
    /// Its name.
    pub(crate) name: String,
    /// The group whose size it sets.
    pub(crate) target: Ref<InstanceGroupManager>,
    /// The fewest machines.
    pub(crate) min: u32,
    /// The most machines.
    pub(crate) max: u32,
    /// The average CPU load to keep, in percent, 1 to 100.
    pub(crate) target_cpu: u8,
    /// For how many seconds after its start a machine's load doesn't count: what it takes to boot.
    pub(crate) boot_seconds: u32,
}

impl Autoscaler {
    fn policy(&self) -> AutoscalingPolicy {
        let load = AutoscalingPolicyCpuUtilization::new().set_utilization_target(f64::from(self.target_cpu) / 100.0);
        AutoscalingPolicy::new()
            .set_mode(Mode::On)
            .set_min_num_replicas(to_i32(self.min))
            .set_max_num_replicas(to_i32(self.max))
            .set_cool_down_period_sec(to_i32(self.boot_seconds))
            .set_cpu_utilization(load.set_predictive_method(PredictiveMethod::None))
    }
}

/// A number as the API takes it.
pub(super) fn to_i32(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[async_trait]
impl Kind for Autoscaler {
    const KIND: &'static str = "autoscaler";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "target"];
    type Output = String;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<String>>> {
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.region_autoscalers.get().set_project(project).set_region(region);
        let found =
            maybe(send!(at, Call::read("compute", "regionAutoscalers.get"), request.set_autoscaler(&self.name)))?;
        Ok(found.as_ref().and_then(live).map(|live| live.found(at)))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<String> {
        let Clients { project, region, .. } = at.cloud;
        let autoscaler = Model::new()
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_target(at.get(&self.target)?.manager)
            .set_autoscaling_policy(self.policy());
        let request = at.cloud.region_autoscalers.insert().set_project(project).set_region(region).set_body(autoscaler);
        operate!(at, "regionAutoscalers.insert", USUAL, request)?;
        Ok(at.cloud.regional("autoscalers", &self.name))
    }

    async fn update(&self, at: &At<'_, Clients>, live: &String, _: &[FieldChange]) -> Result<String> {
        let Clients { project, region, .. } = at.cloud;
        // The policy as a whole: a signal that somebody added would stay beside ours in a patch.
        let autoscaler = Model::new()
            .set_name(&self.name)
            .set_description(Mark::new(at.owner, at.address).to_string())
            .set_target(at.get(&self.target)?.manager)
            .set_autoscaling_policy(self.policy());
        let request = at.cloud.region_autoscalers.update().set_project(project).set_region(region);
        operate!(at, "regionAutoscalers.update", USUAL, request.set_autoscaler(&self.name).set_body(autoscaler))?;
        Ok(live.clone())
    }

    /// Deletes the autoscaler. Its group keeps the size that it has.
    async fn delete(at: &At<'_, Clients>, live: &String) -> Result<()> {
        let Clients { project, region, .. } = at.cloud;
        let request = at.cloud.region_autoscalers.delete().set_project(project).set_region(region);
        gone(operate!(at, "regionAutoscalers.delete", USUAL, request.set_autoscaler(links::name(live))))
    }
}

/// Reads an autoscaler.
fn live(autoscaler: &Model) -> Option<Live<String>> {
    let id = links::relative(autoscaler.self_link.as_deref()?).to_owned();
    let policy = autoscaler.autoscaling_policy.as_ref();
    let fields = json!({
        "name": autoscaler.name,
        "target": autoscaler.target.as_deref().map(links::relative).map(group_of),
        "min": policy.and_then(|policy| policy.min_num_replicas),
        "max": policy.and_then(|policy| policy.max_num_replicas),
        "target_cpu": policy.map(target),
        "boot_seconds": policy.and_then(|policy| policy.cool_down_period_sec),
    });
    Some(Live::described(id, fields, autoscaler.description.as_deref()))
}

/// The path of a managed group's instance group, by which what refers to it knows it. Both have the same name.
fn group_of(manager: &str) -> String {
    manager.replace("/instanceGroupManagers/", "/instanceGroups/")
}

/// The target for the CPU load in percent; or what the policy is instead of one that has this signal alone and works both
/// ways.
fn target(policy: &AutoscalingPolicy) -> Value {
    let mode = policy.mode.as_ref().and_then(Mode::name).unwrap_or("ON");
    if mode != "ON" {
        return json!(format!("mode {mode}"));
    }
    let others = policy.load_balancing_utilization.is_some()
        || !policy.custom_metric_utilizations.is_empty()
        || !policy.scaling_schedules.is_empty();
    let load = policy.cpu_utilization.as_ref();
    let predicts = load.and_then(|load| load.predictive_method.as_ref()).and_then(PredictiveMethod::name);
    match load.and_then(|load| load.utilization_target) {
        Some(target) if others => json!(format!("{} with other signals", target * 100.0)),
        Some(target) if predicts.is_some_and(|method| method != "NONE") => {
            json!(format!("{} predicted", target * 100.0))
        }
        Some(target) => percent(target),
        None => json!("another signal"),
    }
}

/// A share as the whole number of percent that it was set to, if it is one.
fn percent(share: f64) -> Value {
    let whole = (0..=100u8).find(|whole| (f64::from(*whole) / 100.0 - share).abs() < 1e-9);
    whole.map_or_else(|| json!(share * 100.0), |whole| json!(whole))
}

/// The autoscaler of a cluster.
pub(crate) async fn list(look: &Look<'_>, wanted: &[&str]) -> Result<Vec<Item>> {
    let Clients { project, region, .. } = look.clients;
    let request = look.clients.region_autoscalers.list().set_project(project).set_region(region);
    let found: Vec<Model> = list!(look, "regionAutoscalers.list", request.set_filter(look.names().filter()))?;
    Ok(items::<Autoscaler>(look, found.iter().filter_map(live), wanted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use google_cloud_compute_v1::model::AutoscalingPolicyLoadBalancingUtilization;

    use super::*;

    fn autoscaler() -> Autoscaler {
        Autoscaler {
            name: "camp-secondaries".into(),
            target: Ref::to("secondaries"),
            min: 2,
            max: 10,
            target_cpu: 70,
            boot_seconds: 300,
        }
    }

    #[test]
    fn what_is_sent_is_read_back_as_it_is_wanted() {
        let host = "https://www.googleapis.com/compute/v1/projects/p1/regions/r";
        let model = Model::new()
            .set_name("camp-secondaries")
            .set_self_link(format!("{host}/autoscalers/camp-secondaries"))
            .set_target(format!("{host}/instanceGroupManagers/camp-secondaries"))
            .set_autoscaling_policy(autoscaler().policy());
        let live = live(&model).unwrap();
        let mut wanted = serde_json::to_value(autoscaler()).unwrap();
        wanted["target"] = json!("projects/p1/regions/r/instanceGroups/camp-secondaries");
        assert_eq!(live.fields, wanted);
    }

    #[test]
    fn every_percentage_is_read_back_as_it_was_set() {
        for target_cpu in 1..=100 {
            assert_eq!(target(&Autoscaler { target_cpu, ..autoscaler() }.policy()), json!(target_cpu));
        }
        assert_eq!(percent(0.705), json!(70.5));
    }

    #[test]
    fn any_other_policy_is_a_difference() {
        let policy = || autoscaler().policy();
        let predicting = AutoscalingPolicyCpuUtilization::new()
            .set_utilization_target(0.7)
            .set_predictive_method(PredictiveMethod::OptimizeAvailability);
        for other in [
            policy().set_mode(Mode::Off),
            policy().set_mode(Mode::OnlyScaleOut),
            policy().set_cpu_utilization(predicting),
            policy().set_load_balancing_utilization(AutoscalingPolicyLoadBalancingUtilization::new()),
            AutoscalingPolicy::new(),
        ] {
            assert_ne!(target(&other), json!(70), "{:?}", target(&other));
        }
    }
}
