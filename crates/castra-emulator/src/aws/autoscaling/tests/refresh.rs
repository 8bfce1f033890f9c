//! Instance refreshes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use super::{AS, Site};

fn refresh(site: &mut Site) -> Value {
    site.ok("DescribeInstanceRefreshes", json!({}))["InstanceRefreshes"][0].clone()
}

fn status(site: &mut Site) -> String {
    refresh(site)["Status"].as_str().unwrap().to_owned()
}

/// Starts a refresh to a new version, with those preferences.
fn start(site: &mut Site, preferences: Value) {
    let version = site.new_version();
    let desired = json!({ "LaunchTemplate": { "LaunchTemplateName": "web", "Version": version } });
    site.ok("StartInstanceRefresh", json!({ "DesiredConfiguration": desired, "Preferences": preferences }));
}

/// Steps until the refresh is over; the fewest and most that were in service, and the most that were replaced at once.
fn run(site: &mut Site) -> (usize, usize, usize) {
    let (mut fewest, mut most, mut at_once) = (usize::MAX, 0, 0);
    for _ in 0..2_000 {
        site.lab.step(5.0);
        let (serving, arriving) = (site.ids("InService").len(), site.ids("Pending").len());
        fewest = fewest.min(serving);
        most = most.max(serving + arriving);
        at_once = at_once.max(arriving);
        if !matches!(status(site).as_str(), "Pending" | "InProgress" | "RollbackInProgress" | "Cancelling" | "Baking") {
            return (fewest, most, at_once);
        }
    }
    panic!("{:#}", refresh(site));
}

#[test]
fn six_are_replaced_two_at_a_time() {
    let mut site = Site::with_group(6, json!({}));
    let before = site.ids("InService");
    start(&mut site, json!({ "MinHealthyPercentage": 66, "InstanceWarmup": 30 }));
    site.refused("StartInstanceRefresh", json!({}), "InstanceRefreshInProgress");
    assert_eq!(run(&mut site), (4, 6, 2));
    assert_eq!(status(&mut site), "Successful");
    assert_eq!(site.versions().into_iter().collect::<Vec<_>>(), [("2".to_owned(), 6)]);
    assert!(site.ids("InService").iter().all(|id| !before.contains(id)));
    site.assert_spread(&[("a", 2), ("b", 2), ("c", 2)]);
    let refresh = refresh(&mut site);
    assert_eq!((&refresh["PercentageComplete"], &refresh["InstancesToUpdate"]), (&json!(100), &json!(0)));
    assert_eq!(site.group()["LaunchTemplate"]["Version"], "2", "the group goes on with the desired configuration");
    let causes = site.causes().join("\n");
    assert!(causes.contains("an instance was taken out of service in response to an instance refresh."), "{causes}");
}

#[test]
fn one_at_a_time_at_a_hundred_percent() {
    let mut site = Site::with_group(3, json!({}));
    start(&mut site, json!({ "MinHealthyPercentage": 100, "InstanceWarmup": 0 }));
    assert_eq!(run(&mut site), (2, 3, 1));
    assert_eq!(status(&mut site), "Successful");
}

#[test]
fn launching_before_terminating() {
    let mut site = Site::with_group(6, json!({}));
    start(&mut site, json!({ "MinHealthyPercentage": 100, "MaxHealthyPercentage": 110, "InstanceWarmup": 10 }));
    assert_eq!(run(&mut site), (6, 7, 1));
    assert_eq!(status(&mut site), "Successful");
    assert_eq!(site.versions().into_iter().collect::<Vec<_>>(), [("2".to_owned(), 6)]);
    site.assert_spread(&[("a", 2), ("b", 2), ("c", 2)]);
    let mut site = Site::with_group(4, json!({}));
    start(&mut site, json!({ "MinHealthyPercentage": 100, "MaxHealthyPercentage": 150, "InstanceWarmup": 10 }));
    assert_eq!(run(&mut site), (4, 6, 2));
    assert_eq!(site.versions().into_iter().collect::<Vec<_>>(), [("2".to_owned(), 4)]);
}

