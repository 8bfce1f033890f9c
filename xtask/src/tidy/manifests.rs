//! Rules about the crates and what they depend on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::workspace::{cargo, root};

/// Crates that reach out of the process, or drag in what does; by prefix. `castra-core` has none of them.
const OUTWARD: &[&str] = &[
    "aws-",
    "google-cloud",
    "azure",
    "reqwest",
    "hyper",
    "rustls",
    "tokio",
    "object_store",
    "mio",
    "socket2",
    "openssl",
];

/// The members that aren't published.
const PRIVATE: &[&str] = &["castra-examples", "castra-tests", "xtask"];

const BACKENDS: &[&str] = &["castra-aws", "castra-gcp", "castra-azure"];

pub(super) fn breaches() -> Result<Vec<String>> {
    let metadata = output("metadata --offline --locked --no-deps --format-version 1")?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().context("cargo metadata lists packages")? {
        let path = package["manifest_path"].as_str().unwrap_or_default();
        let manifest = fs::read_to_string(path)?;
        let shown = path.strip_prefix(&*root().to_string_lossy()).unwrap_or(path).trim_start_matches('/');
        found.extend(member(package, &manifest).into_iter().map(|breach| format!("{shown}: {breach}")));
    }
    let core = output("tree --offline --locked -p castra-core --all-features -e normal,build --prefix none")?;
    found.extend(core_reaches(&core).into_iter().map(|name| format!("castra-core depends on {name}")));
    let tree = "tree --offline --locked --workspace --all-features --prefix none -f {p}|{f} -e";
    let (built, tested) = (output(&format!("{tree} normal,build"))?, output(&format!("{tree} normal,build,dev"))?);
    found.extend(built_twice(&built, &tested).into_iter().map(|name| {
        format!("tests/Cargo.toml: {name} gets other features for tests than for programs, so that all above it is built twice; \
            name the development dependency that asks for them there")
    }));
    Ok(found)
}

fn output(arguments: &str) -> Result<String> {
    let output = cargo(arguments).output().context("cannot run cargo")?;
    ensure!(output.status.success(), "cargo {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// What is wrong with one member.
fn member(package: &Value, manifest: &str) -> Vec<String> {
    let mut found = Vec::new();
    let name = package["name"].as_str().unwrap_or_default();
    let depends: BTreeSet<&str> = package["dependencies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|dependency| dependency["kind"] != "dev")
        .filter_map(|dependency| dependency["name"].as_str())
        .collect();
    let ours = |name: &&&str| name.starts_with("castra");
    if !manifest.contains("[lints]\nworkspace = true\n") {
        found.push("it doesn't take the workspace's lints".to_owned());
    }
    for key in ["version", "edition", "rust-version", "license"] {
        if !manifest.contains(&format!("\n{key}.workspace = true\n")) {
            found.push(format!("it doesn't take {key} from the workspace"));
        }
    }
    if PRIVATE.contains(&name) != (package["publish"] == serde_json::json!([])) {
        found.push(format!("publish = false is for {}", PRIVATE.join(", ")));
    }
    if !PRIVATE.contains(&name) && depends.contains("castra-emulator") {
        found.push(format!("{name} must not depend on castra-emulator, which is for tests"));
    }
    let allowed: &[&str] = match name {
        "castra-core" | "castra-emulator" | "xtask" => &[],
        name if BACKENDS.contains(&name) => &["castra-core", "castra-bootstrap"],
        "castra-engine" => &["castra-core"],
        _ => return found,
    };
    found.extend(
        depends
            .iter()
            .filter(ours)
            .filter(|other| !allowed.contains(other))
            .map(|other| format!("{name} must not depend on {other}")),
    );
    found
}

/// The crates in a dependency tree that reach out of the process.
fn core_reaches(tree: &str) -> BTreeSet<&str> {
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    names.filter(|name| OUTWARD.iter().any(|prefix| name.starts_with(prefix))).collect()
}

/// The crates that are in both trees with different features.
fn built_twice<'a>(built: &'a str, tested: &'a str) -> Vec<&'a str> {
    fn features(tree: &str) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (package, features) in tree.lines().filter_map(|line| line.split_once('|')) {
            all.entry(package.trim_end_matches(" (proc-macro)")).or_default().insert(features.trim_end_matches(" (*)"));
        }
        all
    }
    let tested = features(tested);
    let differs =
        |(package, features): &(&'a str, BTreeSet<&'a str>)| tested.get(package).is_some_and(|other| other != features);
    features(built).into_iter().filter(differs).map(|(package, _)| package).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GOOD: &str = "[package]\nversion.workspace = true\nedition.workspace = true\nrust-version.workspace = true\n\
        license.workspace = true\n\n[lints]\nworkspace = true\n";

    fn package(name: &str, depends: &[&str]) -> Value {
        let depends: Vec<_> = depends.iter().map(|name| json!({"name": name, "kind": null})).collect();
        json!({"name": name, "publish": null, "dependencies": depends})
    }

    #[test]
    fn good_members_pass() {
        assert!(member(&package("castra-aws", &["castra-core", "tokio"]), GOOD).is_empty());
        assert!(member(&package("castra", &["castra-core", "castra-engine", "castra-aws"]), GOOD).is_empty());
    }

    #[test]
    fn each_rule_can_fail() {
        assert_eq!(member(&package("castra-aws", &["castra-engine"]), GOOD).len(), 1);
        assert_eq!(member(&package("castra-gcp", &["castra-aws"]), GOOD).len(), 1);
        assert_eq!(member(&package("castra-core", &["castra-engine"]), GOOD).len(), 1);
        assert_eq!(member(&package("castra", &["castra-emulator"]), GOOD).len(), 1);
        assert_eq!(
            member(&package("xtask", &[]), GOOD),
            ["publish = false is for castra-examples, castra-tests, xtask"]
        );
        assert_eq!(member(&package("castra", &[]), "[package]\n").len(), 5);
        assert_eq!(core_reaches("castra-core v0.1.0\nserde v1.0.0\ntokio v1.54.0\n").len(), 1);
        assert_eq!(built_twice("a v1|x\nb v1|\n", "a v1|x,y\nb v1| (*)\nc v1|z\n"), ["a v1"]);
    }
}
