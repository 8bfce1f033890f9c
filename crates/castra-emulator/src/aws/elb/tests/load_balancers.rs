use serde_json::{Value, json};

use super::{ELB, balancer, network};
use crate::aws::Settings;
use crate::aws::testing::Lab;

#[test]
fn it_is_provisioning_and_then_active() {
    let mut lab = Lab::new();
    let arn = balancer(&mut lab, "web", "application");
    assert!(arn.contains(":loadbalancer/app/web/"), "{arn}");
    let described = |lab: &mut Lab| lab.ok(ELB, "DescribeLoadBalancers", json!({ "Names": ["web"] }));
    let answer = described(&mut lab);
    assert_eq!(answer["LoadBalancers"][0]["State"]["Code"], "provisioning");
    assert_eq!(answer["LoadBalancers"][0]["Scheme"], "internet-facing");
    let name = Lab::text(&answer, "/LoadBalancers/0/DNSName");
    assert!(name.starts_with("web-") && name.ends_with(".eu-central-1.elb.amazonaws.com"), "{name}");
    assert_eq!(answer["LoadBalancers"][0]["CanonicalHostedZoneId"], "Z215JYRZR1TBD5");
    lab.step(300.0);
    assert_eq!(described(&mut lab)["LoadBalancers"][0]["State"]["Code"], "active");
}

#[test]
fn one_that_cannot_be_set_up_is_failed() {
    let mut lab = Lab::new();
    lab.account.settings.failed_load_balancers.insert("web".to_owned());
    balancer(&mut lab, "web", "application");
    lab.step(300.0);
    let described = lab.ok(ELB, "DescribeLoadBalancers", json!({ "Names": ["web"] }));
    assert_eq!(described["LoadBalancers"][0]["State"]["Code"], "failed");
    assert!(!Lab::text(&described, "/LoadBalancers/0/State/Reason").is_empty());
}

#[test]
fn names_of_network_load_balancers_have_another_form() {
    let mut lab = Lab::new();
    let (_, subnets) = network(&mut lab);
    let input = json!({ "Name": "db", "Type": "network", "Scheme": "internal", "Subnets": [subnets[0]] });
    let answer = lab.ok(ELB, "CreateLoadBalancer", input);
    let name = Lab::text(&answer, "/LoadBalancers/0/DNSName");
    assert!(name.starts_with("db-") && name.ends_with(".elb.eu-central-1.amazonaws.com"), "{name}");
    assert_eq!(answer["LoadBalancers"][0]["CanonicalHostedZoneId"], "Z3F0SRJ5LGBH90");
    assert!(answer["LoadBalancers"][0].get("SecurityGroups").is_none());
    let input = json!({ "Name": "web", "Scheme": "internal", "Subnets": subnets });
    let answer = lab.ok(ELB, "CreateLoadBalancer", input);
    assert!(Lab::text(&answer, "/LoadBalancers/0/DNSName").starts_with("internal-web-"));
    assert_eq!(answer["LoadBalancers"][0]["SecurityGroups"].as_array().unwrap().len(), 1);
}

#[test]
fn the_same_again_finds_it_and_other_settings_are_refused() {
    let mut lab = Lab::new();
    let (_, subnets) = network(&mut lab);
    let first = balancer(&mut lab, "web", "application");
    assert_eq!(balancer(&mut lab, "web", "application"), first);
    let other = json!({ "Name": "web", "Scheme": "internal", "Subnets": subnets });
    let message = lab.refused(ELB, "CreateLoadBalancer", other, "DuplicateLoadBalancerName");
    assert_eq!(message, "A load balancer with the same name 'web' exists, but with different settings");
    let other = json!({ "Name": "web", "Subnets": subnets[..2] });
    lab.refused(ELB, "CreateLoadBalancer", other, "DuplicateLoadBalancerName");
    assert_eq!(lab.ok(ELB, "DescribeLoadBalancers", json!({}))["LoadBalancers"].as_array().unwrap().len(), 1);
}

