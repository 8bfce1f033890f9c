#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::sync::Arc;

use castra_core::Resource;
use castra_core::inventory::Scope;
use castra_core::sizing::PoolSize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::facts::{Images, NetworkFacts};
use crate::kinds::SubnetworkOutput;
use crate::settings::GcpProvider;

const FILE: &str = r#"
name = "demo"
tags = { team = "platform" }

[provider]
name = "gcp"
project = "project-1"
region = "europe-west1"
image = { project = "debian-cloud", family = "debian-12" }

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "n2-standard-4"

[secondaries]
count = 5
machine_type = "n2-standard-4"

[load_balancer]
exposure = "public"
allowed_cidrs = ["0.0.0.0/0"]
certificate = "projects/project-1/regions/europe-west1/sslCertificates/demo"
"#;

fn facts(network: Option<NetworkFacts>) -> Facts {
    let zones = ["b", "c", "d"].map(|letter| format!("europe-west1-{letter}"));
    let image = "projects/debian-cloud/global/images/debian-12".to_owned();
    let images = Images { primaries: [image.clone(), image.clone(), image.clone()], template: image };
    Facts { zones: zones.into(), images, network }
}

/// A network of a project, with this proxy-only range.
fn existing(project: &str, proxies: Option<&str>) -> NetworkFacts {
    NetworkFacts {
        network: format!("projects/{project}/global/networks/theirs"),
        cidrs: vec!["10.0.0.0/20".parse().unwrap()],
        subnetwork: SubnetworkOutput {
            id: format!("projects/{project}/regions/europe-west1/subnetworks/theirs"),
            cidr: "10.0.0.0/20".parse().unwrap(),
        },
        proxies: proxies.map(|range| range.parse().unwrap()),
    }
}

fn build(text: &str, facts: Facts) -> Result<Graph, Problems> {
    let spec = Spec::parse(text, &[&GcpProvider]).unwrap_or_else(|problems| panic!("{problems}"));
    let size = PoolSize::Fixed { count: 5 };
    let topology = Topology::expand(&spec, spec.pool_size(|_| None).unwrap_or(size));
    let owner = Owner { cluster: spec.name.clone(), uid: Uuid::from_u128(7), tags: spec.tags.clone() };
    let scope = Scope { provider: "gcp".into(), account: "project-1".into(), region: "europe-west1".into() };
    let mut inventory = Inventory::empty(scope);
    inventory.facts = Arc::new(facts);
    resources(&spec, &topology, &inventory, &owner)
}

/// The file for an existing network, with these lines in its provider section.
fn in_existing(lines: &str) -> String {
    let provider = format!("network = \"theirs\"\nsubnetwork = \"theirs\"\n{lines}\n\n[network]");
    FILE.replace("cidr = \"10.20.0.0/16\"", "existing = true").replace("[network]", &provider)
}

fn get<'a>(graph: &'a Graph, address: &str) -> &'a Arc<dyn Resource> {
    graph.get(&address.parse().unwrap()).unwrap_or_else(|| panic!("{address} is missing"))
}

fn field<'a>(graph: &'a Graph, address: &str, field: &str) -> &'a Value {
    &get(graph, address).fields()[field]
}

fn of_kind(graph: &Graph, kind: &str) -> Vec<String> {
    let all = graph.order("anchor").unwrap();
    let mut names: Vec<String> =
        all.iter().filter(|one| one.address().kind() == kind).map(|one| one.address().name().to_owned()).collect();
    names.sort();
    names
}

fn problems(text: &str, facts: Facts) -> Problems {
    build(text, facts).err().unwrap()
}

#[test]
fn a_network_of_its_own_has_room_for_nodes_and_proxies_and_a_way_out() {
    let graph = build(FILE, facts(None)).unwrap();
    assert_eq!(field(&graph, "network/main", "name"), "demo-europe-west1-main");
    assert_eq!(field(&graph, "subnetwork/nodes", "cidr"), "10.20.0.0/17");
    assert_eq!(field(&graph, "subnetwork/nodes", "private_google_access"), true);
    assert_eq!(field(&graph, "subnetwork/proxies", "cidr"), "10.20.192.0/20");
    assert_eq!(field(&graph, "subnetwork/proxies", "role"), "ACTIVE");
    let nat = &field(&graph, "router/main", "nats")[0];
    assert_eq!(
        nat["subnetworks"],
        json!([{ "subnetwork": { "$ref": "subnetwork/nodes" }, "ranges": ["PRIMARY_IP_RANGE"] }])
    );
    let small = build(&FILE.replace("/16", "/22"), facts(None)).unwrap();
    assert_eq!(field(&small, "subnetwork/proxies", "cidr"), "10.20.3.0/26", "the smallest that will do");
}

