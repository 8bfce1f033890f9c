//! DescribeTargetHealth (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html>).

use serde_json::{Value, json};

use super::{Failure, Phase, Target, TargetKey};
use crate::aws::call::Call;
use crate::aws::elb::target_group::{self, TargetGroup};
use crate::aws::error::Answer;

pub(super) fn describe(call: &mut Call<'_>) -> Answer {
    let wanted: Vec<(String, Option<i64>)> = call
        .list("Targets")
        .iter()
        .map(|target| {
            let id = target.get("Id").and_then(Value::as_str).unwrap_or_default();
            (id.to_owned(), target.get("Port").and_then(Value::as_i64))
        })
        .collect();
    let include = call.texts("Include");
    let anomalies = include.iter().any(|option| matches!(*option, "All" | "AnomalyDetection"));
    let group = target_group::find(call, call.required("TargetGroupArn"))?;
    let shown: Vec<Value> = if wanted.is_empty() {
        group.targets.iter().map(|(key, target)| shown(group, key, Some(target), anomalies)).collect()
    } else {
        wanted
            .into_iter()
            .map(|(id, port)| {
                let key = TargetKey { id, port: port.or(group.port).unwrap_or(0) };
                shown(group, &key, group.targets.get(&key), anomalies)
            })
            .collect()
    };
    Ok(json!({ "TargetHealthDescriptions": shown }))
}

fn shown(group: &TargetGroup, key: &TargetKey, target: Option<&Target>, anomalies: bool) -> Value {
    let mut described = json!({ "Id": key.id });
    if key.port > 0 {
        described["Port"] = json!(key.port);
    }
    if let Some(zone) = target.and_then(|it| it.zone.as_ref()) {
        described["AvailabilityZone"] = json!(zone);
    }
    let (state, reason) = health(group, target.map(|it| it.phase));
    let mut health = json!({ "State": state });
    if let Some((code, description)) = reason {
        health["Reason"] = json!(code);
        health["Description"] = json!(description);
    }
    let mut shown = json!({ "Target": described, "TargetHealth": health });
    match group.health_check.port.as_deref() {
        None => {}
        Some("traffic-port") => shown["HealthCheckPort"] = json!(key.port.to_string()),
        Some(port) => shown["HealthCheckPort"] = json!(port),
    }
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/automatic-target-weights.html
    if anomalies && !group.is_network() {
        shown["AnomalyDetection"] = json!({ "Result": "normal", "MitigationInEffect": "no" });
    }
    shown
}

/// A target's state, with reason and description as
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-reason-codes>
/// pairs them.
fn health(group: &TargetGroup, phase: Option<Phase>) -> (&'static str, Option<(&'static str, String)>) {
    let with = |state, (code, description): (&'static str, &str)| (state, Some((code, description.to_owned())));
    match phase {
        None => with("unused", ("Target.NotRegistered", "Target is not registered to the target group")),
        Some(Phase::Unused(idle)) => with("unused", idle.shown()),
        Some(Phase::Waiting | Phase::Registering) => {
            with("initial", ("Elb.RegistrationInProgress", "Target registration is in progress"))
        }
        Some(Phase::Initial) => with("initial", ("Elb.InitialHealthChecking", "Initial health checks in progress")),
        Some(Phase::Healthy) => ("healthy", None),
        Some(Phase::Draining) => {
            with("draining", ("Target.DeregistrationInProgress", "Target deregistration is in progress"))
        }
        // Network load balancers tell no more than that checks failed
        // (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html).
        Some(Phase::Unhealthy(_)) if group.is_network() => {
            with("unhealthy", ("Target.FailedHealthChecks", "Health checks failed"))
        }
        Some(Phase::Unhealthy(Failure::Timeout)) => with("unhealthy", ("Target.Timeout", "Request timed out")),
        Some(Phase::Unhealthy(Failure::Refused)) => {
            with("unhealthy", ("Target.FailedHealthChecks", "Health checks failed"))
        }
        Some(Phase::Unhealthy(Failure::Mismatch(code))) => {
            let description = format!("Health checks failed with these codes: [{code}]");
            ("unhealthy", Some(("Target.ResponseCodeMismatch", description)))
        }
    }
}
