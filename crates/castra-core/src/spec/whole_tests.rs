//! Good specs: what they become, how they are written back, and what the schema says of them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;

use serde_json::Value;

use super::*;
use crate::sizing::{Capacity, PoolSize, Reading, SizingError};

/// A backend of a cloud that doesn't exist.
pub(super) struct Nimbus;

impl ProviderParser for Nimbus {
    fn name(&self) -> &'static str {
        "nimbus"
    }

    fn check(&self, section: &mut Reader<'_>, draft: &Draft) {
        if section.has("region") {
            section.choice("region", &[("north", ()), ("south", ())]);
        } else {
            section.refuse("region", "is missing", "add region = \"north\"");
        }
        let network: Option<String> = section.optional("network_id");
        if network.is_some() && draft.network != Some(Network::Existing) {
            section.refuse_elsewhere("network.existing", "isn't true beside network_id", "write existing = true");
        }
        section.map::<String>("labels");
        for (path, machine) in draft.machine_types() {
            if !machine.as_str().starts_with("s1.") {
                section.refuse_elsewhere(path, format!("there is no {machine}"), "write \"s1.small\"");
            }
        }
    }

    fn schema(&self) -> schemars::Schema {
        schemars::json_schema!({
            "properties": { "region": { "$ref": "#/$defs/Region" }, "network_id": { "type": "string" } },
            "required": ["region"],
            "additionalProperties": false,
            "$defs": { "Region": { "enum": ["north", "south"] } },
        })
    }
}

/// Everything that can be said.
pub(super) const PUBLIC: &str = r#"
name = "demo"

[provider]
name = "nimbus"
region = "north"

[network]
cidr = "10.20.0.0/16"

[primaries]
machine_type = "s1.large"
memory = "16GiB"
root_disk = { size = "120GiB" }
data_disk = { size = "200GiB" }

[secondaries]
count = 5
machine_type = "s1.small"

[load_balancer]
exposure = "public"
allowed_cidrs = ["203.0.113.0/24"]
certificate = "cert/1"
health_check = { path = "/up" }

[access]
ssh_public_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f ops"]
ssh_cidrs = ["10.0.0.0/8"]
session_service = true

[tags]
team = "platform"

[protection]
enabled = true

[application]
license = { secret = "tfe-license" }
token_ttl = "5m"

[data]
address = "db.internal"
password = { secret = "db-password" }
"#;

/// As little as can be said.
const SMALL: &str = r#"
name = "demo"
provider = { name = "nimbus", region = "south", network_id = "n1" }
network = { existing = true }
primaries = { machine_type = "s1.small", memory = "16GiB" }
secondaries = { machine_type = "s1.small", memory = "16GiB" }
capacity = { concurrent_runs = 100 }
load_balancer = { certificate = "cert/1" }
"#;

fn good(text: &str) -> Spec {
    Spec::parse(text, &[&Nimbus]).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn everything_is_read() {
    let spec = good(PUBLIC);
    assert_eq!(spec.name.as_str(), "demo");
    assert_eq!(spec.provider.name, "nimbus");
    assert_eq!(spec.provider.settings, toml::from_str("region = 'north'").unwrap());
    assert_eq!(spec.network, Network::Create { cidr: "10.20.0.0/16".parse().unwrap() });
    assert_eq!(spec.primaries.root_disk.size, Size::gib(120));
    assert_eq!(spec.primaries.data_disk.size, Size::gib(200));
    assert_eq!(spec.secondaries.pool, Pool::Sized(PoolSize::Fixed { count: 5 }));
    assert_eq!(spec.secondaries.root_disk, Disk::default());
    assert_eq!(spec.load_balancer.exposure, Exposure::Public);
    assert_eq!(spec.load_balancer.health_check, HealthCheck { path: "/up".to_owned(), ..HealthCheck::default() });
    assert_eq!(spec.access.ssh.as_ref().map(|ssh| ssh.cidrs.len()), Some(1));
    assert!(spec.access.session_service && spec.protection.enabled);
    assert_eq!(spec.tags, BTreeMap::from([("team".to_owned(), "platform".to_owned())]));
    assert_eq!(spec.application.as_ref().map(toml::Table::len), Some(2));
}

#[test]
fn what_is_not_said_has_its_default() {
    let spec = good(SMALL);
    assert_eq!(spec.network, Network::Existing);
    assert_eq!(spec.primaries.data_disk.size, Size::gib(100));
    let capacity = Capacity { concurrent_runs: 100, memory_per_run: Size::mib(512), reading: Reading::Secondaries };
    assert_eq!(spec.secondaries.pool, Pool::ForCapacity(capacity));
    assert_eq!(spec.load_balancer.exposure, Exposure::Internal);
    assert_eq!(spec.load_balancer.health_check.path, "/_health_check");
    assert_eq!((spec.access, spec.protection), (Access::default(), Protection::default()));
    let ranged = SMALL
        .replace("capacity = { concurrent_runs = 100 }", "")
        .replace("secondaries = { ", "secondaries = { min = 2, max = 10, ");
    let expected = PoolSize::Range { min: 2, max: 10, target_cpu: Percent::SEVENTY };
    assert_eq!(good(&ranged).secondaries.pool, Pool::Sized(expected));
}

#[test]
fn a_spec_written_back_reads_the_same() {
    let ranged = PUBLIC.replace("count = 5", "min = 2\nmax = 10\ntarget_cpu = '60%'");
    let odd = PUBLIC.replace("[data]", "[data]\nsince = 2026-11-22T10:00:00Z\nratio = 0.5\nlist = [{ a = [1] }, {}]");
    for text in [PUBLIC, SMALL, &ranged, &odd] {
        let spec = good(text);
        let json = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<Spec>(&json).unwrap(), spec, "{json}");
        let written = toml::to_string(&spec).unwrap();
        assert_eq!(good(&written), spec, "{written}");
        assert_eq!(serde_json::to_string(&good(&written)).unwrap(), json);
    }
    let broken = serde_json::to_string(&good(PUBLIC)).unwrap().replace("\"demo\"", "\"Demo\"");
    let error = serde_json::from_str::<Spec>(&broken).unwrap_err().to_string();
    assert!(error.contains("name: \"Demo\" has a character"), "{error}");
}

