#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::sync::Arc;

use castra_core::inventory::Scope;
use castra_core::sizing::PoolSize;
use castra_core::{Resource, inventory::Inventory};
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::facts::{Images, MachineImage, NetworkFacts, SubnetFacts};
use crate::kinds::SubnetOutput;
use crate::settings::AwsProvider;

const FILE: &str = r#"
name = "demo"
tags = { team = "platform" }

[provider]
name = "aws"
region = "eu-central-1"
image = { ssm_parameter = "/al2023" }

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "m7i.xlarge"

[secondaries]
count = 5
machine_type = "m7i.xlarge"

[load_balancer]
exposure = "public"
allowed_cidrs = ["0.0.0.0/0"]
certificate = "arn:aws:acm:eu-central-1:111122223333:certificate/a1"
"#;

fn facts(zones: &[&str], network: Option<NetworkFacts>) -> Facts {
    let image = MachineImage { id: "ami-1".into(), root_device: "/dev/xvda".into() };
    Facts {
        zones: zones.iter().map(|letter| format!("eu-central-1{letter}")).collect(),
        network,
        images: Images {
            source: Some("/al2023".into()),
            primaries: [image.clone(), image.clone(), image.clone()],
            template: image,
        },
    }
}

fn existing(prefix: u8, free: u32) -> NetworkFacts {
    let subnet = |kind: &str, i: u8, letter: &str| SubnetFacts {
        output: SubnetOutput {
            id: format!("subnet-{kind}-{letter}"),
            cidr: format!("10.0.{i}.0/{prefix}").parse().unwrap(),
            zone: format!("eu-central-1{letter}"),
        },
        free,
    };
    let subnets = |kind: &str, first: u8| {
        ["a", "b", "c"].iter().zip(first..).map(|(letter, i)| subnet(kind, i, letter)).collect()
    };
    NetworkFacts {
        vpc: "vpc-theirs".into(),
        cidrs: vec!["10.0.0.0/16".parse().unwrap()],
        private: subnets("private", 0),
        public: subnets("public", 10),
    }
}

fn build(text: &str, facts: Facts) -> Result<Graph, Problems> {
    build_in(text, &nothing(facts))
}

/// An account that has nothing of the cluster.
fn nothing(facts: Facts) -> Inventory {
    let scope = Scope { provider: "aws".into(), account: "1".into(), region: "eu-central-1".into() };
    let mut inventory = Inventory::empty(scope);
    inventory.facts = Arc::new(facts);
    inventory
}

fn build_in(text: &str, inventory: &Inventory) -> Result<Graph, Problems> {
    let spec = Spec::parse(text, &[&AwsProvider]).unwrap_or_else(|problems| panic!("{problems}"));
    let size = spec.pool_size(|_| None).unwrap();
    let topology = Topology::expand(&spec, size);
    let owner = Owner { cluster: spec.name.clone(), uid: Uuid::from_u128(7), tags: spec.tags.clone() };
    resources(&spec, &topology, inventory, &owner)
}

fn usual() -> Graph {
    build(FILE, facts(&["a", "b", "c"], None)).unwrap()
}

fn get<'a>(graph: &'a Graph, address: &str) -> &'a Arc<dyn Resource> {
    graph.get(&address.parse().unwrap()).unwrap_or_else(|| panic!("{address} is missing"))
}

fn field<'a>(graph: &'a Graph, address: &str, field: &str) -> &'a Value {
    &get(graph, address).fields()[field]
}

fn addresses(graph: &Graph) -> Vec<String> {
    let mut addresses: Vec<String> =
        graph.order("anchor").unwrap().iter().map(|resource| resource.address().to_string()).collect();
    addresses.sort();
    addresses
}

fn follows(graph: &Graph, address: &str, other: &str) -> bool {
    get(graph, address).after().contains(&other.parse().unwrap())
}