#[test]
fn checkpoints_pause() {
    let mut site = Site::with_group(4, json!({}));
    let preferences = json!({
        "MinHealthyPercentage": 50,
        "InstanceWarmup": 10,
        "CheckpointPercentages": [25, 100],
        "CheckpointDelay": 600,
    });
    start(&mut site, preferences);
    site.lab.step(400.0);
    assert_eq!(
        (refresh(&mut site)["PercentageComplete"].clone(), status(&mut site)),
        (json!(25), "InProgress".to_owned())
    );
    assert_eq!(site.versions()["1"], 3);
    site.lab.step(600.0);
    assert_eq!(status(&mut site), "Successful");
    assert_eq!(site.versions().into_iter().collect::<Vec<_>>(), [("2".to_owned(), 4)]);
}

#[test]
fn a_partial_refresh_ends_at_its_last_checkpoint() {
    let mut site = Site::with_group(4, json!({}));
    start(&mut site, json!({ "InstanceWarmup": 0, "CheckpointPercentages": [50], "CheckpointDelay": 0 }));
    run(&mut site);
    assert_eq!(status(&mut site), "Successful");
    assert_eq!(site.versions().into_iter().collect::<Vec<_>>(), [("1".to_owned(), 2), ("2".to_owned(), 2)]);
}

#[test]
fn what_matches_is_skipped() {
    let mut site = Site::with_group(3, json!({}));
    site.ok("StartInstanceRefresh", json!({ "Preferences": { "SkipMatching": true } }));
    site.lab.step(10.0);
    assert_eq!(status(&mut site), "Successful");
    assert_eq!(site.activities().as_array().unwrap().len(), 3);
    site.ok("StartInstanceRefresh", json!({ "Preferences": { "MinHealthyPercentage": 0 } }));
    run(&mut site);
    assert_eq!(site.activities().as_array().unwrap().len(), 9);
}

#[test]
fn a_refresh_that_gets_nowhere_rolls_back() {
    let mut site = Site::with_group(6, json!({}));
    let version = site.new_version();
    let before = site.versions();
    site.lab.account.settings.shortages =
        vec![crate::aws::Shortage { instance_types: vec!["t3.small".to_owned()], ..Default::default() }];
    let desired = json!({ "LaunchTemplate": { "LaunchTemplateName": "web", "Version": version } });
    let preferences = json!({ "MinHealthyPercentage": 66, "AutoRollback": true, "InstanceWarmup": 0 });
    site.ok("StartInstanceRefresh", json!({ "DesiredConfiguration": desired, "Preferences": preferences }));
    site.lab.step(600.0);
    assert_eq!(site.ids("InService").len(), 4, "no more than two are out of service");
    run(&mut site);
    assert_eq!(status(&mut site), "RollbackSuccessful", "{:#}", refresh(&mut site));
    let rollback = refresh(&mut site)["RollbackDetails"].clone();
    assert!(rollback["RollbackReason"].as_str().unwrap().contains("We currently do not have sufficient t3.small"));
    assert_eq!((site.versions(), &site.group()["LaunchTemplate"]["Version"]), (before, &json!("1")));
}

#[test]
fn an_alarm_turns_it_back() {
    let mut site = Site::with_group(4, json!({}));
    let alarm = json!({
        "AlarmName": "errors", "Namespace": "Shop", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "ignore",
    });
    site.lab.ok("monitoring", "PutMetricAlarm", alarm);
    let preferences = json!({
        "MinHealthyPercentage": 50,
        "InstanceWarmup": 60,
        "AutoRollback": true,
        "AlarmSpecification": { "Alarms": ["errors"] },
    });
    start(&mut site, preferences);
    site.lab.step(60.0);
    assert!(site.versions().contains_key("2"));
    let ring = json!({ "AlarmName": "errors", "StateValue": "ALARM", "StateReason": "a test" });
    site.lab.ok("monitoring", "SetAlarmState", ring);
    run(&mut site);
    assert_eq!(status(&mut site), "RollbackSuccessful");
    assert_eq!(site.versions().into_iter().collect::<Vec<_>>(), [("1".to_owned(), 4)]);
}