#[test]
fn the_canonical_form_of_a_small_spec() {
    insta::assert_json_snapshot!(good(SMALL));
}

#[test]
fn a_backend_adds_its_problems_with_their_lines() {
    let text = PUBLIC.replace("\"s1.large\"", "\"m1.large\"").replace("region = \"north\"", "network_id = 'n'");
    let problems = Spec::parse(&text, &[&Nimbus]).unwrap_err();
    let found: Vec<(&str, Option<usize>)> = problems.0.iter().map(|p| (p.path.as_str(), p.line)).collect();
    let expected = [("provider.region", Some(4)), ("network.existing", Some(8)), ("primaries.machine_type", Some(12))];
    assert_eq!(found, expected, "{problems}");
}

#[test]
fn a_backend_reads_its_settings_again() {
    let spec = good(PUBLIC);
    let region: Option<String> =
        Reader::read(&spec.provider.settings, "provider", |section| section.required("region", "\"north\"")).ok();
    assert_eq!(region.as_deref(), Some("north"));
}

#[test]
fn without_a_backend_its_section_is_only_searched_for_secrets() {
    let odd = PUBLIC.replace("region = \"north\"", "anything = { goes = [1, 2] }");
    assert!(Spec::parse_core(&odd).is_ok());
    let secret = PUBLIC.replace("region = \"north\"", "secret_access_key = 'hunter2'");
    let problems = Spec::parse_core(&secret).unwrap_err();
    assert!(problems.concern("provider.secret_access_key") && !problems.to_string().contains("hunter2"));
}

#[test]
fn the_pool_has_the_size_its_capacity_needs() {
    let spec = good(SMALL);
    assert_eq!(spec.pool_size(|_| None), Ok(PoolSize::Fixed { count: 5 }));
    assert_eq!(spec.pool_size(|_| Some(Size::gib(32))), Ok(PoolSize::Fixed { count: 3 }));
    let whole = SMALL.replace("= 100 }", "= 100, reading = 'whole-pool' }");
    assert_eq!(good(&whole).pool_size(|_| None), Ok(PoolSize::Fixed { count: 2 }));
    let vast = SMALL.replace("= 100 }", "= 100000 }");
    assert!(matches!(good(&vast).pool_size(|_| None), Err(SizingError::TooMany { count: 3126, most: 1000 })));
    let unknown = SMALL.replace(", memory = \"16GiB\"", "");
    assert!(matches!(good(&unknown).pool_size(|_| None), Err(SizingError::UnknownMemory(_))));
}