#[test]
fn the_whole_of_a_usual_cluster() {
    let mut expected = vec![
        "anchor/main".to_owned(),
        "vpc/main".into(),
        "internet_gateway/main".into(),
        "route_table/public".into(),
        "launch_template/secondaries".into(),
        "autoscaling_group/secondaries".into(),
    ];
    for letter in ["a", "b", "c"] {
        expected.extend([
            format!("subnet/public-{letter}"),
            format!("subnet/private-{letter}"),
            format!("subnet_cidr_reservation/private-{letter}"),
            format!("eip/nat-{letter}"),
            format!("nat_gateway/{letter}"),
            format!("route_table/private-{letter}"),
        ]);
    }
    for group in ["primary", "secondary", "application", "control"] {
        expected.extend([format!("security_group/{group}"), format!("security_group_rules/{group}")]);
    }
    for role in ["primary", "secondary"] {
        expected.extend([format!("iam_role/{role}"), format!("iam_instance_profile/{role}")]);
    }
    for i in 0..3 {
        expected.extend(["network_interface", "ebs_volume", "instance"].map(|kind| format!("{kind}/primary-{i}")));
    }
    expected.extend(["lb/application", "lb/control"].map(str::to_owned));
    for group in ["application", "control-6443", "control-23010"] {
        expected.extend(["lb_target_group", "lb_target_group_attachments"].map(|kind| format!("{kind}/{group}")));
    }
    for listener in ["application-443", "application-80", "control-6443", "control-23010"] {
        expected.push(format!("lb_listener/{listener}"));
    }
    expected.sort();
    assert_eq!(addresses(&usual()), expected);
}

#[test]
fn the_anchor_comes_first() {
    let graph = usual();
    assert_eq!(graph.order("anchor").unwrap()[0].address().to_string(), "anchor/main");
    assert_eq!(field(&graph, "anchor/main", "name"), "/castra/demo");
}

#[test]
fn everything_that_has_tags_says_whose_it_is() {
    let graph = usual();
    let mut tagged = 0;
    for resource in graph.order("anchor").unwrap() {
        for key in ["tags", "node_tags"] {
            let Some(tags) = resource.fields().get(key) else { continue };
            assert_eq!(tags["castra:cluster"], "demo", "{}", resource.address());
            assert_eq!(tags["castra:uid"], Uuid::from_u128(7).to_string(), "{}", resource.address());
            assert_eq!(tags["team"], "platform", "{}", resource.address());
            tagged += 1;
            if key == "tags" {
                assert_eq!(tags["castra:resource"], resource.address().to_string());
            }
        }
    }
    assert!(tagged > 50, "{tagged}");
    assert_eq!(field(&graph, "launch_template/secondaries", "node_tags")["Name"], "demo-secondary");
    assert_eq!(field(&graph, "instance/primary-1", "tags")["castra:image"], "/al2023");
}

#[test]
fn primaries_have_planned_addresses_in_their_zones() {
    let graph = usual();
    for (i, (letter, address)) in [("a", "10.20.0.20"), ("b", "10.20.64.20"), ("c", "10.20.128.20")].iter().enumerate()
    {
        let name = format!("network_interface/primary-{i}");
        assert_eq!(field(&graph, &name, "address"), address);
        assert_eq!(field(&graph, &name, "subnet")["$ref"], format!("subnet/private-{letter}"));
        assert_eq!(field(&graph, &format!("ebs_volume/primary-{i}"), "zone"), &format!("eu-central-1{letter}"));
        assert!(follows(&graph, &format!("instance/primary-{i}"), &format!("route_table/private-{letter}")));
    }
}

#[test]
fn whatever_takes_addresses_by_itself_waits_for_the_reservations() {
    let graph = usual();
    for letter in ["a", "b", "c"] {
        let reservation = format!("subnet_cidr_reservation/private-{letter}");
        assert!(follows(&graph, "lb/control", &reservation));
        assert!(follows(&graph, "autoscaling_group/secondaries", &reservation));
        assert!(!follows(&graph, "lb/application", &reservation));
    }
    assert!(follows(&graph, "lb/application", "internet_gateway/main"));
    let internal = FILE.replace("exposure = \"public\"\nallowed_cidrs = [\"0.0.0.0/0\"]\n", "");
    let graph = build(&internal, facts(&["a", "b", "c"], None)).unwrap();
    assert!(follows(&graph, "lb/application", "subnet_cidr_reservation/private-a"));
    assert_eq!(field(&graph, "lb/application", "internal"), true);
}

#[test]
fn a_fixed_count_owns_the_desired_size_and_a_range_does_not() {
    let graph = usual();
    let group = get(&graph, "autoscaling_group/secondaries").fields();
    assert_eq!((&group["min"], &group["max"], &group["desired"]), (&5.into(), &5.into(), &5.into()));
    let ranged = FILE.replace("count = 5", "min = 2\nmax = 10\ntarget_cpu = \"70%\"");
    let graph = build(&ranged, facts(&["a", "b", "c"], None)).unwrap();
    let group = get(&graph, "autoscaling_group/secondaries").fields();
    assert_eq!((&group["min"], &group["max"], group.get("desired")), (&2.into(), &10.into(), None));
    assert_eq!(field(&graph, "autoscaling_policy/cpu", "target_cpu"), 70);
}

