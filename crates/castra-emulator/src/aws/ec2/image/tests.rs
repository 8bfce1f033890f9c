#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{catalogue, public_parameter, public_parameters};
use crate::aws::testing::{Lab, REGION};

fn names(answer: &Value) -> Vec<String> {
    let images = answer["Images"].as_array().unwrap().iter();
    images.map(|image| Lab::text(image, "/Name")).collect()
}

#[test]
fn every_region_has_ids_of_its_own() {
    let ids: HashSet<String> =
        ["eu-central-1", "us-east-1"].iter().flat_map(|region| catalogue::all(region)).map(|image| image.id).collect();
    assert_eq!(ids.len(), 2 * catalogue::ALL.len());
    assert!(ids.iter().all(|id| super::id::well_formed("ami", id)), "{ids:?}");
}

#[test]
fn parameters_name_images() {
    let parameters = public_parameters(REGION);
    assert_eq!(parameters.len(), 22 + 2 * 5 + 2 * 5);
    let mut lab = Lab::new();
    for (name, expected) in [
        ("ami-amazon-linux-latest/al2023-ami-kernel-default-arm64", "al2023-ami-2023.12.20260930.0-kernel-6.18-arm64"),
        (
            "canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
            "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20260914",
        ),
        (
            "canonical/ubuntu/server/noble/stable/20240423/amd64/hvm/ebs-gp3/ami-id",
            "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20240423",
        ),
    ] {
        let id = public_parameter(REGION, &format!("/aws/service/{name}")).unwrap();
        assert_eq!(names(&lab.ok("ec2", "DescribeImages", json!({ "ImageIds": [id] }))), [expected]);
    }
}

#[test]
fn deprecated_images_are_seen_by_those_who_ask() {
    let mut lab = Lab::new();
    let filters = json!([
        { "Name": "name", "Values": ["al2023-ami-2023.*-kernel-6.1-x86_64"] },
        { "Name": "architecture", "Values": ["x86_64"] },
    ]);
    let current = lab.ok("ec2", "DescribeImages", json!({ "Owners": ["amazon"], "Filters": filters }));
    assert_eq!(names(&current), ["al2023-ami-2023.12.20260930.0-kernel-6.1-x86_64"]);
    let input = json!({ "Owners": ["137112412989"], "Filters": filters, "IncludeDeprecated": true });
    let all = lab.ok("ec2", "DescribeImages", input);
    assert_eq!(names(&all).len(), 2);
    let old = all["Images"].as_array().unwrap().iter().find(|image| !image["Name"].as_str().unwrap().contains("2026"));
    let id = Lab::text(old.unwrap(), "/ImageId");
    assert_eq!(names(&lab.ok("ec2", "DescribeImages", json!({ "ImageIds": [id] }))).len(), 1);
    lab.refused("ec2", "DeregisterImage", json!({ "ImageId": id }), "AuthFailure");
}

#[test]
fn images_that_are_nowhere_are_refused() {
    let mut lab = Lab::new();
    lab.refused("ec2", "DescribeImages", json!({ "ImageIds": ["ami-xyz"] }), "InvalidAMIID.Malformed");
    let message =
        lab.refused("ec2", "DescribeImages", json!({ "ImageIds": ["ami-0123456789abcdef0"] }), "InvalidAMIID.NotFound");
    assert_eq!(message, "The image id '[ami-0123456789abcdef0]' does not exist");
    assert!(names(&lab.ok("ec2", "DescribeImages", json!({ "Owners": ["self"] }))).is_empty());
}