#[test]
fn rolled_back_and_cancelled_by_hand() {
    let mut site = Site::with_group(4, json!({}));
    site.refused("RollbackInstanceRefresh", json!({}), "ActiveInstanceRefreshNotFound");
    site.refused("CancelInstanceRefresh", json!({}), "ActiveInstanceRefreshNotFound");
    start(&mut site, json!({ "MinHealthyPercentage": 75, "InstanceWarmup": 30 }));
    site.lab.step(120.0);
    site.ok("RollbackInstanceRefresh", json!({}));
    assert_eq!(status(&mut site), "RollbackInProgress");
    run(&mut site);
    assert_eq!(status(&mut site), "RollbackSuccessful");
    assert_eq!(site.versions().into_iter().collect::<Vec<_>>(), [("1".to_owned(), 4)]);
    start(&mut site, json!({ "MinHealthyPercentage": 75, "InstanceWarmup": 30 }));
    site.lab.step(120.0);
    site.ok("CancelInstanceRefresh", json!({}));
    assert_eq!(status(&mut site), "Cancelling");
    run(&mut site);
    assert_eq!(status(&mut site), "Cancelled");
    assert!(site.versions()["1"] > 0);
    assert_eq!(site.group()["LaunchTemplate"]["Version"], "1");
    site.ok("StartInstanceRefresh", json!({}));
    site.refused("RollbackInstanceRefresh", json!({}), "IrreversibleInstanceRefresh");
}

#[test]
fn the_protected_hold_it_up() {
    let mut site = Site::with_group(2, json!({ "NewInstancesProtectedFromScaleIn": true }));
    start(&mut site, json!({ "MinHealthyPercentage": 50, "InstanceWarmup": 0 }));
    site.lab.step(1800.0);
    let reason = refresh(&mut site)["StatusReason"].as_str().unwrap().to_owned();
    assert!(reason.contains("is protected"), "{reason}");
    site.lab.step(3600.0);
    assert_eq!(status(&mut site), "Failed");
    start(&mut site, json!({ "InstanceWarmup": 0, "ScaleInProtectedInstances": "Refresh" }));
    run(&mut site);
    assert_eq!(status(&mut site), "Successful");
    start(&mut site, json!({ "InstanceWarmup": 0, "ScaleInProtectedInstances": "Ignore" }));
    run(&mut site);
    assert_eq!(status(&mut site), "Successful");
    assert_eq!(site.versions().into_iter().collect::<Vec<_>>(), [("3".to_owned(), 2)]);
}

#[test]
fn preferences_that_make_no_sense() {
    let mut site = Site::with_group(1, json!({}));
    for preferences in [
        json!({ "MaxHealthyPercentage": 110 }),
        json!({ "MinHealthyPercentage": 50, "MaxHealthyPercentage": 200 }),
        json!({ "CheckpointPercentages": [50, 20] }),
        json!({ "CheckpointDelay": 60 }),
        json!({ "AutoRollback": true }),
        json!({ "AlarmSpecification": { "Alarms": ["nothing"] } }),
    ] {
        site.refused("StartInstanceRefresh", json!({ "Preferences": preferences }), "ValidationError");
    }
    let desired = json!({ "LaunchTemplate": { "LaunchTemplateName": "web", "Version": "9" } });
    site.refused("StartInstanceRefresh", json!({ "DesiredConfiguration": desired }), "ValidationError");
    site.ok(
        "UpdateAutoScalingGroup",
        json!({ "LaunchTemplate": { "LaunchTemplateName": "web", "Version": "$Latest" } }),
    );
    let desired = json!({ "LaunchTemplate": { "LaunchTemplateName": "web", "Version": "1" } });
    let input = json!({ "AutoScalingGroupName": "web", "DesiredConfiguration": desired, "Preferences": { "AutoRollback": true } });
    site.lab.refused(AS, "StartInstanceRefresh", input, "ValidationError");
}
