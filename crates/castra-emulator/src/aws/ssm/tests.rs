#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::{Lab, REGION};

fn ssm(lab: &mut Lab, operation: &str, input: Value) -> Value {
    lab.ok("ssm", operation, input)
}

fn put(name: &str, value: &str) -> Value {
    json!({ "Name": name, "Value": value, "Type": "String" })
}

#[test]
fn versions_come_by_overwriting() {
    let mut lab = Lab::new();
    assert_eq!(ssm(&mut lab, "PutParameter", put("/a/b", "one")), json!({ "Version": 1, "Tier": "Standard" }));
    let message = lab.refused("ssm", "PutParameter", put("/a/b", "two"), "ParameterAlreadyExists");
    assert!(message.starts_with("The parameter already exists. To overwrite"));
    let overwrite = json!({ "Name": "/a/b", "Value": "two", "Overwrite": true });
    assert_eq!(ssm(&mut lab, "PutParameter", overwrite.clone())["Version"], 2);
    let mut tagged = overwrite;
    tagged["Tags"] = json!([{ "Key": "a", "Value": "b" }]);
    lab.refused("ssm", "PutParameter", tagged, "ValidationException");
    let latest = ssm(&mut lab, "GetParameter", json!({ "Name": "/a/b" }));
    assert_eq!(latest["Parameter"]["Value"], "two");
    assert_eq!(latest["Parameter"]["ARN"], format!("arn:aws:ssm:{REGION}:111122223333:parameter/a/b"));
    let first = ssm(&mut lab, "GetParameter", json!({ "Name": "/a/b:1" }));
    assert_eq!((&first["Parameter"]["Value"], &first["Parameter"]["Selector"]), (&json!("one"), &json!(":1")));
    lab.refused("ssm", "GetParameter", json!({ "Name": "/a/b:9" }), "ParameterVersionNotFound");
    lab.refused("ssm", "GetParameter", json!({ "Name": "/a/c" }), "ParameterNotFound");
    let arn = latest["Parameter"]["ARN"].clone();
    assert_eq!(ssm(&mut lab, "GetParameter", json!({ "Name": arn }))["Parameter"]["Name"], "/a/b");
    let history = ssm(&mut lab, "GetParameterHistory", json!({ "Name": "/a/b" }));
    assert_eq!(history["Parameters"].as_array().unwrap().len(), 2);
    let many = ssm(&mut lab, "GetParameters", json!({ "Names": ["/a/b", "/none"] }));
    assert_eq!(many["InvalidParameters"], json!(["/none"]));
}