/// The form that a spec has, each part of it.
const EVERYTHING: &str = r#"
name = "demo"
[provider]
name = "metal"
region = "eu-central-1"
image = { path = "/images/latest" }
ways_out = "one"
[network]
cidr = "10.20.0.0/16"
[primaries]
count = 3
machine_type = "m7i.xlarge"
root_disk = { size = "100GiB" }
data_disk = { size = "100GiB" }
[secondaries]
min = 2
max = 10
target_cpu = "70%"
machine_type = "m7i.xlarge"
root_disk = { size = "100GiB" }
[load_balancer]
exposure = "public"
allowed_cidrs = ["0.0.0.0/0"]
certificate = "certificates/11111111-2222-3333-4444-555555555555"
health_check = { path = "/_health_check", interval = "30s", timeout = "5s", healthy_threshold = 2, unhealthy_threshold = 5 }
[tags]
team = "platform"
[protection]
enabled = false
"#;

#[test]
fn a_spec_with_everything_is_read_and_fits_the_schema() {
    let spec = Spec::parse_core(EVERYTHING).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(spec.provider.settings.len(), 3);
    assert!(jsonschema::is_valid(&schema(&[]), &json(EVERYTHING)));
}

fn json(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
}

#[test]
fn the_schema_takes_good_specs_and_refuses_broken_ones() {
    let schema = schema(&[&Nimbus]);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let ranged = PUBLIC.replace("count = 5", "min = 2\nmax = 10");
    for text in [PUBLIC, SMALL, &ranged] {
        let errors: Vec<String> = validator.iter_errors(&json(text)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let written = serde_json::to_value(good(text)).unwrap();
        let errors: Vec<String> = validator.iter_errors(&written).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    for (old, new) in [
        ("name = \"demo\"", "name = \"Demo\""),
        ("name = \"demo\"", ""),
        ("name = \"nimbus\"", "name = \"other\""),
        ("region = \"north\"", "region = \"east\""),
        ("region = \"north\"", "region = \"north\"\nzone = 1"),
        ("cidr = \"10.20.0.0/16\"", "cidr = \"10.20.0.0\""),
        ("cidr = \"10.20.0.0/16\"", "cidr = \"10.20.0.0/16\"\nexisting = true"),
        ("[primaries]", "[primaries]\ncount = 4"),
        ("size = \"120GiB\"", "size = 120"),
        ("count = 5", "count = -1"),
        ("count = 5", "min = 1"),
        ("exposure = \"public\"", "exposure = \"open\""),
        ("ssh_cidrs = [\"10.0.0.0/8\"]", ""),
        ("team = \"platform\"", "\"castra:x\" = \"y\""),
        ("[protection]", "[protection]\nother = 1"),
    ] {
        let broken = PUBLIC.replacen(old, new, 1);
        assert_ne!(broken, PUBLIC, "{old}");
        assert!(!validator.is_valid(&json(&broken)), "{new}");
    }
}

#[test]
fn the_schema_of_the_core_alone_leaves_the_provider_open() {
    let validator = jsonschema::validator_for(&schema(&[])).unwrap();
    assert!(validator.is_valid(&json(PUBLIC)));
    assert!(!validator.is_valid(&json(&PUBLIC.replace("name = \"nimbus\"", ""))));
}

#[test]
fn every_field_of_the_schema_is_described() {
    fn undescribed(value: &Value, path: &str, found: &mut Vec<String>) {
        let Some(object) = value.as_object() else { return };
        for (name, property) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let known = property.get("description").is_some() || property.get("const").is_some();
            if property.is_object() && !known {
                found.push(format!("{path}.{name}"));
            }
        }
        for (name, definition) in object.get("$defs").and_then(Value::as_object).into_iter().flatten() {
            undescribed(definition, name, found);
        }
    }
    let mut found = Vec::new();
    undescribed(&schema(&[]), "", &mut found);
    assert_eq!(found, ["SecretRef.secret"; 0], "{found:?}");
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}") {
            let _ = Spec::parse(&text, &[&Nimbus]);
        }

        /// Lines of the good spec dropped and cut anywhere: a spec, or problems that each have a path and a remedy.
        #[test]
        fn a_damaged_spec_is_read_or_explained(drop in prop::collection::vec(any::<bool>(), 60), cut in 0usize..80) {
            let lines = PUBLIC.lines().zip(drop.iter().chain(std::iter::repeat(&false)));
            let text: Vec<&str> = lines
                .filter(|(_, dropped)| !**dropped)
                .map(|(line, _)| if line.len() % 7 == cut % 7 { line.get(..cut).unwrap_or(line) } else { line })
                .collect();
            if let Err(problems) = Spec::parse(&text.join("\n"), &[&Nimbus]) {
                prop_assert!(!problems.0.is_empty());
                for problem in &problems {
                    prop_assert!(!problem.path.is_empty() && !problem.remedy.is_empty());
                    prop_assert!(!problem.to_string().contains("AAAAC3Nz"));
                }
            }
        }
    }
}
