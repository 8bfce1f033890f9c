//! What is refused before anything is called.

use std::fs;
use std::net::TcpListener;

use crate::lab::{GOOD, Lab};

#[test]
fn nothing_is_done_unasked() {
    let lab = Lab::with(GOOD);
    for line in [
        "apply",
        "scale 8",
        "destroy",
        "apply --json",
        "destroy --name demo --provider aws --region eu-central-1",
        "sweep --provider aws --region eu-central-1 --remove",
        "sweep --provider aws --region eu-central-1 --remove --json",
    ] {
        let ended = lab.castra(line);
        assert_eq!(ended.code, 1, "{line}: {}", ended.said());
        assert!(ended.said().contains("--yes"), "{line}: {}", ended.said());
    }
    assert_eq!((lab.spec().as_str(), lab.was_called()), (GOOD, false));
    assert_eq!(lab.files(), ["cluster.toml"]);
}

#[test]
fn a_sweep_without_a_place_is_a_wrong_use() {
    let lab = Lab::with(GOOD);
    for line in ["sweep", "sweep --provider aws", "sweep --region eu-central-1 --json"] {
        assert_eq!(lab.castra(line).code, 64, "{line}");
    }
    assert_eq!(lab.castra("sweep --provider metal --region here").code, 1);
    assert!(!lab.was_called());
}

#[test]
fn scale_is_refused_where_the_size_is_not_a_number() {
    for (pool, rest, named) in [
        ("min = 2\nmax = 10", "", &["min = 2", "max = 10"][..]),
        ("memory = \"16GiB\"", "\n[capacity]\nconcurrent_runs = 100\n", &["[capacity]", "100"]),
        ("count = 5", "", &["1001", "1000"]),
    ] {
        let lab = Lab::with(&format!("{}{rest}", GOOD.replace("count = 5", pool)));
        let before = lab.spec();
        let ended = lab.castra("scale 1001 --yes");
        assert_eq!(ended.code, 3, "{pool}: {}", ended.said());
        for part in named {
            assert!(ended.stderr.contains(part), "{pool}: {}", ended.stderr);
        }
        assert_eq!((lab.spec(), lab.was_called()), (before, false));
        assert_eq!(lab.files(), ["cluster.toml"]);
    }
}

#[test]
fn a_provider_that_is_not_there_is_refused_with_those_that_are() {
    let lab = Lab::with(GOOD);
    let ended = lab.castra("destroy --yes --name demo --provider metal --region here");
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("metal") && ended.stderr.contains("aws"), "{}", ended.stderr);
}

#[test]
fn what_is_not_a_saved_plan_is_refused() {
    let lab = Lab::with(GOOD);
    fs::write(lab.path("a.plan"), "{}").unwrap();
    let ended = lab.castra("apply a.plan");
    assert_eq!(ended.code, 6, "{}", ended.said());
    assert!(ended.stderr.contains("a.plan") && ended.stderr.contains("castra plan -o"), "{}", ended.stderr);
    let ended = lab.castra("apply none.plan");
    assert_eq!(ended.code, 1, "{}", ended.said());
    assert!(ended.stderr.contains("none.plan"), "{}", ended.stderr);
    assert!(!lab.was_called());
}

#[test]
fn a_scale_that_comes_to_nothing_leaves_the_file_as_it_was() {
    let lab = Lab::with(GOOD);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = lab
        .command("scale 8 --yes")
        .env("AWS_ENDPOINT_URL", format!("http://{closed}"))
        .env("CASTRA_CLOCK_SCALE", "10000")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(lab.spec(), GOOD);
    assert_eq!(lab.files(), ["cluster.toml"]);
}
