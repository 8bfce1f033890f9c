#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::ApiError;
use crate::aws::caller::Caller;
use crate::aws::iam;
use crate::aws::testing::{Lab, REGION};
use crate::aws::wire::Signature;

const ACCOUNT: &str = "111122223333";

/// Who a key and a token are.
fn who(lab: &mut Lab, service: &str, key: &str, token: Option<&str>) -> Result<Caller, ApiError> {
    let signature = Signature {
        access_key: key.to_owned(),
        date: "20260105".to_owned(),
        region: REGION.to_owned(),
        service: service.to_owned(),
        session_token: token.map(str::to_owned),
        signed_at: None,
    };
    iam::caller(&mut lab.account, service, &signature)
}

/// A user that calls from now on.
fn user(lab: &mut Lab, name: &str) -> String {
    lab.ok("iam", "CreateUser", json!({ "UserName": name }));
    let key = lab.ok("iam", "CreateAccessKey", json!({ "UserName": name }));
    let key = Lab::text(&key, "/AccessKey/AccessKeyId");
    lab.caller = who(lab, "sts", &key, None).unwrap();
    key
}

fn role(lab: &mut Lab, name: &str, principal: Value, condition: Option<Value>) -> String {
    let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    let trust = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let made = lab.ok("iam", "CreateRole", json!({ "RoleName": name, "AssumeRolePolicyDocument": trust }));
    Lab::text(&made, "/Role/Arn")
}

#[test]
fn keys_are_their_users() {
    let mut lab = Lab::new();
    assert_eq!(who(&mut lab, "ec2", ACCOUNT, None).unwrap().arn, format!("arn:aws:iam::{ACCOUNT}:root"));
    let key = user(&mut lab, "alice");
    let me = lab.ok("sts", "GetCallerIdentity", json!({}));
    assert_eq!(me["Arn"], format!("arn:aws:iam::{ACCOUNT}:user/alice"));
    assert_eq!(me["Account"], ACCOUNT);
    assert!(Lab::text(&me, "/UserId").starts_with("AIDA"));
    assert_eq!(lab.ok("sts", "GetAccessKeyInfo", json!({ "AccessKeyId": key }))["Account"], ACCOUNT);

    let update = json!({ "UserName": "alice", "AccessKeyId": key, "Status": "Inactive" });
    lab.ok("iam", "UpdateAccessKey", update);
    for (service, code) in [
        ("ec2", "AuthFailure"),
        ("iam", "InvalidClientTokenId"),
        ("autoscaling", "InvalidClientTokenId"),
        ("ssm", "UnrecognizedClientException"),
        ("s3", "InvalidAccessKeyId"),
    ] {
        assert_eq!(who(&mut lab, service, &key, None).unwrap_err().code, code);
    }
    assert_eq!(
        who(&mut lab, "ec2", "AKIAIOSFODNN7EXAMPLE", None).map_err(|error| error.code).unwrap_err(),
        "AuthFailure"
    );
}

#[test]
fn a_role_is_assumed_by_whom_it_trusts() {
    let mut lab = Lab::new();
    let arn = role(&mut lab, "ops", json!({ "AWS": ACCOUNT }), None);
    let input = json!({ "RoleArn": arn, "RoleSessionName": "work" });
    let message = lab.refused("sts", "AssumeRole", input.clone(), "AccessDenied");
    assert_eq!(message, "Roles may not be assumed by root accounts.");
    user(&mut lab, "alice");
    let assumed = lab.ok("sts", "AssumeRole", input.clone());
    assert_eq!(Lab::text(&assumed, "/AssumedRoleUser/Arn"), format!("arn:aws:sts::{ACCOUNT}:assumed-role/ops/work"));
    let key = Lab::text(&assumed, "/Credentials/AccessKeyId");
    let token = Lab::text(&assumed, "/Credentials/SessionToken");
    assert_eq!(who(&mut lab, "iam", &key, None).unwrap_err().code, "InvalidClientTokenId");
    let caller = who(&mut lab, "iam", &key, Some(&token)).unwrap();
    assert_eq!(caller.arn, format!("arn:aws:sts::{ACCOUNT}:assumed-role/ops/work"));
    assert!(caller.user_id.starts_with("AROA") && caller.user_id.ends_with(":work"));

    // Chained sessions last an hour at most, and no session longer than its role says.
    lab.refused("sts", "AssumeRole", with(&input, "DurationSeconds", json!(7_200)), "ValidationError");
    lab.caller = caller;
    lab.refused("sts", "AssumeRole", with(&input, "DurationSeconds", json!(3_601)), "ValidationError");
    lab.step(3_600.0);
    for (service, code) in [("ec2", "RequestExpired"), ("iam", "ExpiredToken"), ("ssm", "ExpiredTokenException")] {
        assert_eq!(who(&mut lab, service, &key, Some(&token)).unwrap_err().code, code);
    }
    lab.ok("iam", "DeleteRole", json!({ "RoleName": "ops" }));
    let message = lab.refused("sts", "AssumeRole", input, "AccessDenied");
    assert!(
        message.ends_with(&format!("is not authorized to perform: sts:AssumeRole on resource: {arn}")),
        "{message}"
    );
}