#[test]
fn one_nat_gateway_serves_all_zones() {
    let one = FILE.replace("[network]", "nat_gateways = \"one\"\n[network]");
    let graph = build(&one, facts(&["a", "b", "c"], None)).unwrap();
    let gateways: Vec<String> = addresses(&graph).into_iter().filter(|one| one.starts_with("nat_gateway/")).collect();
    assert_eq!(gateways, ["nat_gateway/a"]);
    for letter in ["a", "b", "c"] {
        assert!(follows(&graph, &format!("route_table/private-{letter}"), "nat_gateway/a"));
    }
}

#[test]
fn two_zones_share_three_primaries() {
    let graph = build(FILE, facts(&["b", "c"], None)).unwrap();
    assert_eq!(field(&graph, "ebs_volume/primary-0", "zone"), "eu-central-1b");
    assert_eq!(field(&graph, "ebs_volume/primary-1", "zone"), "eu-central-1c");
    assert_eq!(field(&graph, "ebs_volume/primary-2", "zone"), "eu-central-1b");
    assert_eq!(field(&graph, "network_interface/primary-2", "address"), "10.20.0.21");
    assert!(graph.get(&"subnet/private-c".parse().unwrap()).is_some());
    assert!(graph.get(&"subnet/private-a".parse().unwrap()).is_none());
}

fn existing_file() -> String {
    FILE.replace("cidr = \"10.20.0.0/16\"", "existing = true").replace(
        "[network]",
        "vpc_id = \"vpc-01234567\"\nprivate_subnet_ids = [\"subnet-00000001\", \"subnet-00000002\", \"subnet-00000003\"]\n\
         public_subnet_ids = [\"subnet-00000004\", \"subnet-00000005\", \"subnet-00000006\"]\n[network]",
    )
}

#[test]
fn an_existing_network_is_only_referred_to() {
    let graph = build(&existing_file(), facts(&["a", "b", "c"], Some(existing(24, 200)))).unwrap();
    let network =
        ["vpc/", "subnet/", "internet_gateway/", "nat_gateway/", "route_table/", "eip/", "subnet_cidr_reservation/"];
    for address in addresses(&graph) {
        assert!(!network.iter().any(|kind| address.starts_with(kind)), "{address}");
    }
    assert_eq!(field(&graph, "network_interface/primary-1", "subnet"), "subnet-private-b");
    assert!(field(&graph, "network_interface/primary-1", "address").is_null());
    assert_eq!(field(&graph, "security_group/primary", "vpc"), "vpc-theirs");
    assert_eq!(field(&graph, "lb/application", "subnets")[2], "subnet-public-c");
}

#[test]
fn room_is_checked() {
    for (text, facts, path) in [
        (existing_file(), facts(&["a", "b", "c"], Some(existing(24, 3))), "provider.private_subnet_ids"),
        (existing_file(), facts(&["a", "b", "c"], Some(existing(24, 7))), "provider.public_subnet_ids"),
        (existing_file(), facts(&["a", "b", "c"], Some(existing(28, 11))), "provider.public_subnet_ids"),
        (
            FILE.replace("10.20.0.0/16", "10.20.0.0/22").replace("count = 5", "count = 1000"),
            facts(&["a", "b", "c"], None),
            "network.cidr",
        ),
    ] {
        let problems = build(&text, facts).err().expect("no room");
        assert!(problems.concern(path), "{path}: {problems}");
        assert!(problems.0.iter().all(|problem| !problem.remedy.is_empty()));
    }
    assert!(build(&existing_file(), facts(&["a", "b", "c"], Some(existing(24, 8)))).is_ok());
}

#[test]
fn more_ranges_than_a_security_group_takes_are_refused() {
    let ranges = |n: u8| (0..n).map(|i| format!("\"198.51.{i}.0/24\"")).collect::<Vec<_>>().join(", ");
    let text = |n| FILE.replace("\"0.0.0.0/0\"", &ranges(n));
    assert!(build(&text(29), facts(&["a", "b", "c"], None)).is_ok());
    let problems = build(&text(31), facts(&["a", "b", "c"], None)).err().expect("too many");
    assert!(problems.concern("load_balancer.allowed_cidrs"), "{problems}");
}

