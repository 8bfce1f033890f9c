//! Kills in bad weather.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use castra_engine::clock::{Clock as _, SystemClock};
use castra_tests::kill::{Boundary, Calm, Operation, Seed, Tally, Tried, each, storm};
use libtest_mimic::Trial;

use crate::boundaries::{calm, failed, start};

/// The seed to try alone, as failures name it.
const SEED: &str = "CASTRA_KILL_SEED";

/// How many seeds; `cargo xtask kill --all` sets it, and tries every boundary with each.
const SEEDS: &str = "CASTRA_KILL_SEEDS";

/// The first seed.
const BASE: u64 = 2_026_000;

/// One trial: all seeds side by side.
pub(crate) fn trials() -> Vec<Trial> {
    vec![Trial::test("storm", || storms().map_err(failed))]
}

/// A seed, and what follows from it.
struct Job<'a> {
    seed: Seed,
    operation: Operation,
    calm: &'a Calm,
    boundary: &'a Boundary,
}

fn number(name: &str) -> Result<Option<u64>> {
    Ok(std::env::var(name).ok().map(|text| text.parse()).transpose()?)
}

fn storms() -> Result<()> {
    let everywhere = number(SEEDS)?;
    let seeds: Vec<Seed> = match number(SEED)? {
        Some(seed) => vec![Seed(seed)],
        None => (BASE..BASE + everywhere.unwrap_or(20)).map(Seed).collect(),
    };
    let calm: BTreeMap<Operation, Calm> =
        Operation::ALL.into_iter().map(|operation| Ok((operation, calm(operation)?))).collect::<Result<_>>()?;
    let mut jobs = Vec::new();
    for seed in seeds {
        for (operation, calm) in &calm {
            let (operation, drawn) = (*operation, seed.choice().0);
            let chosen = calm.boundaries.iter().filter(|boundary| {
                everywhere.is_some() || (operation == drawn && seed.boundary(calm) == Some(*boundary))
            });
            jobs.extend(chosen.map(|boundary| Job { seed, operation, calm, boundary }));
        }
    }
    let began = SystemClock::new();
    let start = start()?;
    let tally = each(start, &jobs, async |_, job: &Job<'_>, tally: &mut Tally| {
        let Job { seed, operation, calm, boundary } = job;
        match storm(start, *seed, *operation, calm, boundary).await {
            Ok(Tried::Killed) => {}
            Ok(Tried::Passed) => tally.passed += 1,
            Err(error) => tally.failures.push(format!(
                "seed {}, {operation} at {boundary:#}: {error:#}\n  try it alone: {SEED}={} cargo test --workspace \
                 --all-features --test kill -- --exact storm",
                seed.0, seed.0
            )),
        }
    })?;
    println!(
        "storm: {} storms, {} passed by, {} converged; {:.1} s",
        tally.tried,
        tally.passed,
        tally.tried - tally.failures.len(),
        began.monotonic().as_secs_f32()
    );
    match tally.failures.as_slice() {
        [] => Ok(()),
        failures => Err(anyhow!("{} of {} don't converge:\n{}", failures.len(), tally.tried, failures.join("\n"))),
    }
}
