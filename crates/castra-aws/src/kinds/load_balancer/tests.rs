#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]
use aws_sdk_elasticloadbalancingv2::types::{AvailabilityZone, LoadBalancerState};
use castra_core::plan::differences;

use super::*;
use crate::kinds::SubnetOutput;

const ARN: &str =
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/net/demo-control/50dc6c495c0c9188";

fn subnet(id: &str) -> Ref<Subnet> {
    let cidr = "10.0.0.0/24".parse().unwrap();
    Ref::existing(SubnetOutput { id: id.into(), cidr, zone: "eu-central-1a".into() })
}

fn wanted() -> LoadBalancer {
    LoadBalancer {
        name: "demo-control".into(),
        kind: LoadBalancerKind::Network,
        internal: true,
        subnets: vec![subnet("subnet-a"), subnet("subnet-b")],
        security_groups: vec![Ref::existing("sg-1".into())],
        attributes: BTreeMap::from([("load_balancing.cross_zone.enabled".into(), "true".into())]),
        tags: BTreeMap::from([("Name".into(), "demo-control".into())]),
    }
}

fn described(state: LoadBalancerStateEnum) -> Described {
    let zone = |id: &str| AvailabilityZone::builder().subnet_id(id).build();
    Described::builder()
        .load_balancer_arn(ARN)
        .load_balancer_name("demo-control")
        .r#type(LoadBalancerTypeEnum::Network)
        .scheme(LoadBalancerSchemeEnum::Internal)
        .availability_zones(zone("subnet-b"))
        .availability_zones(zone("subnet-a"))
        .security_groups("sg-1")
        .state(LoadBalancerState::builder().code(state).reason("no room").build())
        .build()
}

fn changes(described: &Described, attributes: &[(&str, &str)]) -> Vec<String> {
    let attributes = attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let live = live(described, &attributes, wanted().tags).unwrap();
    let wanted = serde_json::to_value(wanted()).unwrap();
    differences(&wanted, &live.fields, &|_| None).into_iter().map(|change| change.field).collect()
}

#[test]
fn a_balancer_as_wanted_has_no_differences() {
    let attributes = [("load_balancing.cross_zone.enabled", "true"), ("access_logs.s3.enabled", "false")];
    assert!(changes(&described(LoadBalancerStateEnum::Active), &attributes).is_empty());
}

#[test]
fn each_difference_is_named() {
    let live = described(LoadBalancerStateEnum::Active);
    assert_eq!(
        changes(&live, &[("load_balancing.cross_zone.enabled", "false")]),
        ["load_balancing.cross_zone.enabled"]
    );
    let mut live = live;
    live.scheme = Some(LoadBalancerSchemeEnum::InternetFacing);
    live.security_groups = None;
    live.availability_zones = None;
    live.r#type = Some(LoadBalancerTypeEnum::Application);
    let attributes = [("load_balancing.cross_zone.enabled", "true")];
    assert_eq!(changes(&live, &attributes), ["internal", "security_groups", "subnets", "type"]);
}

#[test]
fn states() {
    use LoadBalancerStateEnum::{Active, ActiveImpaired, Failed, Provisioning};
    assert_eq!(status(&described(Active)), Status::Ready);
    assert_eq!(status(&described(ActiveImpaired)), Status::Ready);
    assert_eq!(status(&described(Provisioning)), Status::Pending("provisioning".into()));
    assert_eq!(status(&described(Failed)), Status::Failed("no room".into()));
}

#[test]
fn its_network_interfaces_are_known_by_description() {
    assert_eq!(interfaces_of(ARN).unwrap(), "ELB net/demo-control/50dc6c495c0c9188");
    assert_eq!(interfaces_of("nothing"), None);
}