#[test]
fn a_data_disk_never_shrinks() {
    let mut inventory = nothing(facts(&["a", "b", "c"], None));
    let live = serde_json::json!({ "size_gib": 200 });
    inventory.items.push(castra_core::Item::new::<crate::kinds::EbsVolume>("primary-1", live, "vol-1".to_owned()));
    let problems = build_in(FILE, &inventory).err().expect("it would shrink");
    assert!(problems.concern("primaries.data_disk.size"), "{problems}");
    assert!(problems.to_string().contains("200GiB"), "{problems}");
}

#[test]
fn only_what_the_topology_allows_is_open() {
    let graph = usual();
    let cidrs = |group: &str| -> Vec<String> {
        let rules = field(&graph, &format!("security_group_rules/{group}"), "ingress").as_array().unwrap();
        rules.iter().filter_map(|rule| rule["peer"].as_str()).map(str::to_owned).collect()
    };
    assert_eq!(cidrs("application"), ["0.0.0.0/0", "0.0.0.0/0"]);
    for group in ["primary", "secondary", "control"] {
        assert!(cidrs(group).is_empty(), "{group}");
    }
    for group in ["primary", "secondary"] {
        let egress = field(&graph, &format!("security_group_rules/{group}"), "egress").as_array().unwrap();
        assert_eq!((egress.len(), &egress[0]["protocol"], &egress[0]["peer"]), (1, &"-1".into(), &"0.0.0.0/0".into()));
    }
    // The application balancer reaches nodes at one port and nothing else.
    let egress = field(&graph, "security_group_rules/application", "egress").as_array().unwrap();
    assert!(egress.iter().all(|rule| rule["from_port"] == 443 && rule["to_port"] == 443), "{egress:?}");
    assert_eq!(egress.len(), 2);
}

#[test]
fn no_two_rules_of_a_group_are_the_same_to_aws() {
    let graph = usual();
    for group in ["primary", "secondary", "application", "control"] {
        for side in ["ingress", "egress"] {
            let rules = field(&graph, &format!("security_group_rules/{group}"), side).as_array().unwrap();
            let mut keys: Vec<String> = rules
                .iter()
                .map(|rule| format!("{} {} {} {}", rule["protocol"], rule["from_port"], rule["to_port"], rule["peer"]))
                .collect();
            let all = keys.len();
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), all, "{group} {side}");
            assert!(rules.iter().all(|rule| !rule["description"].as_str().unwrap().is_empty()));
        }
    }
}

#[test]
fn permissions_are_given_only_when_asked_for() {
    assert_eq!(field(&usual(), "iam_role/primary", "policies"), &serde_json::json!({}));
    let text = format!("{FILE}\n[access]\nsession_service = true\n");
    let graph = build(&text, facts(&["a", "b", "c"], None)).unwrap();
    let policy = &field(&graph, "iam_role/secondary", "policies")["session-service"];
    assert!(policy.to_string().contains("ssmmessages:OpenDataChannel"));
    assert!(!policy.to_string().contains("GetParameter"));
    assert_eq!(field(&graph, "iam_role/secondary", "managed"), &serde_json::json!([]));
}

#[test]
fn protection_reaches_the_balancers() {
    let text = format!("{FILE}\n[protection]\nenabled = true\n");
    let graph = build(&text, facts(&["a", "b", "c"], None)).unwrap();
    assert_eq!(field(&graph, "anchor/main", "protected"), true);
    for balancer in ["lb/application", "lb/control"] {
        assert_eq!(field(&graph, balancer, "deletion_protection.enabled"), "true");
    }
    assert_eq!(field(&usual(), "lb/control", "deletion_protection.enabled"), "false");
}

#[test]
fn the_graph_does_not_grow_with_the_pool() {
    let many = build(&FILE.replace("count = 5", "count = 1000"), facts(&["a", "b", "c"], None)).unwrap();
    assert_eq!(many.len(), usual().len());
    let spec = Spec::parse(FILE, &[&AwsProvider]).unwrap();
    assert_eq!(Topology::expand(&spec, PoolSize::Fixed { count: 1000 }).most_nodes(), 1003);
}

#[test]
fn without_a_look_at_the_spec_there_is_nothing_to_make() {
    let spec = Spec::parse(FILE, &[&AwsProvider]).unwrap();
    let topology = Topology::expand(&spec, PoolSize::Fixed { count: 5 });
    let scope = Scope { provider: "aws".into(), account: "1".into(), region: "eu-central-1".into() };
    let inventory = Inventory::empty(scope);
    let owner = Owner { cluster: spec.name.clone(), uid: Uuid::from_u128(7), tags: BTreeMap::new() };
    assert!(resources(&spec, &topology, &inventory, &owner).err().is_some_and(|problems| problems.concern("provider")));
}
