//! `cargo xtask ci`: what continuous integration runs, what fails fastest first.

use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::api::Comparison;
use crate::workspace::{cargo, root, run, tool};
use crate::{contract, tidy};

/// One feature set throughout: with another the cloud SDKs are built a second time.
const CLIPPY: &str = "clippy --workspace --all-targets --all-features -- -D warnings";
const DOC: &str = "doc --workspace --all-features --no-deps";
const DENY: &str = "check bans licenses sources";

/// What each step took, in seconds.
type Times = Vec<(&'static str, f32)>;

/// Runs everything; stops at the first failure.
pub(crate) fn run_all() -> Result<()> {
    let started = Instant::now();
    let mut times = Times::new();
    step(&mut times, "fmt", || run(&mut cargo("fmt --all --check")))?;
    step(&mut times, "tidy", tidy::run)?;
    step(&mut times, "deny", deny)?;
    // From here on there are minutes to build its program in.
    let api = Comparison::prepare()?;
    step(&mut times, "clippy", || run(&mut cargo(CLIPPY)))?;
    step(&mut times, "doc", || run(cargo(DOC).env("RUSTDOCFLAGS", "-D warnings")))?;
    step(&mut times, "contract", || contract::generate(true))?;
    step(&mut times, "semver", || api.run())?;
    // As the README says it.
    step(&mut times, "test", || run(&mut cargo("xtask test")))?;
    println!();
    for (name, took) in times {
        println!("{name:>8} {took:>7.1} s");
    }
    println!("{:>8} {:>7.1} s", "all", started.elapsed().as_secs_f32());
    Ok(())
}

fn step(times: &mut Times, name: &'static str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let begun = Instant::now();
    println!("\n== {name}");
    work()?;
    times.push((name, begun.elapsed().as_secs_f32()));
    Ok(())
}

/// Licences, duplicates and sources of every dependency. The `cargo-deny` that `.ci/run` installed, or your own.
fn deny() -> Result<()> {
    let installed = tool("cargo-deny");
    if installed.exists() {
        return run(Command::new(installed)
            .args(["--offline", "--all-features"])
            .args(DENY.split(' '))
            .current_dir(root()));
    }
    run(&mut cargo(&format!("deny --offline --all-features {DENY}")))
}
