//! Kills in bad weather.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use castra_engine::clock::{Clock as _, SystemClock};
use castra_tests::kill::{Boundary, Calm, Operation, Place, Seed, Tally, each, storm};
use libtest_mimic::Trial;

use crate::boundaries::{BOUNDARY, SEEDS, asked, calm, done, everything, failed, start};

/// The seed to try alone, as failures name it.
const SEED: &str = "CASTRA_KILL_SEED";

/// The first seed.
const BASE: u64 = 2_026_000;

/// How many seeds there are that draw operation and boundary by lot.
const DRAWN: u64 = 20;

/// One trial for each cloud, with all seeds side by side; with every boundary one for each operation.
pub(crate) fn trials() -> Vec<Trial> {
    let drawn = |place: Place| Trial::test(format!("{place}_storm"), move || drawn(place).map_err(failed));
    let everywhere = |(place, operation): (Place, Operation)| {
        Trial::test(format!("{place}_storm_{operation}"), move || everywhere(place, operation).map_err(failed))
    };
    match std::env::var_os(SEEDS) {
        Some(_) => everything().map(everywhere).collect(),
        None => Place::ALL.map(drawn).into(),
    }
}

/// A seed, and what is done in its weather.
struct Job<'a> {
    seed: Seed,
    operation: Operation,
    calm: &'a Calm,
    boundary: Boundary,
}

fn number(name: &str) -> Result<Option<u64>> {
    Ok(std::env::var(name).ok().map(|text| text.parse()).transpose()?)
}

/// The seed that is asked for, or that many.
fn seeds(count: u64) -> Result<Vec<Seed>> {
    let only = number(SEED)?;
    Ok(only.map_or_else(|| (BASE..BASE + count).map(Seed).collect(), |only| vec![Seed(only)]))
}

/// Each seed at the boundary that it draws.
fn drawn(place: Place) -> Result<()> {
    let calm: BTreeMap<Operation, Calm> =
        Operation::ALL.into_iter().map(|operation| Ok((operation, calm(place, operation)?))).collect::<Result<_>>()?;
    let job = |seed: Seed| {
        let (operation, _) = seed.choice();
        let calm = calm.get(&operation)?;
        Some(Job { seed, operation, calm, boundary: seed.boundary(calm)?.clone() })
    };
    let jobs: Vec<Job<'_>> = seeds(DRAWN)?.into_iter().filter_map(job).collect();
    all(place, "storm", &jobs)
}

/// Each seed at each boundary of an operation.
fn everywhere(place: Place, operation: Operation) -> Result<()> {
    let calm = &calm(place, operation)?;
    let boundaries = asked(calm)?;
    let job =
        |seed: Seed| boundaries.iter().map(move |boundary| Job { seed, operation, calm, boundary: boundary.clone() });
    let jobs: Vec<Job<'_>> = seeds(number(SEEDS)?.unwrap_or(1))?.into_iter().flat_map(job).collect();
    all(place, &format!("storm_{operation}"), &jobs)
}

fn all(place: Place, trial: &str, jobs: &[Job<'_>]) -> Result<()> {
    let start = start(place)?;
    let began = SystemClock::new();
    let tally = each(start, jobs, async |_, job: &Job<'_>, tally: &mut Tally| {
        let Job { seed, operation, calm, boundary } = job;
        match storm(start, *seed, *operation, calm, boundary).await {
            Ok(passed) => tally.again += passed,
            Err(error) => tally.failures.push(format!(
                "seed {}, {operation} at {boundary}: {error:#}\n  try it alone: {SEEDS}=1 {SEED}={} \
                 {BOUNDARY}='{boundary}' cargo test --workspace --all-features --test kill -- --exact {place}_storm_{operation}",
                seed.0, seed.0
            )),
        }
    })?;
    println!(
        "{place} {trial}: {} kills in bad weather, {} converged; {} begun again; {:.1} s",
        tally.tried,
        tally.tried - tally.failures.len(),
        tally.again,
        began.monotonic().as_secs_f32()
    );
    ensure!(tally.tried == jobs.len(), "not all were tried");
    done(&tally)
}
