#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use castra_core::inventory::Ownership;
use serde_json::{Value, json};

use super::*;
use crate::kinds::{EbsVolume, Instance, InstanceOutput, LaunchTemplate, Subnet, TemplateOutput};
use crate::settings::AwsProvider;

const FILE: &str = r#"
name = "demo"
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
machine_type = "m7i.large"
[load_balancer]
certificate = "arn:aws:acm:eu-central-1:111122223333:certificate/a1"
"#;

fn instance(slot: usize, fields: Value) -> Item {
    let output =
        InstanceOutput { id: format!("i-{slot}"), address: None, zone: "eu-central-1a".into(), data_volume: None };
    Item::new::<Instance>(&primary(slot), fields, output)
}

fn on(image: &str, parameter: &str) -> Value {
    json!({ "image": image, "machine_type": "m7i.xlarge", "tags": { IMAGE_TAG: parameter } })
}

fn template(fields: Value) -> Item {
    Item::new::<LaunchTemplate>("secondaries", fields, TemplateOutput { id: "lt-1".into(), version: 1 })
}

fn disk(slot: usize, zone: &str) -> Item {
    Item::new::<EbsVolume>(&primary(slot), json!({ "zone": zone }), format!("vol-{slot}"))
}

fn subnet(name: &str, cidr: &str, zone: &str) -> Item {
    let output = SubnetOutput { id: format!("subnet-{name}"), cidr: cidr.parse().unwrap(), zone: zone.into() };
    Item::new::<Subnet>(name, json!({}), output)
}

/// Asks with a spec, what the parameter names now, and what there is.
fn with<T>(
    text: &str,
    now: Option<&str>,
    items: &[Item],
    ask: impl FnOnce(&Known<'_>, &mut Findings) -> T,
) -> (T, Findings) {
    let spec = Spec::parse(text, &[&AwsProvider]).unwrap_or_else(|problems| panic!("{problems}"));
    let settings = Settings::of(&spec).unwrap();
    let known = Known {
        spec: &spec,
        settings: &settings,
        items,
        network: None,
        parameter: now.map(str::to_owned),
        roots: BTreeMap::new(),
    };
    let mut findings = Findings::default();
    (ask(&known, &mut findings), findings)
}

fn picked(now: Option<&str>, items: &[Item]) -> (Option<(Vec<String>, String)>, Findings) {
    with(FILE, now, items, |known, findings| {
        image::pick(known, findings).map(|choice| (choice.primaries.to_vec(), choice.template))
    })
}

#[test]
fn a_new_cluster_takes_what_the_parameter_names() {
    let (choice, findings) = picked(Some("ami-new"), &[]);
    assert_eq!(choice, Some((vec!["ami-new".to_owned(); 3], "ami-new".to_owned())));
    assert!(findings.notes.is_empty() && findings.problems.is_empty());
}

#[test]
fn nodes_keep_their_image_and_a_newer_one_is_said() {
    let items = [instance(1, on("ami-old", "/al2023")), template(on("ami-old", "/al2023"))];
    let (choice, findings) = picked(Some("ami-new"), &items);
    assert_eq!(choice, Some((vec!["ami-old".to_owned(); 3], "ami-old".to_owned())));
    assert!(findings.notes[0].contains("ami-new") && findings.notes[0].contains("ami-old"), "{:?}", findings.notes);
    // Nor does a parameter that is gone by now matter.
    assert_eq!(picked(None, &items).0.unwrap().1, "ami-old");
}

#[test]
fn a_template_that_was_changed_shows_against_the_nodes() {
    let items = [instance(0, on("ami-old", "/al2023")), template(on("ami-strange", "/al2023"))];
    assert_eq!(picked(Some("ami-old"), &items).0.unwrap().1, "ami-old");
}

#[test]
fn another_parameter_is_followed() {
    let items = [instance(0, on("ami-old", "/al2")), template(on("ami-old", "/al2"))];
    assert_eq!(picked(Some("ami-new"), &items).0, Some((vec!["ami-new".to_owned(); 3], "ami-new".to_owned())));
}

#[test]
fn what_is_not_the_cluster_s_is_not_its_record() {
    let foreign = instance(0, on("ami-old", "/al2023")).ownership(Ownership::Foreign("theirs".into()));
    assert_eq!(picked(Some("ami-new"), &[foreign]).0.unwrap().1, "ami-new");
}

#[test]
fn a_parameter_that_names_no_image_is_a_problem() {
    for now in [None, Some("{\"image_id\": \"ami-1\"}")] {
        let (choice, findings) = picked(now, &[]);
        assert!(choice.is_none());
        assert_eq!(findings.problems[0].path, "provider.image.ssm_parameter");
    }
}

#[test]
fn an_image_by_id_is_the_image() {
    let text = FILE.replace("ssm_parameter = \"/al2023\"", "id = \"ami-01234567\"");
    let items = [instance(0, on("ami-old", "/al2023"))];
    let (choice, _) =
        with(&text, None, &items, |known, findings| image::pick(known, findings).map(|choice| choice.template));
    assert_eq!(choice.as_deref(), Some("ami-01234567"));
}

fn used(items: &[Item]) -> [Option<String>; ZONES] {
    with(FILE, None, items, |known, _| zones::placement(known).used).0
}

#[test]
fn disks_settle_zones_before_subnets_do() {
    let items = [
        subnet("private-a", "10.20.0.0/18", "eu-central-1a"),
        subnet("private-b", "10.20.64.0/18", "eu-central-1b"),
        subnet("public-c", "10.20.224.0/20", "eu-central-1c"),
        disk(0, "eu-central-1c"),
    ];
    let zone = |letter: &str| Some(format!("eu-central-1{letter}"));
    assert_eq!(used(&items), [zone("c"), zone("b"), None]);
    assert_eq!(used(&[]), [None, None, None]);
}

#[test]
fn a_machine_type_is_proven_by_every_primary_and_by_the_template() {
    let proven = |items: &[Item]| with(FILE, None, items, |known, _| zones::placement(known).runs_all_types()).0;
    let pool = || template(json!({ "machine_type": "m7i.large" }));
    let all: Vec<Item> = (0..3).map(|slot| instance(slot, on("ami-1", "/al2023"))).chain([pool()]).collect();
    assert!(proven(&all));
    assert!(!proven(&all[..3]), "nothing says that there are secondaries of that type");
    assert!(!proven(&all[1..]), "the first zone has shown nothing");
}