#[test]
fn rules_name_nodes_by_accounts_of_the_cluster() {
    let graph = build(FILE, facts(None)).unwrap();
    assert_eq!(of_kind(&graph, "firewall").len(), 7);
    assert_eq!(
        field(&graph, "firewall/secondary-to-primary", "source_service_accounts"),
        &json!([{ "$ref": "service_account/secondary" }])
    );
    assert_eq!(
        field(&graph, "firewall/secondary-to-primary", "target_service_accounts"),
        &json!([{ "$ref": "service_account/primary" }])
    );
    assert_eq!(
        field(&graph, "firewall/application-to-secondary", "source_ranges"),
        &json!(["10.20.192.0/20", "35.191.0.0/16", "130.211.0.0/22"])
    );
    assert_eq!(
        field(&graph, "firewall/application-to-secondary", "name"),
        "demo-europe-west1-application-to-secondary"
    );
}

#[test]
fn each_role_has_an_account_and_both_have_the_same_two_roles() {
    let graph = build(FILE, facts(None)).unwrap();
    assert_eq!(of_kind(&graph, "service_account"), ["primary", "secondary"]);
    assert_eq!(field(&graph, "service_account/primary", "name"), "demo-europe-west1-primary");
    let bindings = field(&graph, "project_iam_member/nodes", "bindings").as_object().unwrap();
    assert_eq!(bindings.keys().collect::<Vec<_>>(), ["roles/logging.logWriter", "roles/monitoring.metricWriter"]);
    let members = json!([{ "$ref": "service_account/primary" }, { "$ref": "service_account/secondary" }]);
    assert!(bindings.values().all(|accounts| *accounts == members));
}

#[test]
fn a_pool_that_has_no_room_is_a_problem() {
    let many = FILE.replace("/16", "/22").replace("count = 5", "count = 600");
    let told = problems(&many, facts(None));
    assert!(told.concern("network.cidr"), "{told}");
    assert!(told.to_string().contains("10.20.0.0/23 has 508 addresses, and 608 may be needed"), "{told}");
}

#[test]
fn an_existing_network_gets_rules_and_no_more_than_the_proxies_that_it_lacks() {
    let graph = build(&in_existing(""), facts(Some(existing("project-1", Some("10.9.0.0/24"))))).unwrap();
    for kind in ["network", "subnetwork", "router"] {
        assert!(of_kind(&graph, kind).is_empty(), "{kind}");
    }
    let network = "projects/project-1/global/networks/theirs";
    assert_eq!(field(&graph, "firewall/control-to-primary", "network"), network);
    assert!(
        field(&graph, "firewall/application-to-primary", "source_ranges")
            .as_array()
            .unwrap()
            .contains(&json!("10.9.0.0/24"))
    );
    let lacking = facts(Some(existing("project-1", None)));
    let told = problems(&in_existing(""), lacking.clone());
    assert!(told.concern("provider.proxy_subnet_cidr"), "{told}");
    let graph = build(&in_existing("proxy_subnet_cidr = \"10.9.1.0/24\""), lacking.clone()).unwrap();
    assert_eq!(of_kind(&graph, "subnetwork"), ["proxies"]);
    assert_eq!(field(&graph, "subnetwork/proxies", "network"), network);
    let told = problems(&in_existing("proxy_subnet_cidr = \"10.9.1.0/27\""), lacking);
    assert!(told.to_string().contains("10.9.1.0/27 is smaller than the /26"), "{told}");
}

#[test]
fn in_a_host_projects_network_nothing_is_written() {
    let shared = || facts(Some(existing("host-project", Some("10.9.0.0/24"))));
    let told = problems(&in_existing(""), shared());
    assert!(told.concern("provider.firewall_rules"), "{told}");
    let text = in_existing("firewall_rules = \"existing\"");
    let graph = build(&text, shared()).unwrap();
    for kind in ["firewall", "network", "subnetwork", "router"] {
        assert!(of_kind(&graph, kind).is_empty(), "{kind}");
    }
    let told = problems(
        &in_existing("firewall_rules = \"existing\"\nproxy_subnet_cidr = \"10.9.1.0/24\""),
        facts(Some(existing("host-project", None))),
    );
    assert!(told.to_string().contains("host project"), "{told}");
}

#[test]
fn a_service_comes_after_all_that_its_members_health_depends_on() {
    let after = |graph: &Graph, service: &str, other: &str| {
        get(graph, &format!("backend_service/{service}")).after().contains(&other.parse().unwrap())
    };
    let own = build(FILE, facts(None)).unwrap();
    for service in ["application-public", "control-6443", "control-23010"] {
        for index in 0..3 {
            assert!(after(&own, service, &format!("instance_group_membership/primary-{index}")), "{service}");
        }
    }
    assert!(after(&own, "application-public", "firewall/application-to-primary"));
    assert!(after(&own, "application-public", "firewall/application-to-secondary"));
    assert!(after(&own, "control-6443", "firewall/control-to-primary"));
    // The operator's own rules are there before.
    let theirs = existing("project-1", Some("10.9.0.0/24"));
    let theirs = build(&in_existing("firewall_rules = \"existing\""), facts(Some(theirs))).unwrap();
    assert!(after(&theirs, "control-6443", "instance_group_membership/primary-0"));
    assert!(!get(&theirs, "backend_service/control-6443").after().iter().any(|each| each.kind() == "firewall"));
}
