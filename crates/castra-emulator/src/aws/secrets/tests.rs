#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::Lab;

const DAY: f64 = 86_400.0;

fn secrets(lab: &mut Lab, operation: &str, input: Value) -> Value {
    lab.ok("secretsmanager", operation, input)
}

fn token(number: u8) -> String {
    format!("00000000-0000-4000-a000-{number:012}")
}

fn create(number: u8, text: &str) -> Value {
    json!({ "Name": "db", "SecretString": text, "ClientRequestToken": token(number) })
}

#[test]
fn creating_is_idempotent_by_token() {
    let mut lab = Lab::new();
    let made = secrets(&mut lab, "CreateSecret", create(1, "one"));
    let arn = Lab::text(&made, "/ARN");
    assert!(arn.starts_with("arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-"), "{arn}");
    assert_eq!(made["VersionId"], token(1));
    assert_eq!(secrets(&mut lab, "CreateSecret", create(1, "one")), made);
    for other in [create(1, "two"), create(2, "one")] {
        let message = lab.refused("secretsmanager", "CreateSecret", other, "ResourceExistsException");
        assert_eq!(message, "The operation failed because the secret db already exists.");
    }
    lab.refused("secretsmanager", "CreateSecret", json!({ "Name": "a b" }), "ValidationException");
    // By name, by ARN, by ARN without its ending.
    for id in ["db", arn.as_str(), &arn[..arn.len() - 7]] {
        assert_eq!(secrets(&mut lab, "GetSecretValue", json!({ "SecretId": id }))["SecretString"], "one");
    }
}