#[test]
fn names_have_rules() {
    let mut lab = Lab::new();
    for (name, code) in [
        ("awsThing", "ValidationException"),
        ("/SSM-thing", "ValidationException"),
        ("/aws/thing", "AccessDeniedException"),
        ("a b", "ValidationException"),
        ("a/b", "ValidationException"),
        ("/a//b", "ValidationException"),
        ("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "HierarchyLevelLimitExceededException"),
    ] {
        lab.refused("ssm", "PutParameter", put(name, "x"), code);
    }
    ssm(&mut lab, "PutParameter", put("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15", "x"));
    lab.refused("ssm", "PutParameter", json!({ "Name": "untyped", "Value": "x" }), "ValidationException");
}

#[test]
fn values_have_sizes_by_tier() {
    let mut lab = Lab::new();
    let message = lab.refused("ssm", "PutParameter", put("big", &"x".repeat(4_097)), "ValidationException");
    assert!(message.starts_with("Standard tier parameters support a maximum parameter value of 4096 characters."));
    let mut smart = put("big", &"x".repeat(4_097));
    smart["Tier"] = "Intelligent-Tiering".into();
    assert_eq!(ssm(&mut lab, "PutParameter", smart)["Tier"], "Advanced");
    let down = json!({ "Name": "big", "Value": "x", "Tier": "Standard", "Overwrite": true });
    lab.refused("ssm", "PutParameter", down, "ValidationException");
    let huge = json!({ "Name": "big", "Value": "x".repeat(8_193), "Overwrite": true });
    lab.refused("ssm", "PutParameter", huge, "ValidationException");
    let mut patterned = put("n", "12a");
    patterned["AllowedPattern"] = "\\d+".into();
    lab.refused("ssm", "PutParameter", patterned.clone(), "ParameterPatternMismatchException");
    patterned["AllowedPattern"] = "(".into();
    lab.refused("ssm", "PutParameter", patterned, "InvalidAllowedPatternException");
}

#[test]
fn secure_strings_are_ciphertext_until_decrypted() {
    let mut lab = Lab::new();
    ssm(&mut lab, "PutParameter", json!({ "Name": "s", "Value": "hush", "Type": "SecureString" }));
    let hidden = ssm(&mut lab, "GetParameter", json!({ "Name": "s" }));
    assert!(!Lab::text(&hidden, "/Parameter/Value").contains("hush"));
    let shown = ssm(&mut lab, "GetParameter", json!({ "Name": "s", "WithDecryption": true }));
    assert_eq!(shown["Parameter"]["Value"], "hush");
    let described = ssm(&mut lab, "DescribeParameters", json!({}));
    assert_eq!(described["Parameters"][0]["KeyId"], "alias/aws/ssm");
}

#[test]
fn a_deleted_name_is_held_for_half_a_minute() {
    let mut lab = Lab::new();
    ssm(&mut lab, "PutParameter", put("a", "x"));
    ssm(&mut lab, "DeleteParameter", json!({ "Name": "a" }));
    lab.refused("ssm", "DeleteParameter", json!({ "Name": "a" }), "ParameterNotFound");
    lab.refused("ssm", "PutParameter", put("a", "x"), "ParameterAlreadyExists");
    lab.step(30.0);
    assert_eq!(ssm(&mut lab, "PutParameter", put("a", "x"))["Version"], 1);
    let deleted = ssm(&mut lab, "DeleteParameters", json!({ "Names": ["a", "b"] }));
    assert_eq!(deleted, json!({ "DeletedParameters": ["a"], "InvalidParameters": ["b"] }));
}

#[test]
fn hierarchies_and_pages() {
    let mut lab = Lab::new();
    for name in ["/app/a", "/app/b", "/app/db/c", "/other"] {
        ssm(&mut lab, "PutParameter", put(name, "x"));
    }
    let names = |answer: &Value| -> Vec<String> {
        answer["Parameters"].as_array().unwrap().iter().map(|parameter| Lab::text(parameter, "/Name")).collect()
    };
    assert_eq!(names(&ssm(&mut lab, "GetParametersByPath", json!({ "Path": "/app" }))), ["/app/a", "/app/b"]);
    let all = json!({ "Path": "/app/", "Recursive": true, "MaxResults": 2 });
    let page = ssm(&mut lab, "GetParametersByPath", all.clone());
    assert_eq!(names(&page), ["/app/a", "/app/b"]);
    let mut more = all;
    more["NextToken"] = page["NextToken"].clone();
    let page = ssm(&mut lab, "GetParametersByPath", more);
    assert_eq!(names(&page), ["/app/db/c"]);
    assert!(page.get("NextToken").is_none());
    lab.refused("ssm", "GetParametersByPath", json!({ "Path": "app" }), "ValidationException");
    lab.refused("ssm", "GetParametersByPath", json!({ "Path": "/app", "NextToken": "?" }), "InvalidNextToken");
    let filter = |key: &str, option: &str, value: &str| json!({ "ParameterFilters": [{ "Key": key, "Option": option, "Values": [value] }] });
    assert_eq!(names(&ssm(&mut lab, "DescribeParameters", filter("Name", "BeginsWith", "/app/"))).len(), 3);
    assert_eq!(names(&ssm(&mut lab, "DescribeParameters", filter("Path", "OneLevel", "/app"))), ["/app/a", "/app/b"]);
    lab.refused("ssm", "DescribeParameters", filter("Name", "Recursive", "/app"), "InvalidFilterOption");
    lab.refused("ssm", "DescribeParameters", filter("Label", "Equals", "x"), "InvalidFilterKey");
}

#[test]
fn labels_move() {
    let mut lab = Lab::new();
    ssm(&mut lab, "PutParameter", put("a", "one"));
    ssm(&mut lab, "PutParameter", json!({ "Name": "a", "Value": "two", "Overwrite": true }));
    let labelled = ssm(
        &mut lab,
        "LabelParameterVersion",
        json!({ "Name": "a", "ParameterVersion": 1, "Labels": ["live", "1st"] }),
    );
    assert_eq!(labelled, json!({ "InvalidLabels": ["1st"], "ParameterVersion": 1 }));
    assert_eq!(ssm(&mut lab, "GetParameter", json!({ "Name": "a:live" }))["Parameter"]["Value"], "one");
    ssm(&mut lab, "LabelParameterVersion", json!({ "Name": "a", "Labels": ["live"] }));
    assert_eq!(ssm(&mut lab, "GetParameter", json!({ "Name": "a:live" }))["Parameter"]["Value"], "two");
    let gone = json!({ "Name": "a", "ParameterVersion": 2, "Labels": ["live", "x"] });
    let gone = ssm(&mut lab, "UnlabelParameterVersion", gone);
    assert_eq!(gone, json!({ "RemovedLabels": ["live"], "InvalidLabels": ["x"] }));
}

#[test]
fn the_oldest_of_a_hundred_versions_makes_room() {
    let mut lab = Lab::new();
    ssm(&mut lab, "PutParameter", put("a", "x"));
    let over = json!({ "Name": "a", "Value": "y", "Overwrite": true });
    for _ in 1..100 {
        ssm(&mut lab, "PutParameter", over.clone());
    }
    ssm(&mut lab, "LabelParameterVersion", json!({ "Name": "a", "ParameterVersion": 1, "Labels": ["keep"] }));
    lab.refused("ssm", "PutParameter", over.clone(), "ParameterMaxVersionLimitExceeded");
    ssm(&mut lab, "LabelParameterVersion", json!({ "Name": "a", "ParameterVersion": 2, "Labels": ["keep"] }));
    assert_eq!(ssm(&mut lab, "PutParameter", over)["Version"], 101);
    lab.refused("ssm", "GetParameter", json!({ "Name": "a:1" }), "ParameterVersionNotFound");
}

#[test]
fn tags() {
    let mut lab = Lab::new();
    let mut parameter = put("a", "x");
    parameter["Tags"] = json!([{ "Key": "team", "Value": "a" }]);
    ssm(&mut lab, "PutParameter", parameter);
    let of = json!({ "ResourceType": "Parameter", "ResourceId": "a" });
    assert_eq!(ssm(&mut lab, "ListTagsForResource", of)["TagList"], json!([{ "Key": "team", "Value": "a" }]));
    let other = json!({ "ResourceType": "Parameter", "ResourceId": "b" });
    lab.refused("ssm", "ListTagsForResource", other, "InvalidResourceId");
    let by_tag = json!({ "ParameterFilters": [{ "Key": "tag:team", "Values": ["a"] }] });
    assert_eq!(ssm(&mut lab, "DescribeParameters", by_tag)["Parameters"].as_array().unwrap().len(), 1);
}

#[test]
fn secure_strings_need_a_key_that_can_be_used() {
    let mut lab = Lab::new();
    let secure =
        |key: &str| json!({ "Name": "s", "Value": "hush", "Type": "SecureString", "KeyId": key, "Overwrite": true });
    lab.refused("ssm", "PutParameter", secure("alias/none"), "InvalidKeyId");
    let made = lab.ok("kms", "CreateKey", json!({}));
    ssm(&mut lab, "PutParameter", secure(&Lab::text(&made, "/KeyMetadata/KeyId")));
    ssm(&mut lab, "GetParameter", json!({ "Name": "s", "WithDecryption": true }));
    let plain = json!({ "Name": "p", "Value": "x", "Type": "String", "KeyId": "alias/aws/ssm" });
    lab.refused("ssm", "PutParameter", plain, "ValidationException");
}

#[test]
fn secrets_are_read_by_reference() {
    let mut lab = Lab::new();
    lab.ok("secretsmanager", "CreateSecret", json!({ "Name": "db", "SecretString": "hush" }));
    let name = "/aws/reference/secretsmanager/db";
    lab.refused("ssm", "GetParameter", json!({ "Name": name }), "ValidationException");
    let read = ssm(&mut lab, "GetParameter", json!({ "Name": name, "WithDecryption": true }));
    assert_eq!(read["Parameter"]["Value"], "hush");
    let none = json!({ "Name": format!("{name}x"), "WithDecryption": true });
    lab.refused("ssm", "GetParameter", none, "ParameterNotFound");
}

#[test]
fn public_parameters_name_images() {
    let mut lab = Lab::new();
    let path = "/aws/service/ami-amazon-linux-latest";
    let name = format!("{path}/al2023-ami-kernel-default-x86_64");
    let read = ssm(&mut lab, "GetParameter", json!({ "Name": name }));
    assert!(Lab::text(&read, "/Parameter/Value").starts_with("ami-"));
    assert_eq!(read["Parameter"]["ARN"], format!("arn:aws:ssm:{REGION}::parameter{name}"));
    let below = ssm(&mut lab, "GetParametersByPath", json!({ "Path": path }));
    assert_eq!(below["Parameters"].as_array().unwrap().len(), 10);
    // What a parameter of the account's own names can be launched, too.
    let image = Lab::text(&read, "/Parameter/Value");
    let own = json!({ "Name": "/golden", "Value": image, "Type": "String", "DataType": "aws:ec2:image" });
    ssm(&mut lab, "PutParameter", own);
    let run = |image: &str| json!({ "ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1 });
    let launched = lab.ok("ec2", "RunInstances", run("resolve:ssm:/golden"));
    assert_eq!(launched["Instances"][0]["ImageId"], image);
    lab.refused("ec2", "RunInstances", run("resolve:ssm:/none"), "InvalidParameterValue");
}