fn with(input: &Value, member: &str, value: Value) -> Value {
    let mut input = input.clone();
    input[member] = value;
    input
}

#[test]
fn trust_has_conditions() {
    let mut lab = Lab::new();
    let condition = json!({ "StringEquals": { "sts:ExternalId": "secret-handshake" } });
    let arn = role(&mut lab, "vendor", json!({ "AWS": ACCOUNT }), Some(condition));
    let service = role(&mut lab, "node", json!({ "Service": "ec2.amazonaws.com" }), None);
    user(&mut lab, "alice");
    let input = json!({ "RoleArn": arn, "RoleSessionName": "work" });
    lab.refused("sts", "AssumeRole", input.clone(), "AccessDenied");
    lab.ok("sts", "AssumeRole", with(&input, "ExternalId", json!("secret-handshake")));
    lab.refused("sts", "AssumeRole", with(&input, "RoleArn", json!(service)), "AccessDenied");
    let wrong = json!("arn:aws:iam::111122223333:user/alice");
    lab.refused("sts", "AssumeRole", with(&input, "RoleArn", wrong), "ValidationError");
}

#[test]
fn trust_means_the_user_it_named() {
    let mut lab = Lab::new();
    let root = lab.caller.clone();
    user(&mut lab, "alice");
    let alice = format!("arn:aws:iam::{ACCOUNT}:user/alice");
    let arn = role(&mut lab, "admin", json!({ "AWS": alice }), None);
    let input = json!({ "RoleArn": arn, "RoleSessionName": "work" });
    lab.ok("sts", "AssumeRole", input.clone());
    let keys = lab.ok("iam", "ListAccessKeys", json!({ "UserName": "alice" }));
    let key = Lab::text(&keys, "/AccessKeyMetadata/0/AccessKeyId");
    lab.caller = root;
    lab.ok("iam", "DeleteAccessKey", json!({ "UserName": "alice", "AccessKeyId": key }));
    lab.ok("iam", "DeleteUser", json!({ "UserName": "alice" }));
    user(&mut lab, "alice");
    lab.refused("sts", "AssumeRole", input, "AccessDenied");
}

#[test]
fn session_tokens() {
    let mut lab = Lab::new();
    let key = user(&mut lab, "alice");
    let answer = lab.ok("sts", "GetSessionToken", json!({}));
    let session = Lab::text(&answer, "/Credentials/AccessKeyId");
    let token = Lab::text(&answer, "/Credentials/SessionToken");
    let caller = who(&mut lab, "ec2", &session, Some(&token)).unwrap();
    assert_eq!(caller.arn, format!("arn:aws:iam::{ACCOUNT}:user/alice"));
    assert_eq!(who(&mut lab, "iam", &session, Some(&token)).unwrap_err().code, "InvalidClientTokenId");
    assert_eq!(who(&mut lab, "ec2", &key, Some(&token)).unwrap_err().code, "AuthFailure");
    lab.caller = caller;
    lab.refused("sts", "GetSessionToken", json!({}), "AccessDenied");
}

#[test]
fn session_policies_have_a_size() {
    let mut lab = Lab::new();
    let arn = role(&mut lab, "ops", json!({ "AWS": ACCOUNT }), None);
    user(&mut lab, "alice");
    let policy = |action: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] })
            .to_string()
    };
    let input = json!({ "RoleArn": arn, "RoleSessionName": "work", "Policy": policy("ec2:Describe*") });
    assert!(lab.ok("sts", "AssumeRole", input.clone())["PackedPolicySize"].as_i64().unwrap() > 0);
    let long = policy(&format!("ec2:{}", "x".repeat(2_048)));
    lab.refused("sts", "AssumeRole", with(&input, "Policy", json!(long)), "PackedPolicyTooLarge");
    lab.refused("sts", "AssumeRole", with(&input, "Policy", json!("{}")), "MalformedPolicyDocument");
}
