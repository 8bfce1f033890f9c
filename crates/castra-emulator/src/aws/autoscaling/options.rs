//! What can be set about a group besides its sizes, places and launch template.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::state::Options;
use super::termination;
use super::validate::error;
use crate::aws::ApiError;

/// Members that are kept and shown as they are; most of them have no effect here.
const INERT: [&str; 8] = [
    "AvailabilityZoneImpairmentPolicy",
    "CapacityRebalance",
    "CapacityReservationSpecification",
    "Context",
    "DesiredCapacityType",
    "InstanceLifecyclePolicy",
    "MaxInstanceLifetime",
    "Operator",
];

impl Options {
    /// A new group's, before the request is read; the defaults are those of
    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html>.
    pub(super) fn new(account: &str) -> Self {
        Self {
            cooldown: 300,
            health_check_type: "EC2".to_owned(),
            grace_period: 0,
            termination_policies: vec!["Default".to_owned()],
            protect_new: false,
            default_warmup: None,
            maintenance: None,
            distribution: "balanced-best-effort".to_owned(),
            deletion_protection: "none".to_owned(),
            placement_group: None,
            role: format!(
                "arn:aws:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
            ),
            inert: BTreeMap::new(),
        }
    }

    /// With what a request sets.
    pub(super) fn with(mut self, input: &Value) -> Result<Self, ApiError> {
        let text = |member: &str| input.get(member).and_then(Value::as_str);
        if let Some(seconds) = seconds(input, "DefaultCooldown")? {
            self.cooldown = seconds;
        }
        if let Some(seconds) = seconds(input, "HealthCheckGracePeriod")? {
            self.grace_period = seconds;
        }
        if let Some(kinds) = text("HealthCheckType") {
            self.health_check_type = health_checks(kinds)?;
        }
        if let Some(policies) = input.get("TerminationPolicies").and_then(Value::as_array) {
            self.termination_policies = termination_policies(policies)?;
        }
        if let Some(protect) = input.get("NewInstancesProtectedFromScaleIn").and_then(Value::as_bool) {
            self.protect_new = protect;
        }
        // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html: -1 takes
        // a warm-up back.
        match input.get("DefaultInstanceWarmup").and_then(Value::as_i64) {
            Some(-1) => self.default_warmup = None,
            Some(seconds @ 0..) => self.default_warmup = Some(seconds),
            Some(_) => return Err(error("DefaultInstanceWarmup must be -1 or greater.")),
            None => {}
        }
        if let Some(policy) = input.get("InstanceMaintenancePolicy") {
            self.maintenance = maintenance(policy)?;
        }
        let distribution = input.get("AvailabilityZoneDistribution");
        if let Some(strategy) = distribution.and_then(|distribution| distribution.get("CapacityDistributionStrategy")) {
            self.distribution = strategy.as_str().unwrap_or_default().to_owned();
        }
        if let Some(protection) = text("DeletionProtection") {
            self.deletion_protection = protection.to_owned();
        }
        if let Some(group) = text("PlacementGroup") {
            self.placement_group = Some(group.to_owned()).filter(|group| !group.is_empty());
        }
        if let Some(role) = text("ServiceLinkedRoleARN") {
            self.role = role.to_owned();
        }
        // https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html
        let lifetime = input.get("MaxInstanceLifetime").and_then(Value::as_i64);
        if lifetime.is_some_and(|seconds| seconds != 0 && !(86_400..=31_536_000).contains(&seconds)) {
            return Err(error("MaxInstanceLifetime must be 0 or between 86400 and 31536000 seconds."));
        }
        for member in INERT {
            if let Some(value) = input.get(member) {
                self.inert.insert(member.to_owned(), value.clone());
            }
        }
        Ok(self)
    }

    /// Adds them to a shown group.
    pub(super) fn show(&self, shown: &mut Map<String, Value>) {
        for (member, value) in &self.inert {
            shown.insert(member.clone(), value.clone());
        }
        let mut set = |member: &str, value: Value| shown.insert(member.to_owned(), value);
        set("DefaultCooldown", self.cooldown.into());
        set("HealthCheckType", self.health_check_type.as_str().into());
        set("HealthCheckGracePeriod", self.grace_period.into());
        set("TerminationPolicies", self.termination_policies.clone().into());
        set("NewInstancesProtectedFromScaleIn", self.protect_new.into());
        set("ServiceLinkedRoleARN", self.role.as_str().into());
        set("AvailabilityZoneDistribution", json!({ "CapacityDistributionStrategy": self.distribution }));
        set("DeletionProtection", self.deletion_protection.as_str().into());
        if let Some(seconds) = self.default_warmup {
            set("DefaultInstanceWarmup", seconds.into());
        }
        if let Some((min, max)) = self.maintenance {
            set("InstanceMaintenancePolicy", json!({ "MinHealthyPercentage": min, "MaxHealthyPercentage": max }));
        }
        if let Some(group) = &self.placement_group {
            set("PlacementGroup", group.as_str().into());
        }
    }
}

fn seconds(input: &Value, member: &str) -> Result<Option<i64>, ApiError> {
    match input.get(member).and_then(Value::as_i64) {
        Some(seconds) if seconds < 0 => Err(error(format!("{member} must not be negative."))),
        seconds => Ok(seconds),
    }
}

/// EC2's checks are always among them.
fn health_checks(kinds: &str) -> Result<String, ApiError> {
    for kind in kinds.split(',').map(str::trim) {
        if !["EC2", "EBS", "ELB", "VPC_LATTICE"].contains(&kind) {
            return Err(error(format!(
                "Invalid Health Check Type: {kind}. Valid values are EC2, EBS, ELB and VPC_LATTICE."
            )));
        }
    }
    Ok(kinds.to_owned())
}

fn termination_policies(given: &[Value]) -> Result<Vec<String>, ApiError> {
    let policies: Vec<String> = given.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if let Some(unknown) = policies.iter().find(|policy| !termination::POLICIES.contains(&policy.as_str())) {
        return Err(error(format!("Invalid termination policy: {unknown}")));
    }
    Ok(if policies.is_empty() { vec!["Default".to_owned()] } else { policies })
}

/// Both bounds, at most a hundred percent apart; -1 for both takes the policy back
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceMaintenancePolicy.html>).
fn maintenance(policy: &Value) -> Result<Option<(i64, i64)>, ApiError> {
    let bound = |member: &str| policy.get(member).and_then(Value::as_i64);
    match (bound("MinHealthyPercentage"), bound("MaxHealthyPercentage")) {
        (Some(-1), Some(-1)) => Ok(None),
        (Some(min @ 0..=100), Some(max @ 100..=200)) if max - min <= 100 => Ok(Some((min, max))),
        (Some(_), Some(_)) => {
            Err(error("The difference between MinHealthyPercentage and MaxHealthyPercentage must not exceed 100."))
        }
        _ => Err(error("MinHealthyPercentage and MaxHealthyPercentage must both be specified.")),
    }
}
