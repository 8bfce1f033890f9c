//! Metrics and alarms in the lab.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::SteadyMetric;
use crate::aws::testing::Lab;
use crate::registry::Holding as _;

const SERVICE: &str = "monitoring";

fn put_value(lab: &mut Lab, value: f64) {
    let datum = json!({ "MetricName": "Load", "Value": value, "Dimensions": [{ "Name": "App", "Value": "web" }] });
    lab.ok(SERVICE, "PutMetricData", json!({ "Namespace": "Shop", "MetricData": [datum] }));
}

fn put_alarm(lab: &mut Lab, more: Value) {
    let mut alarm = json!({
        "AlarmName": "high",
        "Namespace": "Shop",
        "MetricName": "Load",
        "Dimensions": [{ "Name": "App", "Value": "web" }],
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 2,
        "Threshold": 10.0,
        "ComparisonOperator": "GreaterThanThreshold",
    });
    alarm.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    lab.ok(SERVICE, "PutMetricAlarm", alarm);
}

fn state(lab: &mut Lab) -> String {
    let answer = lab.ok(SERVICE, "DescribeAlarms", json!({ "AlarmNames": ["high"] }));
    Lab::text(&answer, "/MetricAlarms/0/StateValue")
}

#[test]
fn an_alarm_follows_its_metric() {
    let mut lab = Lab::new();
    put_alarm(&mut lab, json!({}));
    assert_eq!(state(&mut lab), "INSUFFICIENT_DATA");
    for (values, expected) in [([5.0, 5.0], "OK"), ([20.0, 30.0], "ALARM"), ([1.0, 2.0], "OK")] {
        for value in values {
            put_value(&mut lab, value);
            lab.step(60.0);
        }
        assert_eq!(state(&mut lab), expected);
    }
    lab.step(300.0);
    assert_eq!(state(&mut lab), "INSUFFICIENT_DATA");
    let history =
        lab.ok(SERVICE, "DescribeAlarmHistory", json!({ "AlarmName": "high", "HistoryItemType": "StateUpdate" }));
    let summaries: Vec<&str> = history["AlarmHistoryItems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["HistorySummary"].as_str().unwrap())
        .collect();
    assert_eq!(
        summaries,
        [
            "Alarm updated from OK to INSUFFICIENT_DATA",
            "Alarm updated from ALARM to OK",
            "Alarm updated from OK to ALARM",
            "Alarm updated from INSUFFICIENT_DATA to OK",
        ]
    );
    assert!(lab.account.due().is_none(), "an alarm without data rests");
}

#[test]
fn missing_data_are_what_they_are_said_to_be() {
    for (treat, expected) in
        [("missing", "INSUFFICIENT_DATA"), ("ignore", "OK"), ("breaching", "ALARM"), ("notBreaching", "OK")]
    {
        let mut lab = Lab::new();
        put_alarm(&mut lab, json!({ "TreatMissingData": treat }));
        put_value(&mut lab, 1.0);
        lab.step(60.0);
        lab.step(600.0);
        assert_eq!(state(&mut lab), expected, "{treat}");
    }
}

#[test]
fn a_steady_metric_needs_no_data() {
    let mut lab = Lab::new();
    let dimensions = BTreeMap::from([("App".to_owned(), "web".to_owned())]);
    lab.account.settings.cloudwatch.metrics = vec![SteadyMetric::new("Shop", "Load", dimensions, 50.0)];
    put_alarm(&mut lab, json!({}));
    lab.step(60.0);
    assert_eq!(state(&mut lab), "ALARM");
}

#[test]
fn a_state_can_be_set_until_the_next_evaluation() {
    let mut lab = Lab::new();
    put_alarm(&mut lab, json!({}));
    lab.ok(SERVICE, "SetAlarmState", json!({ "AlarmName": "high", "StateValue": "ALARM", "StateReason": "a test" }));
    assert_eq!(state(&mut lab), "ALARM");
    let unknown = json!({ "AlarmName": "low", "StateValue": "ALARM", "StateReason": "a test" });
    lab.refused(SERVICE, "SetAlarmState", unknown, "ResourceNotFound");
    lab.ok(SERVICE, "DisableAlarmActions", json!({ "AlarmNames": ["high"] }));
    let answer = lab.ok(SERVICE, "DescribeAlarms", json!({ "AlarmNamePrefix": "hi" }));
    assert_eq!(answer["MetricAlarms"][0]["ActionsEnabled"], false);
    lab.ok(SERVICE, "DeleteAlarms", json!({ "AlarmNames": ["high"] }));
    let answer = lab.ok(SERVICE, "DescribeAlarms", json!({}));
    assert_eq!(answer["MetricAlarms"], json!([]));
}

#[test]
fn statistics_of_what_was_put() {
    let mut lab = Lab::new();
    let start = lab.account.now.as_second();
    for value in [1.0, 2.0, 3.0] {
        put_value(&mut lab, value);
        lab.step(20.0);
    }
    let query = json!({
        "Namespace": "Shop",
        "MetricName": "Load",
        "Dimensions": [{ "Name": "App", "Value": "web" }],
        "StartTime": start,
        "EndTime": start + 600,
        "Period": 60,
        "Statistics": ["Average", "Maximum", "SampleCount"],
    });
    let answer = lab.ok(SERVICE, "GetMetricStatistics", query);
    assert_eq!(answer["Datapoints"].as_array().unwrap().len(), 1);
    let point = &answer["Datapoints"][0];
    assert_eq!((&point["Average"], &point["Maximum"], &point["SampleCount"]), (&json!(2.0), &json!(3.0), &json!(3.0)));
    let metric = json!({
        "Namespace": "Shop",
        "MetricName": "Load",
        "Dimensions": [{ "Name": "App", "Value": "web" }],
    });
    let query = json!({
        "StartTime": start,
        "EndTime": start + 600,
        "MetricDataQueries": [{ "Id": "m1", "MetricStat": { "Metric": metric, "Period": 60, "Stat": "Sum" } }],
    });
    let answer = lab.ok(SERVICE, "GetMetricData", query);
    assert_eq!(answer["MetricDataResults"][0]["Values"], json!([6.0]));
    let answer = lab.ok(SERVICE, "ListMetrics", json!({ "Namespace": "Shop" }));
    assert_eq!(answer["Metrics"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_refused() {
    let mut lab = Lab::new();
    let put = |namespace: &str, datum: Value| json!({ "Namespace": namespace, "MetricData": [datum] });
    let good = json!({ "MetricName": "Load", "Value": 1.0 });
    lab.refused(SERVICE, "PutMetricData", put("AWS/EC2", good), "InvalidParameterValue");
    lab.refused(SERVICE, "PutMetricData", put("Shop", json!({ "MetricName": "Load" })), "MissingParameter");
    let both = json!({ "MetricName": "Load", "Value": 1.0, "Values": [1.0] });
    lab.refused(SERVICE, "PutMetricData", put("Shop", both), "InvalidParameterCombination");
    let old = json!({ "MetricName": "Load", "Value": 1.0, "Timestamp": lab.account.now.as_second() - 2_000_000 });
    lab.refused(SERVICE, "PutMetricData", put("Shop", old), "InvalidParameterValue");
    let arn = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:nothing";
    lab.refused(SERVICE, "ListTagsForResource", json!({ "ResourceARN": arn }), "ResourceNotFoundException");
}
