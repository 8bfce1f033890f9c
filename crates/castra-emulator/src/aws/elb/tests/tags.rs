use serde_json::json;

use super::{ELB, balancer, group};
use crate::aws::testing::Lab;

#[test]
fn they_are_added_and_removed() {
    let mut lab = Lab::new();
    let web = balancer(&mut lab, "web", "application");
    let to = group(&mut lab, "web", "HTTP");
    lab.ok(
        ELB,
        "AddTags",
        json!({ "ResourceArns": [web, to], "Tags": [{ "Key": "a", "Value": "1" }, { "Key": "b" }] }),
    );
    lab.ok(ELB, "RemoveTags", json!({ "ResourceArns": [web], "TagKeys": ["b", "c"] }));
    let answer = lab.ok(ELB, "DescribeTags", json!({ "ResourceArns": [web, to] }));
    assert_eq!(answer["TagDescriptions"][0]["Tags"], json!([{ "Key": "a", "Value": "1" }]));
    assert_eq!(answer["TagDescriptions"][1]["Tags"].as_array().unwrap().len(), 2);
}

#[test]
fn they_have_limits() {
    let mut lab = Lab::new();
    let to = group(&mut lab, "web", "HTTP");
    let tags: Vec<_> = (0..51).map(|number| json!({ "Key": format!("k{number}"), "Value": "" })).collect();
    lab.refused(ELB, "AddTags", json!({ "ResourceArns": [to], "Tags": tags }), "TooManyTags");
    let twice = json!([{ "Key": "a", "Value": "1" }, { "Key": "a", "Value": "2" }]);
    lab.refused(ELB, "AddTags", json!({ "ResourceArns": [to], "Tags": twice }), "DuplicateTagKeys");
    let gone = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/x/0123456789abcdef";
    lab.refused(ELB, "DescribeTags", json!({ "ResourceArns": [gone] }), "TargetGroupNotFound");
    let many = vec![to; 21];
    lab.refused(ELB, "DescribeTags", json!({ "ResourceArns": many }), "ValidationError");
}
