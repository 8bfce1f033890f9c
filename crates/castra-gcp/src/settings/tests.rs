#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use castra_core::spec::{Problems, Spec, schema};

use super::*;

const WHOLE: &str = r#"
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
machine_type = "n2-standard-4"

[load_balancer]
exposure = "public"
allowed_cidrs = ["0.0.0.0/0"]
certificate = "projects/my-project/regions/europe-west1/sslCertificates/demo"
"#;

fn parse(text: &str) -> Result<Spec, Problems> {
    Spec::parse(text, &[&GcpProvider])
}

fn with(provider: &str) -> String {
    WHOLE.replacen("region = \"europe-west1\"", &format!("region = \"europe-west1\"\n{provider}"), 1)
}

fn existing(provider: &str) -> String {
    with(provider).replace("cidr = \"10.20.0.0/16\"", "existing = true")
}

#[test]
fn the_usual_file() {
    let settings = Settings::of(&parse(WHOLE).unwrap()).unwrap();
    assert_eq!((settings.project.as_str(), settings.region.as_str()), ("my-project", "europe-west1"));
    assert!(matches!(&settings.image, Image::Family { project, .. } if project == "ubuntu-os-cloud"));
    assert!(!settings.allow_fewer_zones && settings.zones.is_empty() && settings.network_path().is_none());
    assert_eq!(settings.firewall_rules, FirewallRules::Create);
}

#[test]
fn an_existing_network_is_this_projects_or_anothers() {
    let own = Settings::of(&parse(&existing("network = \"vpc\"\nsubnetwork = \"nodes\"")).unwrap()).unwrap();
    assert_eq!(own.network_path().as_deref(), Some("projects/my-project/global/networks/vpc"));
    let wanted = "projects/my-project/regions/europe-west1/subnetworks/nodes";
    assert_eq!(own.subnetwork_path().as_deref(), Some(wanted));
    let shared = "network = \"projects/host-project/global/networks/vpc\"\nfirewall_rules = \"existing\"\n\
                  subnetwork = \"projects/host-project/regions/europe-west1/subnetworks/nodes\"";
    let shared = Settings::of(&parse(&existing(shared)).unwrap()).unwrap();
    assert_eq!(shared.network_path(), shared.network);
    assert_eq!(shared.subnetwork_path(), shared.subnetwork);
    let of_host = "network = \"projects/host-project/global/networks/vpc\"\nsubnetwork = \"nodes\"";
    let of_host = Settings::of(&parse(&existing(of_host)).unwrap()).unwrap();
    assert_eq!(of_host.subnetwork_path(), shared.subnetwork, "a name alone is of the network's project");
}

#[test]
fn what_is_wrong_is_named_with_its_field_its_value_and_a_remedy() {
    let europe = "europe-west1-b";
    for (text, path, says) in [
        (WHOLE.replace("my-project\"\nregion", "My Project\"\nregion"), "provider.project", "My Project"),
        (WHOLE.replace("\"europe-west1\"", "\"europe-wst1-b\""), "provider.region", "europe-wst1-b"),
        (WHOLE.replace("family = \"ubuntu-2404-lts-amd64\"", ""), "provider.image.family", "no image"),
        (WHOLE.replace("family = \"", "name = \"ubuntu-1\", family = \""), "provider.image.name", "given twice"),
        (WHOLE.replace("n2-standard-4", "m7i.xlarge"), "primaries.machine_type", "m7i.xlarge"),
        (with(&format!("zones = [{europe:?}, {europe:?}, \"europe-west1-c\"]")), "provider.zones[1]", "twice"),
        (with(&format!("zones = [{europe:?}, \"europe-west1-c\"]")), "provider.zones", "2 zones"),
        (with(&format!("zones = [{europe:?}]")), "provider.zones", "1 zones"),
        (
            with(&format!("zones = [{europe:?}, \"europe-west1-c\", \"europe-west4-a\"]")),
            "provider.zones[2]",
            "europe-west4-a",
        ),
        (with("zones = [\"europe-west1b\"]"), "provider.zones[0]", "europe-west1b"),
        (with("network = \"vpc\""), "provider.network", "network.cidr"),
        (with("firewall_rules = \"existing\""), "provider.firewall_rules", "network.cidr"),
        (existing("network = \"vpc\""), "provider.subnetwork", "missing"),
        (existing("network = \"a/b\"\nsubnetwork = \"nodes\""), "provider.network", "a/b"),
        (
            existing("network = \"vpc\"\nsubnetwork = \"projects/my-project/regions/us-east1/subnetworks/n\""),
            "provider.subnetwork",
            "us-east1",
        ),
        (
            existing("network = \"vpc\"\nsubnetwork = \"projects/other-one/regions/europe-west1/subnetworks/n\""),
            "provider.subnetwork",
            "other-one",
        ),
        (with("vpc_id = \"vpc-1\""), "provider.vpc_id", "vpc_id"),
    ] {
        let problems = parse(&text).expect_err(path);
        let found = problems.0.iter().find(|problem| problem.path == path);
        let found = found.unwrap_or_else(|| panic!("nothing of {path} in\n{problems}"));
        let whole = format!("{} {} {}", found.path, found.message, found.remedy);
        assert!(whole.contains(says), "{whole} should say {says}");
        assert!(!found.remedy.is_empty(), "{whole}");
    }
}

#[test]
fn two_zones_do_where_that_is_accepted() {
    let text = with("allow_fewer_zones = true\nzones = [\"europe-west1-b\", \"europe-west1-c\"]");
    assert_eq!(Settings::of(&parse(&text).unwrap()).unwrap().zones.len(), 2);
}

#[test]
fn tags_that_can_not_be_labels_are_problems() {
    let tagged = |key: &str, value: &str| parse(&format!("{WHOLE}\n[tags]\n{key:?} = {value:?}\n"));
    for (key, value) in [("team", "platform"), ("cost_center", "a-1"), ("größe", "klein"), ("empty", "")] {
        tagged(key, value).unwrap_or_else(|problems| panic!("{key}={value}: {problems}"));
    }
    let long = "a".repeat(64);
    for (key, value) in [
        ("Team", "platform"),
        ("team", "Platform Group"),
        ("1st", "x"),
        ("a.b", "x"),
        ("castra-uid", "x"),
        ("goog-x", "x"),
        (long.as_str(), "x"),
        ("team", long.as_str()),
    ] {
        let problems = tagged(key, value).expect_err(key);
        assert!(problems.0.iter().any(|problem| problem.path.starts_with("tags")), "{key}={value}: {problems}");
    }
}

#[test]
fn the_schema_has_every_field_and_refuses_others() {
    let schema = schema(&[&GcpProvider]).to_string();
    for field in [
        "project",
        "region",
        "image",
        "allow_fewer_zones",
        "zones",
        "network",
        "subnetwork",
        "proxy_subnet_cidr",
        "firewall_rules",
    ] {
        assert!(schema.contains(&format!("\"{field}\"")), "{field}");
    }
}
