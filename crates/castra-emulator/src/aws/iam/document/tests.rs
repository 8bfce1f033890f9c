#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;

fn statement(more: Value) -> String {
    let mut statement = json!({ "Effect": "Allow", "Action": "ec2:*", "Resource": "*" });
    for (key, value) in more.as_object().unwrap() {
        if value.is_null() {
            statement.as_object_mut().unwrap().remove(key);
        } else {
            statement[key] = value.clone();
        }
    }
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

#[test]
fn identity_policies_are_refused_in_iams_words() {
    for (text, message) in [
        ("nonsense".to_owned(), "Syntax errors in policy."),
        (json!({ "Version": "2020-01-01", "Statement": [] }).to_string(), "Syntax errors in policy."),
        (statement(json!({ "Efect": "Allow" })), "Syntax errors in policy."),
        (statement(json!({ "Effect": "Permit" })), "Syntax errors in policy."),
        (statement(json!({ "Action": null })), "Policy statement must contain actions."),
        (statement(json!({ "Resource": null })), "Policy statement must contain resources."),
        (statement(json!({ "NotAction": "s3:*" })), "Syntax errors in policy."),
        (
            statement(json!({ "Action": "RunInstances" })),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (statement(json!({ "Principal": "*" })), "Policy document should not specify a principal."),
        (statement(json!({ "Resource": "bucket" })), "Resource bucket must be in ARN format or \"*\"."),
        (statement(json!({ "Resource": "arn:aws:ec2" })), "The policy failed legacy parsing"),
        (
            statement(json!({ "Resource": "arn:aws:iam:eu-west-1:1:role/x" })),
            "IAM resource arn:aws:iam:eu-west-1:1:role/x cannot contain region information.",
        ),
        (statement(json!({ "Condition": { "StringMatches": { "a:b": "c" } } })), "Syntax errors in policy."),
        (
            statement(json!({ "Sid": "no spaces" })),
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression \
             [0-9A-Za-z]*",
        ),
    ] {
        let error = identity(&text).unwrap_err();
        assert_eq!((error.code.as_str(), error.message.as_str()), ("MalformedPolicyDocument", message), "{text}");
    }
    assert!(identity(&statement(json!({}))).is_ok());
    let old = json!({ "Statement": { "Effect": "Deny", "Action": "*", "Resource": "*" } }).to_string();
    assert!(identity(&old).is_ok());
    let message = managed(&old).unwrap_err().message;
    assert_eq!(message, "Policy document must be version 2012-10-17 or greater.");
}

#[test]
fn trust_policies_are_refused_in_iams_words() {
    let of = |more: Value| {
        let mut all =
            json!({ "Resource": null, "Action": "sts:AssumeRole", "Principal": { "Service": "ec2.amazonaws.com" } });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        trust(&statement(all))
    };
    assert!(of(json!({})).is_ok());
    for (more, message) in [
        (json!({ "Resource": "*" }), "Has prohibited field Resource"),
        (json!({ "Principal": null }), "Missing required field Principal"),
        (json!({ "Action": null }), "Missing required field Action"),
        (json!({ "Action": "ec2:*" }), "AssumeRole policy may only specify STS AssumeRole actions."),
        (json!({ "Principal": { "Service": "ec2" } }), "Invalid principal in policy: \"SERVICE\":\"ec2\""),
        (json!({ "Principal": { "AWS": "someone" } }), "Invalid principal in policy: \"AWS\":\"someone\""),
        (
            json!({ "Principal": { "AWS": "arn:aws:iam::111122223333:role/*" } }),
            "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111122223333:role/*\"",
        ),
    ] {
        assert_eq!(of(more).unwrap_err().message, message);
    }
    assert_eq!(trust("{").unwrap_err().message, "This policy contains invalid Json");
    let everyone = of(json!({ "Principal": { "AWS": ["*", "111122223333"] } })).unwrap();
    let root = Principal::Aws("arn:aws:iam::111122223333:root".to_owned());
    assert_eq!(everyone.statements[0].principals, Some(Principals::Among(vec![Principal::Everyone, root])));
}

#[test]
fn conditions() {
    let mut context = Context::default();
    context.set("aws:RequestedRegion", "eu-central-1");
    context.set("s3:max-keys", "10");
    context.set("aws:CurrentTime", "2026-01-05T08:00:00Z");
    context.set("aws:SourceIp", "127.0.0.1");
    context.set("aws:PrincipalArn", "arn:aws:iam::111122223333:role/admin/x");
    context.add("aws:TagKeys", "team");
    context.add("aws:TagKeys", "stage");
    for (operator, key, values, holds) in [
        ("StringEquals", "aws:requestedregion", json!(["eu-west-1", "eu-central-1"]), true),
        ("StringEquals", "aws:RequestedRegion", json!("EU-central-1"), false),
        ("StringEqualsIgnoreCase", "aws:RequestedRegion", json!("EU-central-1"), true),
        ("StringNotEquals", "aws:RequestedRegion", json!("eu-west-1"), true),
        ("StringNotEquals", "aws:RequestedRegion", json!(["eu-west-1", "eu-central-1"]), false),
        ("StringLike", "aws:RequestedRegion", json!("eu-*"), true),
        ("StringNotLike", "aws:RequestedRegion", json!("eu-*"), false),
        // A key that the request doesn't have.
        ("StringEquals", "ec2:Missing", json!("x"), false),
        ("StringEqualsIfExists", "ec2:Missing", json!("x"), true),
        ("StringNotEquals", "ec2:Missing", json!("x"), true),
        ("Null", "ec2:Missing", json!("true"), true),
        ("Null", "ec2:Missing", json!(false), false),
        ("Null", "aws:TagKeys", json!("false"), true),
        ("ForAllValues:StringEquals", "ec2:Missing", json!("x"), true),
        ("ForAnyValue:StringEquals", "ec2:Missing", json!("x"), false),
        ("ForAllValues:StringEquals", "aws:TagKeys", json!(["team", "stage", "other"]), true),
        ("ForAllValues:StringEquals", "aws:TagKeys", json!(["team"]), false),
        ("ForAnyValue:StringEquals", "aws:TagKeys", json!(["team"]), true),
        ("NumericLessThanEquals", "s3:max-keys", json!("10"), true),
        ("NumericGreaterThan", "s3:max-keys", json!(10), false),
        ("DateLessThan", "aws:CurrentTime", json!("2027-01-01T00:00:00Z"), true),
        ("DateGreaterThan", "aws:CurrentTime", json!("2027-01-01T00:00:00Z"), false),
        ("IpAddress", "aws:SourceIp", json!("127.0.0.0/8"), true),
        ("NotIpAddress", "aws:SourceIp", json!("127.0.0.1"), false),
        ("ArnLike", "aws:PrincipalArn", json!("arn:aws:iam::*:role/*"), true),
        ("ArnEquals", "aws:PrincipalArn", json!("arn:aws:iam::*"), false),
        ("Bool", "aws:SecureTransport", json!("true"), false),
    ] {
        let conditions = Condition::read(&json!({ operator: { key: values } })).unwrap();
        let held = conditions.iter().all(|condition| condition.holds(&context, str::to_owned));
        assert_eq!(held, holds, "{operator} {key} {values}");
    }
    assert!(Condition::read(&json!({ "StringIs": { "a": "b" } })).is_none());
    assert!(Condition::read(&json!({ "NullIfExists": { "a": "b" } })).is_none());
}

#[test]
fn size_is_without_white_space() {
    assert_eq!(size("{ \"a\" :\n\t1 }"), 7);
}
