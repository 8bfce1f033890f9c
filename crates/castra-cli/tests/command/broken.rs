//! Broken specs: each ends with 3, names what is wrong and what to do, and calls nothing.

use crate::lab::{GOOD, Lab};

/// What is replaced, by what, and what the refusal names: the field, the value, and a part of the remedy.
const BROKEN: &[(&str, &str, &[&str])] = &[
    ("name = \"demo\"", "name = \"Demo\"", &["name:", "\"Demo\"", "a-z"]),
    ("name = \"demo\"", "name = \"far-too-long-for-a-name\"", &["name:", "far-too-long-for-a-name", "3 to 20"]),
    ("name = \"demo\"", "", &["name:", "missing", "\"demo\""]),
    ("count = 5", "cuont = 5", &["secondaries.cuont", "`count`"]),
    ("[network]", "[netwrok]", &["netwrok", "`network`"]),
    ("name = \"aws\"", "name = \"aww\"", &["provider.name", "aww", "aws"]),
    ("region = \"eu-central-1\"", "region = \"Frankfurt\"", &["provider.region", "Frankfurt"]),
    ("region = \"eu-central-1\"", "", &["provider.region"]),
    ("image = {", "imgae = {", &["provider.imgae", "`image`"]),
    ("cidr = \"10.20.0.0/16\"", "cidr = \"10.20.3.0/16\"", &["network.cidr", "10.20.3.0/16", "10.20.0.0/16"]),
    ("cidr = \"10.20.0.0/16\"", "cidr = \"10.20.0.0/30\"", &["network.cidr", "10.20.0.0/30"]),
    ("cidr = \"10.20.0.0/16\"", "cidr = \"10.20.0.0/16\"\nexisting = true", &["network.cidr", "existing"]),
    ("[primaries]", "[primaries]\ncount = 2", &["primaries.count", "2", "count = 3"]),
    ("[primaries]", "[primaries]\ndata_disk = { size = \"40GiB\" }", &["primaries.data_disk.size", "40GiB", "100GiB"]),
    ("[primaries]", "[primaries]\nroot_disk = { size = 100 }", &["primaries.root_disk.size", "100", "unit"]),
    ("count = 5", "count = -1", &["secondaries.count", "-1"]),
    ("count = 5", "count = 2000", &["secondaries.count", "2000", "1000"]),
    ("count = 5", "count = \"five\"", &["secondaries.count", "five", "digits"]),
    ("count = 5", "min = 9\nmax = 4", &["secondaries.min", "9", "4"]),
    ("count = 5", "count = 5\nmin = 2\nmax = 4", &["secondaries.count", "min"]),
    ("count = 5", "min = 2\nmax = 4\ntarget_cpu = \"160%\"", &["secondaries.target_cpu", "160%"]),
    ("count = 5", "", &["secondaries.count", "count"]),
    ("exposure = \"public\"", "exposure = \"open\"", &["load_balancer.exposure", "open", "\"internal\""]),
    (
        "allowed_cidrs = [\"0.0.0.0/0\"]",
        "allowed_cidrs = [\"10.0.0.0/8\", \"10.1.0.0/16\"]",
        &["load_balancer.allowed_cidrs[1]", "10.1.0.0/16", "10.0.0.0/8"],
    ),
    ("certificate = \"arn:", "certificate = \"urn:", &["load_balancer.certificate", "arn"]),
    ("[network]", "[access]\nssh_cidrs = [\"10.0.0.0/8\"]\n[network]", &["access.ssh_public_keys", "ssh_cidrs"]),
    ("[network]", "[tags]\n\"castra:uid\" = \"x\"\n[network]", &["tags", "castra:uid"]),
    ("[network]", "[application]\nlicense_password = \"hunter2-canary\"\n[network]", &["application.license_password"]),
    ("[network]", "[network", &["cluster.toml:", "TOML"]),
];

/// What no refusal repeats.
const CANARY: &str = "hunter2-canary";

#[test]
fn every_broken_spec_is_refused_before_anything_is_called() {
    let lab = Lab::with(GOOD);
    for (from, to, named) in BROKEN {
        assert!(GOOD.contains(from), "{from:?} stands in the good spec");
        lab.write(&GOOD.replacen(from, to, 1));
        let ended = lab.castra("plan");
        assert_eq!(ended.code, 3, "{to:?}: {}", ended.said());
        assert!(ended.stdout.is_empty() && ended.stderr.starts_with("error: cluster.toml is not a valid spec: "));
        for part in *named {
            assert!(ended.stderr.contains(part), "{to:?} names {part:?}: {}", ended.stderr);
        }
        assert!(!ended.said().contains(CANARY), "{to:?}: {}", ended.said());
    }
    assert!(BROKEN.len() >= 25 && !lab.was_called());
}

#[test]
fn every_command_that_reads_the_spec_refuses_it() {
    let lab = Lab::edited("count = 5", "count = -1");
    for line in ["plan", "plan --destroy", "apply --yes", "scale 4 --yes", "status", "destroy --yes"] {
        assert_eq!(lab.castra(line).code, 3, "{line}");
    }
    assert!(!lab.was_called());
}

#[test]
fn all_problems_come_at_once_each_with_its_line() {
    let lab = Lab::with(&GOOD.replace("count = 5", "count = -1").replace("10.20.0.0/16", "10.20.0.0/8"));
    let ended = lab.castra("plan");
    let line = |field: &str| 1 + GOOD.lines().position(|line| line.starts_with(field)).unwrap();
    for (field, problem) in [("count", "secondaries.count: "), ("cidr", "network.cidr: ")] {
        let expected = format!("\n  cluster.toml:{}: {problem}", line(field));
        assert!(ended.stderr.contains(&expected), "{expected:?}: {}", ended.stderr);
    }
    let ended = lab.castra("plan --json");
    let result = ended.result();
    assert_eq!((ended.code, ended.stdout.lines().count()), (3, 1));
    assert_eq!((&result["result"], &result["exit_code"]), (&"error".into(), &3.into()));
    let paths: Vec<_> = result["problems"].as_array().unwrap().iter().map(|problem| &problem["path"]).collect();
    assert!(paths.contains(&&"secondaries.count".into()) && paths.contains(&&"network.cidr".into()), "{paths:?}");
}

#[test]
fn a_spec_that_is_not_there_is_not_valid() {
    let lab = Lab::with(GOOD);
    let ended = lab.castra("plan -f other.toml");
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("other.toml") && ended.stderr.contains("--file"), "{}", ended.stderr);
}

/// Shows that the tests above could fail: a good spec does call.
#[test]
fn a_good_spec_calls_the_cloud() {
    let lab = Lab::with(GOOD);
    let mut child = lab.command("plan").spawn().unwrap();
    let called = loop {
        if lab.was_called() {
            break true;
        }
        if child.try_wait().unwrap().is_some() {
            break false;
        }
        std::thread::yield_now();
    };
    let _ = child.kill();
    child.wait().unwrap();
    assert!(called);
}
