#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use castra_core::Address;
use serde_json::{Value, json};

use super::zones::{Offered, Zone, choose};
use super::*;
use crate::kinds::Network as AnyKind;
use crate::settings::GcpProvider;

const SPEC: &str = r#"
name = "demo"

[provider]
name = "gcp"
project = "my-project"
region = "europe-west1"
image = { project = "ubuntu-os-cloud", family = "ubuntu-2404-lts-amd64" }

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "n2-standard-4"

[secondaries]
count = 5
machine_type = "e2-standard-4"

[load_balancer]
exposure = "public"
allowed_cidrs = ["0.0.0.0/0"]
certificate = "projects/my-project/regions/europe-west1/sslCertificates/demo"
"#;

fn zones(names: &[&str]) -> Vec<Zone> {
    names.iter().map(|name| Zone { name: format!("europe-west1-{name}"), up: true }).collect()
}

/// Both machine types, in these zones.
fn offered(types: [(&str, &[&str]); 2]) -> Vec<Offered> {
    let one = |name: &str, zone: &str| Offered {
        name: name.to_owned(),
        zone: format!("europe-west1-{zone}"),
        architecture: None,
    };
    types.iter().flat_map(|(name, zones)| zones.iter().map(|zone| one(name, zone))).collect()
}

fn item(address: &str, fields: Value) -> Item {
    let mut item = Item::new::<AnyKind>("x", fields, address.to_owned());
    item.address = address.parse::<Address>().unwrap();
    item
}

fn disks(zones: &[&str]) -> Vec<Item> {
    let disk = |(slot, zone): (usize, &&str)| {
        item(&format!("disk/data-{slot}"), json!({ "zone": format!("europe-west1-{zone}") }))
    };
    zones.iter().enumerate().map(disk).collect()
}

/// The letters of the zones that are chosen, or the path of the first problem.
fn chosen(provider: &str, items: &[Item], zones: &[Zone], types: &[Offered]) -> Result<String, String> {
    let text = SPEC.replacen("region =", &format!("{provider}\nregion ="), 1);
    let spec = Spec::parse(&text, &[&GcpProvider]).unwrap();
    let settings = Settings::of(&spec).unwrap();
    let mut findings = Findings::default();
    let known = Known { spec: &spec, settings: &settings, items };
    match choose(&known, zones, types, &mut findings) {
        Some(zones) => Ok(zones.iter().filter_map(|zone| zone.chars().last()).collect()),
        None => Err(findings.problems.first().expect("a problem").path.clone()),
    }
}

const EVERYWHERE: [(&str, &[&str]); 2] = [("n2-standard-4", &["b", "c", "d"]), ("e2-standard-4", &["b", "c", "d"])];

#[test]
fn a_new_cluster_gets_the_first_three_zones_that_have_every_machine_type() {
    let all = zones(&["d", "b", "a", "c"]);
    assert_eq!(chosen("", &[], &all, &offered(EVERYWHERE)).unwrap(), "bcd");
    let mut down = all.clone();
    down[1].up = false;
    let more: [(&str, &[&str]); 2] = [("n2-standard-4", &["a", "b", "c", "d"]), ("e2-standard-4", &["a", "c", "d"])];
    assert_eq!(chosen("", &[], &down, &offered(more)).unwrap(), "acd");
    let named = "zones = [\"europe-west1-d\", \"europe-west1-b\", \"europe-west1-c\"]";
    assert_eq!(chosen(named, &[], &all, &offered(EVERYWHERE)).unwrap(), "dbc");
}

#[test]
fn zones_in_use_stay_in_their_slots() {
    let all = zones(&["a", "b", "c", "d"]);
    let types = offered([("n2-standard-4", &["a", "b", "c", "d"]), ("e2-standard-4", &["a", "b", "c", "d"])]);
    assert_eq!(chosen("", &disks(&["d", "b", "c"]), &all, &types).unwrap(), "dbc");
    assert_eq!(chosen("", &disks(&["d"]), &all, &types).unwrap(), "dab", "the others come behind it");
    assert_eq!(chosen("", &disks(&["c", "d", "c"]), &all, &types).unwrap(), "cd", "a cluster in two zones stays there");
    let named = "zones = [\"europe-west1-b\", \"europe-west1-c\", \"europe-west1-d\"]";
    assert_eq!(chosen(named, &disks(&["d", "b", "c"]), &all, &types).unwrap_err(), "provider.zones");
}

#[test]
fn what_can_not_be_had_is_a_problem_of_its_field() {
    let all = zones(&["b", "c", "d"]);
    assert_eq!(chosen("", &[], &[], &[]).unwrap_err(), "provider.region");
    let nowhere = offered([("n2-standard-4", &["b", "c", "d"]), ("e2-standard-4", &[])]);
    assert_eq!(chosen("", &[], &all, &nowhere).unwrap_err(), "secondaries.machine_type");
    let elsewhere = offered([("n2-standard-4", &["b", "c", "d"]), ("e2-standard-4", &["x"])]);
    assert_eq!(chosen("", &[], &all, &elsewhere).unwrap_err(), "secondaries.machine_type", "another region's");
    let two = offered([("n2-standard-4", &["b", "c", "d"]), ("e2-standard-4", &["b", "c"])]);
    assert_eq!(chosen("", &[], &all, &two).unwrap_err(), "provider.region");
    assert_eq!(chosen("allow_fewer_zones = true", &[], &all, &two).unwrap(), "bc");
    let one = offered([("n2-standard-4", &["b"]), ("e2-standard-4", &["b", "c"])]);
    assert_eq!(chosen("allow_fewer_zones = true", &[], &all, &one).unwrap_err(), "provider.region");
    let used = disks(&["b", "c", "d"]);
    assert_eq!(chosen("", &used, &all, &two).unwrap_err(), "secondaries.machine_type", "not where the cluster is");
    let mut running = used;
    running.push(item("instance_template/secondaries-1", json!({ "machine_type": "e2-standard-4" })));
    assert_eq!(chosen("", &running, &all, &two).unwrap(), "bcd", "what it runs is there");
}
