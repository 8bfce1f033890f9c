//! `cargo xtask kill`: runs that are killed at every boundary, in every weather.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use crate::workspace::{cargo, root, run, show};

/// Every boundary of every operation, in peace and then in the storm of each seed; writes down what came of it.
pub(crate) fn all(seeds: u64) -> Result<()> {
    let mut tests = cargo("test --workspace --all-features --test kill");
    tests.env("CASTRA_KILL_SEEDS", seeds.to_string()).stderr(Stdio::inherit());
    println!("$ CASTRA_KILL_SEEDS={seeds} {}", show(&tests));
    let began = Instant::now();
    let output = tests.output().context("cannot run the tests")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{text}");
    let lines: Vec<String> = text.lines().filter_map(result).collect();
    let date = Command::new("date").args(["-u", "+%Y-%m-%d"]).output().context("cannot tell the date")?;
    let commit = Command::new("git").args(["rev-parse", "--short", "HEAD"]).current_dir(root()).output()?;
    let result = format!(
        "# Killed everywhere\n\nWritten by `cargo xtask kill --all --seeds {seeds}` on {} at {}: {} after {} minutes.\n\n{}\n",
        String::from_utf8_lossy(&date.stdout).trim(),
        String::from_utf8_lossy(&commit.stdout).trim(),
        if output.status.success() { "all converged" } else { "not all converged" },
        began.elapsed().as_secs() / 60,
        lines.join("\n"),
    );
    std::fs::write(root().join("tests/kill/RESULT.md"), result)?;
    ensure!(output.status.success(), "not all converged");
    Ok(())
}

/// As continuous integration does: every boundary once, and twenty storms.
pub(crate) fn once() -> Result<()> {
    run(&mut cargo("test --workspace --all-features --test kill"))
}

/// The part of a line that tells how many boundaries were tried.
fn result(line: &str) -> Option<String> {
    let told = line.split_once("... ").map_or(line, |(_, told)| told);
    told.contains(" converged; ").then(|| format!("- {told}"))
}
