//! Scaling policies.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{AS, Site};
use crate::aws::cloudwatch::SteadyMetric;
use crate::aws::testing::Lab;

fn desired(site: &mut Site) -> i64 {
    site.group()["DesiredCapacity"].as_i64().unwrap()
}

fn set_cpu(site: &mut Site, value: f64) {
    let dimensions = BTreeMap::from([("AutoScalingGroupName".to_owned(), "web".to_owned())]);
    let metric = SteadyMetric::new("AWS/EC2", "CPUUtilization", dimensions, value);
    site.lab.account.settings.cloudwatch.metrics = vec![metric];
    site.lab.account.settle();
}

fn target(more: Value) -> Value {
    let mut configuration = json!({
        "TargetValue": 50.0,
        "PredefinedMetricSpecification": { "PredefinedMetricType": "ASGAverageCPUUtilization" },
    });
    configuration.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({
        "PolicyName": "cpu",
        "PolicyType": "TargetTrackingScaling",
        "EstimatedInstanceWarmup": 60,
        "TargetTrackingConfiguration": configuration,
    })
}

#[test]
fn a_target_is_tracked_out_and_in() {
    let mut site = Site::with_group(4, json!({ "MinSize": 2 }));
    let answer = site.ok("PutScalingPolicy", target(json!({})));
    let name = Lab::text(&answer, "/Alarms/0/AlarmName");
    assert!(name.starts_with("TargetTracking-web-AlarmHigh-"), "{name}");
    assert!(Lab::text(&answer, "/Alarms/1/AlarmName").starts_with("TargetTracking-web-AlarmLow-"));
    set_cpu(&mut site, 75.0);
    site.lab.step(70.0);
    assert_eq!(desired(&mut site), 6, "4 at 75% are 6 at 50%");
    let cause = site.causes().remove(0);
    assert!(
        cause.contains(&format!(
            "a monitor alarm {name} in state ALARM triggered policy cpu changing the desired capacity from 4 to 6."
        )),
        "{cause}"
    );
    set_cpu(&mut site, 50.0);
    site.lab.step(600.0);
    assert_eq!((desired(&mut site), site.ids("InService").len()), (6, 6));
    set_cpu(&mut site, 20.0);
    site.lab.step(70.0);
    assert_eq!(desired(&mut site), 3, "6 at 20% are 3 at 40%");
    set_cpu(&mut site, 48.0);
    site.lab.step(600.0);
    assert_eq!(desired(&mut site), 3);
    let policies = site.ok("DescribePolicies", json!({}));
    assert_eq!(policies["ScalingPolicies"][0]["Alarms"].as_array().unwrap().len(), 2);
    site.ok("DeletePolicy", json!({ "PolicyName": "cpu" }));
    assert_eq!(site.lab.ok("monitoring", "DescribeAlarms", json!({}))["MetricAlarms"], json!([]));
}

#[test]
fn a_target_need_not_be_tracked_in() {
    let mut site = Site::with_group(4, json!({}));
    let answer = site.ok("PutScalingPolicy", target(json!({ "DisableScaleIn": true })));
    assert_eq!(answer["Alarms"].as_array().unwrap().len(), 1);
    set_cpu(&mut site, 5.0);
    site.lab.step(1800.0);
    assert_eq!(desired(&mut site), 4);
    site.ok("SuspendProcesses", json!({ "ScalingProcesses": ["AlarmNotification"] }));
    set_cpu(&mut site, 100.0);
    site.lab.step(300.0);
    assert_eq!(desired(&mut site), 4);
    site.ok("ResumeProcesses", json!({}));
    site.lab.step(300.0);
    assert!(desired(&mut site) > 4);
}

#[test]
fn a_group_is_deleted_with_its_alarms() {
    let mut site = Site::with_group(1, json!({}));
    site.ok("PutScalingPolicy", target(json!({})));
    site.ok("DeleteAutoScalingGroup", json!({ "ForceDelete": true }));
    site.lab.step(300.0);
    assert_eq!(site.lab.ok("monitoring", "DescribeAlarms", json!({}))["MetricAlarms"], json!([]));
}

