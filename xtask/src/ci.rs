//! `cargo xtask ci`: what continuous integration runs, what fails fastest first.

use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::workspace::{cargo, root, run, target};
use crate::{contract, tidy};

/// One feature set throughout: with another the cloud SDKs are built a second time.
const CLIPPY: &str = "clippy --workspace --all-targets --all-features -- -D warnings";
const DOC: &str = "doc --workspace --all-features --no-deps";
const DENY: &str = "check bans licenses sources";

/// The commit whose public API nothing may break: the one in which it was reviewed. Whoever breaks it on purpose moves this
/// with the change, and says so in the changelog.
const API: &str = "b7b4bc6";

/// Whose API that is: what tool authors use, and what it is made of. The backends show little but their names, and would
/// have the SDKs built twice more.
const API_OF: [&str; 3] = ["castra-core", "castra-engine", "castra"];

/// Runs everything; stops at the first failure.
pub(crate) fn run_all() -> Result<()> {
    let started = Instant::now();
    let mut times: Vec<(&str, f32)> = Vec::new();
    let mut step = |name, work: &dyn Fn() -> Result<()>| {
        let begun = Instant::now();
        println!("\n== {name}");
        work()?;
        times.push((name, begun.elapsed().as_secs_f32()));
        anyhow::Ok(())
    };
    step("fmt", &|| run(&mut cargo("fmt --all --check")))?;
    step("tidy", &tidy::run)?;
    step("deny", &deny)?;
    step("clippy", &|| run(&mut cargo(CLIPPY)))?;
    step("doc", &|| run(cargo(DOC).env("RUSTDOCFLAGS", "-D warnings")))?;
    step("semver", &semver)?;
    step("contract", &|| contract::generate(true))?;
    // As the README says it.
    step("test", &|| run(&mut cargo("xtask test")))?;
    println!();
    for (name, took) in times {
        println!("{name:>8} {took:>7.1} s");
    }
    println!("{:>8} {:>7.1} s", "all", started.elapsed().as_secs_f32());
    Ok(())
}

/// Compares the public API with the reviewed one, where the tool is installed and the checkout has that commit.
fn semver() -> Result<()> {
    let tools = target().join("tools/bin");
    if !tools.join("cargo-semver-checks").exists() {
        println!("skipped: cargo-semver-checks isn't in {}", tools.display());
        return Ok(());
    }
    let known =
        Command::new("git").args(["cat-file", "-e", &format!("{API}^{{commit}}")]).current_dir(root()).output()?;
    if !known.status.success() {
        println!("skipped: this checkout doesn't have the commit {API}, whose API is the measure");
        return Ok(());
    }
    // Without a backend the facade compiles in a moment, and all that is its own is there.
    let mut check = Command::new(tools.join("cargo-semver-checks"));
    check.args(["semver-checks", "--only-explicit-features", "--baseline-rev", API]).current_dir(root());
    let compared = run(check.args(API_OF.iter().flat_map(|name| ["-p", name])));
    // Two builds of all that the three depend on, which nobody needs any more.
    let built = target().join("semver-checks");
    if built.exists() {
        std::fs::remove_dir_all(built)?;
    }
    compared
}

/// Licences, duplicates and sources of every dependency. The `cargo-deny` that `.ci/run` installed, or your own.
fn deny() -> Result<()> {
    let installed = target().join("tools/bin/cargo-deny");
    if installed.exists() {
        return run(Command::new(installed)
            .args(["--offline", "--all-features"])
            .args(DENY.split(' '))
            .current_dir(root()));
    }
    run(&mut cargo(&format!("deny --offline --all-features {DENY}")))
}
