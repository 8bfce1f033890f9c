#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::json;

use super::usable;
use crate::aws::call::Call;
use crate::aws::testing::{Lab, REGION};

#[test]
fn keys_by_every_name() {
    let mut lab = Lab::new();
    let made = lab.ok("kms", "CreateKey", json!({ "Description": "mine" }));
    let (id, arn) = (Lab::text(&made, "/KeyMetadata/KeyId"), Lab::text(&made, "/KeyMetadata/Arn"));
    lab.ok("kms", "CreateAlias", json!({ "AliasName": "alias/mine", "TargetKeyId": id }));
    let alias = format!("arn:aws:kms:{REGION}:111122223333:alias/mine");
    for name in [id.as_str(), &arn, "alias/mine", &alias] {
        let shown = lab.ok("kms", "DescribeKey", json!({ "KeyId": name }));
        assert_eq!(Lab::text(&shown, "/KeyMetadata/Arn"), arn);
    }
    for name in ["alias/none", "none", "11111111-2222-4333-8444-555555555555"] {
        lab.refused("kms", "DescribeKey", json!({ "KeyId": name }), "NotFoundException");
    }
    lab.refused("kms", "DescribeKey", json!({ "KeyId": "arn:aws" }), "InvalidArnException");
}

#[test]
fn managed_keys_come_to_be_by_being_used() {
    let mut lab = Lab::new();
    let aliases = lab.ok("kms", "ListAliases", json!({}));
    let ebs =
        aliases["Aliases"].as_array().unwrap().iter().find(|alias| alias["AliasName"] == "alias/aws/ebs").unwrap();
    assert!(ebs.get("TargetKeyId").is_none());
    let (region, input) = (lab.region.clone(), json!({}));
    let mut call = Call::new(&mut lab.account, &region, &lab.caller, &input);
    let arn = usable(&mut call, "alias/aws/ebs").unwrap();
    assert_eq!(usable(&mut call, "alias/aws/ebs").unwrap(), arn);
    let shown = lab.ok("kms", "DescribeKey", json!({ "KeyId": arn }));
    assert_eq!(shown["KeyMetadata"]["KeyManager"], "AWS");
    assert_eq!(lab.ok("kms", "ListKeys", json!({}))["Keys"].as_array().unwrap().len(), 1);
}

#[test]
fn aliases_are_refused() {
    let mut lab = Lab::new();
    let key = Lab::text(&lab.ok("kms", "CreateKey", json!({})), "/KeyMetadata/KeyId");
    let mut alias = |name: &str, code: &str| {
        lab.refused("kms", "CreateAlias", json!({ "AliasName": name, "TargetKeyId": key }), code)
    };
    alias("alias/aws/mine", "NotAuthorizedException");
    alias("mine", "ValidationException");
    lab.ok("kms", "CreateAlias", json!({ "AliasName": "alias/mine", "TargetKeyId": key }));
    lab.refused(
        "kms",
        "CreateAlias",
        json!({ "AliasName": "alias/mine", "TargetKeyId": key }),
        "AlreadyExistsException",
    );
    lab.refused(
        "kms",
        "CreateAlias",
        json!({ "AliasName": "alias/b", "TargetKeyId": "alias/mine" }),
        "ValidationException",
    );
    lab.ok("kms", "DeleteAlias", json!({ "AliasName": "alias/mine" }));
    lab.refused("kms", "DeleteAlias", json!({ "AliasName": "alias/mine" }), "NotFoundException");
}

#[test]
fn lists_come_in_pages() {
    let mut lab = Lab::new();
    (0..3).for_each(|_| drop(lab.ok("kms", "CreateKey", json!({}))));
    let first = lab.ok("kms", "ListKeys", json!({ "Limit": 2 }));
    assert_eq!(first["Truncated"], true);
    let rest = lab.ok("kms", "ListKeys", json!({ "Marker": first["NextMarker"] }));
    assert_eq!((rest["Keys"].as_array().unwrap().len(), &rest["Truncated"]), (1, &json!(false)));
    lab.refused("kms", "ListKeys", json!({ "Marker": "!" }), "InvalidMarkerException");
}

#[test]
fn keys_are_disabled_and_deleted_in_time() {
    let mut lab = Lab::new();
    let key = Lab::text(&lab.ok("kms", "CreateKey", json!({})), "/KeyMetadata/KeyId");
    let about = |name: &str| json!({ "KeyId": name });
    lab.ok("kms", "CreateAlias", json!({ "AliasName": "alias/a", "TargetKeyId": key }));
    lab.ok("kms", "DisableKey", about(&key));
    let (region, input) = (lab.region.clone(), json!({}));
    let mut call = Call::new(&mut lab.account, &region, &lab.caller, &input);
    assert_eq!(usable(&mut call, "alias/a").unwrap_err().code, "DisabledException");
    lab.refused("kms", "DisableKey", about("alias/a"), "NotFoundException");
    lab.ok("kms", "EnableKey", about(&key));
    let schedule = json!({ "KeyId": key, "PendingWindowInDays": 7 });
    lab.ok("kms", "ScheduleKeyDeletion", schedule.clone());
    lab.refused("kms", "EnableKey", about(&key), "KMSInvalidStateException");
    lab.ok("kms", "CancelKeyDeletion", about(&key));
    let shown = lab.ok("kms", "DescribeKey", about(&key));
    assert_eq!(
        (&shown["KeyMetadata"]["KeyState"], &shown["KeyMetadata"]["Enabled"]),
        (&json!("Disabled"), &json!(false))
    );
    lab.ok("kms", "ScheduleKeyDeletion", schedule);
    lab.step(7.0 * 24.0 * 3600.0);
    lab.refused("kms", "DescribeKey", about(&key), "NotFoundException");
    lab.refused("kms", "DeleteAlias", json!({ "AliasName": "alias/a" }), "NotFoundException");
}
