#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use serde_json::json;

use super::{catalogue, named, offered};
use crate::aws::testing::Lab;

#[test]
fn every_row_is_read() {
    assert_eq!(catalogue::all().count(), include_str!("types.csv").lines().count() - 1);
    for kind in catalogue::all() {
        assert_eq!(kind.ebs.is_some(), kind.family.hypervisor == "nitro", "{}", kind.name);
        assert!(kind.vcpus > 0 && kind.mib > 0 && kind.interfaces > 1 && kind.attachments > 1, "{}", kind.name);
    }
}

#[test]
fn a_zone_lacks_what_it_lacks() {
    assert!(!offered(named("m6i.large").unwrap(), "use1-az3"));
    assert!(offered(named("t2.micro").unwrap(), "use1-az3"));
    assert!(offered(named("m6i.large").unwrap(), "euc1-az1"));
    assert!(!offered(named("i8g.48xlarge").unwrap(), "euc1-az1"));
}

#[test]
fn types_are_described() {
    let mut lab = Lab::new();
    let one = lab.ok("ec2", "DescribeInstanceTypes", json!({ "InstanceTypes": ["m6g.large"] }));
    assert_eq!(one.pointer("/InstanceTypes/0/ProcessorInfo/SupportedArchitectures/0"), Some(&json!("arm64")));
    assert_eq!(one.pointer("/InstanceTypes/0/MemoryInfo/SizeInMiB"), Some(&json!(8192)));
    let filters = json!([
        { "Name": "processor-info.supported-architecture", "Values": ["arm64"] },
        { "Name": "vcpu-info.default-vcpus", "Values": ["4"] },
        { "Name": "instance-type", "Values": ["m*"] },
    ]);
    let some = lab.ok("ec2", "DescribeInstanceTypes", json!({ "Filters": filters }));
    let names: Vec<&str> =
        some["InstanceTypes"].as_array().unwrap().iter().filter_map(|kind| kind["InstanceType"].as_str()).collect();
    assert_eq!(names, ["m6g.xlarge", "m6gd.xlarge", "m7g.xlarge", "m7gd.xlarge", "m8g.xlarge"]);
    let all = lab.ok("ec2", "DescribeInstanceTypes", json!({}));
    assert!(all["InstanceTypes"].as_array().unwrap().len() > 300);
    lab.refused("ec2", "DescribeInstanceTypes", json!({ "InstanceTypes": ["p5.48xlarge"] }), "InvalidInstanceType");
}

#[test]
fn offerings_are_by_region_zone_and_zone_id() {
    let mut lab = Lab::new();
    lab.region = "us-east-1".to_owned();
    let filters = json!([{ "Name": "instance-type", "Values": ["m6i.large"] }]);
    for (kind, count) in [("region", 1), ("availability-zone", 5), ("availability-zone-id", 5)] {
        let input = json!({ "LocationType": kind, "Filters": filters });
        let offerings = lab.ok("ec2", "DescribeInstanceTypeOfferings", input);
        assert_eq!(offerings["InstanceTypeOfferings"].as_array().unwrap().len(), count, "{kind}");
    }
}
