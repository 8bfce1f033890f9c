//! How the pool of secondaries scales by itself.

use async_trait::async_trait;
use aws_sdk_autoscaling::types::{
    MetricType, PredefinedMetricSpecification, ScalingPolicy as Described, TargetTrackingConfiguration,
};
use castra_core::resource::{At, Found, Kind, Output, Recovery, Ref};
use castra_core::{Call, Context, FieldChange, Item, Ownership, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::AutoScalingGroup;
use super::autoscaling_group::SERVICE;
use crate::call::{gone, maybe, send, send_fresh};
use crate::client::Clients;
use crate::survey::Look;

/// The type of policy that keeps a metric at a value.
const TARGET_TRACKING: &str = "TargetTrackingScaling";

/// A target-tracking policy: the group gets as many machines as keep their average CPU load at a value.
///
/// It has no tags: it is part of its group, and is whose its group is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ScalingPolicy {
    /// Its name within its group.
    pub(crate) name: String,
    /// The group.
    pub(crate) group: Ref<AutoScalingGroup>,
    /// The average CPU load to keep, in percent, 1 to 100.
    pub(crate) target_cpu: u8,
}

/// What a policy gives to others: enough to delete it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct PolicyOutput {
    /// Its name within its group.
    pub(crate) id: String,
    /// The group's name.
    pub(crate) group: String,
}

impl Output for PolicyOutput {
    fn id(&self) -> &str {
        &self.id
    }
}

#[async_trait]
impl Kind for ScalingPolicy {
    const KIND: &'static str = "autoscaling_policy";
    const RECOVERY: Recovery = Recovery::Named;
    const REPLACE: &'static [&'static str] = &["name", "group"];
    type Output = PolicyOutput;
    type Cloud = Clients;

    async fn find(&self, at: &At<'_, Clients>) -> Result<Option<Found<PolicyOutput>>> {
        let group = at.get(&self.group)?;
        let found = look_up(at.cx, at.cloud, &group, &self.name).await?;
        Ok(found.map(|policy| Found {
            fields: fields(&group, &self.name, &policy),
            output: PolicyOutput { id: self.name.clone(), group },
            ownership: Ownership::Ours,
        }))
    }

    async fn create(&self, at: &At<'_, Clients>) -> Result<PolicyOutput> {
        self.put(at).await
    }

    async fn update(&self, at: &At<'_, Clients>, _: &PolicyOutput, _: &[FieldChange]) -> Result<PolicyOutput> {
        self.put(at).await
    }

    async fn delete(at: &At<'_, Clients>, live: &PolicyOutput) -> Result<()> {
        let request = at.cloud.autoscaling.delete_policy().auto_scaling_group_name(&live.group).policy_name(&live.id);
        gone(send!(at.cx, Call::idempotent(SERVICE, "DeletePolicy"), request))
    }
}

impl ScalingPolicy {
    /// Makes the policy, or makes it what it should be: one call does both.
    async fn put(&self, at: &At<'_, Clients>) -> Result<PolicyOutput> {
        let group = at.get(&self.group)?;
        let metric =
            PredefinedMetricSpecification::builder().predefined_metric_type(MetricType::AsgAverageCpuUtilization);
        let tracking = TargetTrackingConfiguration::builder()
            .predefined_metric_specification(metric.build())
            .target_value(f64::from(self.target_cpu))
            .disable_scale_in(false);
        let request = at
            .cloud
            .autoscaling
            .put_scaling_policy()
            .auto_scaling_group_name(&group)
            .policy_name(&self.name)
            .policy_type(TARGET_TRACKING)
            .target_tracking_configuration(tracking.build())
            .enabled(true);
        send_fresh!(at.cx, Call::idempotent(SERVICE, "PutScalingPolicy"), request)?;
        Ok(PolicyOutput { id: self.name.clone(), group })
    }
}

async fn look_up(cx: &dyn Context, clients: &Clients, group: &str, name: &str) -> Result<Option<Described>> {
    let request = clients.autoscaling.describe_policies().auto_scaling_group_name(group).policy_names(name);
    // A group that isn't there is an error.
    let answer = maybe(send!(cx, Call::read(SERVICE, "DescribePolicies"), request))?;
    Ok(answer.and_then(|answer| answer.scaling_policies.unwrap_or_default().into_iter().next()))
}

fn fields(group: &str, name: &str, policy: &Described) -> Value {
    json!({ "name": name, "group": group, "target_cpu": target(policy) })
}

/// The target, or what the policy is instead of one for the CPU load that works both ways.
fn target(policy: &Described) -> Value {
    if policy.enabled() == Some(false) {
        return json!("disabled");
    }
    let Some(tracking) = policy.target_tracking_configuration() else { return json!(policy.policy_type()) };
    let metric = tracking.predefined_metric_specification().map(PredefinedMetricSpecification::predefined_metric_type);
    let Some(value) = tracking.target_value() else { return Value::Null };
    match metric.flatten() {
        Some(MetricType::AsgAverageCpuUtilization) if tracking.disable_scale_in() != Some(true) => percent(value),
        Some(MetricType::AsgAverageCpuUtilization) => json!(format!("{value}, without scaling in")),
        Some(other) => json!(format!("{value} of {}", other.as_str())),
        None => json!(format!("{value} of another metric")),
    }
}

/// The API's floating-point number as the whole number that it was set to, if it is one.
fn percent(value: f64) -> Value {
    match (0..=100u8).find(|whole| f64::from(*whole) == value) {
        Some(whole) => json!(whole),
        None => json!(value),
    }
}

/// The policy `name` of the cluster's group, where the resource `resource` should stand. Groups that aren't ours have
/// none of ours.
pub(crate) async fn list(look: &Look<'_>, resource: &str, name: &str, groups: &[Item]) -> Result<Vec<Item>> {
    let Some(group) = groups.iter().find(|group| group.ownership == Ownership::Ours) else { return Ok(Vec::new()) };
    let found = look_up(look.cx, look.clients, &group.id, name).await?;
    let output = PolicyOutput { id: name.to_owned(), group: group.id.clone() };
    let item = |policy| Item::new::<ScalingPolicy>(resource, fields(&group.id, name, &policy), output).uid(group.uid);
    Ok(found.map(item).into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(metric: MetricType, value: f64) -> Described {
        let metric = PredefinedMetricSpecification::builder().predefined_metric_type(metric).build();
        let tracking =
            TargetTrackingConfiguration::builder().predefined_metric_specification(metric).target_value(value).build();
        Described::builder().policy_type(TARGET_TRACKING).target_tracking_configuration(tracking).build()
    }

    #[test]
    fn the_target_is_read_back_as_it_was_set() {
        assert_eq!(target(&policy(MetricType::AsgAverageCpuUtilization, 70.0)), json!(70u8));
        assert_eq!(target(&policy(MetricType::AsgAverageCpuUtilization, 70.5)), json!(70.5));
    }

    #[test]
    fn any_other_policy_is_a_difference() {
        assert_ne!(target(&policy(MetricType::AsgAverageNetworkIn, 70.0)), json!(70u8));
        let mut disabled = policy(MetricType::AsgAverageCpuUtilization, 70.0);
        disabled.enabled = Some(false);
        assert_ne!(target(&disabled), json!(70u8));
        assert_ne!(target(&Described::builder().policy_type("SimpleScaling").build()), json!(70u8));
    }
}
