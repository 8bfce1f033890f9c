//! `cargo xtask bench`: a table, never a test. A cluster of 3 + 5 on an emulator where everything happens at once, but
//! for a delay that is added to each call.

mod critical;
mod emulator;
mod google;
mod measure;

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::castra::{Run, exit};
use crate::cloud::Cloud;
use crate::emulator::Call;
use crate::lab::{Lab, Programs, Time};
use crate::workspace::{build, root, run as run_command};
use measure::{by_operation, concurrency, rounds};

/// What processor time is counted in.
const TICKS_A_SECOND: f64 = 100.0;

/// For so long after a change a run that finds otherwise takes what it sees for old, and looks again: both backends'
/// visibility window.
const WINDOW: Duration = Duration::from_secs(30);

/// One line of the table.
struct Phase {
    name: &'static str,
    run: Run,
    calls: Vec<Call>,
    /// Nothing where no list of calls says what must follow what.
    critical: Option<Duration>,
}

/// Measures and prints, on one cloud or on each.
pub(crate) fn run(cloud: Option<Cloud>, delay: Duration, trace: bool) -> Result<()> {
    let programs = Programs::build()?;
    for cloud in cloud.map_or_else(|| Cloud::ALL.to_vec(), |cloud| vec![cloud]) {
        on(&programs, cloud, delay, trace)?;
    }
    null()?;
    emulator::measure()
}

/// A cluster's life on a cloud.
fn on(programs: &Programs, cloud: Cloud, delay: Duration, trace: bool) -> Result<()> {
    let lab = Lab::new(programs, cloud, "bench", Time::Real)?;
    // So that the time between two probes isn't what is measured.
    let quick = "exposure = \"public\"\nhealth_check = { path = \"/\", interval = \"5s\", timeout = \"2s\" }";
    lab.edit("exposure = \"public\"", quick)?;
    let chains = critical::of(cloud);
    let slow = lab.fault(&json!({ "effect": { "latency": delay.as_secs_f64() } }))?;
    let phase = |name, words: &[&str], chains: &[critical::Chain]| -> Result<Phase> {
        let run = lab.castra(words)?.exits(exit::DONE)?;
        let calls = lab.take_calls()?;
        let critical = critical::path(chains, &calls);
        Ok(Phase { name, run, calls, critical })
    };

    let create = phase("create 3 + 5", &["apply", "--yes"], chains.create)?;
    let small = phase("plan, nothing to do", &["plan", "--detailed-exitcode"], chains.plan)?;
    // What is measured is a change of a cluster that has been there for a while.
    std::thread::sleep(WINDOW);
    let scale = phase("scale 5 to 8", &["scale", "8", "--yes"], chains.scale)?;
    lab.castra(&["scale", "100", "--yes"])?.exits(exit::DONE)?;
    lab.take_calls()?;
    let large = phase("plan at 3 + 100", &["plan", "--detailed-exitcode"], chains.plan)?;
    lab.castra(&["scale", "5", "--yes"])?.exits(exit::DONE)?;
    lab.take_calls()?;
    let destroy = phase("destroy", &["destroy", "--yes"], chains.destroy)?;
    drop(slow);
    let left: Vec<_> = lab.objects()?.into_iter().filter(|object| !object.is_gone()).collect();
    ensure!(left.is_empty(), "destroy left {left:?}");

    let phases = [create, small, scale, large, destroy];
    println!(
        "\n{} as castra-emulator plays it, {} ms added to each call; castra is a debug build\n",
        lab.site.title,
        delay.as_millis()
    );
    table(&phases);
    for phase in &phases {
        operations(phase);
        if trace {
            timeline(phase);
        }
    }
    Ok(())
}

/// The emulator's part alone.
pub(crate) fn of_emulator() -> Result<()> {
    emulator::measure()
}

fn table(phases: &[Phase]) {
    println!(
        "{:<22}{:>6}{:>9}{:>8}{:>12}{:>11}{:>11}{:>8}{:>10}{:>8}",
        "", "calls", "changing", "rounds", "at once", "elapsed s", "critical s", "ratio", "peak MiB", "CPU s"
    );
    for Phase { name, run, calls, critical } in phases {
        let elapsed = run.took.as_secs_f64();
        let critical = critical.map(|path| path.as_secs_f64());
        let shown = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2}"));
        println!(
            "{name:<22}{:>6}{:>9}{:>8}{:>12}{elapsed:>11.2}{:>11}{:>8}{:>10.0}{:>8.2}",
            calls.len(),
            calls.iter().filter(|call| call.changing).count(),
            rounds(calls),
            concurrency(calls),
            shown(critical),
            shown(critical.map(|path| elapsed / path)),
            run.usage.memory_kib as f64 / 1024.0,
            run.usage.cpu_ticks as f64 / TICKS_A_SECOND,
        );
    }
    println!("\nrounds: the longest chain of calls of which each began after the one before had ended");
    println!(
        "critical: the longest of the hand-written chains in xtask/src/bench/critical, at this run's mean call times"
    );
}

fn operations(phase: &Phase) {
    println!("\n{}: {} calls", phase.name, phase.calls.len());
    for ((service, operation), (count, mean)) in by_operation(&phase.calls) {
        println!("  {count:>4}  {service:<22}{operation:<44}{:>6} ms", mean.as_millis());
    }
}

/// Every call in the order of their beginnings, in milliseconds from the first.
fn timeline(phase: &Phase) {
    let mut calls: Vec<&Call> = phase.calls.iter().collect();
    calls.sort_by_key(|call| call.start);
    let begun = calls.first().map_or(Duration::ZERO, |call| call.start);
    println!("\n{}: when", phase.name);
    for call in calls {
        let (start, end) = ((call.start - begun).as_millis(), (call.end - begun).as_millis());
        println!("  {start:>6} - {end:>6}  {:>3}  {} {}", call.status, call.service, call.operation);
    }
}

/// The engine alone, by the example that runs resources which do nothing.
fn null() -> Result<()> {
    if !root().join("examples/src/bin/null.rs").exists() {
        println!("\nThe engine alone: examples/src/bin/null.rs is not there.");
        return Ok(());
    }
    println!("\nThe engine alone, on 500 resources that do nothing:");
    let [null] = build(["null"])?;
    run_command(&mut Command::new(null))
}
