//! Target tracking: a policy that makes its own two alarms
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html>).

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::validate::error;
use crate::aws::ApiError;
use crate::aws::account::Account;
use crate::aws::cloudwatch::{Alarm, Comparison, Metric, Missing, StateValue, Statistic};

/// The metric that a configuration tracks, for that group.
pub(super) fn metric(configuration: &Value, group: &str) -> Result<(Metric, Statistic, Option<String>), ApiError> {
    let predefined = configuration.get("PredefinedMetricSpecification");
    let customized = configuration.get("CustomizedMetricSpecification");
    match (predefined, customized) {
        (Some(predefined), None) => self::predefined(predefined, group),
        (None, Some(customized)) => self::customized(customized),
        _ => Err(error(
            "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified.",
        )),
    }
}

fn predefined(given: &Value, group: &str) -> Result<(Metric, Statistic, Option<String>), ApiError> {
    let text = |member: &str| given.get(member).and_then(Value::as_str);
    let of_group = |name: &str| Metric {
        namespace: "AWS/EC2".to_owned(),
        name: name.to_owned(),
        dimensions: BTreeMap::from([("AutoScalingGroupName".to_owned(), group.to_owned())]),
    };
    let metric = match text("PredefinedMetricType") {
        Some("ASGAverageCPUUtilization" | "ASGAverageCPUUtilizationHighResolution") => of_group("CPUUtilization"),
        Some("ASGAverageNetworkIn") => of_group("NetworkIn"),
        Some("ASGAverageNetworkOut") => of_group("NetworkOut"),
        Some("ALBRequestCountPerTarget") => {
            return requests(text("ResourceLabel")).map(|metric| (metric, Statistic::Sum, None));
        }
        other => return Err(error(format!("Invalid PredefinedMetricType: {}", other.unwrap_or_default()))),
    };
    Ok((metric, Statistic::Average, None))
}

/// `app/NAME/ID/targetgroup/NAME/ID`
/// (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredefinedMetricSpecification.html>).
fn requests(label: Option<&str>) -> Result<Metric, ApiError> {
    let label = label.ok_or_else(|| error("ResourceLabel is required for ALBRequestCountPerTarget."))?;
    let bad = || error(format!("Invalid ResourceLabel: {label}"));
    let (balancer, target_group) = label.split_once("/targetgroup/").ok_or_else(bad)?;
    if !balancer.starts_with("app/") {
        return Err(bad());
    }
    Ok(Metric {
        namespace: "AWS/ApplicationELB".to_owned(),
        name: "RequestCountPerTarget".to_owned(),
        dimensions: BTreeMap::from([("TargetGroup".to_owned(), format!("targetgroup/{target_group}"))]),
    })
}

fn customized(given: &Value) -> Result<(Metric, Statistic, Option<String>), ApiError> {
    let text = |value: &Value, member: &str| value.get(member).and_then(Value::as_str).map(str::to_owned);
    if given.get("Metrics").is_some() {
        return Err(error("Metric math is not available here; name a single metric."));
    }
    let missing = || error("MetricName, Namespace and Statistic are required in a CustomizedMetricSpecification.");
    let dimensions = given.get("Dimensions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let dimension = |dimension: &Value| Some((text(dimension, "Name")?, text(dimension, "Value")?));
    let metric = Metric {
        namespace: text(given, "Namespace").ok_or_else(missing)?,
        name: text(given, "MetricName").ok_or_else(missing)?,
        dimensions: dimensions.iter().filter_map(dimension).collect(),
    };
    let statistic = match given.get("Statistic").and_then(Value::as_str) {
        Some("Average") => Statistic::Average,
        Some("Minimum") => Statistic::Minimum,
        Some("Maximum") => Statistic::Maximum,
        Some("SampleCount") => Statistic::SampleCount,
        Some("Sum") => Statistic::Sum,
        _ => return Err(missing()),
    };
    Ok((metric, statistic, text(given, "Unit")))
}

/// The alarms of a policy: above the target for three minutes, and, if it may scale in, well below it for fifteen.
pub(super) fn alarms(
    account: &mut Account,
    region: &str,
    group: &str,
    policy_arn: &str,
    configuration: &Value,
    target: f64,
) -> Result<Vec<Alarm>, ApiError> {
    let (metric, statistic, unit) = metric(configuration, group)?;
    let scale_in = !configuration.get("DisableScaleIn").and_then(Value::as_bool).unwrap_or(false);
    let high = ("AlarmHigh", Comparison::Greater, target, 3);
    let low = ("AlarmLow", Comparison::Less, target * 0.9, 15);
    let now = account.now;
    let wanted = if scale_in { vec![high, low] } else { vec![high] };
    let alarm = |(side, comparison, threshold, evaluation_periods): (&str, Comparison, f64, usize)| {
        let name = format!("TargetTracking-{group}-{side}-{}", account.chance.uuid());
        Alarm {
            arn: format!("arn:aws:cloudwatch:{region}:{}:alarm:{name}", account.id),
            name,
            description: Some(format!("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy_arn}.")),
            metric: metric.clone(),
            statistic,
            period: 60,
            unit: unit.clone(),
            evaluation_periods,
            datapoints_to_alarm: None,
            threshold,
            comparison,
            missing: Missing::Unknown,
            actions_enabled: true,
            alarm_actions: vec![policy_arn.to_owned()],
            ok_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
            state: StateValue::InsufficientData,
            reason: "Unchecked: Initial alarm creation".to_owned(),
            reason_data: None,
            configured: now,
            updated: now,
            transitioned: now,
            tags: BTreeMap::new(),
            next: None,
        }
    };
    Ok(wanted.into_iter().map(alarm).collect())
}
