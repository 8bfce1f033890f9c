#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::{Value, json};

use crate::aws::testing::Lab;

fn vpc(lab: &mut Lab) -> String {
    let specification = json!([{ "ResourceType": "vpc", "Tags": [{ "Key": "Name", "Value": "one" }] }]);
    let input = json!({ "CidrBlock": "10.0.0.0/16", "TagSpecifications": specification });
    Lab::text(&lab.ok("ec2", "CreateVpc", input), "/Vpc/VpcId")
}

fn tags(lab: &mut Lab, id: &str) -> Value {
    let filters = json!([{ "Name": "resource-id", "Values": [id] }]);
    let answer = lab.ok("ec2", "DescribeTags", json!({ "Filters": filters }));
    let list = answer.get("Tags").and_then(Value::as_array).cloned().unwrap_or_default();
    list.iter().map(|tag| json!([tag["Key"], tag["Value"]])).collect()
}

#[test]
fn tags_come_change_and_go() {
    let mut lab = Lab::new();
    let vpc = vpc(&mut lab);
    let more =
        json!([{ "Key": "Name", "Value": "two" }, { "Key": "empty", "Value": "" }, { "Key": "a", "Value": "b" }]);
    lab.ok("ec2", "CreateTags", json!({ "Resources": [vpc], "Tags": more }));
    assert_eq!(tags(&mut lab, &vpc), json!([["Name", "two"], ["a", "b"], ["empty", ""]]));
    let some = json!([{ "Key": "Name", "Value": "other" }, { "Key": "empty", "Value": "" }, { "Key": "none" }]);
    lab.ok("ec2", "DeleteTags", json!({ "Resources": [vpc], "Tags": some }));
    assert_eq!(tags(&mut lab, &vpc), json!([["Name", "two"], ["a", "b"]]));
    lab.ok("ec2", "DeleteTags", json!({ "Resources": [vpc] }));
    assert_eq!(tags(&mut lab, &vpc), json!([]));
}

#[test]
fn refusals() {
    let mut lab = Lab::new();
    let vpc = vpc(&mut lab);
    let tag = |key: &str| json!([{ "Key": key, "Value": "" }]);
    let mut refused = |resource: &str, tags: Value, code: &str| {
        lab.refused("ec2", "CreateTags", json!({ "Resources": [resource], "Tags": tags }), code);
    };
    refused(&vpc, tag("aws:mine"), "InvalidParameterValue");
    refused(&vpc, tag(&"k".repeat(128)), "InvalidParameterValue");
    refused(
        &vpc,
        json!((0..50).map(|n| json!({ "Key": n.to_string(), "Value": "" })).collect::<Vec<_>>()),
        "TagLimitExceeded",
    );
    refused("nothing", tag("a"), "InvalidID");
    refused("subnet-00000000000000000", tag("a"), "InvalidSubnetID.NotFound");
    let wrong = json!([{ "ResourceType": "subnet", "Tags": tag("a") }]);
    let input = json!({ "CidrBlock": "10.0.0.0/16", "TagSpecifications": wrong });
    lab.refused("ec2", "CreateVpc", input, "InvalidParameterValue");
}
