//! Broken specs: each is the good one with one edit, and has exactly the problems expected of it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use super::whole_tests::{Nimbus, PUBLIC};
use super::{Problems, Spec};

fn problems(text: &str) -> Problems {
    Spec::parse(text, &[&Nimbus]).expect_err("the spec is broken")
}

/// The good spec with one text replaced.
fn with(old: &str, new: &str) -> String {
    assert_eq!(PUBLIC.matches(old).count(), 1, "{old:?} stands once in the good spec");
    PUBLIC.replacen(old, new, 1)
}

/// What is replaced, by what, the field that is named, and a part of the message or remedy.
const BROKEN: &[(&str, &str, &str, &str)] = &[
    // The name.
    (r#"name = "demo""#, "", "name", "is missing"),
    (r#"name = "demo""#, r#"name = "Demo""#, "name", "\"Demo\" has a character that isn't allowed, 'D'"),
    (r#"name = "demo""#, r#"name = "ab""#, "name", "too short"),
    (r#"name = "demo""#, r#"name = "a-name-beyond-20-chars""#, "name", "too long, at 22"),
    (r#"name = "demo""#, r#"name = "demo-""#, "name", "ends with a hyphen"),
    (r#"name = "demo""#, r#"name = "de--mo""#, "name", "two in a row"),
    (r#"name = "demo""#, r#"name = "1demo""#, "name", "start with a letter"),
    (r#"name = "demo""#, "name = true", "name", "true isn't a text"),
    // Unknown fields.
    (r#"name = "demo""#, "name = 'demo'\nregoin = 'x'", "regoin", "there is no such field"),
    ("[tags]", "[tag]", "tag", "did you mean `tags`?"),
    ("root_disk = { size = \"120GiB\" }", "root_disk = { sise = \"120GiB\" }", "primaries.root_disk.sise", "`size`"),
    ("[protection]", "[protection]\nzzz = 1", "protection.zzz", "the fields here are enabled"),
    ("[access]", "[access]\nsesion_service = true", "access.sesion_service", "`session_service`"),
    // Sections.
    ("[network]\ncidr = \"10.20.0.0/16\"", "", "network", "the section is missing"),
    ("[protection]\nenabled = true", "[[protection]]\nenabled = true", "protection", "a list, not a table"),
    // The provider.
    (r#"name = "nimbus""#, r#"name = "nimbsu""#, "provider.name", "did you mean \"nimbus\"?"),
    (r#"name = "nimbus""#, "", "provider.name", "is missing"),
    (r#"region = "north""#, "region = 'north'\nregoin = 'x'", "provider.regoin", "did you mean `region`?"),
    (r#"region = "north""#, r#"region = "nowhere""#, "provider.region", "\"nowhere\" isn't one of the choices"),
    ("[network]", "api_token = 'hunter2'\n[network]", "provider.api_token", "a secret is written here"),
    // The network.
    (r#"cidr = "10.20.0.0/16""#, r#"cidr = "10.20.1.0/16""#, "network.cidr", "write \"10.20.0.0/16\""),
    (r#"cidr = "10.20.0.0/16""#, r#"cidr = "10.0.0.0/8""#, "network.cidr", "10.0.0.0/8 is larger"),
    (r#"cidr = "10.20.0.0/16""#, r#"cidr = "10.20.0.0/24""#, "network.cidr", "10.20.0.0/24 is too small"),
    (r#"cidr = "10.20.0.0/16""#, r#"cidr = "8.8.0.0/16""#, "network.cidr", "isn't private"),
    (r#"cidr = "10.20.0.0/16""#, r#"cidr = "172.32.0.0/16""#, "network.cidr", "isn't private"),
    (r#"cidr = "10.20.0.0/16""#, r#"cidr = "10.20.0.0""#, "network.cidr", "no prefix length"),
    (r#"cidr = "10.20.0.0/16""#, r#"cidr = "fd00::/48""#, "network.cidr", "IPv6"),
    (r#"cidr = "10.20.0.0/16""#, r#"cidr = "10.20.0.0/33""#, "network.cidr", "\"10.20.0.0/33\" isn't an IPv4 range"),
    (r#"cidr = "10.20.0.0/16""#, "cidr = '10.20.0.0/16'\nexisting = true", "network.cidr", "existing and as one"),
    (r#"cidr = "10.20.0.0/16""#, "existing = false", "network.cidr", "existing = true"),
    (r#"cidr = "10.20.0.0/16""#, "existing = 'yes'", "network.existing", "\"yes\" is a text, not true or false"),
    // Primaries.
    ("[primaries]", "[primaries]\ncount = 2", "primaries.count", "2 isn't possible: three primaries form the quorum"),
    ("[primaries]", "[primaries]\ncount = 5", "primaries.count", "write count = 3"),
    ("size = \"120GiB\"", "size = \"40GiB\"", "primaries.root_disk.size", "40GiB is too small"),
    ("size = \"120GiB\"", "size = \"100GB\"", "primaries.root_disk.size", "100GB is too small"),
    ("size = \"120GiB\"", "size = \"120.5GiB\"", "primaries.root_disk.size", "whole number"),
    ("size = \"120GiB\"", "size = \"150GB\"", "primaries.root_disk.size", "write \"140GiB\""),
    ("size = \"120GiB\"", "size = \"65TiB\"", "primaries.root_disk.size", "larger than any cloud"),
    ("size = \"120GiB\"", "size = 120", "primaries.root_disk.size", "\"120\" has no unit"),
    ("data_disk = { size = \"200GiB\" }", "data_disk = \"200GiB\"", "primaries.data_disk", "not a table"),
    ("memory = \"16GiB\"", "memory = \"0GiB\"", "primaries.memory", "0B of memory"),
    // Secondaries.
    ("count = 5", "", "secondaries.count", "nothing says how many"),
    ("count = 5", "count = -1", "secondaries.count", "-1 isn't a number of secondaries"),
    ("count = 5", "count = 1001", "secondaries.count", "write 0 to 1000"),
    ("count = 5", "count = 5.5", "secondaries.count", "5.5 is a number with a point"),
    ("count = 5", "count = '5'", "secondaries.count", "without quotes"),
    ("count = 5", "count = 99999999999", "secondaries.count", "99999999999 isn't"),
    ("count = 5", "min = 4\nmax = 2", "secondaries.min", "4 is more than max = 2"),
    ("count = 5", "min = 2", "secondaries.max", "is missing beside min"),
    ("count = 5", "max = 2", "secondaries.min", "is missing beside max"),
    ("count = 5", "min = 0\nmax = 0", "secondaries.max", "never has a node"),
    ("count = 5", "count = 5\nmin = 2\nmax = 8", "secondaries.count", "together with min or max"),
    ("count = 5", "count = 5\ntarget_cpu = '70%'", "secondaries.target_cpu", "without min and max"),
    ("count = 5", "min = 2\nmax = 8\ntarget_cpu = '101%'", "secondaries.target_cpu", "\"101%\" isn't a percentage"),
    ("count = 5", "min = 2\nmax = 8\ntarget_cpu = 70", "secondaries.target_cpu", "such as \"70%\""),
    ("machine_type = \"s1.small\"", "machine_type = \"\"", "secondaries.machine_type", "isn't the name of a machine"),
    ("machine_type = \"s1.small\"", "", "secondaries.machine_type", "is missing"),
    // Capacity.
    ("[tags]", "[capacity]\nconcurrent_runs = 100\n[tags]", "secondaries.count", "[capacity] gives the number"),
    // The load balancer.
    ("certificate = \"cert/1\"", "", "load_balancer.certificate", "is missing"),
    ("certificate = \"cert/1\"", "certificate = 'two words'", "load_balancer.certificate", "isn't a reference"),
    ("exposure = \"public\"", "exposure = \"pubic\"", "load_balancer.exposure", "did you mean \"public\"?"),
    ("[\"203.0.113.0/24\"]", "[]", "load_balancer.allowed_cidrs", "serves nobody"),
    ("[\"203.0.113.0/24\"]", "\"203.0.113.0/24\"", "load_balancer.allowed_cidrs", "not a list"),
    ("[\"203.0.113.0/24\"]", "[\"203.0.113.0/24\", \"x\"]", "load_balancer.allowed_cidrs[1]", "\"x\" isn't"),
    (
        "[\"203.0.113.0/24\"]",
        "[\"203.0.113.0/24\", \"203.0.113.128/25\"]",
        "load_balancer.allowed_cidrs[1]",
        "203.0.113.128/25 lies within 203.0.113.0/24",
    ),
    ("path = \"/up\"", "path = \"up\"", "load_balancer.health_check.path", "\"up\" doesn't start with /"),
    ("path = \"/up\"", "path = \"/a b\"", "load_balancer.health_check.path", "isn't the path of a URL"),
    ("path = \"/up\"", "timeout = \"30s\"", "load_balancer.health_check.timeout", "30s isn't less than the interval"),
    ("path = \"/up\"", "interval = \"5s\"", "load_balancer.health_check.interval", "timeout of 5s"),
    ("path = \"/up\"", "interval = \"1h\"", "load_balancer.health_check.interval", "1h isn't from 5s to 5m"),
    ("path = \"/up\"", "interval = 30", "load_balancer.health_check.interval", "\"30s\""),
    ("path = \"/up\"", "interval = \"30\"", "load_balancer.health_check.interval", "isn't a span of time"),
    ("path = \"/up\"", "healthy_threshold = 1", "load_balancer.health_check.healthy_threshold", "from 2 to 10"),
    // Access.
    ("ssh_cidrs = [\"10.0.0.0/8\"]", "", "access.ssh_cidrs", "nobody could connect"),
    ("ssh_cidrs = [\"10.0.0.0/8\"]", "ssh_cidrs = [\"0.0.0.0/0\"]", "access.ssh_cidrs[0]", "0.0.0.0/0 is too wide"),
    (
        "ssh_cidrs = [\"10.0.0.0/8\"]",
        "ssh_cidrs = [\"10.0.0.0/8\", \"10.0.0.0/8\"]",
        "access.ssh_cidrs[1]",
        "given twice",
    ),
    (
        "ssh_cidrs = [\"10.0.0.0/8\"]",
        "ssh_cidrs = [\"10.1.0.0/16\", \"10.0.0.0/8\"]",
        "access.ssh_cidrs[1]",
        "10.0.0.0/8 holds 10.1.0.0/16",
    ),
    ("session_service = true", "session_service = 1", "access.session_service", "1 is a whole number"),
    // Tags.
    ("team = \"platform\"", "\"castra:uid\" = 'x'", "tags.castra:uid", "begins with castra:"),
    ("team = \"platform\"", "team = 7", "tags.team", "7 is a whole number"),
    ("team = \"platform\"", "team = 'a#b'", "tags.team", "'#'"),
    ("team = \"platform\"", "\"\" = 'x'", "tags.", "the key is empty"),
    ("team = \"platform\"", "password = 'hunter2'", "tags.password", "a secret is written here"),
    // Protection.
    ("enabled = true", "enabled = 'true'", "protection.enabled", "\"true\" is a text"),
    // Opaque sections.
    ("license = { secret = \"tfe-license\" }", "license = 'hunter2'", "application.license", "a secret"),
    (
        "license = { secret = \"tfe-license\" }",
        "license = { secret = 'hunter2 x' }",
        "application.license",
        "name or URI",
    ),
    (
        "license = { secret = \"tfe-license\" }",
        "license = { value = 'hunter2' }",
        "application.license.value",
        "a secret",
    ),
    ("license = { secret = \"tfe-license\" }", "tokens = ['hunter2']", "application.tokens[0]", "a secret"),
    (
        "license = { secret = \"tfe-license\" }",
        "a = { encryption_password = 'hunter2' }",
        "application.a.encryption_password",
        "a secret",
    ),
    ("license = { secret = \"tfe-license\" }", "pin = 1\nsecret = 'hunter2'", "application.secret", "a secret"),
    ("address = \"db.internal\"", "address = 'postgres://u:hunter2@db'", "data.address", "a secret"),
    ("address = \"db.internal\"", "share = nan", "data.share", "NaN isn't a finite number"),
    ("address = \"db.internal\"", "access_key = 'hunter2'", "data.access_key", "a secret"),
    ("address = \"db.internal\"", "pem = '-----BEGIN RSA PRIVATE KEY----- hunter2'", "data.pem", "a secret"),
];

#[test]
fn each_broken_spec_has_exactly_its_problem() {
    let mut wrong = String::new();
    for (old, new, path, fragment) in BROKEN {
        let problems = problems(&with(old, new));
        let shown = problems.to_string();
        let [problem] = problems.0.as_slice() else {
            wrong.push_str(&format!("{new:?} has not one problem:\n{shown}\n"));
            continue;
        };
        let right = problem.path == *path
            && shown.contains(fragment)
            && !shown.contains("hunter2")
            && !shown.contains('\n')
            && !problem.remedy.is_empty()
            && (problem.line.is_some() || problem.message.contains("missing"));
        if !right {
            wrong.push_str(&format!("{new:?} should name {path} and say {fragment:?}:\n{problem:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn other_broken_specs() {
    let many: String = (0..41).map(|i| format!("t{i} = 'x'\n")).collect();
    let long = format!("team = '{}'", "x".repeat(257));
    let key = "'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f two'";
    let capacity = |line: &str| with("[secondaries]\ncount = 5", &format!("[capacity]\n{line}\n[secondaries]"));
    for (text, path, fragment) in [
        (with("team = \"platform\"\n", &many), "tags", "41 tags are too many"),
        (with("team = \"platform\"", &long), "tags.team", "257 characters"),
        (
            with("ssh_public_keys = [", &format!("ssh_public_keys = [{key}, ")),
            "access.ssh_public_keys[1]",
            "given twice",
        ),
        (capacity(""), "capacity.concurrent_runs", "is missing"),
        (capacity("concurrent_runs = 0"), "capacity.concurrent_runs", "0 runs"),
        (capacity("concurrent_runs = 9\nmemory_per_run = '256MiB'"), "capacity.memory_per_run", "256MiB is below"),
        (capacity("concurrent_runs = 9\nreading = 'both'"), "capacity.reading", "\"secondaries\" or \"whole-pool\""),
        (capacity("concurrent_runs = 9\nruns = 1"), "capacity.runs", "`concurrent_runs`"),
    ] {
        let problems = problems(&text);
        let [problem] = problems.0.as_slice() else { panic!("not one problem:\n{problems}") };
        assert!(problem.path == path && problem.to_string().contains(fragment), "{problem}");
    }
}

#[test]
fn all_problems_are_reported_at_once_in_the_order_of_the_file() {
    let text = PUBLIC
        .replacen("name = \"demo\"", "name = \"Demo\"", 1)
        .replacen("region = \"north\"", "region = \"nowhere\"", 1)
        .replacen("[primaries]", "[primaries]\ncount = 2", 1)
        .replacen("count = 5", "min = 9\nmax = 2", 1)
        .replacen("certificate = \"cert/1\"", "", 1)
        .replacen("team = \"platform\"", "password = \"hunter2\"", 1);
    let problems = problems(&text);
    let paths: Vec<&str> = problems.0.iter().map(|problem| problem.path.as_str()).collect();
    let expected =
        ["name", "provider.region", "primaries.count", "secondaries.min", "load_balancer.certificate", "tags.password"];
    assert_eq!(paths, expected, "{problems}");
    assert_eq!(problems.to_string().lines().count(), expected.len());
    let lines: Vec<Option<usize>> = problems.0.iter().map(|problem| problem.line).collect();
    assert!(lines.is_sorted() && lines.iter().all(Option::is_some), "{lines:?}");
}

#[test]
fn an_empty_file_lacks_every_section() {
    let problems = problems("");
    let expected = ["name", "network", "primaries", "secondaries", "load_balancer", "provider"];
    assert_eq!(problems.0.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(), expected);
}

#[test]
fn text_that_is_not_toml_names_lines_and_repeats_nothing() {
    let text = "name = \"demo\"\n[data]\npassword = hunter2\n[x\nlicense = 'hunter2\n";
    let problems = problems(text);
    let shown = problems.to_string();
    assert!(shown.contains("line 3, column 12: this isn't TOML") && !shown.contains("hunter2"), "{shown}");
    assert!(problems.0.len() > 1 && problems.0.iter().all(|problem| problem.line.is_some()), "{shown}");
    let debug = format!("{problems:?}");
    assert!(!debug.contains("hunter2"), "{debug}");

    for (text, line) in [("a = 1\na = 2", 2), ("a = 99999999999999999999", 1), ("\n\n= 1", 3)] {
        assert_eq!(self::problems(text).0.first().and_then(|problem| problem.line), Some(line), "{text}");
    }
}

#[test]
fn a_pasted_private_key_is_never_repeated() {
    let key = "-----BEGIN OPENSSH PRIVATE KEY----- hunter2";
    for line in ["name = \"demo\"", "certificate = \"cert/1\"", "machine_type = \"s1.small\"", "path = \"/up\""] {
        let field = line.split(' ').next().unwrap();
        let problems = problems(&with(line, &format!("{field} = '{key}'")));
        assert!(!format!("{problems} {problems:?}").contains("hunter2"), "{field}: {problems}");
    }
}