#[test]
fn versions_and_their_labels() {
    let mut lab = Lab::new();
    secrets(&mut lab, "CreateSecret", create(1, "one"));
    let put =
        |number: u8, text: &str| json!({ "SecretId": "db", "SecretString": text, "ClientRequestToken": token(number) });
    let answer = secrets(&mut lab, "PutSecretValue", put(2, "two"));
    assert_eq!(answer["VersionStages"], json!(["AWSCURRENT"]));
    assert_eq!(secrets(&mut lab, "PutSecretValue", put(2, "two")), answer);
    lab.refused("secretsmanager", "PutSecretValue", put(2, "three"), "ResourceExistsException");
    secrets(&mut lab, "UpdateSecret", put(3, "three"));
    let described = secrets(&mut lab, "DescribeSecret", json!({ "SecretId": "db" }));
    assert_eq!(described["VersionIdsToStages"], json!({ token(2): ["AWSPREVIOUS"], token(3): ["AWSCURRENT"] }));
    let get = |more: Value| {
        let mut input = json!({ "SecretId": "db" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let previous = secrets(&mut lab, "GetSecretValue", get(json!({ "VersionStage": "AWSPREVIOUS" })));
    assert_eq!(previous["SecretString"], "two");
    let first = secrets(&mut lab, "GetSecretValue", get(json!({ "VersionId": token(1) })));
    assert_eq!(first["SecretString"], "one");
    let missing = get(json!({ "VersionStage": "AWSPENDING" }));
    let message = lab.refused("secretsmanager", "GetSecretValue", missing, "ResourceNotFoundException");
    assert_eq!(message, "Secrets Manager can't find the specified secret value for staging label: AWSPENDING");

    let back = json!({ "SecretId": "db", "VersionStage": "AWSCURRENT", "MoveToVersionId": token(2) });
    lab.refused("secretsmanager", "UpdateSecretVersionStage", back.clone(), "InvalidParameterException");
    let mut back = back;
    back["RemoveFromVersionId"] = token(3).into();
    secrets(&mut lab, "UpdateSecretVersionStage", back);
    assert_eq!(secrets(&mut lab, "GetSecretValue", get(json!({})))["SecretString"], "two");
    let versions = secrets(&mut lab, "ListSecretVersionIds", json!({ "SecretId": "db", "IncludeDeprecated": true }));
    assert_eq!(versions["Versions"].as_array().unwrap().len(), 3);
    let versions = secrets(&mut lab, "ListSecretVersionIds", json!({ "SecretId": "db" }));
    assert_eq!(versions["Versions"].as_array().unwrap().len(), 2);
}

#[test]
fn names_are_held_during_the_recovery_window() {
    let mut lab = Lab::new();
    secrets(&mut lab, "CreateSecret", create(1, "one"));
    let db = json!({ "SecretId": "db" });
    let short = json!({ "SecretId": "db", "RecoveryWindowInDays": 6 });
    lab.refused("secretsmanager", "DeleteSecret", short, "InvalidParameterException");
    let both = json!({ "SecretId": "db", "RecoveryWindowInDays": 7, "ForceDeleteWithoutRecovery": true });
    lab.refused("secretsmanager", "DeleteSecret", both, "InvalidParameterException");
    secrets(&mut lab, "DeleteSecret", json!({ "SecretId": "db", "RecoveryWindowInDays": 7 }));
    lab.refused("secretsmanager", "DeleteSecret", db.clone(), "InvalidRequestException");
    lab.refused("secretsmanager", "GetSecretValue", db.clone(), "InvalidRequestException");
    let message = lab.refused("secretsmanager", "CreateSecret", create(1, "one"), "InvalidRequestException");
    assert_eq!(
        message,
        "You can't create this secret because a secret with this name is already scheduled for deletion."
    );
    assert!(secrets(&mut lab, "DescribeSecret", db.clone())["DeletedDate"].is_number());
    assert_eq!(secrets(&mut lab, "ListSecrets", json!({}))["SecretList"], json!([]));
    secrets(&mut lab, "RestoreSecret", db.clone());
    secrets(&mut lab, "GetSecretValue", db.clone());
    secrets(&mut lab, "DeleteSecret", json!({ "SecretId": "db", "RecoveryWindowInDays": 7 }));
    lab.step(7.0 * DAY);
    lab.refused("secretsmanager", "DescribeSecret", db.clone(), "ResourceNotFoundException");
    secrets(&mut lab, "CreateSecret", create(1, "one"));
    let force = json!({ "SecretId": "db", "ForceDeleteWithoutRecovery": true });
    secrets(&mut lab, "DeleteSecret", force.clone());
    lab.refused("secretsmanager", "CreateSecret", create(1, "one"), "InvalidRequestException");
    lab.step(60.0);
    lab.refused("secretsmanager", "DescribeSecret", db, "ResourceNotFoundException");
    secrets(&mut lab, "DeleteSecret", force);
}

#[test]
fn lists_policies_tags_and_passwords() {
    let mut lab = Lab::new();
    for name in ["app/a", "app/b", "other"] {
        let input = json!({ "Name": name, "Tags": [{ "Key": "team", "Value": name }] });
        assert!(secrets(&mut lab, "CreateSecret", input).get("VersionId").is_none());
    }
    let list = |lab: &mut Lab, filters: Value| -> Vec<String> {
        let answer = secrets(lab, "ListSecrets", json!({ "Filters": filters, "SortBy": "name", "SortOrder": "asc" }));
        answer["SecretList"].as_array().unwrap().iter().map(|secret| Lab::text(secret, "/Name")).collect()
    };
    assert_eq!(list(&mut lab, json!([{ "Key": "name", "Values": ["app/"] }])), ["app/a", "app/b"]);
    assert_eq!(list(&mut lab, json!([{ "Key": "name", "Values": ["!app/"] }])), ["other"]);
    assert_eq!(list(&mut lab, json!([{ "Key": "tag-value", "Values": ["oth"] }])), ["other"]);
    let page = secrets(&mut lab, "ListSecrets", json!({ "MaxResults": 2 }));
    let next = json!({ "MaxResults": 2, "NextToken": page["NextToken"] });
    assert_eq!(secrets(&mut lab, "ListSecrets", next)["SecretList"].as_array().unwrap().len(), 1);

    let batch = secrets(&mut lab, "BatchGetSecretValue", json!({ "SecretIdList": ["app/a", "none"] }));
    assert_eq!(batch["Errors"].as_array().unwrap().len(), 2);
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*" }],
    });
    let put = json!({ "SecretId": "other", "ResourcePolicy": policy.to_string(), "BlockPublicPolicy": true });
    lab.refused("secretsmanager", "PutResourcePolicy", put, "PublicPolicyException");
    let bad = json!({ "SecretId": "other", "ResourcePolicy": "{" });
    lab.refused("secretsmanager", "PutResourcePolicy", bad, "MalformedPolicyDocumentException");
    secrets(&mut lab, "PutResourcePolicy", json!({ "SecretId": "other", "ResourcePolicy": policy.to_string() }));
    let shown = secrets(&mut lab, "GetResourcePolicy", json!({ "SecretId": "other" }));
    assert_eq!(shown["ResourcePolicy"], policy.to_string());
    secrets(&mut lab, "UntagResource", json!({ "SecretId": "other", "TagKeys": ["team"] }));

    let password = secrets(&mut lab, "GetRandomPassword", json!({ "PasswordLength": 20, "ExcludePunctuation": true }));
    let password = Lab::text(&password, "/RandomPassword");
    assert_eq!(password.len(), 20);
    assert!(password.chars().all(char::is_alphanumeric) && password.contains(char::is_numeric));
}

#[test]
fn secrets_need_a_key_that_can_be_used() {
    let mut lab = Lab::new();
    let input = json!({ "Name": "db", "SecretString": "x", "KmsKeyId": "alias/none" });
    lab.refused("secretsmanager", "CreateSecret", input, "EncryptionFailure");
    let key = lab.ok("kms", "CreateKey", json!({}));
    let key = Lab::text(&key, "/KeyMetadata/Arn");
    secrets(&mut lab, "CreateSecret", json!({ "Name": "db", "SecretString": "x", "KmsKeyId": key }));
    secrets(&mut lab, "GetSecretValue", json!({ "SecretId": "db" }));
    let other = json!({ "SecretId": "db", "KmsKeyId": "alias/none" });
    lab.refused("secretsmanager", "UpdateSecret", other, "EncryptionFailure");
}