#[test]
fn a_simple_policy_has_a_cooldown() {
    let mut site = Site::with_group(1, json!({}));
    let policy =
        json!({ "PolicyName": "more", "AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 2, "Cooldown": 100 });
    let arn = Lab::text(&site.ok("PutScalingPolicy", policy), "/PolicyARN");
    let alarm = json!({
        "AlarmName": "busy", "Namespace": "Shop", "MetricName": "Load", "Statistic": "Average", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 10.0, "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [arn],
    });
    site.lab.ok("monitoring", "PutMetricAlarm", alarm);
    site.lab.step(400.0);
    let ring = json!({ "AlarmName": "busy", "StateValue": "ALARM", "StateReason": "a test" });
    site.lab.ok("monitoring", "SetAlarmState", ring.clone());
    assert_eq!(desired(&mut site), 3);
    site.lab.ok("monitoring", "SetAlarmState", ring.clone());
    assert_eq!(desired(&mut site), 3, "its activity is under way");
    site.refused(
        "SetDesiredCapacity",
        json!({ "DesiredCapacity": 5, "HonorCooldown": true }),
        "ScalingActivityInProgress",
    );
    site.refused("ExecutePolicy", json!({ "PolicyName": "more", "HonorCooldown": true }), "ScalingActivityInProgress");
    site.lab.step(200.0);
    site.lab.ok("monitoring", "SetAlarmState", ring);
    assert_eq!(desired(&mut site), 5);
    let answer = site.ok("DescribePolicies", json!({ "PolicyNames": ["more"] }));
    assert_eq!(answer["ScalingPolicies"][0]["Alarms"][0]["AlarmName"], "busy");
    site.ok("ExecutePolicy", json!({ "PolicyName": "more" }));
    assert_eq!(desired(&mut site), 7);
}

#[test]
fn steps_grow_with_the_breach_and_count_what_is_on_its_way() {
    let mut site = Site::with_group(4, json!({}));
    let policy = json!({
        "PolicyName": "steps",
        "PolicyType": "StepScaling",
        "AdjustmentType": "ChangeInCapacity",
        "EstimatedInstanceWarmup": 300,
        "StepAdjustments": [
            { "MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1 },
            { "MetricIntervalLowerBound": 10.0, "ScalingAdjustment": 3 },
        ],
    });
    site.ok("PutScalingPolicy", policy);
    site.lab.step(300.0);
    let execute = |value: f64| json!({ "PolicyName": "steps", "MetricValue": value, "BreachThreshold": 50.0 });
    site.ok("ExecutePolicy", execute(55.0));
    assert_eq!(desired(&mut site), 5);
    site.ok("ExecutePolicy", execute(55.0));
    assert_eq!(desired(&mut site), 5, "the same breach isn't answered twice");
    site.ok("ExecutePolicy", execute(70.0));
    assert_eq!(desired(&mut site), 7);
    site.refused("ExecutePolicy", json!({ "PolicyName": "steps" }), "ValidationError");
}

#[test]
fn policies_that_make_no_sense() {
    let mut site = Site::with_group(0, json!({}));
    for policy in [
        json!({ "AdjustmentType": "ChangeInCapacity" }),
        json!({ "ScalingAdjustment": 1 }),
        json!({ "AdjustmentType": "Change", "ScalingAdjustment": 1 }),
        json!({ "AdjustmentType": "ExactCapacity", "ScalingAdjustment": -1 }),
        json!({ "AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1, "MinAdjustmentMagnitude": 2 }),
        json!({ "PolicyType": "StepScaling", "AdjustmentType": "ChangeInCapacity" }),
        json!({ "PolicyType": "TargetTrackingScaling" }),
        json!({ "PolicyType": "TargetTrackingScaling", "TargetTrackingConfiguration": { "TargetValue": 50.0 } }),
        json!({ "PolicyType": "Magic" }),
    ] {
        let mut input = json!({ "AutoScalingGroupName": "web", "PolicyName": "p" });
        input.as_object_mut().unwrap().extend(policy.as_object().unwrap().clone());
        site.lab.refused(AS, "PutScalingPolicy", input, "ValidationError");
    }
    site.refused("DeletePolicy", json!({ "PolicyName": "p" }), "ValidationError");
}
