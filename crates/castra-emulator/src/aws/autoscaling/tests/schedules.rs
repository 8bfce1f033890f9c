//! Scheduled actions.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::json;

use super::Site;

#[test]
fn actions_act_at_their_time() {
    let mut site = Site::with_group(1, json!({}));
    let now = site.lab.account.now.as_second();
    site.ok(
        "PutScheduledUpdateGroupAction",
        json!({ "ScheduledActionName": "once", "StartTime": now + 3600, "DesiredCapacity": 3 }),
    );
    site.ok(
        "PutScheduledUpdateGroupAction",
        json!({ "ScheduledActionName": "nightly", "Recurrence": "0 20 * * *", "MinSize": 0, "DesiredCapacity": 0 }),
    );
    let answer = site.ok("DescribeScheduledActions", json!({}));
    assert_eq!(answer["ScheduledUpdateGroupActions"].as_array().unwrap().len(), 2);
    site.lab.step(3700.0);
    assert_eq!(site.group()["DesiredCapacity"], 3);
    assert_eq!(
        site.ok("DescribeScheduledActions", json!({}))["ScheduledUpdateGroupActions"].as_array().unwrap().len(),
        1
    );
    site.lab.step(12.0 * 3600.0);
    assert_eq!((&site.group()["DesiredCapacity"], site.members().len()), (&json!(0), 0));
    let causes = site.causes();
    assert!(causes[0].contains("a scheduled action update of AutoScalingGroup constraints to min: 0, max: 12, desired: 0 changing the desired capacity from 3 to 0."), "{causes:?}");
    site.ok("SetDesiredCapacity", json!({ "DesiredCapacity": 1 }));
    site.lab.step(24.0 * 3600.0);
    assert_eq!(site.group()["DesiredCapacity"], 0, "it recurs");
    site.ok("DeleteScheduledAction", json!({ "ScheduledActionName": "nightly" }));
    site.refused("DeleteScheduledAction", json!({ "ScheduledActionName": "nightly" }), "ValidationError");
}

#[test]
fn actions_that_make_no_sense() {
    let mut site = Site::with_group(1, json!({}));
    let now = site.lab.account.now.as_second();
    for action in [
        json!({ "StartTime": now + 60 }),
        json!({ "StartTime": now - 60, "MinSize": 1 }),
        json!({ "Recurrence": "every day", "MinSize": 1 }),
        json!({ "MinSize": 1 }),
        json!({ "Recurrence": "0 20 * * *", "MinSize": 1, "TimeZone": "Middle/Earth" }),
    ] {
        let mut input = json!({ "ScheduledActionName": "x" });
        input.as_object_mut().unwrap().extend(action.as_object().unwrap().clone());
        site.refused("PutScheduledUpdateGroupAction", input, "ValidationError");
    }
    let batch = json!([
        { "ScheduledActionName": "good", "StartTime": now + 60, "DesiredCapacity": 2 },
        { "ScheduledActionName": "bad", "StartTime": now + 60 },
    ]);
    let answer = site.ok("BatchPutScheduledUpdateGroupAction", json!({ "ScheduledUpdateGroupActions": batch }));
    assert_eq!(answer["FailedScheduledUpdateGroupActions"][0]["ScheduledActionName"], "bad");
    let answer = site.ok("BatchDeleteScheduledAction", json!({ "ScheduledActionNames": ["good", "bad"] }));
    assert_eq!(answer["FailedScheduledActions"].as_array().unwrap().len(), 1);
}