#[test]
fn what_it_can_not_be_made_from() {
    let mut lab = Lab::new();
    let (vpc, subnets) = network(&mut lab);
    let mut refused = |input: Value, code: &str, message: &str| {
        assert_eq!(lab.refused(ELB, "CreateLoadBalancer", input, code), message);
    };
    refused(
        json!({ "Name": "x".repeat(33), "Subnets": subnets }),
        "ValidationError",
        &format!("The load balancer name '{}' cannot be longer than '32' characters", "x".repeat(33)),
    );
    refused(
        json!({ "Name": "internal-x", "Subnets": subnets }),
        "ValidationError",
        "The load balancer name 'internal-x' cannot begin with 'internal-'",
    );
    refused(
        json!({ "Name": "x", "Subnets": subnets[..1] }),
        "ValidationError",
        "At least two subnets in two different Availability Zones must be specified",
    );
    refused(
        json!({ "Name": "x", "Subnets": [subnets[0], subnets[1], "subnet-0123456789abcdef0"] }),
        "SubnetNotFound",
        "The subnet ID 'subnet-0123456789abcdef0' does not exist",
    );
    refused(
        json!({ "Name": "x", "Subnets": [subnets[0], subnets[0], subnets[1]] }),
        "InvalidConfigurationRequest",
        "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    );
    refused(
        json!({ "Name": "x", "Subnets": subnets, "SecurityGroups": ["sg-0123456789abcdef0"] }),
        "InvalidSecurityGroup",
        "The security group ID 'sg-0123456789abcdef0' does not exist",
    );
    refused(
        json!({ "Name": "x", "Type": "network", "SubnetMappings": [
            { "SubnetId": subnets[0], "AllocationId": "eipalloc-0123456789abcdef0" },
        ] }),
        "AllocationIdNotFound",
        "The allocation IDs 'eipalloc-0123456789abcdef0' do not exist",
    );
    drop(vpc);
}

#[test]
fn facing_the_internet_takes_a_gateway_and_room() {
    let mut lab = Lab::new();
    let vpc = Lab::text(&lab.ok("ec2", "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })), "/Vpc/VpcId");
    let mut subnet = |cidr: &str, zone: &str| {
        let input = json!({ "VpcId": vpc, "CidrBlock": cidr, "AvailabilityZone": zone });
        Lab::text(&lab.ok("ec2", "CreateSubnet", input), "/Subnet/SubnetId")
    };
    let subnets = [subnet("10.0.0.0/24", "eu-central-1a"), subnet("10.0.1.0/28", "eu-central-1b")];
    let input = json!({ "Name": "web", "Subnets": subnets });
    let message = lab.refused(ELB, "CreateLoadBalancer", input, "InvalidSubnet");
    assert_eq!(message, format!("VPC {vpc} has no internet gateway"));
    // 11 addresses of a /28 can be had; four interfaces leave seven.
    for _ in 0..4 {
        lab.ok("ec2", "CreateNetworkInterface", json!({ "SubnetId": subnets[1] }));
    }
    let input = json!({ "Name": "web", "Scheme": "internal", "Subnets": subnets });
    let message = lab.refused(ELB, "CreateLoadBalancer", input, "InvalidSubnet");
    let reason = "ELB requires at least 8 free IP addresses in each subnet.";
    assert_eq!(message, format!("Not enough IP space available in {}. {reason}", subnets[1]));
}

#[test]
fn its_interfaces_linger() {
    let mut lab = Lab::new();
    let arn = balancer(&mut lab, "web", "application");
    let path = arn.split_once("loadbalancer/").unwrap().1.to_owned();
    let interfaces = |lab: &mut Lab| {
        let filter = json!([{ "Name": "description", "Values": [format!("ELB {path}")] }]);
        let answer = lab.ok("ec2", "DescribeNetworkInterfaces", json!({ "Filters": filter }));
        answer["NetworkInterfaces"].as_array().unwrap().clone()
    };
    let there = interfaces(&mut lab);
    assert_eq!(there.len(), 3);
    assert_eq!(there[0]["RequesterId"], "amazon-elb");
    assert_eq!(there[0]["RequesterManaged"], true);
    assert!(there[0].pointer("/Association/PublicIp").is_some());
    lab.ok(ELB, "DeleteLoadBalancer", json!({ "LoadBalancerArn": arn }));
    lab.refused(ELB, "DescribeLoadBalancers", json!({ "LoadBalancerArns": [arn] }), "LoadBalancerNotFound");
    // Again is fine.
    lab.ok(ELB, "DeleteLoadBalancer", json!({ "LoadBalancerArn": arn }));
    lab.step(60.0);
    assert_eq!(interfaces(&mut lab).len(), 3);
    lab.step(120.0);
    assert_eq!(interfaces(&mut lab).len(), 0);
}

#[test]
fn protection_keeps_it() {
    let mut lab = Lab::new();
    let arn = balancer(&mut lab, "web", "application");
    let protect = |on: &str| json!({ "LoadBalancerArn": arn, "Attributes": [{ "Key": "deletion_protection.enabled", "Value": on }] });
    lab.ok(ELB, "ModifyLoadBalancerAttributes", protect("true"));
    let message = lab.refused(ELB, "DeleteLoadBalancer", json!({ "LoadBalancerArn": arn }), "OperationNotPermitted");
    assert_eq!(message, format!("Load balancer '{arn}' cannot be deleted because deletion protection is enabled"));
    lab.ok(ELB, "ModifyLoadBalancerAttributes", protect("false"));
    lab.ok(ELB, "DeleteLoadBalancer", json!({ "LoadBalancerArn": arn }));
}

#[test]
fn subnets_and_groups_change() {
    let mut lab = Lab::new();
    let (_, subnets) = network(&mut lab);
    let arn = balancer(&mut lab, "web", "application");
    let answer = lab.ok(ELB, "SetSubnets", json!({ "LoadBalancerArn": arn, "Subnets": subnets[1..] }));
    assert_eq!(answer["AvailabilityZones"].as_array().unwrap().len(), 2);
    lab.refused(ELB, "SetSubnets", json!({ "LoadBalancerArn": arn, "Subnets": subnets[2..] }), "ValidationError");
    lab.step(300.0);
    let answer = lab.ok("ec2", "DescribeNetworkInterfaces", json!({}));
    assert_eq!(answer["NetworkInterfaces"].as_array().unwrap().len(), 2);
    let net = balancer(&mut lab, "net", "network");
    let group = Lab::text(
        &lab.ok(ELB, "DescribeLoadBalancers", json!({ "Names": ["web"] })),
        "/LoadBalancers/0/SecurityGroups/0",
    );
    let input = |arn: &str| json!({ "LoadBalancerArn": arn, "SecurityGroups": [group] });
    let answer = lab.ok(ELB, "SetSecurityGroups", input(&arn));
    assert_eq!(answer["SecurityGroupIds"], json!([group]));
    let message = lab.refused(ELB, "SetSecurityGroups", input(&net), "InvalidConfigurationRequest");
    assert!(message.starts_with("You cannot set security groups on a Network Load Balancer"), "{message}");
    let input = json!({ "LoadBalancerArn": arn, "IpAddressType": "dualstack" });
    lab.refused(ELB, "SetIpAddressType", input, "InvalidConfigurationRequest");
}

#[test]
fn pages_and_names() {
    let mut lab = Lab::new();
    for name in ["a", "b", "c"] {
        balancer(&mut lab, name, "application");
    }
    let first = lab.ok(ELB, "DescribeLoadBalancers", json!({ "PageSize": 2 }));
    assert_eq!(first["LoadBalancers"].as_array().unwrap().len(), 2);
    let second = lab.ok(ELB, "DescribeLoadBalancers", json!({ "PageSize": 2, "Marker": first["NextMarker"] }));
    assert_eq!(second["LoadBalancers"][0]["LoadBalancerName"], "c");
    assert!(second.get("NextMarker").is_none());
    let message = lab.refused(ELB, "DescribeLoadBalancers", json!({ "Names": ["z"] }), "LoadBalancerNotFound");
    assert_eq!(message, "Load balancers '[z]' not found");
    let message = lab.refused(ELB, "DescribeLoadBalancers", json!({ "LoadBalancerArns": ["z"] }), "ValidationError");
    assert_eq!(message, "'z' is not a valid load balancer ARN");
}

#[test]
fn there_is_a_limit() {
    let mut settings = Settings::calm();
    settings.load_balancing_limits.application_load_balancers = 1;
    let mut lab = Lab::with(settings);
    balancer(&mut lab, "a", "application");
    balancer(&mut lab, "n", "network");
    let (_, subnets) = network(&mut lab);
    lab.refused(ELB, "CreateLoadBalancer", json!({ "Name": "b", "Subnets": subnets }), "TooManyLoadBalancers");
    let limits = lab.ok(ELB, "DescribeAccountLimits", json!({}));
    assert_eq!(limits["Limits"][0], json!({ "Name": "application-load-balancers", "Max": "1" }));
}
